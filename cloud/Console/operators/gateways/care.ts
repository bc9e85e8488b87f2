import type { GatewayEntry, ReceiverState } from '../../src/api/types';

/** Beyond this a gateway's times are worth a look; the service corrects them meanwhile. */
const clockMs = 2_000;
/** Live sightings wait a few seconds; what waits longer waits for a link. */
const waitsMs = 300_000;
/** A radio in a mall hears something every second; in a quiet store at night it may not, hence minutes. */
const quietSeconds = 600;
/** Capture always loses a frame here and there; one in fifty is a fault. */
const lostShare = 0.02;
/** Small boxes slow themselves down from 80 °C on. */
const hotCelsius = 75;
/** Certificates are renewed long before; one this short of its end was not. */
const certificateMs = 14 * 86_400_000;

/** Something about a gateway that a person should look at. */
export type Care =
  | { what: 'offline' | 'neverHeard' | 'clockDoubtful' | 'setup' }
  | { what: 'trouble'; why: string }
  | { what: 'clockOff'; ms: number }
  | { what: 'spool'; since: string }
  | { what: 'quiet'; radio: number; seconds: number }
  | { what: 'losing'; radio: number; share: number }
  | { what: 'hot'; celsius: number }
  | { what: 'certificate'; until: string };

/**
 * @param now Unix ms by this browser, good enough to tell days.
 * @param venueTime The venue's own time: what waits is measured by the clock it was heard by.
 * @returns what is to be looked at, worst first; nothing for one that was never let in or was shut out.
 */
export function caresOf(entry: GatewayEntry, now: number, venueTime?: string): Care[] {
  if (entry.state === 'planned' || entry.state === 'revoked') return [];
  const health = entry.health;
  if (health === null) return entry.state === 'waiting' ? [] : [{ what: entry.in ? 'neverHeard' : 'offline' }];
  if (!entry.in || !health.online) return [{ what: 'offline' }];
  const cares: Care[] = [];
  if (health.trouble !== null) cares.push({ what: 'trouble', why: health.trouble });
  if (health.clock === 'doubtful') cares.push({ what: 'clockDoubtful' });
  else if (Math.abs(health.clockErrorMs ?? 0) > clockMs)
    cares.push({ what: 'clockOff', ms: Math.abs(health.clockErrorMs ?? 0) });
  if (health.configRejected > 0) cares.push({ what: 'setup' });
  if (health.oldestAt !== null && Date.parse(venueTime ?? health.at) - Date.parse(health.oldestAt) > waitsMs)
    cares.push({ what: 'spool', since: health.oldestAt });
  for (const radio of health.radios) {
    const all = radio.frames + radio.lost;
    if (radio.quietSeconds > quietSeconds)
      cares.push({ what: 'quiet', radio: radio.number, seconds: radio.quietSeconds });
    else if (all > 0 && radio.lost / all > lostShare)
      cares.push({ what: 'losing', radio: radio.number, share: radio.lost / all });
  }
  if ((health.celsius ?? 0) > hotCelsius) cares.push({ what: 'hot', celsius: health.celsius ?? 0 });
  if (entry.certificateUntil !== null && Date.parse(entry.certificateUntil) - now < certificateMs)
    cares.push({ what: 'certificate', until: entry.certificateUntil });
  return cares;
}

/** @returns receivers of the gateway that do not hear what they should, by what others hear; none while that is not known. */
export function illOf(gateway: string, receivers: readonly ReceiverState[] | undefined): ReceiverState[] {
  return (receivers ?? []).filter((r) => r.gateway === gateway && r.fault !== 'none');
}

/** Frames a second of each radio, from two looks at what it has brought since its start; nothing before the second. */
export function ratesOf(before: GatewayEntry | undefined, now: GatewayEntry): Map<number, number> {
  const rates = new Map<number, number>();
  if (before?.health == null || now.health === null) return rates;
  const seconds = (Date.parse(now.health.at) - Date.parse(before.health.at)) / 1000;
  if (seconds <= 0) return rates;
  for (const radio of now.health.radios) {
    const was = before.health.radios.find((r) => r.number === radio.number);
    // A program that started again begins to count anew.
    if (was !== undefined && radio.frames >= was.frames) rates.set(radio.number, (radio.frames - was.frames) / seconds);
  }
  return rates;
}

/** 24 kB, 1.5 MB. */
export function bytes(n: number, number: (n: number) => string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [size, i] = [n, 0];
  while (size >= 1000 && i < units.length - 1) [size, i] = [size / 1000, i + 1];
  return `${number(size >= 10 || i === 0 ? Math.round(size) : Math.round(size * 10) / 10)} ${units[i]}`;
}
