import type { LiveFloor } from '../src/api/types';

/** A window is five minutes and settles within twenty more: what ended longer ago than this, in milliseconds, is no number of now. */
const oldMs = 30 * 60_000;

/** @returns how long ago the newest count ended, in milliseconds, where that is too long for it to be of now; else undefined. */
export function oldFor(floor: LiveFloor): number | undefined {
  const age = floor.count == null ? 0 : Date.parse(floor.venueTime) - Date.parse(floor.count.until);
  return age > oldMs ? age : undefined;
}

/** @returns how many people there are now, as far as it is known. */
export function peopleNow(floor: LiveFloor) {
  return oldFor(floor) === undefined ? (floor.count?.people ?? undefined) : undefined;
}
