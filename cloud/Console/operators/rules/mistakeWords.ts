import type { Language } from '../../src/words/language';

/** What would be valid in a rule document, put in Chinese; another hint is shown as it is. */
const said: [RegExp, string][] = [
  [
    /^a duration such as "30 s", "20 min", "2 h" or "7 days", at most (.+)$/,
    '时长，例如 "30 s"、"20 min"、"2 h" 或 "7 days"，最长 $1',
  ],
  [/^a local time such as (.+)$/, '当地时间，例如 $1'],
  [/^a date such as (.+)$/, '日期，例如 $1'],
  [/^an? (zone|tag|offer) of the venue instead of "(.*)": (.*)$/, '本商场没有“$2”，可用的有：$3'],
  [/^one of the members (.+)$/, '可用的成员：$1'],
  [/^(?:an object with )?one of:? (.+)$/, '以下之一：$1'],
  [/^a step with one of: (.+)$/, '步骤须含以下之一：$1'],
  [/^a whole number from (.+) to (.+)$/, '$1 到 $2 之间的整数'],
  [/^a text of 1 to (\d+) characters$/, '1 到 $1 个字符的文字'],
  [/^a name of 1 to 64 lower-case letters, digits, hyphens or dots$/, '1 到 64 个小写字母、数字、连字符或点'],
  [/^an array of at most (\d+)$/, '最多 $1 项的列表'],
  [/^an amount of money from 0 to (\d+)$/, '0 到 $1 的金额'],
  [/^a lower or an upper bound, the lower not above the upper$/, '下限或上限，下限不得高于上限'],
  [/^at least one action$/, '至少一个动作'],
  [/^at least one step, each with an id of its own$/, '至少一个步骤，每个步骤有自己的名称'],
  [/^two different times$/, '两个不同的时间'],
  [/^ways whose percent add up to 100$/, '各分支比例之和为 100'],
  [/^either per \(a calendar period\) or rolling \(a duration\)$/, 'per（自然周期）或 rolling（时长），二选一'],
  [/^either atMost \(a duration\) or until \(a local time\)$/, 'atMost（时长）或 until（当地时间），二选一'],
  [/^conditions nested at most (\d+) deep$/, '条件最多嵌套 $1 层'],
  [/^an id of its own; .+ has this one$/, '不与其他文档重复的名称'],
];

export function mistakeText(message: string, language: Language): string {
  if (language === 'en') return message;
  const known = said.find(([pattern]) => pattern.test(message));
  return known === undefined ? message : message.replace(known[0], known[1]);
}
