import { CircleX, FlaskConical, Info, Play, Square } from 'lucide-react';
import { useState } from 'react';
import { Notice } from '../../src/ui/parts';
import { common } from '../../src/ui/words';
import type { Formats } from '../../src/words/formats';
import { useLanguage, useSay } from '../../src/words/language';
import { idOf, type RuleDocument } from '../readAloud';
import { mistakeText } from './mistakeWords';
import { TrialResult } from './TrialResult';
import type { RuleBook } from './useRules';
import { isOver, useTrial } from './useTrial';
import { words } from './words';

interface Props {
  venue: string;
  rule: RuleDocument;
  unsaved: boolean;
  book: RuleBook;
  formats: Formats;
}

const spans = [1, 7, 30, 90];

/** A rule tried over what the venue recorded, before anybody gets anything. */
export function Trial({ venue, rule, unsaved, book, formats }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const { language } = useLanguage();
  const [days, setDays] = useState(30);
  const trial = useTrial(venue, idOf(rule));
  const { test, problem } = trial;
  const busy = trial.starting || !isOver(test);
  // A document without an author is refused, also for a trial.
  const start = () => trial.start({ ...rule, author: rule.author || '-' }, days);
  return (
    <div className="stack">
      <p className="quiet words">{say.trialText}</p>
      {unsaved && <Notice icon={Info}>{say.trialUnsaved}</Notice>}
      <div className="row ends">
        <div className="field">
          <label htmlFor="trial-days">{say.trialDays}</label>
          <select
            id="trial-days"
            className="select"
            value={days}
            disabled={busy}
            onChange={(e) => setDays(Number(e.target.value))}
          >
            {spans.map((n) => (
              <option key={n} value={n}>
                {say.daysOf(n)}
              </option>
            ))}
          </select>
        </div>
        {busy ? (
          <button type="button" className="button calm" onClick={trial.cancel} disabled={trial.starting}>
            <Square size={16} aria-hidden="true" />
            {say.stop}
          </button>
        ) : (
          <button type="button" className="button" onClick={start}>
            <Play size={16} aria-hidden="true" />
            {test === undefined ? say.start : say.restart}
          </button>
        )}
      </div>
      {trial.gone && <Notice icon={Info}>{say.trialGone}</Notice>}
      {problem !== undefined && (
        <Notice icon={problem.status === 0 ? Info : CircleX} tone={problem.status === 0 ? 'warn' : 'bad'}>
          {problem.status === 0 ? (
            test === undefined ? (
              plain.noConnection
            ) : (
              say.trialLost
            )
          ) : problem.mistakes.length > 0 ? (
            <ul className="stack tight">
              {problem.mistakes.map((m) => (
                <li key={m.path}>
                  <span className="mono">{m.path}</span> {say.needed(mistakeText(m.message, language))}
                </li>
              ))}
            </ul>
          ) : (
            (problem.detail ?? problem.message)
          )}
        </Notice>
      )}
      {test !== undefined && (
        <>
          <div className="progress" role="status">
            <span className="row apart small">
              <span className="row">
                <FlaskConical size={16} aria-hidden="true" />
                {say.trialStates[test.state] ?? test.state}
              </span>
              {!isOver(test) && <b>{formats.percent(test.done)}</b>}
            </span>
            {!isOver(test) && <progress max={1} value={test.done} aria-label={say.trialStates[test.state]} />}
          </div>
          {test.forecast !== null && (
            <TrialResult forecast={test.forecast} doubts={test.doubts} id={idOf(rule)} book={book} formats={formats} />
          )}
        </>
      )}
    </div>
  );
}
