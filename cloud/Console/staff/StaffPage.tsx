import { Store, UserRound } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useEffect, useState } from 'react';
import { at, call } from '../src/api/client';
import type { VenueMap, Zone } from '../src/api/types';
import { remember, remembered } from '../src/live/memory';
import { useLoaded } from '../src/live/useLoaded';
import { Blank, Bones, Failure, LinkChip, Top } from '../src/ui/parts';
import { useVenues, VenueChoice } from '../src/ui/useVenues';
import { useFormats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { Arrivals } from './Arrivals';
import { Redeem } from './Redeem';
import { SignOn } from './SignOn';
import { useArrivals } from './useArrivals';
import { words } from './words';

export function StaffPage() {
  const say = useSay(words);
  const local = useLocal();
  const venues = useVenues();
  const venue = venues.venue;
  const map = useLoaded(venue?.venue ?? null, (signal) =>
    call<VenueMap>(at`venues/${venue?.venue ?? ''}/map`, { signal }),
  );
  const [zoneId, setZoneId] = useState(
    () => new URLSearchParams(window.location.search).get('zone') ?? remembered('staff.zone'),
  );
  const [by, setBy] = useState(() => remembered('staff.name') ?? '');
  const [changing, setChanging] = useState(false);
  const stores = map.data?.zones.filter((z) => z.isStore) ?? [];
  const zone = stores.find((z) => z.id === zoneId);

  if (venue !== undefined && zone !== undefined && by !== '' && !changing)
    return (
      <AtWork
        key={`${venue.venue} ${zone.id}`}
        venue={venue.venue}
        timeZone={venue.timeZone}
        zone={zone}
        by={by}
        change={() => setChanging(true)}
      />
    );
  const problem = venues.loaded.problem ?? map.problem;
  return (
    <>
      <Top name={venue === undefined ? 'Presence' : local(venue.name)} role={say.role}>
        <VenueChoice venues={venues} />
      </Top>
      <main className="narrow">
        {map.data === undefined ? (
          problem !== undefined ? (
            <Failure problem={problem} retry={venue === undefined ? venues.loaded.reload : map.reload} />
          ) : (
            <Bones lines={2} height="8rem" />
          )
        ) : stores.length === 0 ? (
          <Blank icon={Store} title={say.noStores}>
            <p>{say.noStoresHelp}</p>
          </Blank>
        ) : (
          <SignOn
            stores={stores}
            floors={map.data.floors}
            zone={zone?.id}
            by={by}
            begin={(nextZone, nextBy) => {
              remember('staff.zone', nextZone);
              remember('staff.name', nextBy);
              setZoneId(nextZone);
              setBy(nextBy);
              setChanging(false);
            }}
          />
        )}
      </main>
    </>
  );
}

function AtWork({
  venue,
  timeZone,
  zone,
  by,
  change,
}: {
  venue: string;
  timeZone: string;
  zone: Zone;
  by: string;
  change: () => void;
}) {
  const say = useSay(words);
  const local = useLocal();
  const formats = useFormats(timeZone);
  const arrivals = useArrivals(venue, zone.id);
  const [tab, setTab] = useState('arrivals');
  const [code, setCode] = useState('');
  const waiting = arrivals.list?.filter((a) => !a.acknowledgedAt).length ?? 0;

  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${local(zone.name)} · Presence`;
  }, [waiting, local, zone]);

  return (
    <>
      <Top name={local(zone.name)} role={say.role}>
        <button type="button" className="button plain small by" onClick={change}>
          <UserRound size={17} aria-hidden="true" />
          <span>{by}</span>
          <span className="sr-only">{say.change}</span>
        </button>
        <LinkChip state={arrivals.link} />
      </Top>
      <main>
        <h1 className="sr-only">{local(zone.name)}</h1>
        <Tabs.Root value={tab} onValueChange={setTab} className="stack">
          <Tabs.List className="tabs only-phone" aria-label={say.role}>
            <Tabs.Trigger value="arrivals">
              {say.tabs.arrivals}
              {waiting > 0 && <span className="chip glow">{formats.number(waiting)}</span>}
            </Tabs.Trigger>
            <Tabs.Trigger value="redeem">{say.tabs.redeem}</Tabs.Trigger>
          </Tabs.List>
          <div className="work">
            <Tabs.Content value="arrivals" forceMount tabIndex={-1} className="side">
              <Arrivals
                venue={venue}
                arrivals={arrivals}
                by={by}
                formats={formats}
                redeem={(next) => {
                  setCode(next);
                  setTab('redeem');
                }}
              />
            </Tabs.Content>
            <Tabs.Content value="redeem" forceMount tabIndex={-1} className="side">
              <Redeem
                venue={venue}
                zone={zone.id}
                store={local(zone.name)}
                by={by}
                formats={formats}
                code={code}
                setCode={setCode}
                answered={arrivals.reload}
              />
            </Tabs.Content>
          </div>
        </Tabs.Root>
      </main>
    </>
  );
}
