import { Coins, Gift } from 'lucide-react';
import { useCallback, useState } from 'react';
import { at, call } from '../src/api/client';
import type { Points as Balance, Me, Order, Reward, Tier, VenueMap } from '../src/api/types';
import type { LinkState } from '../src/live/link';
import { useBack } from '../src/live/useBack';
import { useLoaded } from '../src/live/useLoaded';
import { Blank, Bones, Failure } from '../src/ui/parts';
import { common } from '../src/ui/words';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { Bring } from './Bring';
import { Orders } from './Orders';
import { moveName, signed } from './points';
import { RewardSheet } from './RewardSheet';
import { words } from './words';

interface Props {
  secret: string;
  me: Me;
  link: LinkState;
  formats: Formats;
}

/** What a member has earned, what it buys, and how to earn more. */
export function Points({ secret, me, link, formats }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const local = useLocal();
  const points = useLoaded('points', (signal) => call<Balance>('/api/v1/me/points', { secret, signal }));
  const tier = useLoaded('tier', (signal) => call<Tier>('/api/v1/me/tier', { secret, signal }));
  const orders = useLoaded('orders', (signal) => call<Order[]>('/api/v1/me/rewards', { secret, signal }));
  const rewards = useLoaded(me.venue, (signal) => call<Reward[]>(at`venues/${me.venue}/rewards`, { signal }));
  const map = useLoaded(me.venue, (signal) => call<VenueMap>(at`venues/${me.venue}/map`, { signal }));
  const [wanted, setWanted] = useState<Reward>();
  const [moves, setMoves] = useState(8);
  const [a, b, c, d] = [points.reload, tier.reload, orders.reload, rewards.reload];
  const reload = useCallback(() => {
    for (const again of [a, b, c, d]) again();
  }, [a, b, c, d]);
  useBack(link, reload);
  const zone = (id: string) => local(map.data?.zones.find((z) => z.id === id)?.name) || id;

  if (points.data === undefined)
    return points.problem !== undefined ? (
      <Failure problem={points.problem} retry={points.reload} />
    ) : (
      <Bones lines={3} height="7rem" />
    );
  const p = points.data;
  return (
    <div className="stack">
      <section className="card stack balance" aria-labelledby="points">
        <div className="row apart">
          <h1 id="points" className="sr-only">
            {say.points.title}
          </h1>
          <p>
            <strong className="sum">{formats.number(p.spendable)}</strong> {say.points.unit}
          </p>
          {tier.data?.name && <span className="chip glow">{plain.tiers[tier.data.name] ?? tier.data.name}</span>}
        </div>
        {p.pending > 0 && <p className="small quiet">{say.points.pending(formats.number(p.pending))}</p>}
        {tier.data?.next && tier.data.missing !== null && (
          <div className="stack tight">
            <progress
              className="toward"
              max={tier.data.spend + tier.data.missing}
              value={tier.data.spend}
              aria-label={say.points.toward(plain.tiers[tier.data.next] ?? tier.data.next)}
            />
            <p className="small quiet">
              {say.points.missing(formats.money(tier.data.missing), plain.tiers[tier.data.next] ?? tier.data.next)}
            </p>
          </div>
        )}
        {tier.data?.name && tier.data.until && <p className="tiny">{say.points.kept(formats.day(tier.data.until))}</p>}
      </section>
      <section className="stack" aria-labelledby="rewards">
        <h2 id="rewards">{say.points.rewards}</h2>
        {rewards.data === undefined ? (
          rewards.problem !== undefined ? (
            <Failure problem={rewards.problem} retry={rewards.reload} />
          ) : (
            <Bones lines={2} />
          )
        ) : rewards.data.length === 0 ? (
          <div className="card">
            <Blank icon={Gift} title={say.points.noRewards} />
          </div>
        ) : (
          <ul className="card lines rewards">
            {rewards.data.map((r) => {
              const short = r.points - p.spendable;
              const out = r.left === 0;
              return (
                <li key={r.id} className="row apart">
                  <span>
                    <b className="words block">{local(r.title)}</b>
                    <span className="tiny">
                      {say.points.costs(formats.number(r.points))}
                      {out ? ` · ${say.points.out}` : short > 0 ? ` · ${say.points.short(formats.number(short))}` : ''}
                    </span>
                  </span>
                  <button
                    type="button"
                    className="button slim"
                    disabled={out || short > 0}
                    onClick={() => setWanted(r)}
                    aria-label={`${say.points.get}: ${local(r.title)}`}
                  >
                    {say.points.get}
                  </button>
                </li>
              );
            })}
          </ul>
        )}
      </section>
      <Orders secret={secret} orders={orders} zone={zone} formats={formats} changed={reload} />
      <Bring secret={secret} />
      <section className="card stack" aria-labelledby="moves">
        <h2 id="moves">{say.points.moves}</h2>
        {p.moves.length === 0 ? (
          <Blank icon={Coins} title={say.points.noMoves}>
            <p>{say.points.noMovesHelp}</p>
          </Blank>
        ) : (
          <ul className="lines small">
            {p.moves.slice(0, moves).map((m, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: moves have no names of their own, and keep their order
              <li key={i} className="row apart">
                <span>
                  {say.points.moveNames[moveName(m)]}
                  <span className="tiny block">{formats.dayTime(m.at)}</span>
                </span>
                <b>{signed(m, formats.number)}</b>
              </li>
            ))}
          </ul>
        )}
        {p.moves.length > moves && (
          <button type="button" className="button plain" onClick={() => setMoves(moves + 20)}>
            {say.points.more}
          </button>
        )}
      </section>
      {wanted !== undefined && (
        <RewardSheet
          secret={secret}
          reward={wanted}
          zone={zone}
          formats={formats}
          close={() => setWanted(undefined)}
          ordered={reload}
        />
      )}
    </div>
  );
}
