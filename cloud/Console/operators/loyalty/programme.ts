import type { LocalText } from '../../src/api/types';

/** A mall's programme as it is written down: money in the venue's currency, spans such as `14 days`; what is left out is as usual. */
export interface Programme {
  centsAPoint?: number | null;
  referral?: number | null;
  pending?: string | null;
  keeps?: string | null;
  tiers?: Tiers | null;
  rewards?: readonly Reward[] | null;
}

export interface Tiers {
  over?: string | null;
  keeps?: string | null;
  levels?: readonly Level[] | null;
}

export interface Level {
  name: string;
  spend: number;
}

export interface Reward {
  id: string;
  title: LocalText;
  points: number;
  stock?: number | null;
  collect?: readonly string[] | null;
  pickUpWithin?: string | null;
  post?: boolean;
  cost?: number;
}

/** What the service takes where a programme says nothing; a test compares it with the service's own. */
export const usual = {
  centsAPoint: 100,
  referral: 100,
  pending: '14 days',
  keeps: '365 days',
  tiersOver: '365 days',
  tiersKeep: '180 days',
  pickUpWithin: '14 days',
};

export interface Points {
  centsAPoint: number;
  referral: number;
  pending: string;
  keeps: string;
}

export const pointsOf = (p: Programme): Points => ({
  centsAPoint: p.centsAPoint ?? usual.centsAPoint,
  referral: p.referral ?? usual.referral,
  pending: p.pending ?? usual.pending,
  keeps: p.keeps ?? usual.keeps,
});

/** @returns null where tiers are given by hand alone. */
export const tiersOf = (p: Programme): { over: string; keeps: string; levels: readonly Level[] } | null =>
  p.tiers == null
    ? null
    : {
        over: p.tiers.over ?? usual.tiersOver,
        keeps: p.tiers.keeps ?? usual.tiersKeep,
        levels: p.tiers.levels ?? [],
      };

export const rewardsOf = (p: Programme): readonly Reward[] => p.rewards ?? [];

export const units = ['min', 'h', 'day'] as const;
export type Unit = (typeof units)[number];

/** A span as it stands in its two fields. */
export interface Span {
  number: string;
  unit: Unit;
}

/** @returns the span; one that is no span is shown whole, so that it is seen and put right. */
export function spanOf(text: string): Span {
  const found = /^(\S+) (min|h|days?)$/.exec(text);
  return { number: found?.[1] ?? text, unit: found === null ? 'day' : (found[2]?.replace('days', 'day') as Unit) };
}

export const spanText = ({ number, unit }: Span): string =>
  `${number.trim()} ${unit === 'day' && number.trim() !== '1' ? 'days' : unit}`;

/** @returns a whole number from 0, or undefined for what is none; how large it may be is the service's to say. */
export function whole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : undefined;
}

/** @returns an amount of money, or undefined for what is none. */
export function amount(text: string): number | undefined {
  return /^\d{1,12}([.,]\d{1,2})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : undefined;
}

export const centsOf = (money: number): number => Math.round(money * 100);

/** A short name for a reward, made from its title, that no other has. */
export function idFor(title: string, taken: ReadonlySet<string>): string {
  const plain = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 36)
    .replace(/-+$/, '');
  const start = plain === '' ? 'reward' : plain;
  for (let n = 1; ; n++) {
    const id = n === 1 ? start : `${start}-${n}`;
    if (!taken.has(id)) return id;
  }
}
