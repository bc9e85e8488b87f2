import type { LocalText } from '../src/api/types';
import { inLanguage, type Language } from '../src/words/language';

/** A rule as it is written down; the service checks it, this only reads it. */
export interface RuleDocument {
  id: string;
  name?: LocalText | string | null;
  enabled?: boolean | null;
  when?: unknown;
  if?: unknown;
  then?: unknown;
  within?: unknown;
}

export interface ReadRule {
  when: string;
  conditions: string[];
  actions: string[];
  limits: string[];
}

/** @returns the rule in words; a part that is not known is read by its own name and value. */
export function readAloud(rule: RuleDocument, language: Language, zoneName: (id: string) => string): ReadRule {
  const many = (part: unknown): string[] => {
    if (part === null || part === undefined) return [];
    if (Array.isArray(part)) return part.map((p) => plain(p, language, zoneName)).filter((s) => s !== '');
    if (typeof part === 'object' && !isText(part))
      return Object.entries(part)
        .filter(([, v]) => v !== null && v !== undefined)
        .map(([k, v]) => `${spaced(k)}: ${plain(v, language, zoneName)}`);
    return [plain(part, language, zoneName)];
  };
  return {
    when: many(rule.when).join(language === 'zh' ? '，' : ', '),
    conditions: many(rule.if),
    actions: many(rule.then),
    limits: many(rule.within),
  };
}

function plain(value: unknown, language: Language, zoneName: (id: string) => string): string {
  if (value === null || value === undefined) return '';
  if (isText(value)) return inLanguage(value, language);
  if (Array.isArray(value)) return value.map((v) => plain(v, language, zoneName)).join(language === 'zh' ? '、' : ', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([k, v]) =>
        k === 'zone' && typeof v === 'string' ? zoneName(v) : `${spaced(k)} ${plain(v, language, zoneName)}`,
      )
      .join(language === 'zh' ? '，' : ', ');
  return String(value);
}

function isText(value: unknown): value is LocalText {
  return typeof value === 'object' && value !== null && typeof (value as { en?: unknown }).en === 'string';
}

function spaced(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_]/g, ' ')
    .toLowerCase();
}
