import { OctagonX, TriangleAlert } from 'lucide-react';
import type { Doubt, Forecast } from '../../src/api/types';
import { Notice } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useLanguage, useLocal, useSay } from '../../src/words/language';
import { DecisionCard } from '../DecisionCard';
import { gateName } from '../gateWords';
import { idOf, titleOf } from '../readAloud';
import { DayBars } from './DayBars';
import { Doubts } from './Doubts';
import type { RuleBook } from './useRules';
import { words } from './words';

interface Props {
  forecast: Forecast;
  doubts: readonly Doubt[];
  id: string;
  book: RuleBook;
  formats: Formats;
}

/** What would have happened, and what nobody can know. */
export function TrialResult({ forecast: f, doubts, id, book, formats }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const { language } = useLanguage();
  const own = f.rules.find((r) => r.rule === id);
  const titled = (rule: string) => {
    const known = book.rules.data?.find((r) => idOf(r) === rule);
    return known === undefined ? rule : titleOf(known, language);
  };
  const sent = f.offersPerDay.reduce((sum, d) => sum + d.offers, 0);
  const blocked = Object.entries(own?.blocked ?? {}).sort(([, a], [, b]) => b - a);
  const lost = Object.entries(own?.lostTo ?? {}).sort(([, a], [, b]) => b - a);
  const others = f.neverHeld.filter((rule) => rule !== id);
  const extra =
    f.extraCostCents === 0
      ? say.sameCost
      : (f.extraCostCents > 0 ? say.extra : say.less)(formats.money(Math.abs(f.extraCostCents)));

  if (f.facts === 0) return <Notice icon={TriangleAlert}>{say.noRecord}</Notice>;
  return (
    <div className="stack trial">
      {f.neverHeld.includes(id) ? (
        <Notice icon={TriangleAlert} tone="warn">
          {say.never}
        </Notice>
      ) : (
        own?.starved === true && (
          <Notice icon={TriangleAlert} tone="warn">
            {say.starved}
          </Notice>
        )
      )}
      {f.alarms.length > 0 && (
        <Notice icon={OctagonX} tone="bad">
          <strong>{say.alarms}</strong>
          {f.alarms.map((a) => (
            <span key={a} className="block small">
              {a}
            </span>
          ))}
        </Notice>
      )}
      <p className="small quiet">{say.ofDays(f.days, formats.number(f.facts))}</p>
      <dl className="tiles four">
        <Tile name={say.byDraft} value={formats.number(own?.sent ?? 0)} help={say.byDraftMembers(own?.members ?? 0)} />
        <Tile
          name={say.ceiling}
          value={formats.money(own?.costCeilingCents ?? 0)}
          help={`${say.ceilingHelp} · ${extra}`}
        />
        <Tile
          name={say.perDay}
          value={formats.number(Math.round((10 * sent) / Math.max(1, f.days)) / 10)}
          help={say.perDayHelp}
        />
        <Tile name={say.reached} value={formats.number(f.membersReached)} help={say.reachedHelp} />
      </dl>
      {f.offersPerDay.length > 1 && (
        <figure className="stack tight">
          <figcaption>
            <h3>{say.offersByDay}</h3>
          </figcaption>
          <DayBars days={f.offersPerDay} formats={formats} />
        </figure>
      )}
      <section className="stack tight">
        <h3>{say.heldBack}</h3>
        {blocked.length + lost.length === 0 && (own?.heldOut ?? 0) === 0 ? (
          <p className="quiet small">{say.heldBackNone}</p>
        ) : (
          <ul className="lines small">
            {blocked.map(([gate, n]) => (
              <li key={gate} className="row apart">
                <span className="words">{gateName(gate, language)}</span>
                <b>{say.times(formats.number(n))}</b>
              </li>
            ))}
            {lost.map(([rule, n]) => (
              <li key={`lost ${rule}`} className="row apart">
                <span className="words">{say.lost(titled(rule))}</span>
                <b>{say.times(formats.number(n))}</b>
              </li>
            ))}
            {(own?.heldOut ?? 0) > 0 && <li>{say.leftOut(formats.number(own?.heldOut ?? 0))}</li>}
          </ul>
        )}
      </section>
      <section className="stack tight">
        <h3>{say.collisions}</h3>
        {f.collisions.length === 0 ? (
          <p className="quiet small">{say.collisionsNone}</p>
        ) : (
          <ul className="lines small">
            {f.collisions.map((c) => (
              <li key={c.rule} className="row apart">
                <span className="words">{titled(c.rule)}</span>
                <b>{say.collision(formats.number(c.before), formats.number(c.after))}</b>
              </li>
            ))}
          </ul>
        )}
      </section>
      <Doubts doubts={doubts.filter((d) => d.rule === id || d.text.includes(id))} quiet />
      <section className="stack tight">
        <h3>{say.samples}</h3>
        {f.samples.length === 0 ? (
          <p className="quiet small">{say.samplesNone}</p>
        ) : (
          <ol className="decisions">
            {f.samples.slice(0, 12).map((d) => (
              <DecisionCard key={d.id} decision={d} map={book.map} formats={formats} dated />
            ))}
          </ol>
        )}
      </section>
      {others.length > 0 && (
        <details>
          <summary className="small">
            {say.neverOthers} <b>{formats.number(others.length)}</b>
          </summary>
          <ul className="small quiet stack tight">
            {others.map((rule) => (
              <li key={rule} className="words">
                {titled(rule)}
              </li>
            ))}
          </ul>
        </details>
      )}
      <section className="stack tight">
        <h3>{say.unknowable}</h3>
        <ul className="dots small quiet">
          {f.unknowable.map((u) => (
            <li key={u.en} className="words">
              {local(u)}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Tile({ name, value, help }: { name: string; value: string; help: string }) {
  return (
    <div className="tile">
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd className="tiny words">{help}</dd>
    </div>
  );
}
