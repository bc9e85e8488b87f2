import { BellRing, Check, Hand, Ticket } from 'lucide-react';
import { useState } from 'react';
import { at, call } from '../src/api/client';
import type { Arrival } from '../src/api/types';
import { Blank, Bones, Failure } from '../src/ui/parts';
import { common } from '../src/ui/words';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import type { ArrivalBoard } from './useArrivals';
import { words } from './words';

interface Props {
  venue: string;
  arrivals: ArrivalBoard;
  by: string;
  formats: Formats;
  redeem: (code: string) => void;
}

export function Arrivals({ venue, arrivals, by, formats, redeem }: Props) {
  const say = useSay(words);
  return (
    <section className="stack" aria-labelledby="arrivals">
      <h2 id="arrivals" className="side-title">
        {say.arrivals}
      </h2>
      <p className="sr-only" aria-live="polite">
        {arrivals.news !== undefined && say.news(arrivals.news.nickname)}
      </p>
      {arrivals.list === undefined ? (
        arrivals.problem !== undefined ? (
          <Failure problem={arrivals.problem} retry={arrivals.reload} />
        ) : (
          <Bones lines={3} height="9rem" />
        )
      ) : arrivals.list.length === 0 ? (
        <div className="card">
          <Blank icon={BellRing} title={say.none}>
            <p>{say.noneHelp}</p>
          </Blank>
        </div>
      ) : (
        <ul className="stack">
          {arrivals.list.map((a) => (
            <ArrivalCard
              key={a.id}
              venue={venue}
              arrival={a}
              board={arrivals}
              by={by}
              formats={formats}
              redeem={redeem}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function ArrivalCard({
  venue,
  arrival: a,
  board,
  by,
  formats,
  redeem,
}: { arrival: Arrival; board: ArrivalBoard } & Omit<Props, 'arrivals'>) {
  const say = useSay(words);
  const plain = useSay(common);
  const local = useLocal();
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const taken = Boolean(a.acknowledgedAt);
  const since = board.venueTime === undefined ? undefined : board.venueTime - Date.parse(a.at);
  const take = () => {
    setState('busy');
    call<Arrival>(at`venues/${venue}/staff/arrivals/${a.id}/acknowledge`, { method: 'POST', body: { by } }).then(
      (next) => {
        setState('idle');
        board.put(next);
      },
      () => setState('failed'),
    );
  };
  return (
    <li className={taken ? 'card arrival taken' : 'card arrival'}>
      <div className="arrival-head">
        <h3 className="words">{a.nickname}</h3>
        {a.tier && <span className="chip glow">{plain.tiers[a.tier] ?? a.tier}</span>}
        <time className="tiny" dateTime={a.at}>
          {say.since(formats.time(a.at))}
          {since !== undefined && ` · ${since < 60_000 ? say.justNow : say.ago(formats.lasting(since))}`}
        </time>
      </div>
      <p className="say words">{local(a.text)}</p>
      <p className="tiny">
        {a.lastVisitAt ? say.lastVisit(formats.day(a.lastVisitAt)) : say.firstVisit} ·{' '}
        <span className="mono">{a.member}</span>
      </p>
      {a.openCoupons.length > 0 && (
        <div className="stack tight">
          <h4 className="tiny">{say.openCoupons}</h4>
          <ul className="row">
            {a.openCoupons.map((c) => (
              <li key={c.code}>
                <button type="button" className="coupon-key" onClick={() => redeem(c.code)}>
                  <Ticket size={16} aria-hidden="true" />
                  <span className="coupon-name">
                    <span className="words">{local(c.name)}</span>
                    <span className="mono tiny">{c.code}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {taken ? (
        <p className="chip good words">
          <Check size={15} aria-hidden="true" />
          {say.taken(a.acknowledgedBy ?? '', formats.time(a.acknowledgedAt ?? ''))}
        </p>
      ) : (
        <button type="button" className="button" onClick={take} disabled={state === 'busy'}>
          <Hand size={18} aria-hidden="true" />
          {state === 'busy' ? say.taking : say.take}
        </button>
      )}
      {state === 'failed' && (
        <p className="wrong" role="alert">
          {say.takeFailed}
        </p>
      )}
    </li>
  );
}
