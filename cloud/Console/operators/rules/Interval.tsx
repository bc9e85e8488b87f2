import type { OutcomeOf } from '../../src/api/types';
import { useSay } from '../../src/words/language';
import { drawn, type Writing } from './effect';
import { words } from './words';

/** The difference with both its intervals on one line: thick for one look, thin for as many as one likes; zero is where nothing has changed. */
export function Interval({ outcome: o, writing }: { outcome: OutcomeOf; writing: Writing }) {
  const say = useSay(words);
  if (o.difference == null || o.low == null || o.high == null || o.alwaysLow == null || o.alwaysHigh == null)
    return null;
  const line = drawn(o);
  const percent = (n: number) => `${100 * line.at(n)}%`;
  const wide = (from: number, to: number) => `${100 * (line.at(to) - line.at(from))}%`;
  return (
    <div
      className={`interval ${o.verdict}`}
      role="img"
      aria-label={`${say.difference} ${writing.difference(o.difference)}, ${writing.difference(o.alwaysLow)} – ${writing.difference(o.alwaysHigh)}`}
    >
      <i className="zero" style={{ left: percent(0) }} />
      <i className="thin" style={{ left: percent(o.alwaysLow), width: wide(o.alwaysLow, o.alwaysHigh) }} />
      <i className="thick" style={{ left: percent(o.low), width: wide(o.low, o.high) }} />
      <i className="point" style={{ left: percent(o.difference) }} />
      <span className="tiny zero-name" style={{ left: percent(0) }}>
        {say.noDifference}
      </span>
    </div>
  );
}
