import { useId } from 'react';
import { useSay } from '../src/words/language';
import { words } from './rules/words';

interface Props {
  name: string;
  put: (name: string) => void;
  wrong: boolean;
  /** What becomes of the name; it is kept with a version when left out. */
  help?: string;
}

export function NameField({ name, put, wrong, help }: Props) {
  const say = useSay(words);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{say.by}</label>
      <input
        id={id}
        className="input"
        autoComplete="name"
        maxLength={60}
        value={name}
        aria-invalid={wrong}
        aria-describedby={`${id}-help`}
        onChange={(e) => put(e.target.value)}
      />
      <span id={`${id}-help`} className={wrong ? 'wrong' : 'tiny'}>
        {wrong ? say.byNeeded : (help ?? say.byHelp)}
      </span>
    </div>
  );
}
