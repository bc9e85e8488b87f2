import type { Language } from '../../src/words/language';
import { mistakeText } from '../rules/mistakeWords';

/** What would be valid in a programme, as somebody reads it who fills in fields and sees no document. */
const plainly: [RegExp, string, string][] = [
  [/^a duration such as .+$/, 'a whole number above 0', '大于 0 的整数'],
  [
    /^a zone where it is fetched, or "post": true$/,
    'a place where it is fetched, or an address',
    '至少一个领取地点，或可以邮寄',
  ],
  [/^ids of zones of the plan$/, 'places of the venue’s plan', '本商场平面图上的地点'],
  [/^\{"en": \.\.\.\}$/, 'a name', '名称'],
  [/^([\d,.]+) to ([\d,.]+)$/, '$1 to $2', '$1 到 $2'],
  [/^1 to (\d+) letters$/, '1 to $1 letters', '1 到 $1 个字'],
  [/^a name of its own$/, 'a name of its own', '不与其他等级重复的名称'],
  [/^more than the level before$/, 'more than the tier before', '高于前一级'],
  [/^at least one level$/, 'at least one tier', '至少一个等级'],
  [
    /^1 to (\d+) lower-case letters, .+$/,
    '1 to $1 lower-case letters, digits and hyphens',
    '1 到 $1 个小写字母、数字或连字符',
  ],
  [/^an id of its own for each reward$/, 'a short name that no other reward has', '不与其他礼品重复的代号'],
  [/^0 or more, or nothing .+$/, '0 or more, or nothing', '0 或更大的整数，或不填'],
];

/** @param inCents what the service counts in cents stands in the field in money. */
export function neededText(message: string, language: Language, inCents = false): string {
  if (inCents) {
    const money = (cents: string) => (Number(cents.replaceAll(',', '')) / 100).toFixed(2);
    return neededText(message.replace(/\d[\d,]*/g, money), language);
  }
  const known = plainly.find(([pattern]) => pattern.test(message));
  return known === undefined
    ? mistakeText(message, language)
    : message.replace(known[0], known[language === 'zh' ? 2 : 1]);
}
