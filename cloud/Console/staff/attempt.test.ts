import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../src/api/client';
import type { Redemption } from '../src/api/types';
import { attemptFor, heldAttempt, redeem } from './attempt';

const redeemed: Redemption = {
  outcome: 'redeemed',
  code: 'AB12',
  at: '2026-11-21T06:00:00Z',
  offer: { name: { en: 'Coffee' }, text: { en: '' }, theme: 'coffee' },
};
let keys = 0;
const key = () => `key-${++keys}`;

describe('an attempt to redeem', () => {
  beforeEach(() => {
    sessionStorage.clear();
    keys = 0;
  });

  it('keeps its key while nobody knows whether it counted', async () => {
    const first = attemptFor('AB12', 'coffee-bar', 'Mei', sessionStorage, key);
    const lost = () => Promise.reject(new Problem(0, 'unreachable', 'No connection'));
    expect(await redeem(first, lost, sessionStorage)).toEqual({ kind: 'unsure' });
    expect(await redeem(first, () => Promise.reject(new Problem(503, '', 'Busy')), sessionStorage)).toEqual({
      kind: 'unsure',
    });
    expect(attemptFor('AB12', 'coffee-bar', 'Mei', sessionStorage, key).key).toBe(first.key);
  });

  it('ends with a certain answer, and the next one has its own key', async () => {
    const first = attemptFor('AB12', 'coffee-bar', 'Mei', sessionStorage, key);
    const sent: string[] = [];
    const result = await redeem(
      first,
      (a) => {
        sent.push(a.key);
        return Promise.resolve(redeemed);
      },
      sessionStorage,
    );
    expect(result).toEqual({ kind: 'redeemed', redemption: redeemed });
    expect(sent).toEqual([first.key]);
    expect(heldAttempt(sessionStorage)).toBeUndefined();
    expect(attemptFor('AB12', 'coffee-bar', 'Mei', sessionStorage, key).key).not.toBe(first.key);
  });

  it('is not the attempt of another coupon or another store', () => {
    const first = attemptFor('AB12', 'coffee-bar', 'Mei', sessionStorage, key);
    expect(attemptFor('AB12', 'cinema', 'Mei', sessionStorage, key).key).not.toBe(first.key);
    expect(attemptFor('CD34', 'cinema', 'Mei', sessionStorage, key).key).not.toBe(first.key);
  });

  it.each([
    [409, 'already-redeemed', 'already'],
    [410, 'expired', 'expired'],
    [404, 'unknown-coupon', 'unknown'],
    [403, 'other-store', 'refused'],
  ])('says %i %s as %s, in the words of the service', async (status, type, kind) => {
    const attempt = attemptFor('AB12', 'coffee-bar', 'Mei', sessionStorage, key);
    const no = () => Promise.reject(new Problem(status, type, 'No', 'Redeemed at 14:05 in Harbour Coffee.'));
    expect(await redeem(attempt, no, sessionStorage)).toEqual({ kind, detail: 'Redeemed at 14:05 in Harbour Coffee.' });
    expect(heldAttempt(sessionStorage)).toBeUndefined();
  });

  it('survives a session store that holds something else', () => {
    sessionStorage.setItem('presence.attempt', '{broken');
    expect(heldAttempt(sessionStorage)).toBeUndefined();
  });
});
