import { Building2 } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useEffect } from 'react';
import { at, call } from '../src/api/client';
import type { VenueMap } from '../src/api/types';
import { useLoaded } from '../src/live/useLoaded';
import { Blank, Bones, Failure, LinkChip, Top } from '../src/ui/parts';
import { usePlace } from '../src/ui/usePlace';
import { useVenues, VenueChoice } from '../src/ui/useVenues';
import { useFormats } from '../src/words/formats';
import { useLanguage, useLocal, useSay } from '../src/words/language';
import { DecisionFeed } from './DecisionFeed';
import { GatewaysTab } from './gateways/GatewaysTab';
import { LivePlan } from './LivePlan';
import { LoyaltyTab } from './loyalty/LoyaltyTab';
import { OrdersTab } from './orders/OrdersTab';
import { RulesTab } from './rules/RulesTab';
import { Tiles } from './Tiles';
import { useLiveFloor } from './useLiveFloor';
import { Visits } from './Visits';
import { words } from './words';

const tabs = ['floor', 'visits', 'rules', 'loyalty', 'orders', 'gateways'] as const;

export function OperatorsPage() {
  const say = useSay(words);
  const local = useLocal();
  const { language } = useLanguage();
  const venues = useVenues();
  const venue = venues.venue;
  const map = useLoaded(venue?.venue ?? null, (signal) =>
    call<VenueMap>(at`venues/${venue?.venue ?? ''}/map`, { signal }),
  );
  const live = useLiveFloor(venue?.venue);
  const formats = useFormats(venue?.timeZone);
  const [place, go] = usePlace();
  const tab = tabs.find((t) => t === place[0]) ?? 'floor';

  useEffect(() => {
    document.title = `${language === 'zh' ? '运营' : 'Operators'} · Presence`;
  }, [language]);

  // On a phone the tab that an address leads to may stand beyond the edge.
  useEffect(() => {
    document.querySelector(`.tabs [data-state=active][aria-controls$="-${tab}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [tab]);

  if (venues.loaded.problem !== undefined && venue === undefined)
    return (
      <Frame>
        <Failure problem={venues.loaded.problem} retry={venues.loaded.reload} />
      </Frame>
    );
  if (venues.loaded.data?.length === 0)
    return (
      <Frame>
        <Blank icon={Building2} title={say.noVenue}>
          <p>{say.noVenueHelp}</p>
        </Blank>
      </Frame>
    );
  return (
    <>
      <Top name={venue === undefined ? 'Presence' : local(venue.name)} role={say.role}>
        <VenueChoice venues={venues} />
        {live.floor !== undefined && (
          <time className="clock" dateTime={live.floor.venueTime}>
            {formats.time(live.floor.venueTime)}
          </time>
        )}
        <LinkChip state={live.link} />
      </Top>
      <main>
        <h1 className="sr-only">{say.title}</h1>
        <Tabs.Root value={tab} onValueChange={(next) => go(next)} className="stack">
          <Tabs.List className="tabs" aria-label={say.title}>
            <Tabs.Trigger value="floor">{say.tabs.floor}</Tabs.Trigger>
            <Tabs.Trigger value="visits">{say.tabs.visits}</Tabs.Trigger>
            <Tabs.Trigger value="rules">{say.tabs.rules}</Tabs.Trigger>
            <Tabs.Trigger value="loyalty">{say.tabs.loyalty}</Tabs.Trigger>
            <Tabs.Trigger value="orders">{say.tabs.orders}</Tabs.Trigger>
            <Tabs.Trigger value="gateways">{say.tabs.gateways}</Tabs.Trigger>
          </Tabs.List>
          <Tabs.Content value="floor" className="stack" tabIndex={-1}>
            <Tiles live={live} formats={formats} />
            <div className="live">
              {map.data !== undefined ? (
                <LivePlan map={map.data} live={live} formats={formats} />
              ) : map.problem !== undefined ? (
                <Failure problem={map.problem} retry={map.reload} />
              ) : (
                <Bones lines={1} height="26rem" />
              )}
              <DecisionFeed decisions={live.decisions} map={map.data} formats={formats} />
            </div>
          </Tabs.Content>
          <Tabs.Content value="visits" tabIndex={-1}>
            {venue !== undefined && <Visits venue={venue.venue} map={map.data} formats={formats} link={live.link} />}
          </Tabs.Content>
          <Tabs.Content value="rules" tabIndex={-1}>
            {venue !== undefined && (
              <RulesTab
                key={venue.venue}
                venue={venue.venue}
                map={map.data}
                formats={formats}
                link={live.link}
                picked={place[1]}
                go={go}
              />
            )}
          </Tabs.Content>
          <Tabs.Content value="loyalty" tabIndex={-1}>
            {venue !== undefined && (
              <LoyaltyTab key={venue.venue} venue={venue.venue} map={map.data} formats={formats} link={live.link} />
            )}
          </Tabs.Content>
          <Tabs.Content value="orders" tabIndex={-1}>
            {venue !== undefined && (
              <OrdersTab key={venue.venue} venue={venue.venue} map={map.data} formats={formats} link={live.link} />
            )}
          </Tabs.Content>
          <Tabs.Content value="gateways" tabIndex={-1}>
            {venue !== undefined && (
              <GatewaysTab
                key={venue.venue}
                venue={venue.venue}
                map={map.data}
                formats={formats}
                link={live.link}
                venueTime={live.floor?.venueTime}
                picked={place[1]}
                go={go}
              />
            )}
          </Tabs.Content>
        </Tabs.Root>
      </main>
    </>
  );
}

function Frame({ children }: { children: React.ReactNode }) {
  const say = useSay(words);
  return (
    <>
      <Top name="Presence" role={say.role} />
      <main>{children}</main>
    </>
  );
}
