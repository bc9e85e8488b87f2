import { useState } from 'react';
import { call } from '../api/client';
import type { Venue } from '../api/types';
import { remember, remembered } from '../live/memory';
import { type Loaded, useLoaded } from '../live/useLoaded';
import { useLocal, useSay } from '../words/language';
import { common } from './words';

export interface Venues {
  loaded: Loaded<Venue[]>;
  venue: Venue | undefined;
  choose: (venue: string) => void;
}

/** The venues there are, and the one in hand: named in the address (`?venue=`), else the last one chosen, else the first. */
export function useVenues(): Venues {
  const loaded = useLoaded('venues', (signal) => call<Venue[]>('/api/v1/venues', { signal }));
  const [chosen, setChosen] = useState(
    () => new URLSearchParams(window.location.search).get('venue') ?? remembered('venue'),
  );
  const all = loaded.data ?? [];
  return {
    loaded,
    venue: all.find((v) => v.venue === chosen) ?? all[0],
    choose: (venue) => {
      remember('venue', venue);
      setChosen(venue);
    },
  };
}

/** Shown only where there is something to choose. */
export function VenueChoice({ venues }: { venues: Venues }) {
  const local = useLocal();
  const say = useSay(common);
  const all = venues.loaded.data ?? [];
  if (all.length < 2) return null;
  return (
    <select
      className="select slim"
      aria-label={say.venue}
      value={venues.venue?.venue}
      onChange={(e) => venues.choose(e.target.value)}
    >
      {all.map((v) => (
        <option key={v.venue} value={v.venue}>
          {local(v.name)}
        </option>
      ))}
    </select>
  );
}
