import { Check, ChevronDown, ListChecks, Minus, X } from 'lucide-react';
import { Collapsible, ToggleGroup } from 'radix-ui';
import { useState } from 'react';
import type { Decision, Outcome, VenueMap } from '../src/api/types';
import { Blank, Bones, Failure } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useLanguage, useLocal, useSay } from '../src/words/language';
import { firstFailed, gateName, valueText } from './reading';
import type { Decisions } from './useLiveFloor';
import { words } from './words';

type Filter = 'all' | 'acted' | 'blocked';
const tone: Record<Outcome, string> = { offered: 'good', notified: 'lake', blocked: '' };

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
  const shown = decisions.list?.filter((d) => filter === 'all' || (filter === 'blocked') === (d.outcome === 'blocked'));
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
          {shown.map((d) => (
            <DecisionCard key={d.id} decision={d} map={map} formats={formats} />
          ))}
        </ol>
      )}
      {decisions.more && shown !== undefined && (
        <button type="button" className="button plain" onClick={decisions.older}>
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
          <span className={`chip ${tone[d.outcome] ?? ''}`}>{say[d.outcome] ?? d.outcome}</span>
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
            {failed === undefined
              ? say.passedAll(d.reasons.length)
              : `${say.stoppedBy(gateName(failed.gate, language))}${tail(failed.observed, failed.threshold)}`}
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
                    <span className="tiny block">{line(r.observed, r.threshold)}</span>
                  </span>
                </li>
              );
            })}
          </ol>
        </Collapsible.Content>
      </Collapsible.Root>
    </li>
  );

  function line(
    observed: Decision['reasons'][number]['observed'],
    threshold: Decision['reasons'][number]['threshold'],
  ): string {
    const [was, needs] = [valueText(observed, language), valueText(threshold, language)];
    if (was !== '' && needs !== '') return say.wasAndNeeds(was, needs);
    if (was !== '') return say.was(was);
    return needs === '' ? '' : say.needs(needs);
  }

  function tail(
    observed: Decision['reasons'][number]['observed'],
    threshold: Decision['reasons'][number]['threshold'],
  ): string {
    const said = line(observed, threshold);
    return said === '' ? '' : language === 'zh' ? `（${said}）` : ` (${said})`;
  }
}
