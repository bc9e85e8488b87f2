/**
 * How long to wait before the next attempt: 0.5 s doubling to 15 s, spread over half of it, so that a hundred tills
 * that lost the same server do not all come back in the same instant.
 * @param attempt 0 for the first retry.
 * @param dice 0 up to 1.
 */
export function backoff(attempt: number, dice: number = Math.random()): number {
  const full = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * dice;
}
