import { useCallback, useEffect, useRef, useState } from 'react';
import { at, call } from '../../src/api/client';
import type { GatewayEntry } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { type Loaded, useLoaded } from '../../src/live/useLoaded';
import { ratesOf } from './care';

/** Gateways say how they are every minute; asking more often than this shows nothing new but an enrolment sooner. */
const everyMs = 5_000;

export interface Gateways {
  list: Loaded<GatewayEntry[]>;
  /** Frames a second by gateway and radio, as soon as two statuses are in. */
  rates: Map<string, Map<number, number>>;
}

export function useGateways(venue: string, link: LinkState): Gateways {
  const seen = useRef(new Map<string, GatewayEntry>());
  const [rates, setRates] = useState(new Map<string, Map<number, number>>());
  const list = useLoaded(venue, async (signal) => {
    const now = await call<GatewayEntry[]>(at`venues/${venue}/gateways`, { signal });
    const next = new Map<string, Map<number, number>>();
    for (const entry of now) {
      const before = seen.current.get(entry.gateway);
      const rate = ratesOf(before, entry);
      if (rate.size > 0) next.set(entry.gateway, rate);
      if (before?.health?.at !== entry.health?.at) seen.current.set(entry.gateway, entry);
    }
    setRates((known) => new Map([...known, ...next]));
    return now;
  });
  const reload = list.reload;
  useBack(link, reload);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs);
    return () => clearInterval(timer);
  }, [reload]);
  return { list: { ...list, reload: useCallback(() => reload(), [reload]) }, rates };
}
