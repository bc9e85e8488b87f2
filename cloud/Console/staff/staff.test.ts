import { describe, expect, it } from 'vitest';
import type { Arrival } from '../src/api/types';
import { boardOrder } from './boardOrder';
import { codeOf } from './codeOf';

describe('what was typed or scanned', () => {
  it.each([
    ['7q2m-0x3k-9gdv-4t1n-h', '7Q2M-0X3K-9GDV-4T1N-H'],
    ['  7q2m 0x3k ', '7Q2M0X3K'],
    ['https://mall.example/c/7Q2M-0X3K', '7Q2M-0X3K'],
    ['https://mall.example/redeem?code=7Q2M-0X3K', '7Q2M-0X3K'],
    ['P1.eyJjIjoiYWJjIn0.aGVsbG8_', 'P1.eyJjIjoiYWJjIn0.aGVsbG8_'],
    ['   ', ''],
  ])('%j is the code %j', (text, code) => expect(codeOf(text)).toBe(code));
});

describe('the arrivals board', () => {
  const arrival = (id: number, at: string, acknowledgedAt: string | null = null): Arrival => ({
    id,
    at,
    member: 'm-1',
    nickname: `guest ${id}`,
    text: { en: '' },
    openCoupons: [],
    zone: 'coffee-bar',
    tier: null,
    lastVisitAt: null,
    acknowledgedBy: null,
    acknowledgedAt,
  });

  it('has those nobody looks after on top, the newest first, each once', () => {
    const board = boardOrder(
      [arrival(1, '2026-11-21T06:00:00Z'), arrival(2, '2026-11-21T06:05:00Z'), arrival(3, '2026-11-21T06:10:00Z')],
      [arrival(3, '2026-11-21T06:10:00Z', '2026-11-21T06:11:00Z')],
    );
    expect(board.map((a) => a.id)).toEqual([2, 1, 3]);
  });
});
