import { Check, Copy, MapPinOff } from 'lucide-react';
import { useState } from 'react';
import { at, call } from '../../src/api/client';
import type { Order } from '../../src/api/types';
import { useLoaded } from '../../src/live/useLoaded';
import { Blank, Bones, Failure } from '../../src/ui/parts';
import { Sheet } from '../../src/ui/Sheet';
import type { Formats } from '../../src/words/formats';
import { useLocal, useSay } from '../../src/words/language';
import { NameField } from '../NameField';
import { useName } from '../useName';
import { CameNotice } from './CameNotice';
import { useHand } from './useHand';
import { words } from './words';

interface Props {
  venue: string;
  order: Order;
  formats: Formats;
  done: () => void;
  changed: () => void;
  callOff: () => void;
  close: () => void;
}

/** Where one order goes. The address is asked for when this is opened, and gone from the page when it is closed. */
export function PackSheet({ venue, order, formats, done, changed, callOff, close }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const [name, putName] = useName();
  const [asked, setAsked] = useState(false);
  const hand = useHand(venue, order, done, changed);
  const one = useLoaded(order.id, (signal) => call<Order>(at`venues/${venue}/reward-orders/${order.id}`, { signal }));
  const address = one.data?.address;
  const closed = one.data !== undefined && one.data.state !== 'open' ? one.data.state : undefined;
  return (
    <Sheet
      open
      onClose={close}
      title={say.packTitle(formats.number(order.number), local(order.title))}
      description={say.packText}
    >
      {one.data === undefined ? (
        one.problem !== undefined ? (
          <Failure problem={one.problem} retry={one.reload} />
        ) : (
          <Bones lines={1} height="8rem" />
        )
      ) : closed !== undefined ? (
        <CameNotice came={{ of: 'meanwhile', state: closed }} />
      ) : address == null ? (
        <Blank icon={MapPinOff} title={say.noAddress}>
          <p>{say.noAddressHelp}</p>
        </Blank>
      ) : (
        <Address {...address} />
      )}
      {closed === undefined && (
        <>
          <NameField name={name} put={putName} wrong={asked && name.trim() === ''} help={say.byHelp} />
          <CameNotice came={hand.came} />
          <div className="two">
            <button type="button" className="button danger" onClick={callOff}>
              {say.callOff}
            </button>
            <button
              type="button"
              className="button"
              disabled={hand.busy || address == null || hand.came?.of === 'meanwhile'}
              onClick={() => {
                setAsked(true);
                if (name.trim() !== '') hand.act('sent', { by: name.trim() });
              }}
            >
              {hand.busy ? say.marking : say.markSent}
            </button>
          </div>
        </>
      )}
    </Sheet>
  );
}

function Address({ name, lines, phone }: { name: string; lines: string; phone?: string | null }) {
  const say = useSay(words);
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const copy = () => {
    const text = [name, lines, phone].filter(Boolean).join('\n');
    const wrote = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('none'));
    wrote.then(
      () => setCopied('yes'),
      () => setCopied('failed'),
    );
  };
  return (
    <section className="address stack tight" aria-label={say.sendTo}>
      <h3 className="tiny">{say.sendTo}</h3>
      <address className="words">
        <strong>{name}</strong>
        <span>{lines}</span>
        {phone && (
          <span>
            {say.phone} <a href={`tel:${phone.replace(/[^\d+]/g, '')}`}>{phone}</a>
          </span>
        )}
      </address>
      <button type="button" className="button calm slim" onClick={copy}>
        {copied === 'yes' ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
        {copied === 'yes' ? say.copied : say.copy}
      </button>
      <span className="tiny" role="status">
        {copied === 'failed' ? say.copyFailed : ''}
      </span>
    </section>
  );
}
