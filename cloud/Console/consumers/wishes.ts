import type { Wishes } from '../src/api/types';

/** How much of a theme a member wants. */
export type Much = 'yes' | 'less' | 'no';

export function muchOf(wishes: Wishes, theme: string): Much {
  return wishes.mutedThemes.includes(theme) ? 'no' : wishes.lessOf.includes(theme) ? 'less' : 'yes';
}

export function withTheme(wishes: Wishes, theme: string, much: Much): Wishes {
  const put = (list: readonly string[], on: boolean) => [...list.filter((t) => t !== theme), ...(on ? [theme] : [])];
  return {
    ...wishes,
    mutedThemes: put(wishes.mutedThemes, much === 'no'),
    lessOf: put(wishes.lessOf, much === 'less'),
  };
}

/** What offers are about now, and what the member has said something of though there is none at present. */
export function themesOf(wishes: Wishes): string[] {
  return [...new Set([...(wishes.themes ?? []), ...wishes.mutedThemes, ...wishes.lessOf])].sort();
}

/** Ways to be told, apart from the wallet, which is always there. */
export const ways = ['push', 'wechat', 'sms', 'email'] as const;

export function withWay(wishes: Wishes, way: string, on: boolean): Wishes {
  return { ...wishes, channels: [...wishes.channels.filter((c) => c !== way), ...(on ? [way] : [])] };
}

/** Quiet hours are two times that differ; one alone, or the same twice, is none. */
export function withQuiet(wishes: Wishes, from: string, to: string): Wishes {
  const some = /^\d\d:\d\d$/.test(from) && /^\d\d:\d\d$/.test(to) && from !== to;
  return { ...wishes, quietFrom: some ? from : null, quietTo: some ? to : null };
}

/** @returns null once the pause is over, whatever the service still remembers of it. */
export function pauseOf(wishes: Wishes, now: number): string | null {
  return wishes.pausedUntil !== null && Date.parse(wishes.pausedUntil) > now ? wishes.pausedUntil : null;
}
