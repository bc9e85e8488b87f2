import { useState } from 'react';

interface Props {
  id: string;
  value: number | null;
  wrong: string;
  /** Undefined for what is no such number. */
  read: (text: string) => number | undefined;
  put: (value: number) => void;
}

/** A whole number to be typed: what is no number stays in the field with what is wrong, and changes nothing. */
export function Whole({ id, value, wrong, read, put }: Props) {
  const [typed, setTyped] = useState<string>();
  const text = typed ?? (value === null ? '' : String(value));
  const bad = typed !== undefined && read(typed) === undefined;
  return (
    <>
      <input
        id={id}
        className="input"
        inputMode="numeric"
        maxLength={4}
        value={text}
        aria-invalid={bad}
        onChange={(e) => {
          setTyped(e.target.value);
          const number = read(e.target.value);
          if (number !== undefined) put(number);
        }}
        onBlur={() => !bad && setTyped(undefined)}
      />
      {bad && <span className="wrong">{wrong}</span>}
    </>
  );
}
