import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../../src/ui/usePlace';
import { makeFormats } from '../../src/words/formats';
import type { RuleDocument } from '../readAloud';
import { everyDay } from './DayBars';
import { doubtText } from './doubtWords';
import { drawn, writingOf } from './effect';
import { copyOf, fieldsOf, newRule, toSave, withFields } from './fields';
import { mistakeText } from './mistakeWords';
import { lookUp, movesOf } from './shelf';
import { lineOf, nearest, type Span, spotsOf } from './spots';

const definitions = join(import.meta.dirname, '../../../../rules/definitions');
const shipped = readdirSync(definitions)
  .filter((f) => f.endsWith('.json') && !/schema|offers/.test(f))
  .map((f) => [f, JSON.parse(readFileSync(join(definitions, f), 'utf8')) as RuleDocument] as const);

describe('the places of a document', () => {
  const text =
    '{\n "when": {"dwells": {"in": "venue", "atLeast": "20 \\" min"}},\n "then": [{"offer": "a"}, true, -1.5e3]\n}';
  it('are found by the paths that the service names', () => {
    const spots = spotsOf(text) as Map<string, Span>;
    const at = (path: string) => text.slice(spots.get(path)?.from, spots.get(path)?.to);
    expect(at('$.when.dwells.atLeast')).toBe('"20 \\" min"');
    expect(at('$.then[0].offer')).toBe('"a"');
    expect(at('$.then[2]')).toBe('-1.5e3');
    expect(lineOf(text, spots.get('$.then')?.from ?? 0)).toBe(3);
  });

  it('of what is missing are those of what it is missing from', () => {
    const spots = spotsOf(text) as Map<string, Span>;
    expect(nearest(spots, '$.then[7].offer')).toEqual(spots.get('$.then'));
    expect(nearest(spots, '$.limits')).toEqual(spots.get('$'));
  });

  it('are as many as the parser of the browser finds, in every shipped rule', () => {
    const count = (v: unknown): number =>
      1 + (typeof v === 'object' && v !== null ? Object.values(v).reduce((sum: number, x) => sum + count(x), 0) : 0);
    for (const [name, rule] of shipped) {
      const spots = spotsOf(JSON.stringify(rule, null, 2));
      expect(spots instanceof Map ? spots.size : spots, name).toBe(count(rule));
    }
  });

  it.each(['{"a": }', '{"a": 1,}', '{"a" 1}', '[1 2]', '{"a": "x\n"}', '{} {}', '', '{"a": 01}', 'nul'])(
    'of %j are told by where it breaks off, as the browser refuses it',
    (broken) => {
      expect(() => JSON.parse(broken)).toThrow();
      expect(spotsOf(broken)).toMatchObject({ line: 1 });
    },
  );
});

describe('the fields of a rule', () => {
  it('give every shipped rule back as it was when nothing is changed', () => {
    for (const [name, rule] of shipped) expect(withFields(rule, {}), name).toEqual(rule);
  });

  it('change what they name and nothing else', () => {
    const rule = shipped.find(([name]) => name === 'fashion-browse.json')?.[1] as RuleDocument;
    const changed = withFields(rule, { minutes: 35, place: 'zone:atrium', offer: 'coffee-free', holdout: 10 });
    expect(changed.when).toEqual({ dwells: { in: { zone: 'atrium' }, atLeast: '35 min' } });
    expect(changed.then).toEqual([{ offer: 'coffee-free' }]);
    expect(changed.limits).toEqual({ once: 'week', priority: 40, group: 'fashion', holdout: 10 });
    expect(withFields(changed, { holdout: 0, from: '', to: '' })).toMatchObject({ if: [], limits: { once: 'week' } });
    expect(changed.examples).toBe(rule.examples);
    expect(fieldsOf(changed)).toMatchObject({
      minutes: 35,
      place: 'zone:atrium',
      offer: 'coffee-free',
      holdout: 10,
      from: '10:00',
    });
  });

  it('keep a stay that is not in minutes until minutes are given', () => {
    const rule = withFields(newRule('a'), {});
    const odd = { ...rule, when: { dwells: { in: 'venue', atLeast: '90 s' } } };
    expect(fieldsOf(odd)?.minutes).toBeNull();
    expect(withFields(odd, { place: 'tag:food' }).when).toEqual({ dwells: { in: { tag: 'food' }, atLeast: '90 s' } });
  });

  it('are none for what is no rule', () => expect(fieldsOf({ segment: 'regulars', if: [] })).toBeNull());
});

