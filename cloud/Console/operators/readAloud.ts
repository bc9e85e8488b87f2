import type { LocalText } from '../src/api/types';
import { inLanguage, type Language } from '../src/words/language';
import { conditionWords, type Named, spanWords } from './conditionWords';
import { actionWords, limitWords, triggerWords } from './ruleWords';

type Json = Record<string, unknown>;

/** A rule, journey, segment or event as it is written down; the service checks it, this only reads it. */
export interface RuleDocument extends Json {
  id?: string | null;
  /** Named instead of `id` by a set of members, and by an event of another system. */
  segment?: string | null;
  event?: string | null;
  title?: LocalText | null;
  state?: string | null;
  reason?: LocalText | null;
}

export interface ReadRule {
  when: string;
  conditions: string[];
  actions: string[];
  limits: string[];
  /** A journey's steps, in order; empty for a rule. */
  steps: { name: string; lines: string[] }[];
}

/** @returns the document in words. What is not known is read by its own name and value, never left out. */
export function readAloud(rule: RuleDocument, language: Language, named: Named): ReadRule {
  const list = (part: unknown): unknown[] =>
    Array.isArray(part) ? part : part === undefined || part === null ? [] : [part];
  const conditions = (part: unknown) => list(part).map((c) => conditionWords(c, language, named));
  const actions = (part: unknown) => list(part).map((a) => actionWords(a, language, named));
  const trigger = (part: unknown) => triggerWords(part, language, named);
  const zh = language === 'zh';
  const go = (to: unknown) =>
    typeof to !== 'string' || to === 'end' ? (zh ? '结束' : 'end') : zh ? `转到 ${to}` : `go to ${to}`;

  const branch = (said: string[], to: unknown) => {
    const all = said.join(zh ? '，且' : ' and ');
    return zh ? `${all}：${go(to)}` : `${all}: ${go(to)}`;
  };
  const otherwise = (to: unknown) => (zh ? `否则：${go(to)}` : `otherwise: ${go(to)}`);

  const step = (s: Json): string[] => {
    if (s.do !== undefined) return [...actions(s.do), ...(s.next === undefined ? [] : [go(s.next)])];
    if (typeof s.wait === 'object' && s.wait !== null) {
      const wait = s.wait as Json;
      const first =
        wait.until === undefined
          ? zh
            ? `最多等待 ${spanWords(wait.atMost, zh)}`
            : `wait at most ${spanWords(wait.atMost, zh)}`
          : zh
            ? `等到 ${String(wait.until)}`
            : `wait until ${String(wait.until)}`;
      const branches = list(wait.for).map((b) => {
        const { when, if: conditionsOf, go: to } = b as Json;
        return branch([trigger(when), ...conditions(conditionsOf)], to);
      });
      return [first, ...branches, otherwise(wait.otherwise)];
    }
    if (s.choose !== undefined) {
      const cases = list(s.choose).map((c) => branch(conditions((c as Json).if), (c as Json).go));
      return [...cases, otherwise(s.otherwise)];
    }
    if (s.split !== undefined)
      return list(s.split).map((w) => branch([`${String((w as Json).percent)}%`], (w as Json).go));
    return [JSON.stringify(s)];
  };

  return {
    when: rule.when === undefined && rule.start === undefined ? '' : trigger(rule.when ?? rule.start),
    conditions: conditions(rule.if),
    actions: actions(rule.then),
    limits: limitWords(rule.limits, language),
    steps: list(rule.steps).map((s) => ({ name: String((s as Json).id), lines: step(s as Json) })),
  };
}

export function titleOf(rule: RuleDocument, language: Language): string {
  return inLanguage(rule.title, language) || idOf(rule);
}

export function idOf(rule: RuleDocument): string {
  return rule.id ?? rule.segment ?? rule.event ?? '';
}
