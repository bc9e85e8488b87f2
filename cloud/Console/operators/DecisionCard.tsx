import { Check, ChevronDown, Minus, X } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import type { Decision, Outcome, Reason, VenueMap } from '../src/api/types';
import type { Formats } from '../src/words/formats';
import { useLanguage, useLocal, useSay } from '../src/words/language';
import { firstFailed, gateName, valueText } from './gateWords';
import { words } from './words';

const tone: Partial<Record<Outcome, string>> = { offered: 'good', notified: 'lake', done: 'lake', postponed: 'warn' };

/** One decision: for whom, what came of it, and every gate on the way when it is opened. */
export function DecisionCard({
  decision: d,
  map,
  formats,
  dated = false,
}: {
  decision: Decision;
  map: VenueMap | undefined;
  formats: Formats;
  /** Whether the day is said, too. */
  dated?: boolean;
}) {
  const say = useSay(words);
  const local = useLocal();
  const { language } = useLanguage();
  const failed = firstFailed(d);
  const zone = map?.zones.find((z) => z.id === d.zone);
  // A step of a journey goes by the journey's title.
  const step = d.rule.includes('/') ? ` · ${d.rule.slice(d.rule.indexOf('/') + 1)}` : '';
  return (
    <li>
      <Collapsible.Root className="decision">
        <Collapsible.Trigger className="decision-head">
          <span className={`chip ${tone[d.outcome] ?? ''}`}>{say.outcomes[d.outcome] ?? d.outcome}</span>
          <time className="tiny" dateTime={d.at}>
            {(dated ? formats.dayTime : formats.seconds)(d.at)}
          </time>
          <span className="what words">
            {d.outcome === 'offered' && d.offer ? local(d.offer) : `${local(d.ruleName) || d.rule}${step}`}
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
                    {first && r.nearest && <span className="tiny block">{say.nearest(value(r.nearest))}</span>}
                  </span>
                </li>
              );
            })}
          </ol>
        </Collapsible.Content>
      </Collapsible.Root>
    </li>
  );

  function value(said: string | null): string {
    return valueText(said, language, { zone: (id) => local(map?.zones.find((z) => z.id === id)?.name) || id });
  }

  function line(r: Reason): string {
    const [was, needs] = [value(r.observed), value(r.threshold)];
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
