import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, it, vi } from 'vitest';
import type { LiveFloor } from '../src/api/types';
import { makeFormats } from '../src/words/formats';
import { People } from './People';
import { Tiles } from './Tiles';
import type { Live } from './useLiveFloor';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

const formats = makeFormats('en', 'Asia/Shanghai');
const floor: LiveFloor = {
  venue: 'riverside',
  venueTime: '2026-11-21T08:01:00Z',
  visitors: 48,
  members: 12,
  zones: [],
  gateways: [],
  sightings: 1000,
  visits: 25,
  doors: null,
  count: null,
};
const count: NonNullable<LiveFloor['count']> = {
  from: '2026-11-21T07:50:00Z',
  until: '2026-11-21T07:55:00Z',
  addresses: 210,
  randomShare: 0.8,
  devices: { about: 60, low: 50, high: 72 },
  people: { about: 44, low: 36, high: 53 },
  settled: true,
};

function shown(part: ReactNode): string {
  const place = document.createElement('div');
  act(() => createRoot(place).render(part));
  return place.textContent ?? '';
}

const tiles = (with_: Partial<LiveFloor>) =>
  shown(<Tiles live={{ floor: { ...floor, ...with_ }, stale: false } as Live} formats={formats} />);

it('never calls a device a person', () => {
  const said = tiles({});
  expect(said).toContain('Devices now48not the number of people');
  expect(said).toContain('25% of the devices');
  expect(said).not.toMatch(/visitors/i);
});

it('says how many people that is, with the range, where it is known and of now', () => {
  expect(tiles({ count })).toContain('Devices now48about 44 people (36 to 53)');
  expect(tiles({ count, venueTime: '2026-11-21T10:01:00Z' })).toContain('not the number of people');
  expect(tiles({ count: { ...count, people: null } })).toContain('not the number of people');
});

it('says what the estimate is made of, and why there is none', () => {
  const said = shown(<People venue="riverside" floor={{ ...floor, count }} formats={formats} />);
  expect(said).toContain('About 44 nine times of ten between 36 and 53');
  expect(said).toContain('Estimated from 210 addresses, 80% of them random');
  const none = shown(<People venue="riverside" floor={floor} formats={formats} />);
  expect(none).toContain('There is no estimate of people');
  expect(none).toContain('count devices');
});
