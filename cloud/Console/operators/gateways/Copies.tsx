import { TriangleAlert } from 'lucide-react';
import { at, call } from '../../src/api/client';
import type { Copy, VenueMap } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { useLoaded } from '../../src/live/useLoaded';
import type { Formats } from '../../src/words/formats';
import { useLocal, useSay } from '../../src/words/language';
import { words } from './words';

interface Props {
  venue: string;
  map: VenueMap | undefined;
  formats: Formats;
  link: LinkState;
}

/** Members' devices heard in two places at once: an alarm, so it takes room only when there is one. */
export function Copies({ venue, map, formats, link }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const read = useLoaded(venue, (signal) => call<Copy[]>(at`venues/${venue}/copies`, { signal }));
  useBack(link, read.reload);
  const place = (zone: string) => local(map?.zones.find((z) => z.id === zone)?.name) || zone;
  if (read.data === undefined || read.data.length === 0) {
    return null;
  }

  return (
    <section className="card stack" aria-labelledby="copies">
      <h2 id="copies" className="row">
        <TriangleAlert size={20} aria-hidden="true" />
        {say.copies}
      </h2>
      <p className="tiny">{say.copiesHelp}</p>
      <ul className="lines">
        {read.data.map((copy) => (
          <li key={copy.token} className="row apart">
            <span className="words">
              <span className="mono">{copy.token}</span>
              <span className="tiny block">
                {say.heardApart(
                  place(copy.heardBy.zone),
                  place(copy.and.zone),
                  formats.number(Math.round(copy.metres)),
                  copy.times,
                )}
              </span>
              <span className="tiny block">
                {say.since(formats.dayTime(copy.since))} · {say.lastHeard(formats.dayTime(copy.at))}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
