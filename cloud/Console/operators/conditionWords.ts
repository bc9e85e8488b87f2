import type { Language } from '../src/words/language';

/** What things are called in the venue: the ids of rules, as people say them. */
export interface Named {
  zone: (id: string) => string;
  offer?: (id: string) => string;
}

/** The coupon as guests know it, or by its id. */
export function offerWords(id: unknown, named: Named): string {
  return named.offer?.(String(id)) || String(id);
}

type Json = Record<string, unknown>;
type Reader = (value: never, zh: boolean, named: Named) => string;

/** `{"zone": id}`, `{"tag": word}` or `"venue"`. */
export function placeWords(place: unknown, zh: boolean, named: Named): string {
  if (place === 'venue' || place === undefined || place === null) return zh ? '商场' : 'the mall';
  const { zone, tag } = place as { zone?: string; tag?: string };
  if (zone !== undefined) return named.zone(zone);
  return tag === undefined ? JSON.stringify(place) : zh ? `任一“${tag}”区域` : `any “${tag}” zone`;
}

/** `20 min`, as rules write spans. */
export function spanWords(span: unknown, zh: boolean): string {
  const [number, unit] = String(span).split(' ');
  const units: Record<string, string> = { s: '秒', min: '分钟', h: '小时', day: '天', days: '天' };
  return zh && unit !== undefined && unit in units ? `${number} ${units[unit]}` : String(span);
}

function bounds(low: unknown, high: unknown, zh: boolean, unit = ''): string {
  const u = unit === '' ? '' : ` ${unit}`;
  const [l, h] = [spanWords(low, zh), spanWords(high, zh)];
  if (low !== undefined && high !== undefined) return zh ? `${l} 到 ${h}${u}` : `${l} to ${h}${u}`;
  if (low !== undefined) return zh ? `至少 ${l}${u}` : `at least ${l}${u}`;
  if (high !== undefined) return zh ? `最多 ${h}${u}` : `at most ${h}${u}`;
  return zh ? '任意' : 'any';
}

const many = (value: unknown, zh: boolean) =>
  (Array.isArray(value) ? value : [value]).map(String).join(zh ? '或' : ' or ');
const inDays = (days: unknown, zh: boolean) =>
  days === undefined ? '' : zh ? `最近 ${String(days)} 天` : ` in the last ${String(days)} days`;

const weekdaysZh: Record<string, string> = {
  monday: '周一',
  tuesday: '周二',
  wednesday: '周三',
  thursday: '周四',
  friday: '周五',
  saturday: '周六',
  sunday: '周日',
};
const stages: Record<string, [string, string]> = {
  new: ['is here for the first time', '首次到访'],
  active: ['was here in the last 30 days', '30 天内来过'],
  sleeping: ['has been away for more than 30 days', '超过 30 天未来'],
  lost: ['has been away for more than 90 days', '超过 90 天未来'],
};
const fates: Record<string, [string, string]> = {
  issued: ['given', '发放'],
  opened: ['opened', '打开'],
  redeemed: ['redeemed', '核销'],
  ignored: ['left unused', '未使用'],
};

