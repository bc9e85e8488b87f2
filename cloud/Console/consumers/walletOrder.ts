import type { Coupon } from '../src/api/types';

/** What can be used now, the soonest to end first; then the rest, the latest first. */
export function walletOrder(coupons: readonly Coupon[]): { usable: Coupon[]; past: Coupon[] } {
  const ends = (c: Coupon) => Date.parse(c.expiresAt);
  const over = (c: Coupon) => Date.parse(c.redeemedAt ?? c.expiresAt);
  return {
    usable: coupons.filter((c) => c.state === 'issued').sort((a, b) => ends(a) - ends(b) || a.id - b.id),
    past: coupons.filter((c) => c.state !== 'issued').sort((a, b) => over(b) - over(a) || a.id - b.id),
  };
}
