import { Check } from 'lucide-react';
import type { ReceiverState, VenueMap } from '../../src/api/types';
import type { Loaded } from '../../src/live/useLoaded';
import { Bones, Failure } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useLocal, useSay } from '../../src/words/language';
import { words } from './words';

interface Props {
  read: Loaded<ReceiverState[]>;
  map: VenueMap | undefined;
  formats: Formats;
}

/** Receivers that do not hear what they should, by what the others hear. */
export function Receivers({ read, map, formats }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const ill = read.data?.filter((r) => r.fault !== 'none') ?? [];
  return (
    <section className="card stack" aria-labelledby="receivers">
      <h2 id="receivers">{say.receivers}</h2>
      {read.data === undefined ? (
        read.problem !== undefined ? (
          <Failure problem={read.problem} retry={read.reload} />
        ) : (
          <Bones lines={2} />
        )
      ) : ill.length === 0 ? (
        <p className="row small good-words">
          <Check size={18} aria-hidden="true" />
          {say.receiversWell(read.data.length)}
        </p>
      ) : (
        <ul className="lines">
          {ill.map((r) => (
            <li key={`${r.gateway} ${r.number}`} className="stack tight">
              <div className="row apart">
                <span className="words">
                  <b>{local(map?.zones.find((z) => z.id === r.zone)?.name) || r.zone}</b>{' '}
                  <span className="tiny">{say.receiver(r.gateway, formats.number(r.number))}</span>
                </span>
                <span className={`chip ${r.fault === 'silent' ? 'bad' : 'warn'}`}>
                  {say.faults[r.fault] ?? r.fault}
                </span>
              </div>
              <p className="small quiet words">{say.faultHelp[r.fault]}</p>
              <p className="tiny">
                {r.heardAt === null ? say.neverHeard : say.heardAt(formats.dayTime(r.heardAt))}
                {r.fault !== 'silent' && ` · ${say.louder(formats.number(Math.round(r.offsetDb * 10) / 10))}`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
