import { Gift, MapPin, Megaphone } from 'lucide-react';
import { useState } from 'react';
import { at, call } from '../src/api/client';
import type { Coupon, Me, VenueMap } from '../src/api/types';
import { useLoaded } from '../src/live/useLoaded';
import { Blank, Bones, Failure, Notice } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { BindCard } from './BindCard';
import { CodeSheet } from './CodeSheet';
import { Ticket } from './Ticket';
import type { MemberData } from './useMember';
import { walletOrder } from './walletOrder';
import { words } from './words';

interface Props {
  secret: string;
  me: Me;
  member: MemberData;
  formats: Formats;
  toYou: () => void;
}

export function Wallet({ secret, me, member, formats, toYou }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const [open, setOpen] = useState<Coupon>();
  // The invitation stays to say that it worked.
  const [unbound] = useState(me.bindings.length === 0);
  const map = useLoaded(me.zone ? me.venue : null, (signal) => call<VenueMap>(at`venues/${me.venue}/map`, { signal }));
  const zone = local(map.data?.zones.find((z) => z.id === me.zone)?.name);
  const { coupons } = member;
  const { usable, past } = walletOrder(coupons.data ?? []);
  const shown = coupons.data?.find((c) => c.id === open?.id) ?? open;
  return (
    <div className="stack">
      <div>
        <h1 className="words">{say.hello(me.nickname)}</h1>
        <p className={me.present ? 'whereabouts here' : 'whereabouts'}>
          <MapPin size={16} aria-hidden="true" />
          {me.present ? (zone === '' ? say.hereAnywhere : say.here(zone)) : say.away}
        </p>
      </div>
      {!me.purposes.includes('marketing') && (
        <Notice icon={Megaphone} tone="warn">
          {say.noMarketing}{' '}
          <button type="button" className="link" onClick={toYou}>
            {say.allowInYou}
          </button>
        </Notice>
      )}
      {coupons.data === undefined ? (
        coupons.problem !== undefined ? (
          <Failure problem={coupons.problem} retry={coupons.reload} />
        ) : (
          <Bones lines={2} height="9rem" />
        )
      ) : usable.length === 0 ? (
        <div className="card">
          <Blank icon={Gift} title={past.length > 0 ? say.noneUsable : say.noCoupons}>
            {me.purposes.includes('marketing') && <p>{say.noCouponsHelp}</p>}
          </Blank>
        </div>
      ) : (
        <section className="stack" aria-labelledby="usable">
          <h2 id="usable">{say.usable}</h2>
          <ul className="tickets">
            {usable.map((c) => (
              <Ticket key={c.id} coupon={c} fresh={member.fresh.has(c.id)} formats={formats} show={() => setOpen(c)} />
            ))}
          </ul>
        </section>
      )}
      {me.purposes.includes('presence') && unbound && <BindCard secret={secret} member={member} formats={formats} />}
      {past.length > 0 && (
        <section className="stack" aria-labelledby="past">
          <h2 id="past" className="quiet">
            {say.past}
          </h2>
          <ul className="tickets">
            {past.map((c) => (
              <Ticket key={c.id} coupon={c} fresh={false} formats={formats} />
            ))}
          </ul>
        </section>
      )}
      {shown !== undefined && (
        <CodeSheet
          secret={secret}
          coupon={shown}
          formats={formats}
          close={() => setOpen(undefined)}
          look={coupons.reload}
        />
      )}
    </div>
  );
}
