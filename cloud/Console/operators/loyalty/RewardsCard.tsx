import { Gift, Plus } from 'lucide-react';
import { Blank } from '../../src/ui/parts';
import { useSay } from '../../src/words/language';
import { type Telling, waysOf } from './meaning';
import { type Programme, type Reward, rewardsOf } from './programme';
import { words } from './words';

interface Props {
  programme: Programme;
  telling: Telling;
  /** Undefined for a new one. */
  edit: (reward: Reward | undefined) => void;
}

/** What points buy, and how many of each are left. */
export function RewardsCard({ programme, telling, edit }: Props) {
  const say = useSay(words);
  const { formats } = telling;
  const all = rewardsOf(programme);
  return (
    <section className="card stack" aria-labelledby="catalogue">
      <div className="row apart">
        <h2 id="catalogue" className="row">
          <Gift size={20} aria-hidden="true" />
          {say.rewards.title}
        </h2>
        {all.length > 0 && (
          <button type="button" className="button calm slim" onClick={() => edit(undefined)}>
            <Plus size={16} aria-hidden="true" />
            {say.rewards.add}
          </button>
        )}
      </div>
      {all.length === 0 ? (
        <Blank icon={Gift} title={say.rewards.none}>
          <p>{say.rewards.noneHelp}</p>
          <button type="button" className="button" onClick={() => edit(undefined)}>
            {say.rewards.add}
          </button>
        </Blank>
      ) : (
        <ul className="lines catalogue">
          {all.map((r) => (
            <li key={r.id}>
              <div className="stack tight">
                <b className="words">{telling.title(r)}</b>
                <span className="small quiet words">
                  {say.rewards.price(formats.number(r.points))} · {waysOf(r, telling)}
                </span>
                <Left reward={r} telling={telling} />
              </div>
              <button
                type="button"
                className="button calm slim"
                aria-label={say.rewards.edit(telling.title(r))}
                onClick={() => edit(r)}
              >
                {say.edit}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Left({ reward, telling }: { reward: Reward; telling: Telling }) {
  const say = useSay(words);
  const left = telling.left(reward.id);
  if (reward.stock == null) return <span className="tiny">{say.rewards.unlimited}</span>;
  if (left == null) return null;
  if (left === 0) return <span className="chip warn">{say.rewards.out}</span>;
  return (
    <span className="tiny">{say.rewards.left(telling.formats.number(left), telling.formats.number(reward.stock))}</span>
  );
}
