import { X } from 'lucide-react';
import { Switch } from 'radix-ui';
import { useId } from 'react';
import type { Zone } from '../../src/api/types';
import { useLocal, useSay } from '../../src/words/language';
import { words } from './words';

interface Props {
  zones: readonly Zone[];
  post: boolean;
  collect: readonly string[];
  zone: (id: string) => string;
  set: (change: { post?: boolean; collect?: string[] }) => void;
}

/** How a reward comes to its member: sent, fetched at some places, or both. */
export function Ways({ zones, post, collect, zone, set }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const f = say.rewards.fields;
  const id = useId();
  return (
    <fieldset className="hours stack tight">
      <legend className="label">{f.ways}</legend>
      <div className="row apart">
        <label htmlFor={`${id}-post`}>{f.post}</label>
        <Switch.Root
          id={`${id}-post`}
          className="switch"
          checked={post}
          onCheckedChange={(next) => set({ post: next })}
        >
          <Switch.Thumb />
        </Switch.Root>
      </div>
      <label htmlFor={`${id}-place`}>{f.collect}</label>
      {collect.length > 0 && (
        <ul className="row">
          {collect.map((z) => (
            <li key={z} className="chip place">
              <span className="words">{zone(z)}</span>
              <button
                type="button"
                aria-label={f.takeAway(zone(z))}
                onClick={() => set({ collect: collect.filter((x) => x !== z) })}
              >
                <X size={16} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <select
        id={`${id}-place`}
        className="select"
        value=""
        onChange={(e) => set({ collect: [...collect, e.target.value] })}
      >
        <option value="" disabled>
          {f.addPlace}
        </option>
        {zones
          .filter((z) => !collect.includes(z.id))
          .map((z) => (
            <option key={z.id} value={z.id}>
              {local(z.name) || z.id}
            </option>
          ))}
      </select>
    </fieldset>
  );
}
