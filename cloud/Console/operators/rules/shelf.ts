import { inLanguage, type Language } from '../../src/words/language';
import { idOf, type RuleDocument, titleOf } from '../readAloud';

/** Where a document is in its life; segments and events have no life of that kind. */
export type Shelf = 'published' | 'draft' | 'paused' | 'archived' | 'other';
export const shelves: readonly Shelf[] = ['published', 'draft', 'paused', 'archived', 'other'];

export function shelfOf(rule: RuleDocument): Shelf {
  return (shelves as readonly string[]).includes(rule.state ?? '') ? (rule.state as Shelf) : 'other';
}

export const stateTone: Record<string, string> = { published: 'good', draft: 'lake', paused: 'warn' };

/** What can be done with a document in its state, by word and the state it leads to. */
export type Move = 'publish' | 'again' | 'pause' | 'archive';
export const leadsTo: Record<Move, string> = {
  publish: 'published',
  again: 'published',
  pause: 'paused',
  archive: 'archived',
};

export function movesOf(rule: RuleDocument): Move[] {
  return (
    ({ draft: ['publish', 'archive'], published: ['pause', 'archive'], paused: ['again', 'archive'] }[
      rule.state ?? ''
    ] as Move[] | undefined) ?? []
  );
}

export function kindOf(rule: RuleDocument): 'segment' | 'event' | 'journey' | 'rule' {
  return rule.segment ? 'segment' : rule.event ? 'event' : rule.steps ? 'journey' : 'rule';
}

/** Those of a shelf that have the word in their name, as a reader looks for them: drafts and what is in force first, then by title. */
export function lookUp(
  rules: readonly RuleDocument[],
  shelf: Shelf | 'all',
  word: string,
  language: Language,
): RuleDocument[] {
  const sought = word.trim().toLowerCase();
  const order = new Intl.Collator(language === 'zh' ? 'zh-CN' : 'en');
  const rank = (rule: RuleDocument) => ['draft', 'published', 'paused', 'other', 'archived'].indexOf(shelfOf(rule));
  return rules
    .filter((rule) => shelf === 'all' || shelfOf(rule) === shelf)
    .filter((rule) =>
      [idOf(rule), titleOf(rule, language), inLanguage(rule.reason, language)].some((said) =>
        said.toLowerCase().includes(sought),
      ),
    )
    .sort((a, b) => rank(a) - rank(b) || order.compare(titleOf(a, language), titleOf(b, language)));
}
