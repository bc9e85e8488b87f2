import { useLanguage, useSay } from '../../src/words/language';
import type { Named } from '../conditionWords';
import { type RuleDocument, readAloud } from '../readAloud';
import { words } from './words';

/** A document read aloud: when, if, then, within; a journey's steps one below the other. */
export function Sentence({ rule, named }: { rule: RuleDocument; named: Named }) {
  const say = useSay(words);
  const { language } = useLanguage();
  const read = readAloud(rule, language, named);
  const fields = rule.event && Array.isArray(rule.fields) ? [rule.fields.map(String).join(', ')] : [];
  return (
    <dl className="sentence">
      {read.when !== '' && <Part word={say.when_} lines={[read.when]} />}
      {read.conditions.length > 0 && <Part word={rule.segment ? say.members_ : say.if_} lines={read.conditions} />}
      {read.actions.length > 0 && <Part word={say.then_} lines={read.actions} />}
      {read.steps.length > 0 && (
        <div>
          <dt>{say.steps_}</dt>
          {read.steps.map((step) => (
            <dd key={step.name} className="step">
              <b>{step.name}</b>
              {step.lines.map((line) => (
                <span key={line} className="words block">
                  {line}
                </span>
              ))}
            </dd>
          ))}
        </div>
      )}
      {read.limits.length > 0 && <Part word={say.within_} lines={read.limits} />}
      {fields.length > 0 && <Part word={say.fields_} lines={fields} />}
    </dl>
  );
}

function Part({ word, lines }: { word: string; lines: string[] }) {
  return (
    <div>
      <dt>{word}</dt>
      {lines.map((line) => (
        <dd key={line} className="words">
          {line}
        </dd>
      ))}
    </div>
  );
}
