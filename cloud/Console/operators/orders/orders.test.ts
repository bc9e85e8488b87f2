import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/api/client';
import { cameOf } from './useHand';
import { behind, states } from './useOrders';
import { words } from './words';

describe('what came of an order that was not done as wished', () => {
  it('is what it became meanwhile, so that nothing called off is sent', () => {
    for (const state of states.filter((s) => s !== 'open')) {
      const detail = `It is ${state}.`;
      expect(cameOf(new Problem(409, 'not-sent', '', detail))).toEqual({ of: 'meanwhile', state });
      expect(words.zh.meanwhile[state]).toBeDefined();
      expect(words.en.meanwhile[state]).toBeDefined();
    }
    expect(cameOf(new Problem(404, 'unknown-order', ''))).toEqual({ of: 'meanwhile', state: 'gone' });
  });

  it('is not known when no answer came, and can be asked again', () => {
    expect(cameOf(new Problem(0, 'unreachable', '')).of).toBe('unsure');
    expect(cameOf(new Problem(502, '', '')).of).toBe('unsure');
    expect(cameOf(new Problem(400, 'bad-request', '', 'say why')).of).toBe('failed');
  });
});

describe('orders', () => {
  it('are worked through from the oldest, and looked up from the newest', () => {
    expect(behind('open', undefined)).toBe('state=open&after=-1');
    expect(behind('open', 41)).toBe('state=open&after=41');
    expect(behind('sent', undefined)).toBe('state=sent&before=2147483647');
    expect(behind('lapsed', 12)).toBe('state=lapsed&before=12');
  });
});
