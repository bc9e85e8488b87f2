import { BookOpen } from 'lucide-react';
import { at, call } from '../src/api/client';
import type { VenueMap } from '../src/api/types';
import { useLoaded } from '../src/live/useLoaded';
import { Blank, Bones, Failure } from '../src/ui/parts';
import { useLanguage, useLocal, useSay } from '../src/words/language';
import { idOf, type RuleDocument, readAloud, titleOf } from './readAloud';
import { words } from './words';

export function Rules({ venue, map }: { venue: string; map: VenueMap | undefined }) {
  const say = useSay(words);
  const local = useLocal();
  const { language } = useLanguage();
  const rules = useLoaded(venue, (signal) => call<RuleDocument[]>(at`venues/${venue}/rules`, { signal }));
  const named = { zone: (id: string) => local(map?.zones.find((z) => z.id === id)?.name) || id };
  return (
    <section className="stack" aria-labelledby="rules">
      <h2 id="rules">{say.rulesTitle}</h2>
      {rules.data === undefined ? (
        rules.problem !== undefined ? (
          <Failure problem={rules.problem} retry={rules.reload} />
        ) : (
          <Bones lines={3} height="7rem" />
        )
      ) : rules.data.length === 0 ? (
        <div className="card">
          <Blank icon={BookOpen} title={say.rulesEmpty}>
            <p>{say.rulesEmptyHelp}</p>
          </Blank>
        </div>
      ) : (
        <ul className="rules">
          {rules.data.map((rule) => {
            const kind = rule.segment
              ? say.kinds.segment
              : rule.event
                ? say.kinds.event
                : rule.steps
                  ? say.kinds.journey
                  : '';
            const state = rule.state ?? '';
            const read = readAloud(rule, language, named);
            return (
              <li key={idOf(rule)} className="card stack tight">
                <div className="row apart">
                  <h3 className="words">{titleOf(rule, language)}</h3>
                  <span className="row">
                    {kind !== '' && <span className="chip">{kind}</span>}
                    {state !== '' && (
                      <span className={state === 'published' ? 'chip good' : 'chip'}>{say.states[state] ?? state}</span>
                    )}
                  </span>
                </div>
                <dl className="sentence">
                  {read.when !== '' && <Part word={say.when_} lines={[read.when]} />}
                  {read.conditions.length > 0 && <Part word={say.if_} lines={read.conditions} />}
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
                </dl>
                <details>
                  <summary className="tiny">
                    {say.document} <span className="mono">{idOf(rule)}</span>
                  </summary>
                  <pre className="mono">{JSON.stringify(rule, null, 2)}</pre>
                </details>
              </li>
            );
          })}
        </ul>
      )}
    </section>
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
