import { describe, expect, it } from 'vitest';
import type { Wishes } from '../src/api/types';
import { moveName, signed } from './points';
import { muchOf, pauseOf, themesOf, withQuiet, withTheme, withWay } from './wishes';

const wishes: Wishes = {
  quietFrom: null,
  quietTo: null,
  mostPerDay: null,
  pausedUntil: null,
  channels: ['wallet'],
  mutedThemes: ['taxi'],
  lessOf: ['kids'],
  themes: ['coffee', 'kids'],
};

describe('what a member wishes', () => {
  it('is one thing of each theme, whatever was said before', () => {
    expect(['coffee', 'kids', 'taxi'].map((t) => muchOf(wishes, t))).toEqual(['yes', 'less', 'no']);
    const never = withTheme(wishes, 'kids', 'no');
    expect([never.mutedThemes, never.lessOf]).toEqual([['taxi', 'kids'], []]);
    expect(muchOf(withTheme(never, 'kids', 'yes'), 'kids')).toBe('yes');
  });
  it('of a theme that is out of season is still shown', () =>
    expect(themesOf(wishes)).toEqual(['coffee', 'kids', 'taxi']));
  it('has quiet hours of two times that differ, or none', () => {
    expect(withQuiet(wishes, '21:00', '09:00')).toMatchObject({ quietFrom: '21:00', quietTo: '09:00' });
    for (const [from, to] of [
      ['21:00', ''],
      ['09:00', '09:00'],
      ['', ''],
    ] as const)
      expect(withQuiet(wishes, from, to)).toMatchObject({ quietFrom: null, quietTo: null });
  });
  it('leaves the wallet open when other ways are closed', () =>
    expect(withWay(withWay(wishes, 'sms', true), 'sms', false).channels).toEqual(['wallet']));
  it('is paused only until then', () => {
    const until = '2026-11-22T12:00:00Z';
    expect(pauseOf({ ...wishes, pausedUntil: until }, Date.parse(until) - 1)).toBe(until);
    expect(pauseOf({ ...wishes, pausedUntil: until }, Date.parse(until))).toBeNull();
  });
});

describe('a move of points', () => {
  const move = (from: string, to: string) => ({ at: '2026-11-22T12:00:00Z', from, to, points: 20 });
  it('is named and signed as its member sees it', () => {
    const told = [
      ['mall', 'pending'],
      ['pending', 'member'],
      ['member', 'spent'],
      ['spent', 'member'],
      ['member', 'expired'],
      ['pending', 'mall'],
    ].map(([from = '', to = '']) => `${moveName(move(from, to))} ${signed(move(from, to), String)}`);
    expect(told).toEqual(['waits 20', 'freed +20', 'spent −20', 'back +20', 'expired −20', 'taken 20']);
  });
});
