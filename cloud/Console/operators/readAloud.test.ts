import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstFailed, gateName, valueText } from './gateWords';
import { idOf, type ReadRule, type RuleDocument, readAloud } from './readAloud';

const named = { zone: (id: string) => ({ 'coffee-bar': 'Harbour Coffee' })[id] ?? id };
const lines = (read: ReadRule) => [
  read.when,
  ...read.conditions,
  ...read.actions,
  ...read.limits,
  ...read.steps.flatMap((s) => s.lines),
];

describe('a rule read aloud', () => {
  const rule: RuleDocument = {
    id: 'fashion-dwell',
    when: { dwells: { in: { tag: 'fashion' }, atLeast: '20 min' } },
    if: [
      { not: { offers: { were: 'redeemed', theme: 'cinema', days: 7, atLeast: 1 } } },
      { any: [{ weekday: ['saturday', 'sunday'] }, { time: { from: '17:00', to: '21:00' } }] },
    ],
    then: [{ offer: 'cinema-half' }],
    limits: { once: 'week', holdout: 10, caps: [{ most: 2, of: 'all', per: 'day' }] },
  };

  it('is a sentence', () =>
    expect(lines(readAloud(rule, 'en', named))).toEqual([
      'a member has been in any “fashion” zone for 20 min',
      'not so: at least 1 “cinema” coupons redeemed in the last 7 days',
      'either it is Saturday or Sunday, or it is between 17:00 and 21:00',
      'give the “cinema-half” coupon',
      'once a week for each member',
      'at most 2 sends of any kind a day',
      '10% of members are left out, to learn what the rule changes',
    ]));

  it('is one in Chinese as well', () =>
    expect(lines(readAloud(rule, 'zh', named)).slice(0, 3)).toEqual([
      '会员在任一“fashion”区域停留满 20 分钟',
      '并非：最近 7 天“cinema”优惠券核销至少 1 张',
      '任一成立：是周六或周日；时间在 17:00 到 21:00 之间',
    ]));

  it('calls zones by their names', () =>
    expect(readAloud({ id: 'x', when: { enters: { zone: 'coffee-bar' } } }, 'en', named).when).toBe(
      'a member enters Harbour Coffee',
    ));

  it('leaves nothing out that it does not know', () => {
    const read = readAloud({ id: 'x', when: { teleports: { to: 'mars' } }, if: [{ time: null }] }, 'en', named);
    expect(read.when).toContain('teleports');
    expect(read.when).toContain('mars');
    expect(read.conditions).toEqual(['time null']);
  });
});

const folder = join(import.meta.dirname, '../../../rules/definitions');
const shipped = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.includes('schema') && name !== 'offers.json')
      .flatMap((name): RuleDocument[] => {
        const read = JSON.parse(readFileSync(join(folder, name), 'utf8')) as RuleDocument | RuleDocument[];
        return Array.isArray(read) ? read : [read as RuleDocument];
      })
      .filter((d) => d.when !== undefined || d.start !== undefined || d.if !== undefined)
  : [];

describe.skipIf(shipped.length === 0)('each shipped rule', () => {
  // A brace or a lone verb would be a part of the language that this page was not taught.
  it.each(shipped.map((rule) => [idOf(rule), rule] as const))('%s is read in words', (_, rule) => {
    for (const language of ['en', 'zh'] as const)
      for (const line of lines(readAloud(rule, language, named)))
        expect(line).not.toMatch(/[{}]|undefined|\[object|NaN/);
  });
});

describe('a reason', () => {
  it('is the first gate that held back', () => {
    const gate = (name: string, passed: boolean) => ({
      gate: name,
      passed,
      observed: null,
      threshold: null,
      nearest: null,
    });
    const gates = [gate('consent', true), gate('quiet hours', false), gate('budget', false)];
    expect(firstFailed({ reasons: gates })?.gate).toBe('quiet hours');
  });

  it.each([
    ['minutes in any fashion today', '今天在 any fashion 的分钟数'],
    ['not tag vip', '非：标签 vip'],
    ['quiet hours', '免打扰时段'],
    ['not paused', '没有暂停'],
    ['cap of theme', '频次上限（theme）'],
    ['a gate of tomorrow', 'a gate of tomorrow'],
  ])('%s is said in Chinese as %s', (gate, said) => expect(gateName(gate, 'zh')).toBe(said));

  it.each([
    ['at least 20 min', '至少 20 分钟'],
    ['09:00 to 20:00', '09:00 到 20:00'],
    ['not allowed to be used', '未获同意使用'],
    ['at most 12 in 7 days', '7 天内最多 12'],
    ['once per ever', '仅一次'],
    ['0.50 left', '剩 0.50'],
    ['one of fashion per day', '每天fashion 组一次'],
    [null, ''],
  ])('%j is %s', (value, said) => expect(valueText(value, 'zh')).toBe(said));

  it('is put in Chinese for every gate before a send, with what it found and asked for', () => {
    const gates = readFileSync(join(import.meta.dirname, '../../Offers/Desk/Gates.cs'), 'utf8');
    const said = gates
      .split('new GateReading(')
      .slice(1)
      .flatMap((part) =>
        [...(part.trimStart().split('\n')[0] ?? '').matchAll(/\$?"((?:[^"{]|\{[^}]*\})+)"/g)].map((m) => m[1] ?? ''),
      )
      .map((text) =>
        text
          .replace(/\{(allows|needs[^}]*)\}/g, 'Marketing')
          .replace(/\{Name[^}]*\}/g, 'day')
          .replace(/\{[^}]+\}/g, '7'),
      )
      // A bound's period is part of a longer text.
      .filter((text) => /[a-z]{2}/.test(text) && !text.startsWith('per '));
    expect(said.length).toBeGreaterThan(32);
    for (const text of said) expect(gateName(text, 'zh') + valueText(text, 'zh'), text).toMatch(/\p{Script=Han}/u);
  });
});
