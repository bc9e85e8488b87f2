import { Problem } from '../src/api/client';
import type { Redemption } from '../src/api/types';

/**
 * One wish to redeem one coupon. Its key goes with every try, so that a try whose answer was lost can be made again
 * and still counts once.
 */
export interface Attempt {
  code: string;
  zone: string;
  by: string;
  key: string;
}

export type Result =
  | { kind: 'redeemed'; redemption: Redemption }
  | { kind: 'already' | 'expired' | 'unknown' | 'refused'; detail: string }
  /** Nobody answered: it may or may not have been redeemed. */
  | { kind: 'unsure' };

const name = 'presence.attempt';

/** @returns the attempt under way for this coupon here, else a new one. It outlives a reload of the page, as the doubt does. */
export function attemptFor(code: string, zone: string, by: string, store: Storage, makeKey: () => string): Attempt {
  const held = heldAttempt(store);
  if (held !== undefined && held.code === code && held.zone === zone) return held;
  const fresh = { code, zone, by, key: makeKey() };
  hold(fresh, store);
  return fresh;
}

export function heldAttempt(store: Storage): Attempt | undefined {
  try {
    return (JSON.parse(store.getItem(name) ?? 'null') as Attempt | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export function hold(attempt: Attempt | undefined, store: Storage): void {
  try {
    if (attempt === undefined) store.removeItem(name);
    else store.setItem(name, JSON.stringify(attempt));
  } catch {
    // The attempt then lives as long as the page does.
  }
}

/** Sends the attempt; lets go of its key only when the answer is certain. */
export async function redeem(
  attempt: Attempt,
  send: (attempt: Attempt) => Promise<Redemption>,
  store: Storage,
): Promise<Result> {
  try {
    const redemption = await send(attempt);
    hold(undefined, store);
    return { kind: 'redeemed', redemption };
  } catch (error) {
    if (!(error instanceof Problem) || error.uncertain) return { kind: 'unsure' };
    hold(undefined, store);
    const detail = error.detail ?? error.message;
    if (error.kind === 'already-redeemed') return { kind: 'already', detail };
    if (error.kind === 'expired') return { kind: 'expired', detail };
    if (error.kind === 'unknown-coupon' || error.status === 404) return { kind: 'unknown', detail };
    return { kind: 'refused', detail };
  }
}
