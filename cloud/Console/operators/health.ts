import type { GatewayHealth } from '../src/api/types';

export type Health = 'well' | 'late' | 'clock' | 'offline';

/** Beyond this a gateway's times are worth an operator's look; the service corrects them meanwhile. */
const clockToleranceMs = 2_000;
/** A live gateway always has a few batches in hand; this many means that it is catching up. */
const backlogTolerance = 20;

/** The worst that is to be said of a gateway. */
export function healthOf(gateway: GatewayHealth): Health {
  if (!gateway.online) return 'offline';
  if (Math.abs(gateway.clockErrorMs) > clockToleranceMs) return 'clock';
  if (gateway.backlog > backlogTolerance) return 'late';
  return 'well';
}

export const healthTone = { well: 'good', late: 'warn', clock: 'warn', offline: 'bad' } as const;
