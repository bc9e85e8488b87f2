import { useId } from 'react';
import { useSay } from '../src/words/language';
import { words } from './rules/words';

export function NameField({ name, put, wrong }: { name: string; put: (name: string) => void; wrong: boolean }) {
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
        {wrong ? say.byNeeded : say.byHelp}
      </span>
    </div>
  );
}
