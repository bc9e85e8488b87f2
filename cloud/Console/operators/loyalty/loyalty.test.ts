import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFormats } from '../../src/words/formats';
import { example, meaningOf, type Telling } from './meaning';
import { neededText } from './needed';
import { amount, idFor, type Programme, type Reward, spanOf, spanText, usual, whole } from './programme';
import { isWithin } from './useKeeping';
import { words } from './words';

const telling: Telling = {
  say: words.en,
  formats: makeFormats('en', 'UTC'),
  zone: (id) => id,
  tier: (name) => name,
  title: (reward) => reward.title.en,
  left: (id) => (id === 'mug' ? 12 : null),
};
const mug: Reward = { id: 'mug', title: { en: 'A mug' }, points: 300, stock: 20, collect: ['desk'], post: true };
const before: Programme = {
  tiers: {
    levels: [
      { name: 'silver', spend: 1000 },
      { name: 'gold', spend: 5000 },
    ],
  },
  rewards: [mug],
};
const means = (change: Partial<Programme>) => meaningOf(before, { ...before, ...change }, telling);
const mugAs = (change: Partial<Reward>) => means({ rewards: [{ ...mug, ...change }] });
const levels = (...spend: [string, number][]) =>
  means({ tiers: { levels: spend.map(([name, s]) => ({ name, spend: s })) } });

describe('what a change of the programme means', () => {
  it('is nothing when it says what was said, or says aloud what is usual', () => {
    expect(means({})).toEqual([]);
    expect(means({ centsAPoint: 100, referral: 100, pending: '14 days', keeps: '365 days' })).toEqual([]);
    expect(mugAs({ pickUpWithin: '14 days', cost: 0 })).toEqual([]);
  });

  it('is told by an example large enough to earn points', () => {
    expect(means({ centsAPoint: 50 })).toEqual([
      'A purchase of 100.00 earns 200 points instead of 100. Points given so far stay.',
    ]);
    expect(example(100, 70_000)).toBe(1_000_000);
    expect(means({ referral: 0 })).toEqual(['Bringing a friend along earns nothing any more.']);
  });

  it.each([
    [
      [
        ['silver', 1000],
        ['gold', 4000],
      ],
      /gold from 4,000\.00 instead of 5,000\.00\..*next purchase/,
    ],
    [
      [
        ['silver', 1000],
        ['gold', 6000],
      ],
      /gold from 6,000\.00.*Nobody loses it before the date/,
    ],
    [[['gold', 5000]], /silver can no longer be reached\..*keeps it to the date/],
    [
      [
        ['silver', 1000],
        ['gold', 5000],
        ['top', 9000],
      ],
      /New: top from 9,000\.00/,
    ],
  ] as [[string, number][], RegExp][])('of tiers as %j, is %s', (now, said) => {
    const lines = levels(...now);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(said);
  });

  it('tells who gives tiers by hand from now on that all keep theirs', () => {
    expect(means({ tiers: null })[0]).toMatch(/Everybody keeps the tier they have/);
  });

  it('counts down from what is left, not from what there was', () => {
    expect(mugAs({ stock: 25 })).toEqual(['A mug: 17 can still be ordered, instead of 12.']);
    expect(mugAs({ stock: 5 })).toEqual(['A mug: 0 can still be ordered, instead of 12.']);
    expect(mugAs({ stock: null })).toEqual(['A mug: as many can be ordered as members want.']);
  });

  it('says what becomes of orders that are open', () => {
    expect(mugAs({ points: 400 })[0]).toMatch(/Orders already placed keep their price/);
    expect(mugAs({ post: false })[0]).toMatch(/still to be sent/);
    expect(mugAs({ collect: ['bar'] })).toEqual([
      'A mug can be fetched at bar as well.',
      'A mug can no longer be ordered to desk. Coupons already given out stay good; any till takes them from then on.',
    ]);
    expect(means({ rewards: [] })[0]).toMatch(/Orders already placed stay.*Coupons already given out/);
  });
});

describe('what is typed', () => {
  it('is a span as the service reads it, and one it cannot read is shown as it stands', () => {
    for (const text of ['14 days', '1 day', '90 min', '4 h']) expect(spanText(spanOf(text))).toBe(text);
    expect(spanOf('soon').number).toBe('soon');
  });

  it('is a number only where it is one', () => {
    expect(['7', ' 7 ', '', '-1', '1e9', '٣'].map(whole)).toEqual([7, 7, undefined, undefined, undefined, undefined]);
    expect(['2.5', '2,50', '2.505', '', 'x'].map(amount)).toEqual([2.5, 2.5, undefined, undefined, undefined]);
  });

  it('makes a short name that no other reward has', () => {
    expect(idFor('Café — for two!', new Set())).toBe('cafe-for-two');
    expect(idFor('马克杯', new Set(['reward']))).toBe('reward-2');
  });
});

describe('a mistake', () => {
  it('belongs to the sheet whose part of the document it stands in', () => {
    expect(isWithin('$.keeps', '$')).toBe(true);
    expect(isWithin('$.tiers.keeps', '$')).toBe(false);
    expect(isWithin('$.tiers.levels[1].spend', '$.tiers')).toBe(true);
    expect(isWithin('$.rewards[12].points', '$.rewards[1]')).toBe(false);
  });

  const service = (path: string) => readFileSync(join(import.meta.dirname, '../../../Offers', path), 'utf8');

  it('is put in Chinese, whatever the service finds', () => {
    const source =
      service('Loyalty/LoyaltyProgramme.cs') + service('OfferBook.cs').split('internal static long Cents')[1];
    const said = [
      ...source.matchAll(/Must\(.+, "((?:[^"\\]|\\.)+)"\);/g),
      ...source.matchAll(/new MisfitException\(path, \w+, "((?:[^"\\]|\\.)+)"\)/g),
    ].map((m) => (m[1] ?? '').replaceAll('\\"', '"'));
    expect(said.length).toBeGreaterThan(12);
    for (const message of said) expect(neededText(message, 'zh'), message).toMatch(/\p{Script=Han}/u);
  });

  it('is said in money where the field asks for money', () => {
    expect(neededText('1 to 1,000,000', 'en', true)).toBe('0.01 to 10000.00');
    expect(means({ centsAPoint: 0 })[0]).not.toMatch(/∞|NaN/);
  });

  it('is not what the page takes for usual: the service takes the same', () => {
    const policy = service('Loyalty/PointsBook.cs');
    const programme = service('Loyalty/LoyaltyProgramme.cs');
    const days = (text: string, of: RegExp) => `${of.exec(text)?.[1]} days`;
    expect(Number(/CentsAPoint .+ = (\d+);/.exec(policy)?.[1])).toBe(usual.centsAPoint);
    expect(Number(/Referral .+ = (\d+);/.exec(policy)?.[1])).toBe(usual.referral);
    expect(days(policy, /Pending .+FromDays\((\d+)\)/)).toBe(usual.pending);
    expect(days(policy, /Keeps .+FromDays\((\d+)\)/)).toBe(usual.keeps);
    expect(days(programme, /written\.Over, TimeSpan\.FromDays\((\d+)\)/)).toBe(usual.tiersOver);
    expect(days(programme, /written\.Keeps, TimeSpan\.FromDays\((\d+)\), "\$\.tiers/)).toBe(usual.tiersKeep);
    expect(days(programme, /PickUpWithin, TimeSpan\.FromDays\((\d+)\)/)).toBe(usual.pickUpWithin);
  });
});
