import { describe, expect, it } from 'vitest';
import { at, Problem, readProblem } from '../api/client';
import { backoff } from './backoff';

describe('coming back after a break', () => {
  it('waits longer each time, never long, and not all at once', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 50].map((n) => backoff(n, 1));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    expect(backoff(3, 0)).toBe(2000);
    expect(backoff(3, 0.5)).toBe(3000);
  });
});

describe('asking the service', () => {
  it('escapes what goes into an address', () => {
    expect(at`venues/${'a/../b'}/coupons/${'x?y#z'}`).toBe('/api/v1/venues/a%2F..%2Fb/coupons/x%3Fy%23z');
  });

  it('reads a problem, and does without when a proxy answers', async () => {
    const said = await readProblem(
      new Response(JSON.stringify({ type: 'https://x/already-redeemed', title: 'Already', detail: 'At 14:05.' }), {
        status: 409,
      }),
    );
    expect([said.status, said.kind, said.detail, said.uncertain]).toEqual([
      409,
      'already-redeemed',
      'At 14:05.',
      false,
    ]);
    const proxy = await readProblem(new Response('<html>Bad gateway</html>', { status: 502 }));
    expect([proxy.kind, proxy.message, proxy.uncertain]).toEqual(['', 'HTTP 502', true]);
    expect(new Problem(0, 'unreachable', '').uncertain).toBe(true);
  });
});
