import type { LocalText } from '../src/api/types';
import { inLanguage, type Language } from '../src/words/language';
import { type Named, offerWords, only, placeWords, read, spanWords } from './conditionWords';

type Json = Record<string, unknown>;
type Reader = Parameters<typeof read>[0][string];

const coupon = (v: Json, zh: boolean, named: Named) => {
  const what = v.offer === undefined ? v.rule : offerWords(v.offer, named);
  return what === undefined
    ? zh
      ? '任一优惠券'
      : 'a coupon'
    : zh
      ? `“${String(what)}”优惠券`
      : `the “${String(what)}” coupon`;
};

const triggers: Record<string, Reader> = {
  enters: (v: unknown, zh, named) =>
    zh ? `会员进入${placeWords(v, zh, named)}` : `a member enters ${placeWords(v, zh, named)}`,
  leaves: (v: unknown, zh, named) =>
    zh ? `会员离开${placeWords(v, zh, named)}` : `a member leaves ${placeWords(v, zh, named)}`,
  dwells: (v: Json, zh, named) =>
    zh
      ? `会员在${placeWords(v.in, zh, named)}停留满 ${spanWords(v.atLeast, zh)}`
      : `a member has been in ${placeWords(v.in, zh, named)} for ${spanWords(v.atLeast, zh)}`,
  comesBack: (v: Json, zh) =>
    zh
      ? `会员隔了至少 ${String(v.afterDays)} 天再来`
      : `a member comes back after at least ${String(v.afterDays)} days`,
  notSeen: (v: Json, zh) =>
    zh ? `会员 ${String(v.forDays)} 天没有来` : `a member has not been seen for ${String(v.forDays)} days`,
  purchases: (v: Json, zh) => {
    const what = v.category === undefined ? (zh ? '商品' : 'something') : String(v.category);
    const least =
      v.atLeast === undefined ? '' : zh ? `，至少 ${String(v.atLeast)}` : ` for at least ${String(v.atLeast)}`;
    return zh ? `会员购买${what}${least}` : `a member buys ${what}${least}`;
  },
  redeems: (v: Json, zh, named) =>
    zh ? `会员核销${coupon(v, zh, named)}` : `a member redeems ${coupon(v, zh, named)}`,
  notRedeemed: (v: Json, zh, named) =>
    zh
      ? `${coupon(v, zh, named)}发放 ${spanWords(v.after, zh)}后仍未核销`
      : `${coupon(v, zh, named)} has not been redeemed after ${spanWords(v.after, zh)}`,
  aboutToExpire: (v: Json, zh, named) =>
    zh
      ? `${coupon(v, zh, named)}还有 ${spanWords(v.before, zh)}到期`
      : `${coupon(v, zh, named)} expires in ${spanWords(v.before, zh)}`,
  scans: (v: Json, zh) =>
    zh
      ? `会员扫码${v.touchpoint === undefined ? '' : `“${String(v.touchpoint)}”`}`
      : `a member scans ${v.touchpoint === undefined ? 'a code' : `“${String(v.touchpoint)}”`}`,
  daily: (v: Json, zh) => (zh ? `每天 ${String(v.at)}` : `it is ${String(v.at)}, every day`),
  joinsSegment: (v: string, zh) => (zh ? `会员进入人群“${v}”` : `a member becomes one of “${v}”`),
  leavesSegment: (v: string, zh) => (zh ? `会员离开人群“${v}”` : `a member is no longer one of “${v}”`),
  joins: (_: unknown, zh) => (zh ? '有人加入会员' : 'somebody joins'),
  event: (v: Json, zh) => (zh ? `收到事件“${String(v.name)}”` : `“${String(v.name)}” is reported`),
};

const quoted = (text: unknown, zh: boolean) => {
  const said = inLanguage(text as LocalText, zh ? 'zh' : 'en');
  return zh ? `“${said}”` : `“${said}”`;
};
const to = (v: Json, zh: boolean, named: Named) =>
  v.adviser === true
    ? zh
      ? '专属顾问'
      : 'their own adviser'
    : typeof v.zone === 'string'
      ? zh
        ? `${named.zone(v.zone)}的店员`
        : `the staff of ${named.zone(v.zone)}`
      : zh
        ? '所在区域的店员'
        : 'the staff where they are';

