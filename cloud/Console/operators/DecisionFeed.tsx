import { Check, ChevronDown, ListChecks, Minus, X } from 'lucide-react';
import { Collapsible, ToggleGroup } from 'radix-ui';
import { useState } from 'react';
import type { Decision, Outcome, Reason, VenueMap } from '../src/api/types';
import { Blank, Bones, Failure } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useLanguage, useLocal, useSay } from '../src/words/language';
import { firstFailed, gateName, valueText } from './gateWords';
import type { Decisions } from './useLiveFloor';
import { words } from './words';

type Filter = 'all' | 'acted' | 'blocked';
const tone: Partial<Record<Outcome, string>> = { offered: 'good', notified: 'lake', done: 'lake', postponed: 'warn' };
const acted: ReadonlySet<Outcome> = new Set(['offered', 'notified', 'done']);
/** As many as a reader takes in at once; on a phone each is a third of the screen. */
const atOnce = 15;

/** What was decided for whom and why, also when it was nothing. */
export function DecisionFeed({
  decisions,
  map,
  formats,
}: {
  decisions: Decisions;
  map: VenueMap | undefined;
  formats: Formats;
}) {
  const say = useSay(words);
  const [filter, setFilter] = useState<Filter>('all');
  const [room, setRoom] = useState(atOnce);
  const shown = decisions.list?.filter((d) => filter === 'all' || (filter === 'acted') === acted.has(d.outcome));
  return (
    <section className="card stack feed" aria-labelledby="decisions">
      <div className="row apart">
        <h2 id="decisions">{say.decisions}</h2>
        <ToggleGroup.Root
          type="single"
          className="pills small"
          aria-label={say.filter}
          value={filter}
          onValueChange={(value) => value !== '' && setFilter(value as Filter)}
        >
          <ToggleGroup.Item value="all">{say.filters.all}</ToggleGroup.Item>
          <ToggleGroup.Item value="acted">{say.filters.acted}</ToggleGroup.Item>
          <ToggleGroup.Item value="blocked">{say.filters.blocked}</ToggleGroup.Item>
        </ToggleGroup.Root>
      </div>
      {shown === undefined ? (
        decisions.problem !== undefined ? (
          <Failure problem={decisions.problem} retry={decisions.reload} />
        ) : (
          <Bones lines={5} />
        )
      ) : shown.length === 0 ? (
        <Blank icon={ListChecks} title={say.decisionsEmpty}>
          <p>{say.decisionsEmptyHelp}</p>
        </Blank>
      ) : (
        <ol className="decisions">
          {shown.slice(0, room).map((d) => (
            <DecisionCard key={d.id} decision={d} map={map} formats={formats} />
          ))}
        </ol>
      )}
      {shown !== undefined && (shown.length > room || decisions.more) && (
        <button
          type="button"
          className="button plain"
          onClick={() => {
            if (decisions.more && shown.length <= room + atOnce) decisions.older();
            setRoom(room + atOnce);
          }}
        >
          {say.older}
        </button>
      )}
    </section>
  );
}

function DecisionCard({
  decision: d,
  map,
  formats,
}: {
  decision: Decision;
  map: VenueMap | undefined;
  formats: Formats;
}) {
  const say = useSay(words);
  const local = useLocal();
  const { language } = useLanguage();
  const failed = firstFailed(d);
  const zone = map?.zones.find((z) => z.id === d.zone);
  return (
    <li>
      <Collapsible.Root className="decision">
        <Collapsible.Trigger className="decision-head">
          <span className={`chip ${tone[d.outcome] ?? ''}`}>{say.outcomes[d.outcome] ?? d.outcome}</span>
          <time className="tiny" dateTime={d.at}>
            {formats.seconds(d.at)}
          </time>
          <span className="what words">
            {d.outcome === 'offered' && d.offer ? local(d.offer) : local(d.ruleName) || d.rule}
          </span>
          <span className="who tiny">
            <span className="mono">{d.member}</span>
            {zone !== undefined ? ` · ${local(zone.name)}` : d.zone ? ` · ${d.zone}` : ''}
          </span>
          <span className={failed === undefined ? 'because tiny' : 'because tiny stopped'}>
            {failed === undefined ? say.passedAll(d.reasons.length) : stoppedBy(failed)}
          </span>
          <ChevronDown className="turn" size={18} aria-hidden="true" />
          <span className="sr-only">{say.why}</span>
        </Collapsible.Trigger>
        <Collapsible.Content className="reasons">
          <p className="tiny">
            {local(d.ruleName)} <span className="mono">{d.rule}</span>
          </p>
          <ol>
            {d.reasons.map((r, i) => {
              // After the first gate that held it back the rest may not even have been asked; they are shown as they came.
              const first = r === failed;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: reasons keep their order
                <li key={i} className={r.passed ? '' : first ? 'failed first' : 'failed'}>
                  {r.passed ? (
                    <Check size={16} aria-hidden="true" />
                  ) : first ? (
                    <X size={16} aria-hidden="true" />
                  ) : (
                    <Minus size={16} aria-hidden="true" />
                  )}
                  <span className="words">
                    {gateName(r.gate, language)}
                    <span className="sr-only">, {r.passed ? say.passed : first ? say.firstFailed : say.failed}</span>
                    <span className="tiny block">{line(r)}</span>
                    {first && r.nearest && (
                      <span className="tiny block">{say.nearest(valueText(r.nearest, language))}</span>
                    )}
                  </span>
                </li>
              );
            })}
          </ol>
        </Collapsible.Content>
      </Collapsible.Root>
    </li>
  );

  function line(r: Reason): string {
    const [was, needs] = [valueText(r.observed, language), valueText(r.threshold, language)];
    // What happened is no measurement: there is nothing it was compared with.
    if (r.gate === 'when') return needs || was;
    if (was !== '' && needs !== '') return say.wasAndNeeds(was, needs);
    if (was !== '') return say.was(was);
    return needs === '' ? '' : say.needs(needs);
  }

  function stoppedBy(r: Reason): string {
    const said = line(r);
    return `${say.stoppedBy(gateName(r.gate, language))}${said === '' ? '' : language === 'zh' ? `（${said}）` : ` (${said})`}`;
  }
}