describe('saving', () => {
  const old = { id: 'a', version: 3, state: 'published', author: 'Wei' };
  it('makes a new version of what has been in force, and none of a draft', () => {
    expect(toSave({ ...old, title: 'x' } as never, old, 'Lan')).toMatchObject({ version: 4, author: 'Lan' });
    expect(toSave({ ...old, version: 9 }, old, 'Lan')).toMatchObject({ version: 9 });
    expect(toSave({ ...old, state: 'draft' }, { ...old, state: 'draft' }, '')).toMatchObject({
      version: 3,
      author: 'Wei',
    });
    expect(toSave({ segment: 's' }, undefined, 'Lan')).toEqual({ segment: 's' });
  });

  it('of a copy begins as a draft with a name that is free', () => {
    expect(copyOf(old, new Set(['a', 'a-copy']))).toMatchObject({ id: 'a-copy-2', version: 1, state: 'draft' });
    expect(copyOf({ segment: 's', if: [] }, new Set())).toEqual({ segment: 's-copy', if: [] });
  });
});

describe('the shelf', () => {
  const rules = [
    { id: 'b', state: 'published', title: { en: 'Birthday' } },
    { id: 'z', state: 'draft', title: { en: 'Zoo' } },
    { segment: 'regulars', title: { en: 'Regulars' } },
    { id: 'a', state: 'archived', title: { en: 'Apple' } },
  ];
  it('has drafts first and what is over last, and is looked through by any word', () => {
    expect(lookUp(rules, 'all', '', 'en').map((r) => r.id ?? r.segment)).toEqual(['z', 'b', 'regulars', 'a']);
    expect(lookUp(rules, 'all', 'BIRTH', 'en').map((r) => r.id)).toEqual(['b']);
    expect(lookUp(rules, 'other', '', 'en')).toHaveLength(1);
  });
  it('offers the moves that the service allows', () =>
    expect(rules.map(movesOf)).toEqual([['pause', 'archive'], ['publish', 'archive'], [], []]));
});

describe('what came of a rule', () => {
  const formats = makeFormats('en', 'UTC');
  it('is drawn with zero on the line and air at both ends', () => {
    const line = drawn({ low: 2, high: 4, alwaysLow: 1, alwaysHigh: 5 });
    expect(line.at(0)).toBeGreaterThan(0.05);
    expect(line.at(5)).toBeLessThan(0.95);
    expect(drawn({ low: 0, high: 0, alwaysLow: 0, alwaysHigh: 0 }).at(0)).toBeCloseTo(0.5);
  });
  it('is written in its own unit', () => {
    const points = (n: string) => `${n} points`;
    expect(writingOf('returnWithin7Days', formats, points).difference(0.0614)).toBe('+6.1 points');
    expect(writingOf('extraDwellMinutes', formats, points).difference(-3.04)).toBe('−3 min');
    expect(writingOf('spendCents', formats, points).difference(125_000)).toBe('+1,250.00');
    expect(writingOf('extraDwellMinutes', formats, points).difference(0.01)).toBe('0 min');
  });
});

describe('what the service says', () => {
  it('is put in Chinese where it is known, and shown as it is where not', () => {
    expect(doubtText('a never wins: b holds whenever it does, with a higher priority', 'zh')).toContain('永远轮不到');
    expect(mistakeText('an offer of the venue instead of "x": a, b', 'zh')).toBe('本商场没有“x”，可用的有：a, b');
    expect(mistakeText('something new', 'zh')).toBe('something new');
  });
});

describe('days and places', () => {
  it('shows a day without offers as a gap', () =>
    expect(
      everyDay([
        { day: '2026-03-01', offers: 2 },
        { day: '2026-02-27', offers: 1 },
      ]).map((d) => d.offers),
    ).toEqual([1, 0, 2]));
  it('takes an address apart, and a mangled one for none', () => {
    expect(placeOf('#rules/a%2Fb')).toEqual(['rules', 'a/b']);
    expect(placeOf('#%E0%A4%A')).toEqual([]);
  });
});
