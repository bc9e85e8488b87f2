import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Order } from '../../src/api/types';
import type { Formats } from '../../src/words/formats';
import { useLocal, useSay } from '../../src/words/language';
import { words } from './words';

interface Props {
  id: string;
  icon: LucideIcon;
  title: string;
  help?: string | undefined;
  orders: readonly Order[];
  none: ReactNode;
  formats: Formats;
  zone: (id: string) => string;
  /** Left out where nothing is to be packed. */
  pack?: (order: Order) => void;
  callOff: (order: Order) => void;
}

/** Orders of one kind, each with what can be done with it. */
export function OrderList({ id, icon: Icon, title, help, orders, none, formats, zone, pack, callOff }: Props) {
  const say = useSay(words);
  const local = useLocal();
  return (
    <section className="card stack" aria-labelledby={id}>
      <div className="stack tight">
        <h2 id={id} className="row">
          <Icon size={20} aria-hidden="true" />
          {title}
          {orders.length > 0 && <span className="chip">{formats.number(orders.length)}</span>}
        </h2>
        {help !== undefined && orders.length > 0 && <p className="small quiet words">{help}</p>}
      </div>
      {orders.length === 0 ? (
        none
      ) : (
        <ol className="lines order-list">
          {orders.map((o) => {
            const number = formats.number(o.number);
            return (
              <li key={o.id}>
                <div className="order-what">
                  <b className="words">{local(o.title)}</b>
                  <span className="small quiet words">
                    {say.number(number)} · {o.zone === null ? say.byPost : say.at(zone(o.zone))}
                  </span>
                  <span className="tiny words">
                    {say.ordered(formats.dayTime(o.at))}
                    {o.state !== 'open' &&
                      ` · ${say.closed((say.states[o.state] ?? o.state).toLowerCase(), formats.dayTime(o.changedAt))}`}
                    {` · ${say.points(formats.number(o.points))}`}
                  </span>
                </div>
                {o.state === 'open' && (
                  <div className="row">
                    {pack !== undefined ? (
                      <button
                        type="button"
                        className="button slim"
                        aria-label={say.packOf(number, local(o.title))}
                        onClick={() => pack(o)}
                      >
                        {say.pack}
                      </button>
                    ) : (
                      <button
                        type="button"
                        className="button calm slim"
                        aria-label={say.callOffOf(number, local(o.title))}
                        onClick={() => callOff(o)}
                      >
                        {say.callOff}
                      </button>
                    )}
                  </div>
                )}
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}
