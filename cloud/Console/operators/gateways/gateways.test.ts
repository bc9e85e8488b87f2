import { describe, expect, it } from 'vitest';
import type { GatewayEntry, ReceiverState } from '../../src/api/types';
import { bytes, caresOf, illOf, ratesOf } from './care';
import { readSetup, typedOf } from './setup';

const now = Date.parse('2026-11-22T12:00:00Z');
const health: NonNullable<GatewayEntry['health']> = {
  at: '2026-11-22T12:00:00Z',
  online: true,
  version: '1.0.0',
  clock: 'trusted',
  clockErrorMs: 12,
  celsius: 50,
  spoolBytes: 24_576,
  oldestAt: null,
  configVersion: 1,
  configRejected: 0,
  statics: 0,
  radios: [{ number: 0, frames: 1_000, lost: 3, quietSeconds: 1 }],
  drops: {},
  turnedAway: [],
  trouble: null,
};
const entry: GatewayEntry = {
  gateway: 'gw-1',
  state: 'enrolled',
  in: true,
  holdsKeys: true,
  certificateUntil: '2027-01-22T12:00:00Z',
  fingerprint: 'ab:cd',
  setup: {},
  health,
};
const cares = (change: Partial<GatewayEntry>, ill: Partial<typeof health> = {}) =>
  caresOf({ ...entry, health: { ...health, ...ill }, ...change }, now).map((c) => c.what);

describe('what is to be looked at', () => {
  it('is nothing of a gateway that is well, was never let in, or was shut out', () => {
    expect(cares({})).toEqual([]);
    expect(cares({ state: 'planned', in: false, health: null })).toEqual([]);
    expect(cares({ state: 'revoked', in: false })).toEqual([]);
    expect(cares({ state: 'waiting', in: false, health: null })).toEqual([]);
  });
  it.each([
    [{ in: false }, {}, ['offline']],
    [{ health: null }, {}, ['neverHeard']],
    [{}, { clock: 'doubtful', clockErrorMs: 90_000 }, ['clockDoubtful']],
    [{}, { clockErrorMs: -9_000 }, ['clockOff']],
    [{}, { trouble: 'disk I/O error' }, ['trouble']],
    [{}, { configRejected: 7 }, ['setup']],
    [{}, { oldestAt: '2026-11-22T11:50:00Z' }, ['spool']],
    [{}, { oldestAt: '2026-11-22T11:59:58Z' }, []],
    [{}, { radios: [{ number: 3, frames: 10, lost: 0, quietSeconds: 3_000 }] }, ['quiet']],
    [{}, { radios: [{ number: 3, frames: 90, lost: 10, quietSeconds: 0 }] }, ['losing']],
    [{}, { celsius: 81 }, ['hot']],
    [{ certificateUntil: '2026-11-25T00:00:00Z' }, {}, ['certificate']],
  ] as const)('of one that is %j, %j is %j', (change, ill, expected) =>
    expect(cares(change as Partial<GatewayEntry>, ill as Partial<typeof health>)).toEqual(expected),
  );
});

it('measures what waits by the venue’s own clock, which may run faster than the service’s', () => {
  const waiting = { ...entry, health: { ...health, oldestAt: '2026-11-21T13:45:00Z' } };
  expect(caresOf(waiting, now).map((c) => c.what)).toEqual(['spool']);
  expect(caresOf(waiting, now, '2026-11-21T13:46:30Z')).toEqual([]);
});

it('is also a receiver that hears nothing, though its gateway is well', () => {
  const receiver = (gateway: string, fault: string) => ({ gateway, fault }) as ReceiverState;
  const heard = [receiver('gw-1', 'silent'), receiver('gw-1', 'none'), receiver('gw-2', 'none')];
  expect([illOf('gw-1', heard).length, illOf('gw-2', heard).length, illOf('gw-1', undefined).length]).toEqual([
    1, 0, 0,
  ]);
});

describe('a radio’s rate', () => {
  const later = (frames: number, at: string): GatewayEntry => ({
    ...entry,
    health: { ...health, at, radios: [{ number: 0, frames, lost: 0, quietSeconds: 0 }] },
  });
  it('is what came between two looks, and unknown after a new start', () => {
    expect(ratesOf(entry, later(7_000, '2026-11-22T12:01:00Z')).get(0)).toBe(100);
    expect(ratesOf(entry, later(20, '2026-11-22T12:01:00Z')).size).toBe(0);
    expect(ratesOf(entry, entry).size).toBe(0);
    expect(ratesOf(undefined, entry).size).toBe(0);
  });
});

describe('a set-up', () => {
  it('is read as it is written, empty for the box’s own choice', () => {
    const setup = {
      lingerMs: 500,
      forgetMs: 0,
      louderDb: 6,
      liveLimitMs: 0,
      statusEveryMs: 0,
      broker: 'mq:8883',
      dropUnassociated: true,
    };
    expect(readSetup(typedOf(setup)).setup).toEqual(setup);
    expect(typedOf({}).unassociated).toBe('own');
    expect(readSetup(typedOf({})).setup?.broker).toBeNull();
  });
  it('is not sent with what the service would refuse', () => {
    expect([...readSetup({ ...typedOf({}), lingerMs: '60001', louderDb: '-1', broker: 'a b' }).wrong]).toEqual([
      'lingerMs',
      'louderDb',
      'broker',
    ]);
  });
});

it('sizes are as large as people say they are', () =>
  expect([900, 24_576, 1_540_000, 12_000_000].map((n) => bytes(n, String))).toEqual([
    '900 B',
    '25 kB',
    '1.5 MB',
    '12 MB',
  ]));
