import { BadgeCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { at, callBlob } from '../src/api/client';
import type { Coupon } from '../src/api/types';
import { useLoaded } from '../src/live/useLoaded';
import { Sheet } from '../src/ui/Sheet';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { words } from './words';

const lookMs = 2_500;

/** The code, large, on white in any light. When the till takes it, the sheet says so. */
export function CodeSheet({
  secret,
  coupon,
  formats,
  close,
  look,
}: {
  secret: string;
  coupon: Coupon;
  formats: Formats;
  close: () => void;
  /** Reads the coupons again. */
  look: () => void;
}) {
  const say = useSay(words);
  const local = useLocal();
  const picture = useLoaded(coupon.state === 'issued' ? String(coupon.id) : null, (signal) =>
    callBlob(at`me/coupons/${coupon.id}/qr.svg`, { secret, signal }),
  );
  const [address, setAddress] = useState<string>();

  // The guest stands at the till: what became of the code is asked for until it is known.
  const waiting = coupon.state === 'issued';
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(look, lookMs);
    return () => clearInterval(timer);
  }, [waiting, look]);

  useEffect(() => {
    if (picture.data === undefined) return;
    // As an image an SVG can neither run nor load anything.
    const made = URL.createObjectURL(new Blob([picture.data], { type: 'image/svg+xml' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [picture.data]);

  return (
    <Sheet
      open
      onClose={close}
      title={local(coupon.offer.name)}
      description={coupon.state === 'issued' ? say.showHelp : ''}
    >
      {coupon.state === 'issued' ? (
        <div className="code">
          {address !== undefined && picture.problem === undefined ? (
            <img src={address} alt={say.qrAlt(coupon.code)} />
          ) : picture.problem !== undefined ? (
            <p className="code-none">{say.qrFailed}</p>
          ) : (
            <div className="bone code-wait" />
          )}
          <p className="mono code-text">{coupon.shortCode || coupon.code}</p>
        </div>
      ) : (
        <div className="used" role="status">
          <BadgeCheck size={48} aria-hidden="true" />
          <strong>{say.states[coupon.state] ?? coupon.state}</strong>
        </div>
      )}
      <p className="tiny" style={{ textAlign: 'center' }}>
        {coupon.where ? `${local(coupon.where)} · ` : ''}
        {say.valid(formats.until(coupon.expiresAt, coupon.issuedAt))}
      </p>
    </Sheet>
  );
}
