import { ArrowLeft, BookOpen, Plus, SearchX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { VenueMap } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { Pills } from '../../src/ui/Pills';
import { Blank, Bones, Failure } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useLanguage, useSay } from '../../src/words/language';
import { idOf, type RuleDocument, readAloud, titleOf } from '../readAloud';
import { NewRule } from './NewRule';
import { RulePage } from './RulePage';
import { kindOf, lookUp, type Shelf, shelfOf, shelves, stateTone } from './shelf';
import { type RuleBook, useRules } from './useRules';
import { words } from './words';

interface Props {
  venue: string;
  map: VenueMap | undefined;
  formats: Formats;
  link: LinkState;
  /** What follows `#rules/`: a document's id; `+` for a new one, `+id` for a copy. */
  picked: string | undefined;
  go: (...parts: string[]) => void;
}

/** The venue's rule book: what there is on one side, the one in hand on the other; on a phone one after the other. */
export function RulesTab({ venue, map, formats, link, picked, go }: Props) {
  const say = useSay(words);
  const { language } = useLanguage();
  const book = useRules(venue, map, link);
  const all = book.rules.data;
  if (all === undefined)
    return book.rules.problem !== undefined ? (
      <Failure problem={book.rules.problem} retry={book.rules.reload} />
    ) : (
      <Bones lines={3} height="7rem" />
    );
  const shown = picked ?? idOf(lookUp(all, 'all', '', language)[0] ?? {});
  const from = picked?.startsWith('+') ? all.find((r) => idOf(r) === picked.slice(1)) : undefined;
  const one = all.find((r) => idOf(r) === shown);
  const open = (id: string) => go('rules', id);
  return (
    <div className={picked === undefined ? 'split' : 'split picked'}>
      <RuleList book={book} all={all} shown={shown} open={open} />
      <div className="split-one stack">
        <button type="button" className="button plain split-back" onClick={() => go('rules')}>
          <ArrowLeft size={18} aria-hidden="true" />
          {say.back}
        </button>
        {picked?.startsWith('+') && !book.offersKnown ? (
          <Bones lines={3} height="7rem" />
        ) : picked?.startsWith('+') ? (
          <NewRule key={picked} venue={venue} book={book} all={all} from={from} open={open} />
        ) : one !== undefined ? (
          <RulePage key={idOf(one)} venue={venue} rule={one} book={book} formats={formats} link={link} open={open} />
        ) : picked !== undefined ? (
          <div className="card">
            <Blank icon={SearchX} title={say.gone}>
              <p>{say.goneHelp}</p>
            </Blank>
          </div>
        ) : (
          <div className="card">
            <Blank icon={BookOpen} title={say.empty}>
              <p>{say.emptyHelp}</p>
              <button type="button" className="button" onClick={() => open('+')}>
                <Plus size={18} aria-hidden="true" />
                {say.add}
              </button>
            </Blank>
          </div>
        )}
      </div>
    </div>
  );
}

function RuleList({
  book,
  all,
  shown,
  open,
}: {
  book: RuleBook;
  all: RuleDocument[];
  shown: string;
  open: (id: string) => void;
}) {
  const say = useSay(words);
  const { language } = useLanguage();
  const [shelf, setShelf] = useState<Shelf | 'all'>('all');
  const [sought, setSought] = useState('');
  const countOf = (s: Shelf) => all.filter((rule) => shelfOf(rule) === s).length;
  const found = lookUp(all, shelf, sought, language);
  const current = useRef<HTMLButtonElement>(null);

  // The one in hand comes into sight when the page is opened by its address.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one in hand is another place
  useEffect(() => {
    const [one, list] = [current.current, current.current?.closest<HTMLElement>('.picks')];
    if (one === null || !list) return;
    const above = one.getBoundingClientRect().top - list.getBoundingClientRect().top;
    if (above < 0 || above + one.offsetHeight > list.clientHeight) list.scrollTop += above - list.clientHeight / 3;
  }, [shown]);

  return (
    <section className="card stack split-list" aria-labelledby="rules">
      <div className="row apart">
        <h2 id="rules">{say.title}</h2>
        <button type="button" className="button slim" onClick={() => open('+')}>
          <Plus size={18} aria-hidden="true" />
          {say.add}
        </button>
      </div>
      {all.length > 0 && (
        <>
          <input
            type="search"
            className="input"
            placeholder={say.find}
            aria-label={say.find}
            value={sought}
            onChange={(e) => setSought(e.target.value)}
          />
          <Pills
            small
            label={say.filter}
            choices={[
              ['all', say.filters.all],
              ...shelves
                .filter((s) => countOf(s) > 0)
                .map(
                  (s) =>
                    [
                      s,
                      <>
                        {say.filters[s]} <b>{countOf(s)}</b>
                      </>,
                    ] as const,
                ),
            ]}
            value={shelf}
            put={setShelf}
          />
        </>
      )}
      {found.length === 0 ? (
        <Blank icon={all.length === 0 ? BookOpen : SearchX} title={all.length === 0 ? say.empty : say.noneFound}>
          {all.length > 0 && (
            <>
              <p>{say.noneFoundHelp}</p>
              <button
                type="button"
                className="button calm"
                onClick={() => {
                  setShelf('all');
                  setSought('');
                }}
              >
                {say.showAll}
              </button>
            </>
          )}
        </Blank>
      ) : (
        <ul className="picks">
          {found.map((rule) => {
            const id = idOf(rule);
            const kind = say.kinds[kindOf(rule)];
            const read = readAloud(rule, language, book.named);
            return (
              <li key={id}>
                <button
                  type="button"
                  ref={id === shown ? current : null}
                  aria-current={id === shown ? 'true' : undefined}
                  onClick={() => open(id)}
                >
                  <span className="pick-title">
                    <strong className="words">{titleOf(rule, language)}</strong>
                    {rule.state ? (
                      <span className={`chip ${stateTone[rule.state] ?? ''}`}>
                        {say.states[rule.state] ?? rule.state}
                      </span>
                    ) : (
                      kind !== undefined && <span className="chip">{kind}</span>
                    )}
                  </span>
                  <span className="tiny words">
                    {rule.state && kind !== undefined && `${kind} · `}
                    {read.when || read.conditions.join(language === 'zh' ? '，' : ', ')}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
