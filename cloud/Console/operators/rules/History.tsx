import { ChevronDown, History as HistoryIcon } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import { at, call } from '../../src/api/client';
import type { Change, RuleVersion } from '../../src/api/types';
import { useLoaded } from '../../src/live/useLoaded';
import { Blank, Bones, Failure } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useSay } from '../../src/words/language';
import { stateTone } from './shelf';
import { words } from './words';

/** Every version that was kept, newest first, each with what it changed. */
export function History({ venue, id, formats }: { venue: string; id: string; formats: Formats }) {
  const say = useSay(words);
  const versions = useLoaded(`${venue}/${id}`, (signal) =>
    call<RuleVersion[]>(at`venues/${venue}/rules/${id}/versions`, { signal }),
  );
  if (versions.data === undefined)
    return versions.problem?.status === 404 ? (
      <Blank icon={HistoryIcon} title={say.historyNone} />
    ) : versions.problem !== undefined ? (
      <Failure problem={versions.problem} retry={versions.reload} />
    ) : (
      <Bones lines={3} />
    );
  return (
    <ol className="versions">
      {versions.data.map((v, i, all) => (
        <li key={v.revision}>
          <Collapsible.Root defaultOpen={i === 0 && all.length > 1}>
            <Collapsible.Trigger className="version-head">
              <span className="row">
                {v.state !== '' && (
                  <span className={`chip ${stateTone[v.state] ?? ''}`}>{say.states[v.state] ?? v.state}</span>
                )}
                <strong className="words">{say.version(v.version, v.author || say.nobody)}</strong>
              </span>
              <time className="tiny" dateTime={v.at}>
                {formats.dayTime(v.at)}
              </time>
              <ChevronDown className="turn" size={18} aria-hidden="true" />
              <span className="sr-only">{say.see}</span>
            </Collapsible.Trigger>
            <Collapsible.Content>
              {i === all.length - 1 ? (
                <p className="small quiet">{say.firstVersion}</p>
              ) : (
                <Changes venue={venue} id={id} revision={v.revision} />
              )}
            </Collapsible.Content>
          </Collapsible.Root>
        </li>
      ))}
    </ol>
  );
}

function Changes({ venue, id, revision }: { venue: string; id: string; revision: number }) {
  const say = useSay(words);
  const changes = useLoaded(`${venue}/${id}/${revision}`, (signal) =>
    call<Change[]>(`${at`venues/${venue}/rules/${id}/diff`}?to=${revision}`, { signal }),
  );
  if (changes.data === undefined)
    return changes.problem !== undefined ? (
      <Failure problem={changes.problem} retry={changes.reload} />
    ) : (
      <Bones lines={1} height="3rem" />
    );
  if (changes.data.length === 0) return <p className="small quiet">{say.sameAsBefore}</p>;
  return (
    <ul className="changes">
      {changes.data.map((c) => (
        <li key={c.path}>
          <span className="mono words tiny">{c.path}</span>
          <Value word={say.was} value={c.was} tone="bad" />
          <Value word={say.is} value={c.is} tone="good" />
        </li>
      ))}
    </ul>
  );
}

function Value({ word, value, tone }: { word: string; value: unknown; tone: string }) {
  const say = useSay(words);
  const gone = value === null || value === undefined;
  return (
    <span className={`change ${gone ? '' : tone}`}>
      <span className="tiny">{word}</span>
      <span className={gone ? 'quiet small' : 'mono words'}>{gone ? say.nothing : plainly(value)}</span>
    </span>
  );
}

function plainly(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}
