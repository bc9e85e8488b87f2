import { useEffect, useState } from 'react';
import { at, call, type Problem } from '../src/api/client';
import type { Arrival, LiveFloor } from '../src/api/types';
import type { LinkState } from '../src/live/link';
import { useLink } from '../src/live/useLink';
import { useLoaded } from '../src/live/useLoaded';
import { boardOrder } from './boardOrder';

/** How often the board is read again: nobody tells when a guest has gone, and who is gone is no longer on it. */
const boardMs = 60_000;

export interface ArrivalBoard {
  link: LinkState;
  list: Arrival[] | undefined;
  problem: Problem | undefined;
  reload: () => void;
  put: (arrival: Arrival) => void;
  /** The newest to have arrived while this page was looking. */
  news: Arrival | undefined;
  /** The venue's time, which is not always this device's. */
  venueTime: number | undefined;
}

export function useArrivals(venue: string, zone: string): ArrivalBoard {
  const [news, setNews] = useState<Arrival>();
  const key = `${venue} ${zone}`;
  const arrivals = useLoaded(key, (signal) => call<Arrival[]>(at`venues/${venue}/staff/${zone}/arrivals`, { signal }));
  const clock = useLoaded(venue, (signal) => call<LiveFloor>(at`venues/${venue}/floor`, { signal }));
  const put = (arrival: Arrival) => arrivals.put((list) => boardOrder(list ?? [], [arrival]));

  const link = useLink(
    {
      hub: '/hubs/staff',
      greet: async (invoke) => {
        await invoke('Watch', venue, zone);
        arrivals.reload();
      },
      on: {
        arrival: (arrival: Arrival) => {
          if (!arrival.acknowledgedAt && !arrivals.data?.some((a) => a.id === arrival.id)) setNews(arrival);
          put(arrival);
        },
      },
    },
    key,
  );

  const [readClock, readBoard] = [clock.reload, arrivals.reload];
  useEffect(() => {
    const timers = [setInterval(readClock, 10_000), setInterval(readBoard, boardMs)];
    return () => timers.forEach(clearInterval);
  }, [readClock, readBoard]);

  const list = arrivals.data === undefined ? undefined : boardOrder(arrivals.data, []);
  const newest = Math.max(0, ...(list ?? []).map((a) => Date.parse(a.at)));
  return {
    link,
    list,
    problem: arrivals.problem,
    reload: arrivals.reload,
    put,
    news,
    venueTime: clock.data === undefined ? undefined : Math.max(newest, Date.parse(clock.data.venueTime)),
  };
}
