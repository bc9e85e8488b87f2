import { useEffect, useState } from 'react';
import { at, call } from '../../src/api/client';
import type { Order } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { type Loaded, useLoaded } from '../../src/live/useLoaded';

/** How many the service gives at once. */
const page = 100;

/** Orders come a few an hour; who packs should still see a new one before the parcel of the last is closed. */
const everyMs = 15_000;

export const states = ['open', 'sent', 'collected', 'cancelled', 'lapsed'] as const;
export type State = (typeof states)[number];

export interface Orders {
  list: Loaded<Order[]>;
  /** Undefined when all are shown. */
  more: (() => void) | undefined;
}

/** Orders in one state: open ones oldest first, to be worked through; others newest first, to be looked up. Never with an address. */
export function useOrders(venue: string, state: State, link: LinkState): Orders {
  const [pages, setPages] = useState(1);
  const list = useLoaded(`${venue}/${state}/${pages}`, async (signal) => {
    let all: Order[] = [];
    while (all.length < pages * page) {
      const next = await call<Order[]>(`${at`venues/${venue}/reward-orders`}?${behind(state, all.at(-1)?.number)}`, {
        signal,
      });
      all = [...all, ...next];
      if (next.length < page) break;
    }
    return all;
  });
  const reload = list.reload;
  useBack(link, reload);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs);
    return () => clearInterval(timer);
  }, [reload]);
  const full = (list.data?.length ?? 0) >= pages * page;
  return { list, more: full ? () => setPages((n) => n + 1) : undefined };
}

/** The question for those behind an order's number. */
export function behind(state: State, number: number | undefined): string {
  return state === 'open' ? `state=open&after=${number ?? -1}` : `state=${state}&before=${number ?? 2 ** 31 - 1}`;
}
