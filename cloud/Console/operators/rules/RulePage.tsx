import { Copy, OctagonX } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { at, call } from '../../src/api/client';
import type { RuleDetail } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { useLoaded } from '../../src/live/useLoaded';
import { Failure, Notice } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useLanguage, useSay } from '../../src/words/language';
import { idOf, type RuleDocument, titleOf } from '../readAloud';
import { Doubts } from './Doubts';
import { Editor } from './Editor';
import { History } from './History';
import { MoveSheet } from './MoveSheet';
import { Outcomes } from './Outcomes';
import { Sentence } from './Sentence';
import { kindOf, type Move, movesOf, stateTone } from './shelf';
import { Trial } from './Trial';
import type { RuleBook } from './useRules';
import { words } from './words';

interface Props {
  venue: string;
  rule: RuleDocument;
  book: RuleBook;
  formats: Formats;
  link: LinkState;
  open: (id: string) => void;
}

/** One document: what it says, what it would do, what it did, how it came to be, and its text to change. */
export function RulePage({ venue, rule, book, formats, link, open }: Props) {
  const say = useSay(words);
  const { language } = useLanguage();
  const id = idOf(rule);
  const [tab, setTab] = useState('reads');
  const [move, setMove] = useState<Move>();
  const [moved, setMoved] = useState('');
  const [text, setText] = useState<string>();
  const detail = useLoaded(`${venue}/${id}`, (signal) => call<RuleDetail>(at`venues/${venue}/rules/${id}`, { signal }));
  useBack(link, detail.reload);
  const kind = kindOf(rule);
  const acts = kind === 'rule' || kind === 'journey';
  const edited = text !== undefined ? parsed(text) : undefined;
  const examples = Array.isArray(rule.examples) ? rule.examples.length : 0;

  const changed = (next: RuleDocument) => {
    book.put(next);
    detail.reload();
  };
  const release = () => {
    call<void>(at`venues/${venue}/rules/${id}/release`, { method: 'POST', body: {} }).then(
      detail.reload,
      detail.reload,
    );
  };

  return (
    <section className="card stack" aria-labelledby="rule">
      <header className="stack tight">
        <div className="row">
          {rule.state && (
            <span className={`chip ${stateTone[rule.state] ?? ''}`}>{say.states[rule.state] ?? rule.state}</span>
          )}
          {say.kinds[kind] !== undefined && <span className="chip">{say.kinds[kind]}</span>}
          {detail.data?.stopped === true && <span className="chip bad">{say.stopped}</span>}
        </div>
        <h2 id="rule" className="words rule-title">
          {titleOf(rule, language)}
        </h2>
        <p className="tiny words">
          <span className="mono">{id}</span>
          {acts && ` · ${say.version(Number(rule.version ?? 1), String(rule.author ?? ''))}`}
        </p>
        <div className="row">
          {movesOf(rule).map((m) => (
            <button
              key={m}
              type="button"
              className={m === 'publish' || m === 'again' ? 'button slim' : 'button calm slim'}
              onClick={() => {
                setMoved('');
                setMove(m);
                detail.reload();
              }}
            >
              {say.moves[m]}
            </button>
          ))}
          <button type="button" className="button calm slim" onClick={() => open(`+${id}`)}>
            <Copy size={16} aria-hidden="true" />
            {say.copy}
          </button>
          <span className="small good-words" role="status">
            {moved}
          </span>
        </div>
      </header>
      {detail.data?.stopped === true && (
        <Notice icon={OctagonX} tone="bad">
          {say.stoppedText}
          <button type="button" className="button calm slim block" onClick={release}>
            {say.release}
          </button>
        </Notice>
      )}
      <Tabs.Root value={tab} onValueChange={setTab} className="stack">
        <Tabs.List className="tabs" aria-label={titleOf(rule, language)}>
          <Tabs.Trigger value="reads">{say.tabs.reads}</Tabs.Trigger>
          {acts && <Tabs.Trigger value="trial">{say.tabs.trial}</Tabs.Trigger>}
          {acts && <Tabs.Trigger value="outcome">{say.tabs.outcome}</Tabs.Trigger>}
          <Tabs.Trigger value="history">{say.tabs.history}</Tabs.Trigger>
          <Tabs.Trigger value="edit">
            {say.tabs.edit}
            {text !== undefined && (
              <>
                <span className="dot care" aria-hidden="true" />
                <span className="sr-only">{say.unsaved}</span>
              </>
            )}
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="reads" className="stack" tabIndex={-1}>
          <Sentence rule={rule} named={book.named} />
          {examples > 0 && <p className="tiny">{say.examples(formats.number(examples))}</p>}
          {detail.data !== undefined ? (
            acts && rule.state !== 'archived' && <Doubts doubts={detail.data.doubts} />
          ) : detail.problem !== undefined ? (
            <Failure problem={detail.problem} retry={detail.reload} />
          ) : null}
        </Tabs.Content>
        <Tabs.Content value="trial" tabIndex={-1}>
          <Trial venue={venue} rule={edited ?? rule} unsaved={edited !== undefined} book={book} formats={formats} />
        </Tabs.Content>
        <Tabs.Content value="outcome" tabIndex={-1}>
          <Outcomes venue={venue} id={id} formats={formats} link={link} />
        </Tabs.Content>
        <Tabs.Content value="history" tabIndex={-1}>
          <History
            key={`${String(rule.version)} ${rule.state} ${JSON.stringify(rule).length}`}
            venue={venue}
            id={id}
            formats={formats}
          />
        </Tabs.Content>
        <Tabs.Content value="edit" tabIndex={-1}>
          <Editor
            venue={venue}
            old={rule}
            text={text ?? written(rule)}
            put={(next) => setText(next === undefined || next === written(rule) ? undefined : next)}
            changed={text !== undefined}
            book={book}
            saved={(next) => {
              setText(undefined);
              changed(next);
            }}
            tryIt={acts ? () => setTab('trial') : undefined}
          />
        </Tabs.Content>
      </Tabs.Root>
      {move !== undefined && (
        <MoveSheet
          venue={venue}
          rule={rule}
          move={move}
          doubts={detail.loading ? undefined : detail.data?.doubts}
          close={() => setMove(undefined)}
          done={(next) => {
            setMove(undefined);
            setMoved(say.moved[next.state ?? ''] ?? '');
            changed(next);
          }}
        />
      )}
    </section>
  );
}

/** A document as it is written for people to read. */
export function written(rule: RuleDocument): string {
  return JSON.stringify(rule, null, 2);
}

export function parsed(text: string): RuleDocument | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as RuleDocument) : undefined;
  } catch {
    return undefined;
  }
}
