import { Medal } from 'lucide-react';
import { Blank } from '../../src/ui/parts';
import { useSay } from '../../src/words/language';
import { spanWords, type Telling } from './meaning';
import { centsOf, type Programme, tiersOf } from './programme';
import { words } from './words';

interface Props {
  programme: Programme;
  telling: Telling;
  edit: () => void;
}

/** What spend makes a tier, the highest on top. */
export function TiersCard({ programme, telling, edit }: Props) {
  const say = useSay(words);
  const tiers = tiersOf(programme);
  return (
    <section className="card stack" aria-labelledby="tiers">
      <div className="row apart">
        <h2 id="tiers" className="row">
          <Medal size={20} aria-hidden="true" />
          {say.tiers.title}
        </h2>
        {tiers !== null && (
          <button type="button" className="button calm slim" aria-label={say.tiers.edit} onClick={edit}>
            {say.edit}
          </button>
        )}
      </div>
      {tiers === null ? (
        <Blank icon={Medal} title={say.tiers.none}>
          <p>{say.tiers.noneHelp}</p>
          <button type="button" className="button calm" onClick={edit}>
            {say.tiers.make}
          </button>
        </Blank>
      ) : (
        <>
          <ol className="lines" reversed>
            {[...tiers.levels].reverse().map((level) => (
              <li key={level.name} className="row apart">
                <span className="chip glow">
                  <span className="words">{telling.tier(level.name)}</span>
                </span>
                <span>{say.tiers.from(telling.formats.money(centsOf(level.spend)))}</span>
              </li>
            ))}
          </ol>
          <p className="small quiet words">
            {say.tiers.how(spanWords(tiers.over, telling), spanWords(tiers.keeps, telling))}
          </p>
        </>
      )}
    </section>
  );
}
