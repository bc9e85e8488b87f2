import { describe, expect, it } from 'vitest';
import type { Coupon, CouponState } from '../src/api/types';
import { safeAddress } from './BindCard';
import { birthdayText, daysIn } from './birthday';
import { Inbox } from './inbox';
import { walletOrder } from './walletOrder';

describe('the inbox', () => {
  it('shows each message once, whatever a reconnection brings again', () => {
    let kept = 3;
    const make = () =>
      new Inbox(
        () => kept,
        (cursor) => {
          kept = cursor;
        },
      );
    const inbox = make();
    expect([1, 3, 4, 4, 5, 5].map((cursor) => inbox.take({ cursor }))).toEqual([
      false,
      false,
      true,
      false,
      true,
      false,
    ]);
    expect(make().cursor).toBe(5);
  });

  it('believes another tab that has shown more', () => {
    let kept = 0;
    const inbox = new Inbox(
      () => kept,
      (cursor) => {
        kept = cursor;
      },
    );
    expect(inbox.take({ cursor: 1 })).toBe(true);
    kept = 7;
    expect(inbox.take({ cursor: 7 })).toBe(false);
  });

  it('goes on where nothing can be kept, or nonsense was', () => {
    const inbox = new Inbox(
      () => Number.NaN,
      () => undefined,
    );
    expect([1, 1, 2].map((cursor) => inbox.take({ cursor }))).toEqual([true, false, true]);
  });
});

describe('the wallet', () => {
  let ids = 0;
  const coupon = (code: string, state: CouponState, expiresAt: string, redeemedAt: string | null = null): Coupon => ({
    id: ++ids,
    code,
    shortCode: '',
    where: null,
    state,
    offer: { name: { en: code }, text: { en: '' }, theme: 'coffee' },
    issuedAt: '2026-11-21T01:00:00Z',
    expiresAt,
    why: { en: '' },
    redeemedAt,
  });

  it('has on top what ends soonest of what can be used, and apart from it the rest', () => {
    const { usable, past } = walletOrder([
      coupon('used', 'redeemed', '2026-11-21T12:00:00Z', '2026-11-21T04:00:00Z'),
      coupon('evening', 'issued', '2026-11-21T12:00:00Z'),
      coupon('over', 'expired', '2026-11-21T05:00:00Z'),
      coupon('noon', 'issued', '2026-11-21T06:00:00Z'),
    ]);
    expect(usable.map((c) => c.code)).toEqual(['noon', 'evening']);
    expect(past.map((c) => c.code)).toEqual(['over', 'used']);
  });
});

describe('a birthday', () => {
  it('may be the 29th of February', () => {
    expect(daysIn(2)).toBe(29);
    expect(birthdayText('02-29', 'en')).toBe('29 February');
    expect(birthdayText('02-29', 'zh')).toBe('2月29日');
    expect(birthdayText(null, 'en')).toBe('');
  });
});

describe('a one-time link', () => {
  it('is opened only when it is a web address', () => {
    expect(safeAddress('http://10.0.0.1/bind/abc')).toBe('http://10.0.0.1/bind/abc');
    for (const url of ['javascript:alert(1)', 'data:text/html,hi', ' javascript:alert(1)', 'file:///etc/hosts'])
      expect(safeAddress(url)).toBeUndefined();
  });
});
