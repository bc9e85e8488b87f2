import { ChevronDown, QrCode } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import type { Coupon } from '../src/api/types';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { themeOf } from './themes';
import { words } from './words';

interface Props {
  coupon: Coupon;
  fresh: boolean;
  formats: Formats;
  show?: () => void;
}

export function Ticket({ coupon: c, fresh, formats, show }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const { icon: Icon, name } = themeOf(c.offer.theme);
  const usable = c.state === 'issued';
  return (
    <li className={`ticket theme-${name}${usable ? '' : ' spent'}${fresh ? ' fresh' : ''}`}>
      <div className="ticket-side" aria-hidden="true">
        <Icon size={26} strokeWidth={1.8} />
      </div>
      <div className="ticket-main">
        <div className="row">
          {fresh && <span className="chip glow">{say.isNew}</span>}
          {!usable && <span className="chip">{say.states[c.state] ?? c.state}</span>}
          <span className="tiny">
            {c.state === 'redeemed' && c.redeemedAt
              ? say.usedAt(formats.dayTime(c.redeemedAt))
              : say.valid(formats.until(c.expiresAt, c.issuedAt))}
          </span>
        </div>
        <h3 className="words">{local(c.offer.name)}</h3>
        {usable && local(c.offer.text) !== local(c.offer.name) && (
          <p className="quiet small words">{local(c.offer.text)}</p>
        )}
        {c.where && <p className="tiny words">{say.whereAt(local(c.where))}</p>}
        {usable && show !== undefined && (
          <button type="button" className="button ticket-show" onClick={show}>
            <QrCode size={19} aria-hidden="true" />
            {say.show}
          </button>
        )}
        <Collapsible.Root>
          <Collapsible.Trigger className="why">
            {say.why}
            <ChevronDown size={16} aria-hidden="true" />
          </Collapsible.Trigger>
          <Collapsible.Content className="why-text small words">{local(c.why)}</Collapsible.Content>
        </Collapsible.Root>
      </div>
    </li>
  );
}
