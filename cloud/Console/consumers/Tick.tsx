import { Check } from 'lucide-react';
import { Checkbox } from 'radix-ui';
import { useId } from 'react';

/** One consent, never ticked beforehand. */
export function Tick(props: { name: string; label: string; text: string; on: boolean; change: (on: boolean) => void }) {
  const id = useId();
  return (
    <div className="tick">
      <Checkbox.Root
        id={id}
        className="check"
        name={props.name}
        checked={props.on}
        aria-describedby={`${id}text`}
        onCheckedChange={(on) => props.change(on === true)}
      >
        <Checkbox.Indicator>
          <Check size={18} strokeWidth={3} aria-hidden="true" />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <div>
        <label htmlFor={id}>{props.label}</label>
        <p className="small quiet words" id={`${id}text`}>
          {props.text}
        </p>
      </div>
    </div>
  );
}
