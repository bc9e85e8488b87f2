import { describe, expect, it } from 'vitest';
import { healthOf } from './health';
import { newestFirst } from './newestFirst';
import { besideMarks, contains, heatLevel, labelSpot, roundPeak } from './shape';

describe('the plan', () => {
  const square = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 0, y: 10 },
  ];
  const ell = [
    { x: 0, y: 0 },
    { x: 20, y: 0 },
    { x: 20, y: 2 },
    { x: 2, y: 2 },
    { x: 2, y: 20 },
    { x: 0, y: 20 },
  ];
  const horseshoe = [
    { x: 0, y: 0 },
    { x: 30, y: 0 },
    { x: 30, y: 30 },
    { x: 27, y: 30 },
    { x: 27, y: 3 },
    { x: 3, y: 3 },
    { x: 3, y: 30 },
    { x: 0, y: 30 },
  ];

  it('writes names inside their zone, whatever its shape', () => {
    expect(labelSpot(square)).toEqual({ x: 5, y: 5 });
    for (const outline of [square, ell, horseshoe]) expect(contains(outline, labelSpot(outline))).toBe(true);
  });

  it('writes no name under a gateway, nor out of the zone', () => {
    const box = { left: 0, top: 0, width: 100, height: 100 };
    const middle = { x: 50, y: 50 };
    const at = (x: number, y: number) => ({ x, y });
    const write = (zone: typeof box, ...marks: { x: number; y: number }[]) => besideMarks(middle, marks, zone, 0.5);
    expect(write(box, at(5, 50))).toEqual({ count: middle, name: at(50, 58), stacked: true });
    expect(write(box, middle)).toEqual({ count: at(50, 63), name: at(50, 71), stacked: true });
    expect(write({ ...box, height: 70 }, middle)).toEqual({ count: at(50, 35), name: at(50, 43), stacked: true });
    expect(write({ ...box, top: 34, height: 32 }, middle)).toEqual({
      count: at(60, 52.5),
      name: at(50, 60.5),
      stacked: false,
    });
    expect(write({ ...box, top: 44, height: 12 }, middle)).toEqual({ count: at(60, 52.5), name: null, stacked: false });
  });

  it('warms up with people and ends at a round number', () => {
    expect([0, 1, 20, 50, 99, 100, 130].map((n) => heatLevel(n, 100))).toEqual([0, 1, 1, 3, 5, 5, 5]);
    expect([1, 5, 6, 17, 48, 61, 99, 230].map(roundPeak)).toEqual([5, 5, 6, 20, 50, 80, 100, 300]);
  });
});

describe('the feed', () => {
  it('has each decision once, newest first, also when an old page comes in late', () => {
    expect(newestFirst([{ id: 9 }, { id: 8 }], [{ id: 8 }, { id: 7 }, { id: 10 }]).map((d) => d.id)).toEqual([
      10, 9, 8, 7,
    ]);
  });
});

describe('a gateway', () => {
  const gateway = { gateway: 'gw', online: true, lastSeenAt: null, clockErrorMs: 0, backlog: 0 };
  it.each([
    [{}, 'well'],
    [{ backlog: 18_000 }, 'late'],
    [{ clockErrorMs: -4_000, backlog: 18_000 }, 'clock'],
    [{ online: false, clockErrorMs: -4_000 }, 'offline'],
  ])('that is %j is said to be %s', (change, health) => expect(healthOf({ ...gateway, ...change })).toBe(health));
});
