import type { OutcomeOf } from '../../src/api/types';
import type { Formats } from '../../src/words/formats';

/** How an outcome's numbers are written: a share as percent, its differences as points; money; minutes. */
export interface Writing {
  value: (n: number) => string;
  difference: (n: number) => string;
}

export function writingOf(name: string, formats: Formats, points: (n: string) => string): Writing {
  if (name.startsWith('return') || name === 'redeemed')
    return { value: formats.percent, difference: (n) => points(signed(100 * n, formats, 1)) };
  if (name.endsWith('Cents')) {
    const money = (n: number) => formats.money(n);
    return { value: money, difference: (n) => `${signOf(n)}${money(Math.abs(n))}` };
  }
  // Somebody who stays from lunch to the last film stays for hours.
  const minutes = (n: number) =>
    Math.abs(n) < 90 ? formats.minutes(Math.round(10 * n) / 10) : formats.lasting(Math.abs(n) * 60_000);
  return { value: minutes, difference: (n) => `${signOf(Math.round(10 * n))}${minutes(Math.abs(n))}` };
}

const signOf = (n: number) => (n > 0 ? '+' : n < 0 ? '−' : '');
const signed = (n: number, formats: Formats, digits: number) => {
  const round = Math.round(n * 10 ** digits) / 10 ** digits;
  return `${signOf(round)}${formats.number(Math.abs(round))}`;
};

/** An interval and the ends of the line it is drawn on: zero is always on it, and there is air at both ends. */
export interface Drawn {
  from: number;
  to: number;
  /** 0 to 1 along the line. */
  at: (n: number) => number;
}

export function drawn(o: Pick<OutcomeOf, 'low' | 'high' | 'alwaysLow' | 'alwaysHigh'>): Drawn {
  const ends = [o.low, o.high, o.alwaysLow, o.alwaysHigh, 0].filter((n): n is number => typeof n === 'number');
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const air = (most - least || 1) * 0.08;
  const [from, to] = [least - air, most + air];
  return { from, to, at: (n) => (n - from) / (to - from) };
}
