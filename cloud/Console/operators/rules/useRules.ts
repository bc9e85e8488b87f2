import { useCallback, useMemo } from 'react';
import { at, call } from '../../src/api/client';
import type { LocalText, VenueMap } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { type Loaded, useLoaded } from '../../src/live/useLoaded';
import { inLanguage, useLanguage } from '../../src/words/language';
import type { Named } from '../conditionWords';
import { idOf, type RuleDocument } from '../readAloud';

export interface Offer {
  id: string;
  title: LocalText;
}

/** A venue's documents and what they speak of. */
export interface RuleBook {
  rules: Loaded<RuleDocument[]>;
  offers: Offer[];
  /** Whether it is known what there is to offer, or that it cannot be known now. */
  offersKnown: boolean;
  map: VenueMap | undefined;
  named: Named;
  /** Takes the place of the document of its id, or joins them. */
  put: (rule: RuleDocument) => void;
}

export function useRules(venue: string, map: VenueMap | undefined, link: LinkState): RuleBook {
  const { language } = useLanguage();
  const rules = useLoaded(venue, (signal) => call<RuleDocument[]>(at`venues/${venue}/rules`, { signal }));
  const offers = useLoaded(venue, (signal) => call<Offer[]>(at`venues/${venue}/offers`, { signal }));
  const [again, offersAgain] = [rules.reload, offers.reload];
  useBack(
    link,
    useCallback(() => {
      again();
      offersAgain();
    }, [again, offersAgain]),
  );
  const change = rules.put;
  const known = offers.data;
  const put = useCallback(
    (rule: RuleDocument) => change((now) => [...(now ?? []).filter((r) => idOf(r) !== idOf(rule)), rule]),
    [change],
  );
  const named = useMemo(
    () => ({
      zone: (id: string) => inLanguage(map?.zones.find((z) => z.id === id)?.name, language) || id,
      offer: (id: string) => inLanguage(known?.find((o) => o.id === id)?.title, language) || id,
    }),
    [map, known, language],
  );
  return {
    rules,
    offers: known ?? [],
    offersKnown: known !== undefined || offers.problem !== undefined,
    map,
    named,
    put,
  };
}
