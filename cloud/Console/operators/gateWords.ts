import type { Decision, Reason } from '../src/api/types';
import { common } from '../src/ui/words';
import type { Language } from '../src/words/language';
import { themeNames } from '../src/words/themeNames';
import type { Named } from './conditionWords';

/**
 * The service states its readings in short English phrases: `minutes in any fashion today`, `17 min`, `at least 20 min`.
 * For Chinese readers the phrases it is known to use are put in Chinese; another is shown as it is.
 */
const gates: [RegExp, string][] = [
  [/^when$/, '触发'],
  [/^waited$/, '等待'],
  [/^(consent|purposes?)$/, '同意授权'],
  [/^(late|fresh|freshness|in time)$/, '时效'],
  [/^not paused$/, '没有暂停'],
  [/^topic$/, '主题'],
  [/^sends today$/, '今天的发送次数'],
  [/^attention$/, '打扰额度'],
  [/^control group$/, '总对照组'],
  [/^offer$/, '优惠'],
  [/^group$/, '同组规则'],
  [/^quiet hours?$/, '免打扰时段'],
  [/^(frequency|cap|caps)$/, '频次上限'],
  [/^cap of (.+)$/, '频次上限（$1）'],
  [/^once( .+)?$/, '不重复发放'],
  [/^variety$/, '多样性'],
  [/^fatigue$/, '打扰额度'],
  [/^budget of the rule$/, '规则预算'],
  [/^budget of (.+)$/, '预算（$1）'],
  [/^stock( .+)?$/, '库存$1'],
  [/^group (.+)$/, '同组规则（$1）'],
  [/^(priority|exclusion)$/, '规则优先级'],
  [/^holdout$/, '对照组'],
  [/^birthday$/, '生日'],
  [/^time$/, '时间'],
  [/^weekday$/, '星期'],
  [/^holiday$/, '节假日'],
  [/^date$/, '日期'],
  [/^tier$/, '会员等级'],
  [/^tag (.+)$/, '标签 $1'],
  [/^segment (.+)$/, '人群 $1'],
  [/^declared (.+)$/, '本人填写的 $1'],
  [/^age$/, '年龄'],
  [/^life-cycle stage$/, '会员阶段'],
  [/^days since the last visit$/, '距上次到访天数'],
  [/^visits ever$/, '累计到访'],
  [/^visits in (\d+) days$/, '$1 天内到访'],
  [/^minutes in (.+) today$/, '今天在$1的分钟数'],
  [/^minutes since seen in (.+)$/, '离开$1的分钟数'],
  [/^is in (.+)$/, '正在$1'],
  [/^people in (.+) against the usual$/, '$1与平时相比的人数'],
  [/^field (.+)$/, '事件字段 $1'],
];

// What made a rule look at a member, as the engine's sentences say it; in front of everything that is but a part of them.
const triggers: [RegExp, string][] = [
  [/^enters (.+)$/, '进入$1'],
  [/^leaves (.+)$/, '离开$1'],
  [/^(?:has been|is) in (.+) for (.+)$/, '在$1停留满 $2'],
  [/^comes back after at least (\d+) days?$/, '隔了至少 $1 天再来'],
  [/^has not been seen for (\d+) days?$/, '$1 天没有来'],
  [/^buys something\b/, '购买商品'],
  [/^buys (\S+)/, '购买“$1”'],
  [/^(购买.+) for at least (.+)$/, '$1满 $2'],
  [/^redeems (.+)$/, '核销$1'],
  [/^has not redeemed (.+) (\d+ \w+) after getting it$/, '$1发放 $2后仍未核销'],
  [/^has (.+) that expires in (.+)$/, '$1还有 $2到期'],
  [/\bthe (\S+) coupon\b/, '“$1”优惠券'],
  [/\ba coupon of (\S+)/, '规则“$1”的优惠券'],
  [/\ba coupon\b/, '任一优惠券'],
  [/^scans a touchpoint$/, '扫码'],
  [/^scans (.+)$/, '扫码“$1”'],
  [/^is looked at every day at (.+)$/, '每天 $1'],
  [/^becomes one of (.+)$/, '进入人群“$1”'],
  [/^is no longer one of (.+)$/, '离开人群“$1”'],
  [/^joins$/, '加入会员'],
  [/^has (\S+) reported with (.+)$/, '收到事件“$1”（$2）'],
  [/^has (\S+) reported$/, '收到事件“$1”'],
];

const theme = (id: string) => themeNames.zh[id] ?? id;
const tiers = common.zh.tiers;

