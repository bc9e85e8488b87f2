import { describe, expect, it } from 'vitest';
import { words as consumers } from '../../consumers/words';
import { words as gateways } from '../../operators/gateways/words';
import { words as loyalty } from '../../operators/loyalty/words';
import { words as orders } from '../../operators/orders/words';
import { words as rules } from '../../operators/rules/words';
import { words as operators } from '../../operators/words';
import { words as staff } from '../../staff/words';
import { common } from '../ui/words';
import { makeFormats } from './formats';
import { chooseLanguage, inLanguage, readersHalf } from './language';

describe('the language', () => {
  it('is the one chosen, else the browser’s first that we have, else English', () => {
    expect(chooseLanguage('zh', ['en-US'])).toBe('zh');
    expect(chooseLanguage(null, ['fr-FR', 'zh-Hant-TW', 'en'])).toBe('zh');
    expect(chooseLanguage(null, ['fr-FR'])).toBe('en');
    expect(chooseLanguage('klingon', ['en-GB'])).toBe('en');
  });

  it('falls back to English where a text has no other', () => {
    expect(inLanguage({ en: 'Hall', zh: '大厅' }, 'zh')).toBe('大厅');
    expect(inLanguage({ en: 'Hall', zh: null }, 'zh')).toBe('Hall');
    expect(inLanguage(undefined, 'zh')).toBe('');
  });

  it('is the reader’s own where the service says a thing in both', () => {
    const both = 'It was used in Corner Coffee, by 王小明. 此券已在街角咖啡使用，经手人 王小明。';
    expect(readersHalf(both, 'en')).toBe('It was used in Corner Coffee, by 王小明.');
    expect(readersHalf(both, 'zh')).toBe('此券已在街角咖啡使用，经手人 王小明。');
    expect(readersHalf('No venue is called that.', 'zh')).toBe('No venue is called that.');
    expect(readersHalf('请稍候。', 'en')).toBe('请稍候。');
  });

  it('says as many things in Chinese as in English, none of them empty', () => {
    const leaves = (part: unknown, path: string): [string, unknown][] =>
      typeof part === 'object' && part !== null
        ? Object.entries(part).flatMap(([k, v]) => leaves(v, `${path}.${k}`))
        : [[path, part]];
    for (const page of [operators, gateways, loyalty, orders, rules, staff, consumers, common]) {
      const [en, zh] = [leaves(page.en, ''), leaves(page.zh, '')];
      expect(zh.map(([path]) => path)).toEqual(en.map(([path]) => path));
      for (const [path, said] of [...en, ...zh]) expect(said, path).not.toBe('');
    }
  });
});

describe('times', () => {
  it('are the venue’s, wherever the reader sits', () => {
    const shanghai = makeFormats('en', 'Asia/Shanghai');
    expect(shanghai.time('2026-11-21T16:30:00Z')).toBe('00:30');
    expect(shanghai.until('2026-11-21T15:00:00Z', '2026-11-21T06:00:00Z')).toBe('23:00');
    expect(shanghai.until('2026-11-21T16:30:00Z', '2026-11-21T06:00:00Z')).toBe('22 Nov, 00:30');
    expect(makeFormats('zh', 'Asia/Shanghai').dayTime('2026-11-21T16:30:00Z')).toBe('11月22日 00:30');
  });

  it('that are none are a dash, and a zone nobody knows is no empty page', () => {
    expect(makeFormats('en', 'Asia/Shanghai').time('')).toBe('–');
    expect(makeFormats('en', 'Mars/Olympus').time('2026-11-21T16:30:00Z')).toMatch(/\d\d:\d\d/);
  });

  it('last as long as people say they do', () => {
    const { lasting } = makeFormats('en', 'UTC');
    expect([45_000, 480_000, 3_600_000, 7_500_000].map(lasting)).toEqual(['45 sec', '8 min', '1 hr', '2 hr 5 min']);
  });
});
