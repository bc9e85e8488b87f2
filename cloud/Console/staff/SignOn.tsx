import { useState } from 'react';
import type { Floor, Zone } from '../src/api/types';
import { useLocal, useSay } from '../src/words/language';
import { words } from './words';

interface Props {
  stores: Zone[];
  floors: Floor[];
  zone: string | undefined;
  by: string;
  begin: (zone: string, by: string) => void;
}

/** Until sign-in exists: which store this is and who stands in it. */
export function SignOn(props: Props) {
  const say = useSay(words);
  const local = useLocal();
  const [zone, setZone] = useState(props.zone ?? '');
  const [by, setBy] = useState(props.by);
  const [asked, setAsked] = useState(false);
  return (
    <form
      className="card stack sign-on"
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        setAsked(true);
        if (zone !== '' && by.trim() !== '') props.begin(zone, by.trim());
      }}
    >
      <h1>{say.who}</h1>
      <div className="field">
        <label htmlFor="store">{say.store}</label>
        <select
          id="store"
          className="select"
          value={zone}
          aria-invalid={asked && zone === ''}
          aria-describedby={asked && zone === '' ? 'store-wrong' : undefined}
          onChange={(e) => setZone(e.target.value)}
        >
          <option value="" disabled>
            {say.chooseStore}
          </option>
          {props.floors.map((f) => {
            const here = props.stores.filter((s) => s.floor === f.id);
            return here.length === 0 ? null : (
              <optgroup key={f.id} label={local(f.name)}>
                {here.map((s) => (
                  <option key={s.id} value={s.id}>
                    {local(s.name)}
                  </option>
                ))}
              </optgroup>
            );
          })}
        </select>
        {asked && zone === '' && (
          <p className="wrong" id="store-wrong">
            {say.chooseStore}
          </p>
        )}
      </div>
      <div className="field">
        <label htmlFor="by">{say.name}</label>
        <input
          id="by"
          className="input"
          value={by}
          maxLength={60}
          autoComplete="nickname"
          aria-invalid={asked && by.trim() === ''}
          aria-describedby="by-help"
          onChange={(e) => setBy(e.target.value)}
        />
        <p className={asked && by.trim() === '' ? 'wrong' : 'tiny'} id="by-help">
          {asked && by.trim() === '' ? say.nameNeeded : say.whoHelp}
        </p>
      </div>
      <button type="submit" className="button big wide">
        {say.begin}
      </button>
    </form>
  );
}
