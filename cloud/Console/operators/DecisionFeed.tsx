import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import type { Outcome, VenueMap } from '../src/api/types';
import { Pills } from '../src/ui/Pills';
import { Blank, Bones, Failure } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useSay } from '../src/words/language';
import { DecisionCard } from './DecisionCard';
import type { Decisions } from './useLiveFloor';
import { words } from './words';

type Filter = 'all' | 'acted' | 'blocked';
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
        <Pills
          small
          label={say.filter}
          choices={(['all', 'acted', 'blocked'] as const).map((f) => [f, say.filters[f]])}
          value={filter}
          put={setFilter}
        />
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