const readers: Record<string, Reader> = {
  tier: (v: unknown, zh) => (zh ? `会员等级为 ${many(v, zh)}` : `the member is ${many(v, zh)}`),
  tag: (v: string, zh) => (zh ? `带有标签“${v}”` : `the member has the tag “${v}”`),
  declared: (v: { attribute: string; is: unknown }, zh) =>
    zh
      ? `本人填写的“${v.attribute}”为 ${many(v.is, zh)}`
      : `the member told us that ${v.attribute} is ${many(v.is, zh)}`,
  age: (v: Json, zh) =>
    zh ? `年龄${bounds(v.atLeast, v.atMost, zh, '岁')}` : `aged ${bounds(v.atLeast, v.atMost, zh)}`,
  birthday: (v: { daysBefore?: number; daysAfter?: number }, zh) => {
    const [before, after] = [v.daysBefore ?? 0, v.daysAfter ?? 0];
    if (before === 0 && after === 0) return zh ? '今天是会员生日' : 'it is the member’s birthday';
    return zh
      ? `在会员生日前 ${before} 天至后 ${after} 天之间`
      : `the birthday is at most ${before} days ahead or ${after} days ago`;
  },
  stage: (v: unknown, zh) =>
    (Array.isArray(v) ? v : [v]).map((s) => stages[String(s)]?.[zh ? 1 : 0] ?? String(s)).join(zh ? '或' : ' or '),
  visits: (v: Json, zh) =>
    zh
      ? `${inDays(v.days, zh)}到访${bounds(v.atLeast, v.atMost, zh, '次')}`
      : `${bounds(v.atLeast, v.atMost, zh, 'visits')}${inDays(v.days, zh)}`,
  lastVisit: (v: Json, zh) =>
    zh
      ? `距上次到访${bounds(v.atLeastDays, v.atMostDays, zh, '天')}`
      : `the last visit was ${bounds(v.atLeastDays, v.atMostDays, zh, 'days')} ago`,
  spend: (v: Json, zh) =>
    zh
      ? `${inDays(v.days, zh)}${v.category === undefined ? '' : `在“${String(v.category)}”`}消费${bounds(v.atLeast, v.atMost, zh)}`
      : `spent ${bounds(v.atLeast, v.atMost, zh)}${v.category === undefined ? '' : ` on ${String(v.category)}`}${inDays(v.days, zh)}`,
  purchases: (v: Json, zh) =>
    zh
      ? `${inDays(v.days, zh)}${v.category === undefined ? '' : `在“${String(v.category)}”`}购买${bounds(v.atLeast, v.atMost, zh, '次')}`
      : `${bounds(v.atLeast, v.atMost, zh, 'purchases')}${v.category === undefined ? '' : ` of ${String(v.category)}`}${inDays(v.days, zh)}`,
  segment: (v: string, zh) => (zh ? `属于人群“${v}”` : `is one of “${v}”`),
  isIn: (v: unknown, zh, named) => (zh ? `正在${placeWords(v, zh, named)}` : `is in ${placeWords(v, zh, named)}`),
  dwelt: (v: Json, zh, named) =>
    zh
      ? `今天在${placeWords(v.in, zh, named)}停留${bounds(v.atLeast, v.atMost, zh)}`
      : `has spent ${bounds(v.atLeast, v.atMost, zh)} in ${placeWords(v.in, zh, named)} today`,
  walked: (v: unknown[], zh, named) =>
    zh
      ? `今天依次去过${v.map((p) => placeWords(p, zh, named)).join('、')}`
      : `has been today to ${v.map((p) => placeWords(p, zh, named)).join(', then ')}`,
  sinceSeen: (v: Json, zh, named) =>
    zh
      ? `离开${placeWords(v.in, zh, named)}${bounds(v.atLeast, v.atMost, zh)}`
      : `was last in ${placeWords(v.in, zh, named)} ${bounds(v.atLeast, v.atMost, zh)} ago`,
  time: (v: { from: string; to: string }, zh) =>
    zh ? `时间在 ${v.from} 到 ${v.to} 之间` : `it is between ${v.from} and ${v.to}`,
  weekday: (v: unknown, zh) => {
    const days = (Array.isArray(v) ? v : [v]).map((d) =>
      zh ? (weekdaysZh[String(d)] ?? String(d)) : String(d).replace(/^./, (c) => c.toUpperCase()),
    );
    return zh ? `是${days.join('或')}` : `it is ${days.join(' or ')}`;
  },
  holiday: (v: unknown, zh) =>
    typeof v === 'string'
      ? zh
        ? `是节日“${v}”`
        : `it is ${v}`
      : v === false
        ? zh
          ? '不是节假日'
          : 'it is no holiday'
        : zh
          ? '是节假日'
          : 'it is a holiday',
  date: (v: { from: string; to: string }, zh) =>
    zh ? `日期在 ${v.from} 到 ${v.to} 之间` : `the date is between ${v.from} and ${v.to}`,
  occupancy: (v: Json, zh, named) =>
    zh
      ? `${named.zone(String(v.zone))}的人数为平时的${bounds(v.atLeastPercent, v.atMostPercent, zh, '%')}`
      : `${named.zone(String(v.zone))} has ${bounds(v.atLeastPercent, v.atMostPercent, zh, '%')} of the people usual at this hour`,
  offers: (v: Json, zh, named) => {
    const what = v.offer === undefined ? (v.theme ?? v.rule) : offerWords(v.offer, named);
    const fate = fates[String(v.were)]?.[zh ? 1 : 0] ?? String(v.were);
    const when = v.today === true ? (zh ? '今天' : ' today') : inDays(v.days, zh);
    return zh
      ? `${when}${what === undefined ? '优惠券' : `“${String(what)}”优惠券`}${fate}${bounds(v.atLeast, v.atMost, zh, '张')}`
      : `${bounds(v.atLeast, v.atMost, zh, what === undefined ? 'coupons' : `“${String(what)}” coupons`)} ${fate}${when}`;
  },
  field: (v: Json, zh) =>
    v.is !== undefined
      ? zh
        ? `事件的“${String(v.name)}”为 ${many(v.is, zh)}`
        : `the event’s ${String(v.name)} is ${many(v.is, zh)}`
      : `${String(v.name)} ${bounds(v.atLeast, v.atMost, zh)}`,
};

/** One condition in words. */
export function conditionWords(condition: unknown, language: Language, named: Named): string {
  const zh = language === 'zh';
  const [verb, value] = only(condition);
  const inner = (c: unknown) => conditionWords(c, language, named);
  if (verb === 'not') return zh ? `并非：${inner(value)}` : `not so: ${inner(value)}`;
  if (verb === 'all' && Array.isArray(value)) return value.map(inner).join(zh ? '，且' : ', and ');
  if (verb === 'any' && Array.isArray(value))
    return (zh ? '任一成立：' : 'either ') + value.map(inner).join(zh ? '；' : ', or ');
  return read(readers, verb, value, zh, named);
}

/** The one property of an object that says what it is. */
export function only(part: unknown): [string, unknown] {
  if (typeof part !== 'object' || part === null) return ['', part];
  const [entry] = Object.entries(part);
  return entry ?? ['', undefined];
}

/** Reads by verb; an unknown verb, or one written in a way not known here, is shown as it stands. */
export function read(known: Record<string, Reader>, verb: string, value: unknown, zh: boolean, named: Named): string {
  const reader = Object.hasOwn(known, verb) ? known[verb] : undefined;
  try {
    if (reader !== undefined) return reader(value as never, zh, named);
  } catch {
    // Falls through to the plain form.
  }
  return verb === '' ? JSON.stringify(value) : `${verb} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
