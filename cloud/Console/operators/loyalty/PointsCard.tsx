import { Coins } from 'lucide-react';
import { useSay } from '../../src/words/language';
import { example, spanWords, type Telling } from './meaning';
import { type Programme, pointsOf } from './programme';
import { words } from './words';

interface Props {
  programme: Programme;
  telling: Telling;
  edit: () => void;
}

/** How points are earned and lost, to be read aloud. */
export function PointsCard({ programme, telling, edit }: Props) {
  const say = useSay(words);
  const { formats } = telling;
  const p = pointsOf(programme);
  const cents = example(p.centsAPoint);
  return (
    <section className="card stack" aria-labelledby="points-policy">
      <div className="row apart">
        <h2 id="points-policy" className="row">
          <Coins size={20} aria-hidden="true" />
          {say.points.title}
        </h2>
        <button type="button" className="button calm slim" aria-label={say.points.edit} onClick={edit}>
          {say.edit}
        </button>
      </div>
      <ul className="plainly">
        <li className="words">
          {say.points.earn(formats.money(p.centsAPoint))}
          <span className="tiny block">
            {say.points.example(formats.money(cents), formats.number(Math.floor(cents / p.centsAPoint)))}
          </span>
        </li>
        <li className="words">{say.points.pending(spanWords(p.pending, telling))}</li>
        <li className="words">{say.points.keeps(spanWords(p.keeps, telling))}</li>
        <li className="words">
          {p.referral === 0 ? say.points.noReferral : say.points.referral(formats.number(p.referral))}
        </li>
      </ul>
    </section>
  );
}
