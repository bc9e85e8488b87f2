import { ToggleGroup } from 'radix-ui';
import type { ReactNode } from 'react';

interface Props<T extends string> {
  /** What is chosen between, for who cannot see it. */
  label: string;
  choices: readonly (readonly [value: T, says: ReactNode])[];
  value: T | '';
  put: (value: T) => void;
  small?: boolean;
  disabled?: boolean;
}

/** A choice of one of a few, all in sight; pressing the chosen one again changes nothing. */
export function Pills<T extends string>({ label, choices, value, put, small = false, disabled = false }: Props<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      className={small ? 'pills small' : 'pills'}
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => next !== '' && put(next as T)}
    >
      {choices.map(([choice, says]) => (
        <ToggleGroup.Item key={choice} value={choice}>
          {says}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
