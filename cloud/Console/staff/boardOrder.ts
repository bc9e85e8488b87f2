import type { Arrival } from '../src/api/types';

/** Those nobody looks after yet come first, then the newest; what comes later replaces what was there. */
export function boardOrder(list: readonly Arrival[], more: readonly Arrival[]): Arrival[] {
  const byId = new Map(list.map((a) => [a.id, a]));
  for (const a of more) byId.set(a.id, a);
  return [...byId.values()].sort(
    (a, b) =>
      Number(Boolean(a.acknowledgedAt)) - Number(Boolean(b.acknowledgedAt)) || Date.parse(b.at) - Date.parse(a.at),
  );
}
