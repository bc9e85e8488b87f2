import { Scale, TriangleAlert, UsersRound } from 'lucide-react';
import { at, call } from '../../src/api/client';
import type { OutcomeOf, Outcomes as Read } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { useLoaded } from '../../src/live/useLoaded';
import { Blank, Bones, Failure, Notice } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useLocal, useSay } from '../../src/words/language';
import { writingOf } from './effect';
import { Interval } from './Interval';
import { words } from './words';

/** Fewest members of each group before the service says anything of a difference. */
const fewest = 100;
const tone: Record<string, string> = { better: 'good', worse: 'bad', groupsBroken: 'warn' };

/** Whether the rule changed anything: those it served against those it left out. */
export function Outcomes({
  venue,
  id,
  formats,
  link,
}: {
  venue: string;
  id: string;
  formats: Formats;
  link: LinkState;
}) {
  const say = useSay(words);
  const local = useLocal();
  const read = useLoaded(`${venue}/${id}`, (signal) =>
    call<Read>(at`venues/${venue}/rules/${id}/outcomes`, { signal }),
  );
  useBack(link, read.reload);
  if (read.data === undefined)
    return read.problem !== undefined ? (
      <Failure problem={read.problem} retry={read.reload} />
    ) : (
      <Bones lines={3} height="6rem" />
    );
  const { holdoutPercent, outcomes, note } = read.data;
  const none = holdoutPercent === 0;
  const compared = outcomes.filter((o) => !none && o.name !== 'redeemed');
  const drawn = compared.some(hasInterval);
  // What is so of every outcome is said once, before them.
  const [first] = compared;
  const common =
    first !== undefined && !drawn && compared.every((o) => o.verdict === first.verdict) ? first.verdict : undefined;
  return (
    <div className="stack">
      {none ? (
        <Blank icon={Scale} title={say.noHoldout}>
          <p>{say.noHoldoutHelp}</p>
        </Blank>
      ) : (
        <p className="quiet words">{say.holdoutIs(formats.percent(holdoutPercent / 100))}</p>
      )}
      {outcomes.length === 0 ? (
        !none && (
          <Blank icon={UsersRound} title={say.noOutcome}>
            <p>{say.noOutcomeHelp}</p>
          </Blank>
        )
      ) : (
        <>
          {common === 'groupsBroken' && (
            <Notice icon={TriangleAlert} tone="warn">
              {say.said.groupsBroken}
            </Notice>
          )}
          {common === 'notEnoughData' && <p className="words">{say.said.notEnoughData(formats.number(fewest))}</p>}
          <ul className="outcomes">
            {outcomes.map((o) => (
              <OutcomeLine
                key={o.name}
                outcome={o}
                formats={formats}
                compared={compared.includes(o)}
                quiet={none || (common !== undefined && compared.includes(o))}
              />
            ))}
          </ul>
          {drawn && (
            <div className="row legend">
              <span className="row">
                <i className="stroke thick-key" aria-hidden="true" /> {say.fixed}
              </span>
              <span className="row">
                <i className="stroke thin-key" aria-hidden="true" /> {say.always}
              </span>
            </div>
          )}
          <p className="tiny words">{local(note)}</p>
        </>
      )}
    </div>
  );
}

/** Where the groups are broken no difference means anything, and where all did the same there is none: nothing is drawn. */
function hasInterval(o: OutcomeOf): boolean {
  return o.verdict !== 'groupsBroken' && o.alwaysLow != null && o.alwaysHigh != null && o.alwaysLow !== o.alwaysHigh;
}

interface Line {
  outcome: OutcomeOf;
  formats: Formats;
  compared: boolean;
  /** What there is to say was said once for all outcomes. */
  quiet: boolean;
}

function OutcomeLine({ outcome: o, formats, compared, quiet }: Line) {
  const say = useSay(words);
  const writing = writingOf(o.name, formats, say.points);
  return (
    <li className="stack tight">
      <div className="row apart">
        <h3>{say.outcomes[o.name] ?? o.name}</h3>
        {compared && <span className={`chip ${tone[o.verdict] ?? ''}`}>{say.verdicts[o.verdict] ?? o.verdict}</span>}
      </div>
      <dl className="groups">
        <div>
          <dt className="tiny">{say.served}</dt>
          <dd>
            <b>{o.served > 0 ? writing.value(o.servedMean) : '–'}</b>{' '}
            <span className="tiny">{say.members(formats.number(o.served), o.served === 1)}</span>
          </dd>
        </div>
        {compared && (
          <div>
            <dt className="tiny">{say.heldOut}</dt>
            <dd>
              <b>{o.heldOut > 0 ? writing.value(o.heldOutMean) : '–'}</b>{' '}
              <span className="tiny">{say.members(formats.number(o.heldOut), o.heldOut === 1)}</span>
            </dd>
          </div>
        )}
      </dl>
      {compared && hasInterval(o) && <Interval outcome={o} writing={writing} />}
      {!quiet && <p className="small words">{said()}</p>}
    </li>
  );

  function said(): string {
    if (!compared) return o.name === 'redeemed' ? say.said.notCompared : '';
    const [low, high] = [o.alwaysLow, o.alwaysHigh].map((n) => (n == null ? '' : writing.difference(n)));
    if (o.verdict === 'groupsBroken') return say.said.groupsBroken;
    if (o.verdict === 'notEnoughData' || o.difference == null || low === undefined || high === undefined)
      return say.said.notEnoughData(formats.number(fewest));
    if (o.alwaysLow === o.alwaysHigh) return say.said.same;
    if (o.verdict === 'nothingShown') return say.said.nothingShown(low, high);
    const by = writing.difference(Math.abs(o.difference)).replace(/^\+/, '');
    return say.said[o.verdict](by, low, high);
  }
}
