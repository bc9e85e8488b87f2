import { useState } from 'react';
import { useSay } from '../../src/words/language';
import { idOf, type RuleDocument } from '../readAloud';
import { Editor } from './Editor';
import { copyOf, newRule } from './fields';
import { parsed, written } from './RulePage';
import type { RuleBook } from './useRules';
import { words } from './words';

interface Props {
  venue: string;
  book: RuleBook;
  all: readonly RuleDocument[];
  /** What it is a copy of; undefined for one from scratch. */
  from: RuleDocument | undefined;
  open: (id: string) => void;
}

/** A document that is not there yet: from scratch, or a copy of another. */
export function NewRule({ venue, book, all, from, open }: Props) {
  const say = useSay(words);
  const [text, setText] = useState(() =>
    written(from === undefined ? newRule(book.offers[0]?.id) : copyOf(from, new Set(all.map(idOf)))),
  );
  const rule = parsed(text);
  const id = rule === undefined ? '' : idOf(rule);
  const taken = all.some((r) => idOf(r) === id);
  const wrong =
    rule === undefined ? undefined : !/^[a-z0-9._-]{1,64}$/.test(id) ? say.idWrong : taken ? say.idTaken : undefined;
  const name = (['id', 'segment', 'event'] as const).find((n) => typeof rule?.[n] === 'string') ?? 'id';

  return (
    <section className="card stack" aria-labelledby="new-rule">
      <div>
        <h2 id="new-rule">{say.newTitle}</h2>
        <p className="quiet small">{say.newText}</p>
      </div>
      <div className="field">
        <label htmlFor="rule-id">{say.id}</label>
        <input
          id="rule-id"
          className="input mono"
          maxLength={64}
          spellCheck={false}
          autoCapitalize="off"
          value={id}
          disabled={rule === undefined}
          aria-invalid={wrong !== undefined}
          aria-describedby="rule-id-help"
          onChange={(e) => rule !== undefined && setText(written({ ...rule, [name]: e.target.value }))}
        />
        <span id="rule-id-help" className={wrong === undefined ? 'tiny' : 'wrong'}>
          {wrong ?? say.idHelp}
        </span>
      </div>
      <Editor
        venue={venue}
        old={undefined}
        text={text}
        put={(next) => next !== undefined && setText(next)}
        changed
        book={book}
        saved={(kept) => {
          book.put(kept);
          open(idOf(kept));
        }}
        tryIt={undefined}
        wrong={wrong}
      />
    </section>
  );
}
