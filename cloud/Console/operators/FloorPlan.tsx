import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Floor, GatewayHealth, Receiver, VenueMap, Zone } from '../src/api/types';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { healthOf } from './health';
import { besideMarks, boxOf, heatLevel, labelSpot } from './shape';
import { words } from './words';

interface Props {
  map: VenueMap;
  floor: Floor;
  now: Map<string, number>;
  peak: number;
  gateways: Map<string, GatewayHealth>;
  chosen: string | undefined;
  choose: (zone: string | undefined) => void;
  formats: Formats;
}

/** One storey, drawn to scale: zones warm up with the devices in them, gateways stand where they hang. */
export function FloorPlan({ map, floor, now, peak, gateways, chosen, choose, formats }: Props) {
  const local = useLocal();
  const say = useSay(words);
  const [frame, scale] = usePixelsPerMetre(floor.width);
  const zones = useMemo(() => map.zones.filter((z) => z.floor === floor.id).map((z) => place(z, floor)), [map, floor]);
  const boxes = useMemo(() => standing(map.receivers, floor), [map, floor]);
  const px = 1 / scale;
  return (
    <div className="plan" ref={frame}>
      <svg
        viewBox={`${-4 * px} ${-4 * px} ${floor.width + 8 * px} ${floor.height + 8 * px}`}
        role="group"
        aria-label={local(floor.name)}
      >
        <rect className="slab" width={floor.width} height={floor.height} rx={6 * px} strokeWidth={1.5 * px} />
        {zones.map(({ zone, points, box, label: centre }) => {
          const place = besideMarks(centre, boxes, box, px);
          const here = now.get(zone.id) ?? 0;
          const name = local(zone.name);
          const shown = place.name === null ? '' : fitted(name, box.width * scale - 12);
          // A name or a number alone stands in the very middle; between two lines the middle is their gap.
          const alone = place.count.x === centre.x && place.count.y === centre.y && (here === 0 || shown === '');
          return (
            <g
              key={zone.id}
              className={`zone heat-${heatLevel(here, peak)}${chosen === zone.id ? ' chosen' : ''}`}
              role="button"
              tabIndex={0}
              aria-pressed={chosen === zone.id}
              aria-label={`${name}: ${say.devices(formats.number(here), here === 1)}`}
              onClick={() => choose(chosen === zone.id ? undefined : zone.id)}
              onKeyDown={(e) => {
                if (e.key !== 'Enter' && e.key !== ' ') return;
                e.preventDefault();
                choose(chosen === zone.id ? undefined : zone.id);
              }}
            >
              <polygon points={points} strokeWidth={1.5 * px} />
              {here > 0 && (
                <text
                  x={place.count.x}
                  y={place.count.y}
                  dy={alone ? '0.35em' : 0}
                  fontSize={(place.stacked && shown !== '' ? 18 : 13) * px}
                  className="count"
                >
                  {formats.number(here)}
                </text>
              )}
              {place.name !== null && shown !== '' && (
                <text
                  x={place.name.x}
                  y={here === 0 && place.stacked ? place.count.y : place.name.y}
                  dy={alone ? '0.35em' : 0}
                  fontSize={11.5 * px}
                  className="name"
                >
                  {shown}
                </text>
              )}
              <title>{`${name} · ${say.devices(formats.number(here), here === 1)}`}</title>
            </g>
          );
        })}
        {/* Neighbours are drawn over half of an outline, so the chosen one is drawn once more. */}
        {zones.map(({ zone, points }) =>
          zone.id === chosen ? (
            <polygon key={zone.id} className="chosen-outline" points={points} strokeWidth={2.5 * px} />
          ) : null,
        )}
        {boxes.map(({ gateway, x, y }) => {
          const known = gateways.get(gateway);
          const health = known === undefined ? 'offline' : healthOf(known);
          return (
            <g
              key={`${gateway} ${x} ${y}`}
              className={`gateway ${health}`}
              transform={`translate(${x} ${y}) scale(${px})`}
            >
              <circle r="7" className="rim" />
              {health === 'well' && <circle r="4" />}
              {health === 'offline' && <path d="M-3.2-3.2 3.2 3.2M3.2-3.2-3.2 3.2" />}
              {(health === 'late' || health === 'clock') && <path d="M0-3.6V.8M0 3.4v.2" />}
              <title>{`${gateway} · ${say.gatewayState[health]}`}</title>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** Drawings have y downwards, maps upwards. */
function place(zone: Zone, floor: Floor) {
  const flipped = zone.outline.map((p) => ({ x: p.x, y: floor.height - p.y }));
  return {
    zone,
    points: flipped.map((p) => `${p.x},${p.y}`).join(' '),
    box: boxOf(flipped),
    label: labelSpot(flipped),
  };
}

/** Several radios of a gateway in one place are one mark. */
function standing(receivers: readonly Receiver[], floor: Floor) {
  const marks = new Map<string, { gateway: string; x: number; y: number }>();
  for (const r of receivers.filter((r) => r.floor === floor.id))
    marks.set(`${r.gateway} ${Math.round(r.at.x)} ${Math.round(r.at.y)}`, {
      gateway: r.gateway,
      x: r.at.x,
      y: floor.height - r.at.y,
    });
  return [...marks.values()];
}

/** As much of a name as fits in so many pixels; nothing when that would be a stump. */
function fitted(name: string, pixels: number): string {
  let room = pixels;
  let i = 0;
  for (const letter of name) {
    room -= letter.charCodeAt(0) > 0x2e80 ? 11.5 : 6.3;
    if (room < 0) break;
    i += letter.length;
  }
  if (i >= name.length) return name;
  return i > 4 ? `${name.slice(0, i - 1).trimEnd()}…` : '';
}

function usePixelsPerMetre(metres: number) {
  const frame = useRef<HTMLDivElement>(null);
  const [pixels, setPixels] = useState(700);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watch = new ResizeObserver(
      ([entry]) => entry !== undefined && entry.contentRect.width > 0 && setPixels(entry.contentRect.width),
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [frame, pixels / metres] as const;
}
