import { useCallback, useState } from 'react';
import { at, call } from '../../src/api/client';
import type { Reward as RewardLeft, VenueMap } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { useLoaded } from '../../src/live/useLoaded';
import { Bones, Failure } from '../../src/ui/parts';
import { common } from '../../src/ui/words';
import type { Formats } from '../../src/words/formats';
import { useLocal, useSay } from '../../src/words/language';
import type { Telling } from './meaning';
import { PointsCard } from './PointsCard';
import { PointsSheet } from './PointsSheet';
import { Programmes } from './Programmes';
import type { Programme, Reward } from './programme';
import { RewardSheet } from './RewardSheet';
import { RewardsCard } from './RewardsCard';
import { TiersCard } from './TiersCard';
import { TiersSheet } from './TiersSheet';
import { words } from './words';
import './loyalty.css';

interface Props {
  venue: string;
  map: VenueMap | undefined;
  formats: Formats;
  link: LinkState;
}

type Open = { what: 'points' } | { what: 'tiers' } | { what: 'reward'; reward: Reward | undefined };

/** How the mall thanks its members: what earns points, what makes a tier, what points buy. */
export function LoyaltyTab({ venue, map, formats, link }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const local = useLocal();
  const programme = useLoaded(venue, (signal) => call<Programme>(at`venues/${venue}/loyalty`, { signal }));
  const stock = useLoaded(venue, (signal) => call<RewardLeft[]>(at`venues/${venue}/rewards`, { signal }));
  const [open, setOpen] = useState<Open>();
  const [done, setDone] = useState('');
  const [versions, setVersions] = useState(0);
  const [again, stockAgain] = [programme.reload, stock.reload];
  useBack(
    link,
    useCallback(() => {
      again();
      stockAgain();
    }, [again, stockAgain]),
  );
  const now = programme.data;
  if (now === undefined)
    return programme.problem !== undefined ? (
      <Failure problem={programme.problem} retry={programme.reload} />
    ) : (
      <Bones lines={3} height="9rem" />
    );
  const telling: Telling = {
    say,
    formats,
    zone: (id) => local(map?.zones.find((z) => z.id === id)?.name) || id,
    tier: (name) => plain.tiers[name] ?? (name || '…'),
    title: (reward) => local(reward.title) || reward.id,
    left: (id) => stock.data?.find((r) => r.id === id)?.left,
  };
  const sheet = {
    venue,
    programme: now,
    telling,
    close: () => setOpen(undefined),
    done: (kept: Programme) => {
      programme.put(() => kept);
      stock.reload();
      setVersions((n) => n + 1);
      setDone(say.saved(say[open?.what === 'reward' ? 'rewards' : (open?.what ?? 'points')].title));
      setOpen(undefined);
    },
  };
  const show = (next: Open) => {
    setDone('');
    setOpen(next);
  };
  return (
    <div className="stack" id="loyalty">
      <h2 className="sr-only">{say.title}</h2>
      <p className="small good-words said" role="status">
        {done}
      </p>
      <div className="pair">
        <div className="stack">
          <PointsCard programme={now} telling={telling} edit={() => show({ what: 'points' })} />
          <TiersCard programme={now} telling={telling} edit={() => show({ what: 'tiers' })} />
        </div>
        <RewardsCard programme={now} telling={telling} edit={(reward) => show({ what: 'reward', reward })} />
      </div>
      <Programmes key={versions} venue={venue} telling={telling} />
      {open?.what === 'points' && <PointsSheet {...sheet} />}
      {open?.what === 'tiers' && <TiersSheet {...sheet} />}
      {open?.what === 'reward' && <RewardSheet {...sheet} reward={open.reward} zones={map?.zones ?? []} />}
    </div>
  );
}
