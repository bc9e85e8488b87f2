import { useId, useState } from 'react';
import { at, call, Problem } from '../../src/api/client';
import type { GatewayEntry, GatewaySetup } from '../../src/api/types';
import { NotDone } from '../../src/ui/parts';
import { Sheet } from '../../src/ui/Sheet';
import { common } from '../../src/ui/words';
import type { Formats } from '../../src/words/formats';
import { useSay } from '../../src/words/language';
import { numbers, readSetup, type Typed, typedOf } from './setup';
import { words } from './words';

interface Props {
  venue: string;
  entry: GatewayEntry;
  formats: Formats;
  done: () => void;
  close: () => void;
}

/** What an operator sets for one box from afar. */
export function SetupSheet({ venue, entry, formats, done, close }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const id = useId();
  const [typed, setTyped] = useState<Typed>(() => typedOf(entry.setup));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const read = readSetup(typed);
  const set = (change: Partial<Typed>) => setTyped((now) => ({ ...now, ...change }));
  const save = () => {
    if (read.setup === undefined) return;
    setBusy(true);
    setProblem(undefined);
    call<GatewaySetup>(at`venues/${venue}/gateways/${entry.gateway}/setup`, { method: 'PUT', body: read.setup }).then(
      done,
      (error: unknown) => {
        setBusy(false);
        setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
      },
    );
  };
  return (
    <Sheet open onClose={close} title={say.setUpTitle(entry.gateway)} description={say.setUpText}>
      {numbers.map(({ name, most }) => (
        <div key={name} className="field">
          <label htmlFor={`${id}-${name}`}>{say.setupFields[name]}</label>
          <input
            id={`${id}-${name}`}
            className="input"
            inputMode="numeric"
            maxLength={9}
            value={typed[name]}
            aria-invalid={read.wrong.has(name)}
            onChange={(e) => set({ [name]: e.target.value })}
          />
          {read.wrong.has(name) && <span className="wrong">{say.wrong(formats.number(most))}</span>}
        </div>
      ))}
      <div className="field">
        <label htmlFor={`${id}-drop`}>{say.unassociated}</label>
        <select
          id={`${id}-drop`}
          className="select"
          value={typed.unassociated}
          onChange={(e) => set({ unassociated: e.target.value as Typed['unassociated'] })}
        >
          {(['own', 'keep', 'drop'] as const).map((way) => (
            <option key={way} value={way}>
              {say.unassociatedWays[way]}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-broker`}>{say.broker}</label>
        <input
          id={`${id}-broker`}
          className="input mono"
          maxLength={300}
          spellCheck={false}
          autoCapitalize="off"
          value={typed.broker}
          aria-invalid={read.wrong.has('broker')}
          onChange={(e) => set({ broker: e.target.value })}
        />
        <span className={read.wrong.has('broker') ? 'wrong' : 'tiny'}>
          {read.wrong.has('broker') ? say.brokerWrong : say.brokerHelp}
        </span>
      </div>
      <NotDone what={say.failed} problem={problem} />
      <div className="two">
        <button type="button" className="button calm" onClick={close}>
          {plain.cancel}
        </button>
        <button type="button" className="button" disabled={busy || read.setup === undefined} onClick={save}>
          {busy ? say.saving : say.save}
        </button>
      </div>
    </Sheet>
  );
}
