import { Archive, PackageCheck, PackageOpen, Store } from 'lucide-react';
import { useState } from 'react';
import type { Order, VenueMap } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { Blank, Bones, Failure } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useLocal, useSay } from '../../src/words/language';
import { CallOffSheet } from './CallOffSheet';
import { OrderList } from './OrderList';
import { PackSheet } from './PackSheet';
import { type State, states, useOrders } from './useOrders';
import { words } from './words';
import './orders.css';
import { Pills } from '../../src/ui/Pills';

interface Props {
  venue: string;
  map: VenueMap | undefined;
  formats: Formats;
  link: LinkState;
}

/** Rewards that were bought: what is to be packed and sent, what is kept until fetched, and what became of the others. */
export function OrdersTab({ venue, map, formats, link }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const [state, setState] = useState<State>('open');
  const { list, more } = useOrders(venue, state, link);
  const [open, setOpen] = useState<{ order: Order; what: 'pack' | 'callOff' }>();
  const [done, setDone] = useState('');
  const zone = (id: string) => local(map?.zones.find((z) => z.id === id)?.name) || id;
  const show = (what: 'pack' | 'callOff') => (order: Order) => {
    setDone('');
    setOpen({ order, what });
  };
  const finished = (text: string) => {
    setOpen(undefined);
    setDone(text);
    list.reload();
  };
  const lists = { formats, zone, callOff: show('callOff') };
  const all = list.data;
  const number = formats.number(open?.order.number ?? 0);
  return (
    <div className="stack" id="orders">
      <div className="row apart">
        <h2 className="sr-only">{say.title}</h2>
        <Pills label={say.show} choices={states.map((s) => [s, say.states[s]])} value={state} put={setState} />
        <p className="small good-words words" role="status">
          {done}
        </p>
      </div>
      {all === undefined ? (
        list.problem !== undefined ? (
          <Failure problem={list.problem} retry={list.reload} />
        ) : (
          <Bones lines={2} height="9rem" />
        )
      ) : state === 'open' ? (
        <div className="pair">
          <OrderList
            {...lists}
            id="to-send"
            icon={PackageOpen}
            title={say.toSend}
            orders={all.filter((o) => o.way === 'post')}
            none={
              <Blank icon={PackageCheck} title={say.toSendNone}>
                <p>{say.toSendNoneHelp}</p>
              </Blank>
            }
            pack={show('pack')}
          />
          <OrderList
            {...lists}
            id="to-fetch"
            icon={Store}
            title={say.toFetch}
            help={say.toFetchHelp}
            orders={all.filter((o) => o.way !== 'post')}
            none={<Blank icon={Store} title={say.toFetchNone} />}
          />
        </div>
      ) : (
        <OrderList
          {...lists}
          id="closed"
          icon={Archive}
          title={say.states[state] ?? state}
          help={state === 'cancelled' || state === 'lapsed' ? say.backHelp : undefined}
          orders={all}
          none={<Blank icon={Archive} title={say.noneOf[state] ?? state} />}
        />
      )}
      {more !== undefined && (
        <button type="button" className="button plain" onClick={more}>
          {say.more}
        </button>
      )}
      {open?.what === 'pack' && (
        <PackSheet
          venue={venue}
          order={open.order}
          formats={formats}
          done={() => finished(say.sentDone(number))}
          changed={list.reload}
          callOff={() => setOpen({ order: open.order, what: 'callOff' })}
          close={() => setOpen(undefined)}
        />
      )}
      {open?.what === 'callOff' && (
        <CallOffSheet
          venue={venue}
          order={open.order}
          formats={formats}
          done={() => finished(say.callOffDone(number))}
          changed={list.reload}
          close={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}
