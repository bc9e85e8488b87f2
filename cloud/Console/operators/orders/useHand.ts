import { useState } from 'react';
import { at, call, Problem } from '../../src/api/client';
import type { Order } from '../../src/api/types';

export type Deed = 'sent' | 'cancel';

/** What came of an order by somebody's hand. */
export type Came =
  | { of: 'done' }
  | { of: 'meanwhile'; state: string }
  | { of: 'unsure' }
  | { of: 'failed'; problem: Problem };

export interface Hand {
  busy: boolean;
  came: Came | undefined;
  act: (deed: Deed, body: { by: string; reason?: string }) => void;
}

/** Signs an order as sent or called off. The service counts it once, however often it is asked. */
export function useHand(venue: string, order: Order, done: (deed: Deed) => void, changed: () => void): Hand {
  const [busy, setBusy] = useState(false);
  const [came, setCame] = useState<Came>();
  const act = async (deed: Deed, body: { by: string; reason?: string }) => {
    setBusy(true);
    setCame(undefined);
    try {
      await call<void>(`${at`venues/${venue}/reward-orders/${order.id}`}/${deed}`, { method: 'POST', body });
      done(deed);
    } catch (error) {
      const next = cameOf(error);
      setCame(next);
      setBusy(false);
      if (next.of === 'meanwhile') changed();
    }
  };
  return { busy, came, act: (deed, body) => void act(deed, body) };
}

/** What an answer that is no success says of the order. */
export function cameOf(error: unknown): Came {
  const problem = error instanceof Problem ? error : new Problem(0, 'unexpected', String(error));
  if (problem.uncertain) return { of: 'unsure' };
  if (problem.status === 404) return { of: 'meanwhile', state: 'gone' };
  const is = /^It is (\w+)\.$/.exec(problem.detail ?? '')?.[1];
  return problem.status === 409 && is !== undefined ? { of: 'meanwhile', state: is } : { of: 'failed', problem };
}
