import type { Language } from '../../src/words/language';

/** What the look-over says, put in Chinese; another finding is shown as it is. */
const said: [RegExp, string][] = [
  [
    /^(\S+) and (\S+) both give (\S+) when a member .+: put them into one group$/,
    '$1 与 $2 会同时发放“$3”，请放入同一组',
  ],
  [
    /^(\S+) and (\S+) give (\S+) at different prices by who the member is$/,
    '$1 与 $2 因会员身份不同，以不同价格发放“$3”',
  ],
  [/^(\S+) gives (\S+) at different prices by who the member is$/, '$1 因会员身份不同，以不同价格发放“$2”'],
  [
    /^(\S+) never wins: (\S+) holds whenever it does, with a higher priority$/,
    '$1 永远轮不到：$2 总是同时成立，而且优先级更高',
  ],
  [
    /^(\S+) leads back to itself by way of (.+): give it "once": "ever", or break the circle$/,
    '$1 经由 $2 又触发自己：请限制为仅一次，或断开循环',
  ],
  [
    /^(\S+) leads back to itself: give it "once": "ever", or break the circle$/,
    '$1 会再次触发自己：请限制为仅一次，或断开循环',
  ],
  [/^nothing leads to the step (\S+)$/, '没有任何步骤通向 $1'],
  [/^the step (\S+) leads back to itself without waiting$/, '步骤 $1 未经等待就回到自己'],
  [/^its times and weekdays leave no hour of the week$/, '时间和星期的条件合起来，一周内没有任何时段成立'],
  [/^it looks at (\S+), which is not between (\S+) and (\S+)$/, '它在 $1 触发，却不在 $2 到 $3 之间'],
  [/^its dates end before they begin$/, '结束日期早于开始日期'],
  [/^no tier is all that it asks for$/, '没有会员等级能同时满足'],
  [/^it asks for something and its opposite$/, '同时要求某个条件和它的反面'],
  [
    /^"(.+)" sorts people by something sensitive .+$/,
    '“$1”按敏感信息区分会员，而未征得其同意：请改用会员自行填写并单独同意的信息',
  ],
  [/^(\S+) may act each time a member .+: give it "once" or a cap$/, '$1 每次触发都会执行：请设置次数限制'],
];

export function doubtText(text: string, language: Language): string {
  if (language === 'en') return text;
  const known = said.find(([pattern]) => pattern.test(text));
  return known === undefined ? text : text.replace(known[0], known[1]);
}
