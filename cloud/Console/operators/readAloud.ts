import type { LocalText } from '../src/api/types';
import { inLanguage, type Language } from '../src/words/language';
import { conditionWords, type Named } from './conditionWords';
import { actionWords, joined, limitWords, triggerWords } from './ruleWords';

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
  steps: string[];
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

  const step = (s: Json): string => {
    const name = zh ? `${String(s.id)}：` : `${String(s.id)}: `;
    if (s.do !== undefined) return name + joined(actions(s.do), zh ? '，并' : ', and ');
    if (typeof s.wait === 'object' && s.wait !== null) {
      const wait = s.wait as Json;
      const branches = list(wait.for).map((b) => {
        const branch = b as Json;
        const said = [trigger(branch.when), ...conditions(branch.if)].join(zh ? '，且' : ' and ');
        return zh ? `${said}，则${go(branch.go)}` : `${said}, then ${go(branch.go)}`;
      });
      const most =
        wait.until === undefined
          ? zh
            ? `最多 ${String(wait.atMost)}`
            : `at most ${String(wait.atMost)}`
          : zh
            ? `到 ${String(wait.until)}`
            : `until ${String(wait.until)}`;
      return `${name}${zh ? '等待' : 'wait '}${most}${branches.length > 0 ? (zh ? `；${branches.join('；')}` : `; ${branches.join('; ')}`) : ''}${zh ? `；否则${go(wait.otherwise)}` : `; otherwise ${go(wait.otherwise)}`}`;
    }
    if (s.choose !== undefined) {
      const cases = list(s.choose).map((c) => {
        const one = c as Json;
        return zh
          ? `若${conditions(one.if).join('，且')}，${go(one.go)}`
          : `if ${conditions(one.if).join(' and ')}, ${go(one.go)}`;
      });
      return `${name}${cases.join(zh ? '；' : '; ')}${zh ? `；否则${go(s.otherwise)}` : `; otherwise ${go(s.otherwise)}`}`;
    }
    if (s.split !== undefined)
      return (
        name +
        list(s.split)
          .map((w) => `${String((w as Json).percent)}% ${go((w as Json).go)}`)
          .join(zh ? '，' : ', ')
      );
    return name + JSON.stringify(s);
  };

  return {
    when: rule.when === undefined && rule.start === undefined ? '' : trigger(rule.when ?? rule.start),
    conditions: conditions(rule.if),
    actions: actions(rule.then),
    limits: limitWords(rule.limits, language),
    steps: list(rule.steps).map((s) => step(s as Json)),
  };
}

export function titleOf(rule: RuleDocument, language: Language): string {
  return inLanguage(rule.title, language) || idOf(rule);
}

export function idOf(rule: RuleDocument): string {
  return rule.id ?? rule.segment ?? rule.event ?? '';
}
