import { Clock } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { VenueMap } from '../src/api/types';
import { Pills } from '../src/ui/Pills';
import { Blank } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { FloorPlan } from './FloorPlan';
import { Gateways } from './Gateways';
import { People } from './People';
import { heatLevel, roundPeak } from './shape';
import type { Live } from './useLiveFloor';
import { words } from './words';

// The chart library is larger than all the rest; the plan is there before it.
const Trend = lazy(() => import('./Trend'));

export function LivePlan({ map, live, formats }: { map: VenueMap; live: Live; formats: Formats }) {
  const say = useSay(words);
  const local = useLocal();
  const [floorId, setFloorId] = useState(map.floors[0]?.id);
  const [chosen, setChosen] = useState<string>();
  const now = useMemo(() => new Map((live.floor?.zones ?? []).map((z) => [z.zone, z.now])), [live.floor]);
  const gateways = useMemo(() => new Map((live.floor?.gateways ?? []).map((g) => [g.gateway, g])), [live.floor]);
  const floor = map.floors.find((f) => f.id === floorId) ?? map.floors[0];
  const peak = roundPeak(Math.max(1, ...now.values()));
  const onFloor = (id: string) => map.zones.reduce((sum, z) => sum + (z.floor === id ? (now.get(z.id) ?? 0) : 0), 0);
  const busiest = map.zones
    .map((zone) => ({ zone, here: now.get(zone.id) ?? 0 }))
    .filter((z) => z.here > 0 || z.zone.id === chosen)
    .sort((a, b) => b.here - a.here);
  const pick = (id: string | undefined) => {
    setChosen(id);
    const zone = map.zones.find((z) => z.id === id);
    if (zone !== undefined) setFloorId(zone.floor);
  };
  return (
    <div className="stack plan-side">
      <section className="card stack" aria-label={say.title}>
        <div className="row apart">
          <Pills
            label={say.floors}
            choices={map.floors.map((f) => [
              f.id,
              <>
                {local(f.name)} <b>{formats.number(onFloor(f.id))}</b>
              </>,
            ])}
            value={floor?.id ?? ''}
            put={setFloorId}
          />
          {live.stale && live.floor !== undefined && (
            <span className="chip warn">
              <Clock size={14} aria-hidden="true" />
              {say.stale(formats.seconds(live.floor.venueTime))}
            </span>
          )}
        </div>
        {floor !== undefined && (
          <div className={live.stale ? 'stale' : undefined}>
            <FloorPlan {...{ map, floor, now, peak, gateways, chosen, formats }} choose={pick} />
          </div>
        )}
        <div className="row apart legend">
          <span className="row">
            {say.heat}
            <span className="scale" aria-hidden="true">
              {[0, 1, 2, 3, 4, 5].map((level) => (
                <i key={level} className={`heat-${level}`} />
              ))}
            </span>
            {say.nobody} – {formats.number(peak)}
          </span>
          <span className="row">
            <i className="key well" aria-hidden="true" />
            {say.gatewayState.well}
            <i className="key late" aria-hidden="true" />
            {say.gatewayState.late}
            <i className="key offline" aria-hidden="true" />
            {say.gatewayState.offline}
          </span>
        </div>
      </section>

      <div className="pair">
        <div className="stack">
          <section className="card stack" aria-labelledby="busiest">
            <h2 id="busiest">{say.zones}</h2>
            {busiest.length === 0 ? (
              <p className="quiet small">{say.zonesEmpty}</p>
            ) : (
              <ol className="bars">
                {busiest.slice(0, 8).map(({ zone, here }) => (
                  <li key={zone.id}>
                    <button type="button" onClick={() => pick(zone.id)} aria-current={chosen === zone.id}>
                      <span className="words">{local(zone.name)}</span>
                      <span className="tiny">
                        {local(map.floors.find((f) => f.id === zone.floor)?.name)}
                        {zone.capacity > 0 && ` · ${say.capacity(formats.number(zone.capacity))}`}
                      </span>
                      <b>{formats.number(here)}</b>
                      <i
                        className={`heat-${heatLevel(here, peak)}`}
                        style={{ width: `${(100 * here) / peak}%` }}
                        aria-hidden="true"
                      />
                    </button>
                  </li>
                ))}
              </ol>
            )}
          </section>
          <Gateways gateways={live.floor?.gateways ?? []} formats={formats} />
        </div>
        <div className="stack">
          <section className="card stack tight" aria-labelledby="trend">
            <h2 id="trend">{say.trend}</h2>
            {live.trend.length < 2 ? (
              <Blank icon={Clock} title={say.trendWait} />
            ) : (
              <Suspense fallback={<div className="trend" />}>
                <Trend points={live.trend} formats={formats} names={[say.devicesNow, say.members]} />
              </Suspense>
            )}
          </section>
          {live.floor !== undefined && <People venue={map.venue} floor={live.floor} formats={formats} />}
        </div>
      </div>
    </div>
  );
}
