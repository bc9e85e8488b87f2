import { useCallback, useEffect, useRef, useState } from 'react';
import { at, call, type Problem } from '../src/api/client';
import type { Decision, LiveFloor } from '../src/api/types';
import type { LinkState } from '../src/live/link';
import { useLink } from '../src/live/useLink';
import { useLoaded } from '../src/live/useLoaded';
import { newestFirst } from './newestFirst';

/** A screen that has heard nothing for this long says so; the service speaks several times a second while anything moves. */
const staleAfterMs = 15_000;
const pageSize = 50;
/** As many decisions as stay in the page; older ones are read again on demand. */
const keep = 300;
const trendPoints = 900;

export interface TrendPoint {
  at: number;
  visitors: number;
  members: number;
}

export interface Decisions {
  list: Decision[] | undefined;
  problem: Problem | undefined;
  more: boolean;
  older: () => void;
  reload: () => void;
}

export interface Live {
  link: LinkState;
  floor: LiveFloor | undefined;
  problem: Problem | undefined;
  reload: () => void;
  stale: boolean;
  /** Sightings in a second of venue time; undefined until two readings are in. */
  rate: number | undefined;
  trend: TrendPoint[];
  decisions: Decisions;
}

export function useLiveFloor(venue: string | undefined): Live {
  const key = venue ?? null;
  const [heardAt, setHeardAt] = useState(() => Date.now());
  const [now, setNow] = useState(() => Date.now());
  const [trend, setTrend] = useState<TrendPoint[]>([]);
  const [rate, setRate] = useState<number>();
  const [more, setMore] = useState(true);
  const last = useRef<LiveFloor>(undefined);

  const take = useCallback((floor: LiveFloor) => {
    setHeardAt(Date.now());
    const time = Date.parse(floor.venueTime);
    const before = last.current;
    const spent = before === undefined ? 0 : (time - Date.parse(before.venueTime)) / 1000;
    if (before === undefined || spent < 0) {
      setRate(undefined);
      setTrend([{ at: time, visitors: floor.visitors, members: floor.members }]);
      last.current = floor;
    } else if (spent >= 1) {
      setRate(Math.max(0, floor.sightings - before.sightings) / spent);
      setTrend((points) =>
        [...points, { at: time, visitors: floor.visitors, members: floor.members }].slice(-trendPoints),
      );
      last.current = floor;
    }
  }, []);

  const floor = useLoaded(key, async (signal) => {
    const read = await call<LiveFloor>(at`venues/${venue ?? ''}/floor`, { signal });
    take(read);
    return read;
  });
  const decisions = useLoaded(key, (signal) => {
    setMore(true);
    return call<Decision[]>(at`venues/${venue ?? ''}/decisions?take=${pageSize}`, { signal });
  });

  const link = useLink(
    venue === undefined
      ? null
      : {
          hub: '/hubs/operators',
          greet: async (invoke) => {
            await invoke('Watch', venue);
            floor.reload();
            decisions.reload();
          },
          on: {
            floor: (next: LiveFloor) => {
              take(next);
              floor.put(() => next);
            },
            decision: (next: Decision) => decisions.put((list) => newestFirst(list ?? [], [next]).slice(0, keep)),
          },
        },
    venue ?? '',
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: another venue is another story
  useEffect(() => {
    last.current = undefined;
    setTrend([]);
    setRate(undefined);
  }, [venue]);

  const reload = floor.reload;
  const quiet = now - heardAt;
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  // Nothing may have moved; asking once tells silence from a break.
  useEffect(() => {
    if (link === 'live' && quiet > staleAfterMs / 2) reload();
  }, [link, quiet, reload]);

  const older = () => {
    const oldest = decisions.data?.at(-1);
    if (venue === undefined || oldest === undefined) return;
    call<Decision[]>(at`venues/${venue}/decisions?before=${oldest.id}&take=${pageSize}`).then(
      (page) => {
        if (page.length < pageSize) setMore(false);
        decisions.put((list) => newestFirst(list ?? [], page));
      },
      () => decisions.reload(),
    );
  };

  return {
    link,
    floor: floor.data,
    problem: floor.problem,
    reload,
    stale: floor.data !== undefined && (link === 'reconnecting' || link === 'refused' || quiet > staleAfterMs),
    rate,
    trend,
    decisions: {
      list: decisions.data,
      problem: decisions.problem,
      more: more && (decisions.data?.length ?? 0) >= pageSize,
      older,
      reload: decisions.reload,
    },
  };
}
