import type { RuleDocument } from '../readAloud';

type Json = Record<string, unknown>;

/** What most rules are about, in fields; the rest of the document stays as it is. */
export interface Fields {
  titleEn: string;
  titleZh: string;
  /** Null where the rule begins with something that is written in the document only. */
  trigger: 'dwells' | 'enters' | 'leaves' | null;
  /** `venue`, `zone:atrium` or `tag:fashion`. */
  place: string;
  /** Null where the stay is not in whole minutes. */
  minutes: number | null;
  /** Of the first offer it gives; null where it gives none. */
  offer: string | null;
  /** Empty where it has no hours. */
  from: string;
  to: string;
  once: string;
  holdout: number;
}

export const periods = ['none', 'visit', 'day', 'week', 'month', 'year', 'ever'] as const;

const part = (of: unknown): Json => (typeof of === 'object' && of !== null && !Array.isArray(of) ? (of as Json) : {});
const list = (of: unknown): unknown[] => (Array.isArray(of) ? of : []);
const text = (of: unknown): string => (typeof of === 'string' ? of : '');

/** @returns null where the document is no rule that begins with a trigger. */
export function fieldsOf(rule: RuleDocument): Fields | null {
  if (rule.when === undefined) return null;
  const when = part(rule.when);
  const trigger = (['dwells', 'enters', 'leaves'] as const).find((t) => t in when) ?? null;
  const dwells = part(when.dwells);
  const limits = part(rule.limits);
  const hours = part(part(list(rule.if).find((c) => 'time' in part(c))).time);
  const title = rule.title as unknown;
  return {
    titleEn: typeof title === 'string' ? title : text(part(title).en),
    titleZh: text(part(title).zh),
    trigger,
    place: placeText(trigger === null ? undefined : trigger === 'dwells' ? dwells.in : when[trigger]),
    minutes: minutesOf(dwells.atLeast),
    offer: text(part(list(rule.then).find((a) => 'offer' in part(a))).offer) || null,
    from: text(hours.from),
    to: text(hours.to),
    once: text(limits.once) || 'none',
    holdout: typeof limits.holdout === 'number' ? limits.holdout : 0,
  };
}

function minutesOf(span: unknown): number | null {
  const said = /^(\d+) (min|h)$/.exec(text(span));
  return said === null ? null : Number(said[1]) * (said[2] === 'h' ? 60 : 1);
}

function placeText(place: unknown): string {
  const { zone, tag } = part(place);
  return typeof zone === 'string' ? `zone:${zone}` : typeof tag === 'string' ? `tag:${tag}` : 'venue';
}

function placeOf(said: string): unknown {
  const [kind, name] = [said.slice(0, said.indexOf(':')), said.slice(said.indexOf(':') + 1)];
  return kind === 'zone' || kind === 'tag' ? { [kind]: name } : 'venue';
}

/** @returns the document with the fields that were changed, everything else where it was. */
export function withFields(rule: RuleDocument, change: Partial<Fields>): RuleDocument {
  const now = fieldsOf(rule);
  if (now === null) return rule;
  const next = { ...now, ...change };
  const made: RuleDocument = { ...rule };
  if ('titleEn' in change || 'titleZh' in change)
    made.title = next.titleZh === '' ? { en: next.titleEn } : { en: next.titleEn, zh: next.titleZh };
  if (next.trigger !== null && ('trigger' in change || 'place' in change || 'minutes' in change)) {
    const place = placeOf(next.place);
    made.when =
      next.trigger === 'dwells'
        ? { dwells: { in: place, atLeast: spanOf(rule, now, change, next) } }
        : { [next.trigger]: place };
  }
  if (next.offer !== null && 'offer' in change) {
    const actions = list(rule.then);
    const at = actions.findIndex((a) => 'offer' in part(a));
    made.then =
      at < 0 ? [{ offer: next.offer }, ...actions] : actions.map((a, i) => (i === at ? { offer: next.offer } : a));
  }
  if ('from' in change || 'to' in change) {
    const conditions = list(rule.if);
    const at = conditions.findIndex((c) => 'time' in part(c));
    const hours = next.from === '' && next.to === '' ? [] : [{ time: { from: next.from, to: next.to } }];
    made.if = at < 0 ? [...conditions, ...hours] : conditions.flatMap((c, i) => (i === at ? hours : [c]));
  }
  if ('once' in change || 'holdout' in change) {
    const { once: _, holdout: __, ...others } = part(rule.limits);
    made.limits = {
      ...(next.once === 'none' ? {} : { once: next.once }),
      ...others,
      ...(next.holdout > 0 ? { holdout: next.holdout } : {}),
    };
  }
  return made;
}

// A span that is not in whole minutes stays as it was written until somebody gives minutes.
function spanOf(rule: RuleDocument, now: Fields, change: Partial<Fields>, next: Fields): string {
  const written = text(part(part(rule.when).dwells).atLeast);
  if (!('minutes' in change) && written !== '' && now.trigger === 'dwells') return written;
  return `${next.minutes ?? 20} min`;
}

/** A document to begin with: somebody stays a while and gets something. */
export function newRule(offer: string | undefined): RuleDocument {
  return {
    id: 'new-rule',
    version: 1,
    state: 'draft',
    author: '',
    title: { en: 'A new rule', zh: '新规则' },
    when: { dwells: { in: 'venue', atLeast: '20 min' } },
    if: [{ time: { from: '10:00', to: '21:00' } }],
    then: offer === undefined ? [] : [{ offer }],
    limits: { once: 'day', holdout: 10 },
  };
}

/** A copy to change: a draft of its own, whatever the first one is. */
export function copyOf(rule: RuleDocument, taken: ReadonlySet<string>): RuleDocument {
  const named = (['id', 'segment', 'event'] as const).find((n) => typeof rule[n] === 'string') ?? 'id';
  const base = `${String(rule[named] ?? 'rule').slice(0, 56)}-copy`;
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  return {
    ...rule,
    [named]: id,
    ...(named === 'id' ? { version: 1, state: 'draft' } : {}),
  };
}

/**
 * The document as it must be sent to be saved over another: who wrote it, and a new version where the old one has been in force
 * with other words, since decisions name the version they were made by.
 */
export function toSave(rule: RuleDocument, old: RuleDocument | undefined, author: string): RuleDocument {
  if (rule.id === undefined || rule.id === null) return rule;
  const version = typeof rule.version === 'number' ? rule.version : 1;
  const before = typeof old?.version === 'number' ? old.version : 1;
  const wasInForce = old !== undefined && old.state !== 'draft';
  return {
    ...rule,
    version: wasInForce && version <= before ? before + 1 : version,
    ...(author === '' ? {} : { author }),
  };
}
