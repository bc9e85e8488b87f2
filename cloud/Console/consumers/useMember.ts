import { useEffect, useRef, useState } from 'react';
import { call, Problem } from '../src/api/client';
import type { Coupon, Me, Message, Venue } from '../src/api/types';
import type { LinkState } from '../src/live/link';
import { remember, remembered } from '../src/live/memory';
import { useLink } from '../src/live/useLink';
import { type Loaded, useLoaded } from '../src/live/useLoaded';
import { Inbox } from './inbox';

export interface MemberData {
  me: Loaded<Me>;
  coupons: Loaded<Coupon[]>;
  history: Loaded<Message[]>;
  venue: Venue | undefined;
  link: LinkState;
  /** What came in and has not been waved away, oldest first. */
  news: Message[];
  dismiss: () => void;
  /** Coupons that came while this page was open. */
  fresh: ReadonlySet<number>;
}

/** How often to look again for what no message tells, such as a coupon just redeemed at a till. */
const lookAgainMs = 20_000;

export function useMember(secret: string, gone: () => void): MemberData {
  const me = useLoaded('me', (signal) => call<Me>('/api/v1/me', { secret, signal }));
  const coupons = useLoaded('coupons', (signal) => call<Coupon[]>('/api/v1/me/coupons', { secret, signal }));
  const history = useLoaded('inbox', (signal) => call<Message[]>('/api/v1/me/inbox?after=0', { secret, signal }));
  const venues = useLoaded('venues', (signal) => call<Venue[]>('/api/v1/venues', { signal }));
  const [news, setNews] = useState<Message[]>([]);
  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set());
  const inbox = useRef<Inbox>(undefined);
  inbox.current ??= new Inbox(
    () => Number(remembered('me.cursor') ?? 0),
    (cursor) => remember('me.cursor', String(cursor)),
  );

  const link = useLink(
    {
      hub: '/hubs/consumers',
      secret,
      greet: async (invoke) => {
        await invoke('Resume', inbox.current?.cursor ?? 0);
        coupons.reload();
        me.reload();
      },
      on: {
        message: (message: Message) => {
          if (inbox.current?.take(message) !== true) return;
          history.put((list) => (list?.some((m) => m.id === message.id) ? list : [...(list ?? []), message]));
          setNews((list) => [...list, message]);
          const coupon = message.coupon;
          if (coupon) {
            setFresh((ids) => new Set(ids).add(coupon.id));
            coupons.put((list) => [coupon, ...(list ?? []).filter((c) => c.id !== coupon.id)]);
          }
        },
      },
    },
    secret,
  );

  const [reloadMe, reloadCoupons] = [me.reload, coupons.reload];
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'hidden') return;
      reloadMe();
      reloadCoupons();
    };
    const timer = setInterval(look, lookAgainMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [reloadMe, reloadCoupons]);

  // 401: the secret is nobody's any more. A refused hub asks once more, so that only the service's own word counts.
  const lost = me.problem instanceof Problem && (me.problem.status === 401 || me.problem.status === 404);
  const latest = useRef(gone);
  latest.current = gone;
  useEffect(() => {
    if (lost) latest.current();
  }, [lost]);
  useEffect(() => {
    if (link === 'refused') reloadMe();
  }, [link, reloadMe]);

  return {
    me,
    coupons,
    history,
    venue:
      venues.data?.find((v) => v.venue === me.data?.venue) ?? (venues.data?.length === 1 ? venues.data[0] : undefined),
    link,
    news,
    dismiss: () => setNews([]),
    fresh,
  };
}
