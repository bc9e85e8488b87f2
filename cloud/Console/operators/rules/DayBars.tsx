import type { Formats } from '../../src/words/formats';
import { roundPeak } from '../shape';

interface Props {
  days: readonly { day: string; offers: number }[];
  formats: Formats;
}

const height = 96;

/** A bar a day, days without one as gaps; the figures are in the table that readers of no pictures are given. */
export function DayBars({ days, formats }: Props) {
  const all = everyDay(days);
  const peak = roundPeak(Math.max(1, ...all.map((d) => d.offers)));
  const [first, last] = [all[0], all.at(-1)];
  const noon = (day: string) => formats.day(`${day}T12:00:00Z`);
  // One bar says no more than the figure above it.
  if (first === undefined || last === undefined || all.length < 2) return null;
  return (
    <div className="day-bars">
      <div className="day-plot" style={{ height }} aria-hidden="true">
        <span className="tiny peak">{formats.number(peak)}</span>
        {all.map((d) => (
          <i
            key={d.day}
            title={`${noon(d.day)}: ${formats.number(d.offers)}`}
            style={{ height: d.offers === 0 ? 1 : Math.max(3, (height * d.offers) / peak) }}
            className={d.offers === 0 ? 'none' : ''}
          />
        ))}
      </div>
      <div className="row apart tiny" aria-hidden="true">
        <span>{noon(first.day)}</span>
        <span>{noon(last.day)}</span>
      </div>
      <ul className="sr-only">
        {all.map((d) => (
          <li key={d.day}>
            {noon(d.day)}: {formats.number(d.offers)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The days between the first and the last as well: a day without any is told by its gap. */
export function everyDay(days: Props['days']): { day: string; offers: number }[] {
  const counts = new Map(days.map((d) => [d.day, d.offers]));
  const sorted = [...counts.keys()].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const all: { day: string; offers: number }[] = [];
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= Date.parse(`${last}T00:00:00Z`); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    all.push({ day, offers: counts.get(day) ?? 0 });
  }
  return all;
}
