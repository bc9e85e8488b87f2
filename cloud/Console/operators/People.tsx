import { History } from 'lucide-react';
import { useState } from 'react';
import { at, call, Problem } from '../src/api/client';
import type { LiveFloor } from '../src/api/types';
import { NotDone, Notice } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useSay } from '../src/words/language';
import { oldFor } from './count';
import { words } from './words';

/** How many people there are: an estimate with its range and what it is made of, beside what doors count and what somebody counted. */
export function People({ venue, floor, formats }: { venue: string; floor: LiveFloor; formats: Formats }) {
  const say = useSay(words);
  const { count, doors } = floor;
  const age = oldFor(floor);
  return (
    <section className="card stack" aria-labelledby="people">
      <h2 id="people">{say.count.title}</h2>
      {count == null ? (
        <div className="stack tight">
          <p className="small">{say.count.none}</p>
          <p className="small quiet words">{say.count.noneWhy}</p>
        </div>
      ) : (
        <div className="stack tight">
          {count.people !== null ? (
            <p>
              <strong className="about">{say.count.about(formats.number(count.people.about))}</strong>{' '}
              <span className="quiet small">
                {say.count.range(formats.number(count.people.low), formats.number(count.people.high))}
              </span>
            </p>
          ) : (
            <p className="quiet small">{say.count.notYet}</p>
          )}
          {count.addresses === 0 ? (
            <p className="small words">{say.count.nobody}</p>
          ) : (
            <>
              <p className="small words">
                {say.count.devices(
                  formats.number(count.devices.about),
                  formats.number(count.devices.low),
                  formats.number(count.devices.high),
                )}
              </p>
              <p className="small quiet words">
                {count.randomShare === 0
                  ? say.count.lasting(formats.number(count.addresses), count.addresses === 1)
                  : say.count.random(formats.number(count.addresses), formats.percent(count.randomShare))}
              </p>
            </>
          )}
          {age !== undefined && (
            <Notice icon={History} tone="warn">
              {say.count.old(formats.lasting(age))}
            </Notice>
          )}
          <p className="tiny">
            {formats.time(count.from)} – {formats.time(count.until)}
            {!count.settled && ` · ${say.count.unsettled}`}
          </p>
        </div>
      )}
      {doors != null && (
        <dl className="facts doors">
          <div>
            <dt className="tiny">{say.count.in}</dt>
            <dd>{formats.number(doors.in)}</dd>
          </div>
          <div>
            <dt className="tiny">{say.count.out}</dt>
            <dd>{formats.number(doors.out)}</dd>
          </div>
          <div>
            <dt className="tiny">{say.count.inside}</dt>
            <dd>{formats.number(doors.inside)}</dd>
          </div>
        </dl>
      )}
      {(count != null || doors != null) && <Counted venue={venue} />}
    </section>
  );
}

/** Somebody's own count, from which the estimate learns. */
function Counted({ venue }: { venue: string }) {
  const say = useSay(words);
  const [typed, setTyped] = useState('');
  const [state, setState] = useState<'idle' | 'busy' | 'done'>('idle');
  const [problem, setProblem] = useState<Problem>();
  const good = /^\d{1,6}$/.test(typed.trim());
  return (
    <form
      className="stack tight"
      onSubmit={(e) => {
        e.preventDefault();
        if (!good) return;
        setState('busy');
        setProblem(undefined);
        call<void>(at`venues/${venue}/counts`, { method: 'POST', body: { people: Number(typed) } }).then(
          () => {
            setState('done');
            setTyped('');
          },
          (error: unknown) => {
            setState('idle');
            setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
          },
        );
      }}
    >
      <div className="row ends">
        <div className="field">
          <label htmlFor="counted">{say.count.counted}</label>
          <input
            id="counted"
            className="input"
            inputMode="numeric"
            maxLength={6}
            value={typed}
            onChange={(e) => {
              setTyped(e.target.value);
              setState('idle');
            }}
          />
        </div>
        <button type="submit" className="button calm" disabled={!good || state === 'busy'}>
          {say.count.tell}
        </button>
      </div>
      <p className="tiny" role="status">
        {state === 'done' ? say.count.told : say.count.countedHelp}
      </p>
      <NotDone problem={problem} />
    </form>
  );
}