const actions: Record<string, Reader> = {
  offer: (v: string, zh, named) =>
    zh ? `发放“${offerWords(v, named)}”优惠券` : `give the “${offerWords(v, named)}” coupon`,
  notifyStaff: (v: Json, zh, named) =>
    zh ? `告诉${to(v, zh, named)}：${quoted(v.text, zh)}` : `tell ${to(v, zh, named)}: ${quoted(v.text, zh)}`,
  task: (v: Json, zh, named) =>
    zh
      ? `请${to(v, zh, named)}在 ${spanWords(v.within, zh)}内完成：${quoted(v.text, zh)}`
      : `ask ${to(v, zh, named)} to do, within ${spanWords(v.within, zh)}: ${quoted(v.text, zh)}`,
  message: (v: Json, zh) => (zh ? `给会员发消息：${quoted(v.text, zh)}` : `tell the member: ${quoted(v.text, zh)}`),
  points: (v: number, zh) => (zh ? `赠送 ${v} 积分` : `give ${v} points`),
  tag: (v: string, zh) => (zh ? `加上标签“${v}”` : `put the tag “${v}” on the member`),
  untag: (v: string, zh) => (zh ? `去掉标签“${v}”` : `take the tag “${v}” off the member`),
  webhook: (v: string, zh) => (zh ? `通知系统“${v}”` : `tell the system “${v}”`),
};

export function triggerWords(trigger: unknown, language: Language, named: Named): string {
  const [verb, value] = only(trigger);
  return read(triggers, verb, value, language === 'zh', named);
}

export function actionWords(action: unknown, language: Language, named: Named): string {
  const [verb, value] = only(action);
  return read(actions, verb, value, language === 'zh', named);
}

const periods: Record<string, [string, string]> = {
  day: ['a day', '每天'],
  visit: ['a visit', '每次到访'],
  week: ['a week', '每周'],
  month: ['a month', '每月'],
  year: ['a year', '每年'],
  ever: ['in all', '总共'],
};
const capOf: Record<string, [string, string]> = {
  rule: ['sends of this rule', '次（本规则）'],
  theme: ['sends of this theme', '次（同一主题）'],
  offer: ['sends of this offer', '次（同一优惠）'],
  all: ['sends of any kind', '次（所有消息）'],
};

/** A rule's own bounds, those that are written down. */
export function limitWords(limits: unknown, language: Language): string[] {
  const zh = language === 'zh';
  const v = (typeof limits === 'object' && limits !== null ? limits : {}) as Json;
  const per = (period: unknown) => periods[String(period)]?.[zh ? 1 : 0] ?? String(period);
  const said: string[] = [];
  if (v.once !== undefined && v.once !== 'none')
    said.push(zh ? `每位会员${per(v.once)}最多一次` : `once ${per(v.once)} for each member`);
  for (const cap of Array.isArray(v.caps) ? (v.caps as Json[]) : []) {
    const what = capOf[String(cap.of)]?.[zh ? 1 : 0] ?? String(cap.of);
    const when =
      cap.rolling === undefined
        ? per(cap.per)
        : zh
          ? `${spanWords(cap.rolling, zh)}内`
          : `in ${spanWords(cap.rolling, zh)}`;
    said.push(zh ? `${when}最多 ${String(cap.most)} ${what}` : `at most ${String(cap.most)} ${what} ${when}`);
  }
  if (v.budget !== undefined && v.budget !== null)
    said.push(
      zh
        ? `预算${per(v.budgetPer ?? 'day')} ${String(v.budget)}`
        : `a budget of ${String(v.budget)} ${per(v.budgetPer ?? 'day')}`,
    );
  if (typeof v.group === 'string')
    said.push(
      zh
        ? `“${v.group}”组内${per(v.groupPer ?? 'day')}只发一个`
        : `one of the group “${v.group}” ${per(v.groupPer ?? 'day')}`,
    );
  if (typeof v.holdout === 'number' && v.holdout > 0)
    said.push(
      zh
        ? `随机留出 ${v.holdout}% 的会员作对照`
        : `${v.holdout}% of members are left out, to learn what the rule changes`,
    );
  if (v.onBlock === 'postpone')
    said.push(
      zh
        ? `被拦截时最多顺延 ${spanWords(v.postponeFor ?? '2 h', zh)}`
        : `when held back it waits up to ${spanWords(v.postponeFor ?? '2 h', zh)}`,
    );
  return said;
}
