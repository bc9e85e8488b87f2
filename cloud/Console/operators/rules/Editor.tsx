import { CircleX, Info } from 'lucide-react';
import { useRef, useState } from 'react';
import { at, call, Problem } from '../../src/api/client';
import { Pills } from '../../src/ui/Pills';
import { Notice } from '../../src/ui/parts';
import { common } from '../../src/ui/words';
import { useSay } from '../../src/words/language';
import { NameField } from '../NameField';
import { idOf, type RuleDocument } from '../readAloud';
import { useName } from '../useName';
import { Doubts } from './Doubts';
import { fieldsOf, toSave } from './fields';
import { Mistakes } from './Mistakes';
import { RuleFields } from './RuleFields';
import { parsed } from './RulePage';
import { Sentence } from './Sentence';
import { lineOf, nearest, spotsOf } from './spots';
import { useCheck } from './useCheck';
import type { RuleBook } from './useRules';
import { words } from './words';

interface Props {
  venue: string;
  /** What it is saved over; undefined for a new one. */
  old: RuleDocument | undefined;
  text: string;
  /** Undefined takes all changes back. */
  put: (text: string | undefined) => void;
  changed: boolean;
  book: RuleBook;
  saved: (rule: RuleDocument) => void;
  tryIt: (() => void) | undefined;
  /** Why it cannot be saved yet, apart from what the service finds. */
  wrong?: string | undefined;
}

/** A document to change: in fields where it has some, as its text in any case, looked over while it is written. */
export function Editor({ venue, old, text, put, changed, book, saved, tryIt, wrong }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const area = useRef<HTMLTextAreaElement>(null);
  const rule = parsed(text);
  const fields = rule === undefined ? null : fieldsOf(rule);
  const [way, setWay] = useState<'fields' | 'text'>(fields === null ? 'text' : 'fields');
  const [name, putName] = useName();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const next = rule === undefined ? undefined : toSave(rule, old, name.trim());
  // A document without an author is refused; who it will be is asked for when it is saved.
  const { state, found } = useCheck(venue, next && { ...next, ...(next.author === '' ? { author: '-' } : {}) });
  const spots = spotsOf(text);
  const mistakes = problem !== undefined && problem.mistakes.length > 0 ? problem.mistakes : (found?.errors ?? []);
  const version = Number(next?.version ?? 1);
  const inForce = old?.state === 'published' || old?.state === 'paused';
  const blocked = next?.state === 'published' && found?.doubts.some((d) => d.blocks) === true;

  if (old?.state === 'archived') return <Notice icon={Info}>{say.archivedText}</Notice>;

  const show = (path: string) => {
    const span = spots instanceof Map ? nearest(spots, path) : { from: spots.at, to: spots.at + 1 };
    setWay('text');
    requestAnimationFrame(() => {
      const at = area.current;
      if (at === null || span === undefined) return;
      at.focus({ preventScroll: true });
      at.setSelectionRange(span.from, span.to);
      // Browsers do not bring a selection into sight by themselves.
      at.scrollTop = Math.max(0, lineOf(text, span.from) - 5) * (at.scrollHeight / text.split('\n').length);
      at.scrollIntoView({ block: 'center' });
    });
  };
  const change = (now: string) => {
    setDone(false);
    setProblem(undefined);
    put(now);
  };
  const save = () => {
    setAsked(true);
    if (next === undefined || (next.id && name.trim() === '')) return;
    setBusy(true);
    setProblem(undefined);
    call<RuleDocument>(at`venues/${venue}/rules/${idOf(next)}`, { method: 'PUT', body: next }).then(
      (kept) => {
        setBusy(false);
        setDone(true);
        saved(kept);
      },
      (error: unknown) => {
        setBusy(false);
        setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
      },
    );
  };

  return (
    <div className="stack editor">
      {inForce && (
        <Notice icon={Info} tone={old.state === 'published' ? 'warn' : ''}>
          {old.state === 'published'
            ? say.editInForce(Number(old.version ?? 1) + 1)
            : say.editPaused(Number(old.version ?? 1) + 1)}
        </Notice>
      )}
      <Pills
        small
        label={say.way}
        choices={(['fields', 'text'] as const).map((w) => [w, say.ways[w]])}
        value={way}
        put={setWay}
      />
      {way === 'text' ? (
        <div className="field">
          <label htmlFor="rule-text">{say.document}</label>
          <textarea
            id="rule-text"
            ref={area}
            className="input mono"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            rows={Math.min(24, text.split('\n').length + 1)}
            value={text}
            aria-invalid={!(spots instanceof Map) || mistakes.length > 0}
            aria-describedby="rule-state"
            onChange={(e) => change(e.target.value)}
          />
        </div>
      ) : rule === undefined ? (
        <p className="quiet">{say.fieldsBroken}</p>
      ) : fields === null ? (
        <p className="quiet">{say.fieldsNone}</p>
      ) : (
        <RuleFields rule={rule} fields={fields} book={book} put={(now) => change(JSON.stringify(now, null, 2))} />
      )}
      <div id="rule-state" className="stack tight" aria-live="polite">
        {!(spots instanceof Map) ? (
          <Notice icon={CircleX} tone="bad">
            {say.broken(spots.line)}
          </Notice>
        ) : mistakes.length > 0 ? (
          <Mistakes mistakes={mistakes} text={text} spots={spots} show={show} />
        ) : state === 'failed' ? (
          <p className="tiny">{say.checkFailed}</p>
        ) : found === undefined ? (
          <p className="tiny">{say.checking}</p>
        ) : (
          <Doubts doubts={found.doubts} />
        )}
      </div>
      {rule !== undefined && spots instanceof Map && (
        <section className="preview stack tight" aria-label={say.preview}>
          <h3>{say.preview}</h3>
          <Sentence rule={rule} named={book.named} />
        </section>
      )}
      {next?.id && <NameField name={name} put={putName} wrong={asked && name.trim() === ''} />}
      {problem !== undefined && (
        <Notice icon={CircleX} tone="bad">
          {say.notSaved}{' '}
          {problem.status === 0
            ? plain.noConnection
            : problem.mistakes.length > 0
              ? ''
              : (problem.detail ?? problem.message)}
        </Notice>
      )}
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={busy || rule === undefined || (!changed && old !== undefined) || wrong !== undefined || blocked}
          onClick={save}
        >
          {busy
            ? say.saving
            : next?.state === 'draft'
              ? say.saveDraft
              : inForce && changed && next !== undefined
                ? say.saveVersion(version)
                : say.save}
        </button>
        {tryIt !== undefined && rule !== undefined && (
          <button type="button" className="button calm" onClick={tryIt}>
            {say.tryIt}
          </button>
        )}
        {changed && old !== undefined && (
          <button type="button" className="button plain" onClick={() => put(undefined)}>
            {say.discard}
          </button>
        )}
        <span className="small good-words" role="status">
          {done && !changed ? say.saved : ''}
        </span>
        {wrong !== undefined && <span className="wrong">{wrong}</span>}
      </div>
    </div>
  );
}
