import type { Decision, Reason } from '../src/api/types';
import type { Language } from '../src/words/language';

/** What the gates are called when they are spoken of. One that is not here is read by its own name. */
const gates: Record<string, [string, string]> = {
  trigger: ['what happened', '触发'],
  member: ['the member', '会员'],
  consent: ['consent', '同意授权'],
  binding: ['a phone of their own', '已绑定设备'],
  late: ['still of the moment', '时效'],
  live: ['still of the moment', '时效'],
  dwell: ['time stayed', '停留时长'],
  zone: ['the place', '所在区域'],
  tags: ['the kind of place', '区域类型'],
  time: ['the hour', '时段'],
  window: ['the hour', '时段'],
  day: ['the day', '日期'],
  birthday: ['birthday', '生日'],
  visits: ['visits so far', '到访次数'],
  tier: ['tier', '会员等级'],
  offers: ['earlier offers', '此前优惠'],
  once: ['not twice', '不重复发放'],
  cap: ['how often', '频次上限'],
  frequency: ['how often', '频次上限'],
  variety: ['variety', '多样性'],
  'quiet-hours': ['quiet hours', '免打扰时段'],
  quiet: ['quiet hours', '免打扰时段'],
  budget: ['budget', '预算'],
  stock: ['stock', '库存'],
  priority: ['a stronger rule', '规则优先级'],
  exclusion: ['a rule that excludes it', '互斥规则'],
  holdout: ['comparison group', '对照组'],
};

export function gateName(gate: string, language: Language): string {
  const known = gates[gate] ?? gates[gate.split(/[:.]/)[0] ?? ''];
  if (known !== undefined) return known[language === 'zh' ? 1 : 0];
  return gate
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_.:]+/g, ' ')
    .toLowerCase();
}

export function firstFailed(decision: Pick<Decision, 'reasons'>): Reason | undefined {
  return decision.reasons.find((r) => !r.passed);
}

/** @returns the value as a reader writes it; empty for none. */
export function valueText(value: Reason['observed'], language: Language): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return language === 'zh' ? (value ? '是' : '否') : value ? 'yes' : 'no';
  if (typeof value === 'number') return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB').format(value);
  return value;
}