// Whole phrases before the small words they are made of.
const values: [RegExp, string | ((...found: string[]) => string)][] = [
  ...triggers,
  [/^outside quiet hours$/, '不在免打扰时段'],
  [/^outside the member's quiet hours, /, '不在会员的免打扰时段 '],
  [/^outside the venue's quiet hours, /, '不在商场的免打扰时段 '],
  [/^wait until (.+)$/, '等到 $1'],
  [/^leave for (.+)$/, '同意 $1'],
  [/^(.+) not opened$/, '没有开通 $1'],
  [/^not paused$/, '没有暂停'],
  [/^paused by the member$/, '会员已暂停'],
  [/^a topic the member wants$/, '会员想要的主题'],
  [/^wants no (.+)$/, (_, id = '') => `不想要${theme(id)}`],
  [/^no bound$/, '不限'],
  [/^its turn, postponed$/, '推迟后轮到'],
  [/^had it$/, '已发过'],
  [/^in no group$/, '不在任何组'],
  [/^no other rule of the group$/, '同组没有其他规则'],
  [/^one of (.+) once$/, '“$1”组只发一次'],
  [/^one of (.+) per day$/, '“$1”组每天一次'],
  [/^one of (.+) per visit$/, '“$1”组每次到访一次'],
  [/^one of (.+) per week$/, '“$1”组每周一次'],
  [/^one of (.+) per month$/, '“$1”组每月一次'],
  [/^one of (.+) per year$/, '“$1”组每年一次'],
  [/^(.+) came first$/, '$1 在先'],
  [/^none yet$/, '还没有'],
  [/^(\d+) so far$/, '已有 $1 次'],
  [/^no theme twice in (\d+) days?$/, '$1 天内主题不重复'],
  [/^no (.+) yet$/, (_, id = '') => `还没有${theme(id)}`],
  [/^(.+) already$/, (_, id = '') => `已有${theme(id)}`],
  [/^(\d+) spent, (\d+) asked$/, '已用 $1，需 $2'],
  [/^(at least )?([\d.,-]+) left$/, '$1剩 $2'],
  [/^not left out$/, '不在对照组'],
  [/^left out$/, '在对照组'],
  [/^(\d+) % are left out$/, '$1% 作对照'],
  [/^heard of it too late$/, '得知太晚'],
  [/^live$/, '实时'],
  [/^long enough$/, '时间已够'],
  [/^until the wait was over$/, '等待结束'],
  [/^an offer of the venue$/, '本商场的优惠'],
  [/\bnot known\b/g, '未知'],
  [/\bnot told\b/g, '未填写'],
  [/\bnot allowed to be used\b/g, '未获同意使用'],
  [/\bnot there\b/g, '没有'],
  [/\bnot yet\b/g, '还没有'],
  [/^once per day$/, '每天一次'],
  [/^once per visit$/, '每次到访一次'],
  [/^once per week$/, '每周一次'],
  [/^once per month$/, '每月一次'],
  [/^once per year$/, '每年一次'],
  [/^once ever$/, '仅一次'],
  [/(\d) s ago\b/g, '$1 秒前'],
  [/(\d) s\b/g, '$1 秒'],
  [/^not (at least|at most|[^a-z].*)/, '不是 $1'],
  [/at least /g, '至少 '],
  [/at most /g, '最多 '],
  [/ to /g, ' 到 '],
  [/ or /g, ' 或 '],
  [/(\d) days?\b/g, '$1 天'],
  [/(\d) min\b/g, '$1 分钟'],
  [/(\d) h\b/g, '$1 小时'],
  [/ a day\b/g, '（每天）'],
  [/ a week\b/g, '（每周）'],
  [/^(.+) in (\d+ (天|小时))$/, '$2内$1'],
  [/^(.+) per day$/, '每天$1'],
  [/^(.+) per visit$/, '每次到访$1'],
  [/^(.+) per week$/, '每周$1'],
  [/^(.+) per month$/, '每月$1'],
  [/^(.+) per year$/, '每年$1'],
  [/\btoday\b/g, '今天'],
  [/\bhappened\b/g, '已发生'],
  [/\bnone\b/gi, '无'],
  [/\bpresence\b/gi, '识别到访'],
  [/\bmarketing\b/gi, '发送优惠'],
  [/\bprofiling\b/gi, '个性化'],
  [/\bthe venue\b/g, '商场'],
  [/, /g, '、'],
  [/\bany (\w+)/g, '任一“$1”区域'],
  [/\b(bronze|silver|gold|platinum)\b/g, (id = '') => tiers[id] ?? id],
];

export function gateName(gate: string, language: Language): string {
  if (language === 'en') return gate.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[-_]+/g, ' ');
  if (gate.startsWith('not ') && gate !== 'not paused') return `非：${gateName(gate.slice(4), language)}`;
  const plain = gate.replace(/[-_]+/g, ' ').toLowerCase();
  const known = gates.find(([pattern]) => pattern.test(plain));
  return known === undefined
    ? gate
    : plain
        .replace(known[0], known[1])
        .replace('undefined', '')
        .replace(/\bthe venue\b/, '商场')
        .replace(/\bany (\w+)/, '任一“$1”区域');
}

/** Where a phrase of the engine names a zone by its id. */
const zoned = /^(enters|leaves|(?:has been|is) in) (?!any |the venue\b)(\S+)/;

/**
 * @param named What zones are called; without it they keep their ids.
 * @returns the value as a reader writes it; empty for none.
 */
export function valueText(value: Reason['observed'], language: Language, named?: Named): string {
  if (value === null) return '';
  // Found and asked for are said by the page.
  const said = value
    .replace(/^(allows|needs) /, '')
    .replace(/ per ever$/, ' once')
    .replace(/^once once$/, 'once ever')
    .replace(/\b1 days\b/, '1 day')
    .replace(/\b(None|Presence|Marketing|Profiling)\b/g, (purpose) => purpose.toLowerCase())
    .replace(zoned, (_, verb: string, zone: string) => `${verb} ${named?.zone(zone) ?? zone}`);
  // A theme stands alone.
  if (language === 'zh' && said in themeNames.zh) return theme(said);
  return language === 'en'
    ? said
    : values.reduce(
        (text, [pattern, words]) =>
          typeof words === 'string' ? text.replace(pattern, words) : text.replace(pattern, words),
        said,
      );
}

export function firstFailed(decision: Pick<Decision, 'reasons'>): Reason | undefined {
  return decision.reasons.find((r) => !r.passed);
}
