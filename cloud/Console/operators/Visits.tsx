import { ChevronRight, Footprints, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { at, call } from '../src/api/client';
import type { VenueMap, Visit } from '../src/api/types';
import type { LinkState } from '../src/live/link';
import { useBack } from '../src/live/useBack';
import { useLoaded } from '../src/live/useLoaded';
import { Blank, Bones, Failure } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { newestFirst } from './newestFirst';
import { words } from './words';

const pageSize = 50;
/** Percent below which a place is as likely wrong as right. */
const unsure = 50;

interface Props {
  venue: string;
  map: VenueMap | undefined;
  formats: Formats;
  link: LinkState;
}

export function Visits({ venue, map, formats, link }: Props) {
  const say = useSay(words);
  const [more, setMore] = useState(true);
  const visits = useLoaded(venue, (signal) => {
    setMore(true);
    return call<Visit[]>(at`venues/${venue}/visits?take=${pageSize}`, { signal });
  });
  useBack(link, visits.reload);
  const older = () => {
    const oldest = visits.data?.at(-1);
    if (oldest === undefined) return;
    call<Visit[]>(at`venues/${venue}/visits?before=${oldest.id}&take=${pageSize}`).then(
      (page) => {
        if (page.length < pageSize) setMore(false);
        visits.put((list) => newestFirst(list ?? [], page));
      },
      () => visits.reload(),
    );
  };
  return (
    <section className="card stack" aria-labelledby="visits">
      <div className="row apart">
        <div>
          <h2 id="visits">{say.visitsTitle}</h2>
          <p className="quiet small">{say.visitsHelp}</p>
        </div>
        <button type="button" className="button plain" onClick={visits.reload} disabled={visits.loading}>
          <RefreshCw size={17} aria-hidden="true" />
          {say.refresh}
        </button>
      </div>
      {visits.data === undefined ? (
        visits.problem !== undefined ? (
          <Failure problem={visits.problem} retry={visits.reload} />
        ) : (
          <Bones lines={6} height="3rem" />
        )
      ) : visits.data.length === 0 ? (
        <Blank icon={Footprints} title={say.visitsEmpty}>
          <p>{say.visitsEmptyHelp}</p>
        </Blank>
      ) : (
        <ol className="visits">
          {visits.data.map((v) => (
            <VisitLine key={v.id} visit={v} map={map} formats={formats} />
          ))}
        </ol>
      )}
      {more && (visits.data?.length ?? 0) >= pageSize && (
        <button type="button" className="button plain" onClick={older}>
          {say.older}
        </button>
      )}
    </section>
  );
}

function VisitLine({ visit: v, map, formats }: { visit: Visit; map: VenueMap | undefined; formats: Formats }) {
  const say = useSay(words);
  const local = useLocal();
  const confidence = Math.min(100, Math.max(0, v.confidence));
  const sure = confidence >= 80 ? 'high' : confidence >= 50 ? 'medium' : 'low';
  const doubts = v.sources.filter((s) => s in say.doubtsOf);
  const sources = v.sources.filter((s) => !(s in say.doubtsOf));
  const span = (since: string, until: string | null | undefined) =>
    until ? formats.lasting(Date.parse(until) - Date.parse(since)) : say.stillHere;
  return (
    <li>
      <div className="visit-who">
        <span className="mono">{v.token}</span>
        {v.member && <span className="chip lake mono">{v.member}</span>}
        {say.standings[v.standing] !== undefined && <span className="chip">{say.standings[v.standing]}</span>}
      </div>
      <div className="visit-when">
        <time dateTime={v.since}>{formats.dayTime(v.since)}</time>
        {v.until ? ` – ${formats.until(v.until, v.since)}` : ''}
        <span className="tiny block">{span(v.since, v.until)}</span>
      </div>
      <div className="visit-sure">
        <span className="meter" aria-hidden="true">
          <i style={{ width: `${confidence}%` }} />
        </span>
        <span className="tiny">
          <span className="sr-only">{say.confidence}: </span>
          {formats.percent(confidence / 100)} {say.sure[sure]}
          {sources.length > 0 && ` · ${sources.map((s) => say.sourceNames[s.toLowerCase()] ?? s).join(', ')}`}
        </span>
        {doubts.map((d) => (
          <span key={d} className="tiny care block">
            {say.doubtsOf[d]}
          </span>
        ))}
      </div>
      <ol className="way" aria-label={say.way}>
        {v.stays.map((s, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: stays keep their order
          <li key={i}>
            {i > 0 && <ChevronRight size={14} aria-hidden="true" />}
            <span className={s.confidence < unsure ? 'words quiet' : 'words'}>
              {local(map?.zones.find((z) => z.id === s.zone)?.name) || s.zone}
              {s.confidence < unsure && (
                <>
                  <span aria-hidden="true">?</span>
                  <span className="sr-only"> ({say.unsureOf})</span>
                </>
              )}
            </span>
            <span className="tiny">{span(s.since, s.until)}</span>
          </li>
        ))}
      </ol>
    </li>
  );
}
