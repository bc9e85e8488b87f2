import { Bones, Failure } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useSay } from '../src/words/language';
import { peopleNow } from './count';
import { healthOf } from './health';
import type { Live } from './useLiveFloor';
import { words } from './words';

export function Tiles({ live, formats }: { live: Live; formats: Formats }) {
  const say = useSay(words);
  const floor = live.floor;
  if (floor === undefined)
    return live.problem !== undefined ? (
      <Failure problem={live.problem} retry={live.reload} />
    ) : (
      <Bones lines={1} height="5.5rem" />
    );
  const well = floor.gateways.filter((g) => healthOf(g) === 'well').length;
  const online = floor.gateways.filter((g) => g.online).length;
  const ill = floor.gateways.length - well;
  const people = peopleNow(floor);
  return (
    <dl className={live.stale ? 'tiles stale' : 'tiles'}>
      <div className="tile glow">
        <dt>{say.devicesNow}</dt>
        <dd>{formats.number(floor.visitors)}</dd>
        <dd className="tiny">
          {people === undefined
            ? say.notPeople
            : say.aboutPeople(formats.number(people.about), formats.number(people.low), formats.number(people.high))}
        </dd>
      </div>
      <div className="tile">
        <dt>{say.members}</dt>
        <dd>{formats.number(floor.members)}</dd>
        {floor.visitors > 0 && (
          <dd className="tiny">{say.membersShare(formats.percent(floor.members / floor.visitors))}</dd>
        )}
      </div>
      <div className="tile">
        <dt>{say.visits}</dt>
        <dd>{formats.number(floor.visits)}</dd>
        <dd className="tiny">{say.visitsSince}</dd>
      </div>
      <div className="tile">
        <dt>{say.sightings}</dt>
        <dd>{formats.number(floor.sightings)}</dd>
        {live.rate !== undefined && <dd className="tiny">{say.perSecond(formats.number(Math.round(live.rate)))}</dd>}
      </div>
      <div className="tile">
        <dt>{say.gateways}</dt>
        <dd>{say.gatewaysOf(formats.number(online), formats.number(floor.gateways.length))}</dd>
        {floor.gateways.length > 0 && (
          <dd className={ill === 0 ? 'tiny' : 'tiny care'}>
            {ill === 0 ? say.allWell : say.needCare(formats.number(ill))}
          </dd>
        )}
      </div>
    </dl>
  );
}
