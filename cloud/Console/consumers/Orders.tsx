import { CircleX, PackageCheck } from 'lucide-react';
import { useState } from 'react';
import { at, call } from '../src/api/client';
import type { Order } from '../src/api/types';
import type { Loaded } from '../src/live/useLoaded';
import { Failure, Notice } from '../src/ui/parts';
import { Sheet } from '../src/ui/Sheet';
import { common } from '../src/ui/words';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { words } from './words';

interface Props {
  secret: string;
  orders: Loaded<Order[]>;
  zone: (id: string) => string;
  formats: Formats;
  changed: () => void;
}

const tone: Record<string, string> = { open: 'lake', collected: 'good', sent: 'good' };

/** Rewards a member has bought; an open one can be called off. */
export function Orders({ secret, orders, zone, formats, changed }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const local = useLocal();
  const [leaving, setLeaving] = useState<Order>();
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  if (orders.data === undefined)
    return orders.problem === undefined ? null : <Failure problem={orders.problem} retry={orders.reload} />;
  if (orders.data.length === 0) return null;
  const callOff = (order: Order) => {
    setState('busy');
    call<void>(at`me/rewards/${order.id}`, { method: 'DELETE', secret }).then(
      () => {
        setState('idle');
        setLeaving(undefined);
        changed();
      },
      () => {
        setState('failed');
        changed();
      },
    );
  };
  return (
    <section className="card stack" aria-labelledby="orders">
      <h2 id="orders" className="row">
        <PackageCheck size={20} aria-hidden="true" />
        {say.points.orders}
      </h2>
      <ul className="lines">
        {orders.data.map((o) => (
          <li key={o.id} className="stack tight">
            <div className="row apart">
              <b className="words">{local(o.title)}</b>
              <span className={`chip ${tone[o.state] ?? ''}`}>{say.points.orderStates[o.state] ?? o.state}</span>
            </div>
            <p className="small quiet words">
              {o.way === 'post' ? say.points.send : say.points.fetchAt(zone(o.zone ?? ''))} · {formats.dayTime(o.at)}
            </p>
            {o.state === 'open' && (
              <div className="row apart">
                {o.code !== null && <span className="code-line mono">{o.code}</span>}
                <button type="button" className="button plain slim" onClick={() => setLeaving(o)}>
                  {say.points.callOff}
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {leaving !== undefined && (
        <Sheet
          open
          onClose={() => setLeaving(undefined)}
          title={say.points.callOffTitle}
          description={say.points.callOffText(formats.number(leaving.points))}
        >
          {state === 'failed' && (
            <Notice icon={CircleX} tone="bad">
              {say.points.callOffFailed}
            </Notice>
          )}
          <div className="two">
            <button type="button" className="button calm" onClick={() => setLeaving(undefined)}>
              {plain.cancel}
            </button>
            <button
              type="button"
              className="button danger"
              disabled={state === 'busy'}
              onClick={() => callOff(leaving)}
            >
              {say.points.callOff}
            </button>
          </div>
        </Sheet>
      )}
    </section>
  );
}
