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
    ['minutes in any fashion today', '今天在任一“fashion”区域的分钟数'],
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
    ['one of fashion per day', '“fashion”组每天一次'],
    ['no coffee yet', '还没有咖啡'],
    ['wants no cinema', '不想要电影'],
    [null, ''],
  ])('%j is %s', (value, said) => expect(valueText(value, 'zh')).toBe(said));

  // As the engine's Sentence.cs writes what made a rule look.
  it.each([
    ['enters the venue', '进入商场'],
    ['leaves any fashion', '离开任一“fashion”区域'],
    ['has been in any fashion for 20 min', '在任一“fashion”区域停留满 20 分钟'],
    ['has been in atrium for 30 min', '在中庭停留满 30 分钟'],
    ['is in atrium for 30 min', '在中庭停留满 30 分钟'],
    ['comes back after at least 60 days', '隔了至少 60 天再来'],
    ['has not been seen for 45 days', '45 天没有来'],
    ['buys something', '购买商品'],
    ['buys books for at least 30', '购买“books”满 30'],
    ['redeems the coffee-free coupon', '核销“coffee-free”优惠券'],
    ['redeems a coupon', '核销任一优惠券'],
    ['redeems a coupon of lunch-rule', '核销规则“lunch-rule”的优惠券'],
    ['has not redeemed the lunch-set coupon 150 min after getting it', '“lunch-set”优惠券发放 150 分钟后仍未核销'],
    ['has a coupon that expires in 60 min', '任一优惠券还有 60 分钟到期'],
    ['scans a touchpoint', '扫码'],
    ['scans hotel-poster', '扫码“hotel-poster”'],
    ['is looked at every day at 08:30', '每天 08:30'],
    ['becomes one of regulars', '进入人群“regulars”'],
    ['is no longer one of regulars', '离开人群“regulars”'],
    ['joins', '加入会员'],
    ['has cart-left reported with shop books', '收到事件“cart-left”（shop books）'],
    ['gold or platinum', '金卡 或 白金卡'],
  ])('what made a rule look, %s, is said as %s', (value, said) =>
    expect(valueText(value, 'zh', { zone: (id) => (id === 'atrium' ? '中庭' : id) })).toBe(said),
  );

  it('names a place as the reader knows it', () =>
    expect(valueText('has been in atrium for 30 min', 'en', { zone: () => 'the Atrium' })).toBe(
      'has been in the Atrium for 30 min',
    ));

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
