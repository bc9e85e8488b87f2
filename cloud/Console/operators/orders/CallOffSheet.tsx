import { useId, useState } from 'react';
import type { Order } from '../../src/api/types';
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
  close: () => void;
}

/** Asks why before an order comes to nothing and its points go back. */
export function CallOffSheet({ venue, order, formats, done, changed, close }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const id = useId();
  const [name, putName] = useName();
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const hand = useHand(venue, order, done, changed);
  const noReason = asked && reason.trim() === '';
  return (
    <Sheet
      open
      onClose={close}
      title={say.callOffTitle(formats.number(order.number), local(order.title))}
      description={say.callOffText(formats.number(order.points))}
    >
      {order.way === 'collect' && <p className="quiet words">{say.callOffCoupon}</p>}
      <div className="field">
        <label htmlFor={id}>{say.reason}</label>
        <input
          id={id}
          className="input"
          maxLength={200}
          autoComplete="off"
          value={reason}
          aria-invalid={noReason}
          aria-describedby={`${id}-help`}
          onChange={(e) => setReason(e.target.value)}
        />
        <span id={`${id}-help`} className={noReason ? 'wrong' : 'tiny'}>
          {noReason ? say.reasonNeeded : say.reasonHelp}
        </span>
      </div>
      <NameField name={name} put={putName} wrong={asked && name.trim() === ''} help={say.byHelp} />
      <CameNotice came={hand.came} />
      <div className="two">
        <button type="button" className="button calm" onClick={close}>
          {say.back}
        </button>
        <button
          type="button"
          className="button danger"
          disabled={hand.busy || hand.came?.of === 'meanwhile'}
          onClick={() => {
            setAsked(true);
            if (name.trim() !== '' && reason.trim() !== '')
              hand.act('cancel', { by: name.trim(), reason: reason.trim() });
          }}
        >
          {hand.busy ? say.marking : say.callOff}
        </button>
      </div>
    </Sheet>
  );
}
