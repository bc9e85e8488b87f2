import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, it, vi } from 'vitest';
import { fieldsOf, newRule } from './fields';
import { RuleFields } from './RuleFields';
import type { RuleBook } from './useRules';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

const book = {
  offers: [{ id: 'coffee-free', title: { en: 'A coffee on us' } }],
  named: { zone: (id: string) => id },
} as unknown as RuleBook;

it('lets an operator choose what members get, also in a rule that gives nothing yet', () => {
  const rule = newRule(undefined);
  const fields = fieldsOf(rule);
  if (fields === null) throw new Error('a new rule has fields');
  const put = vi.fn();
  const place = document.createElement('div');
  act(() => createRoot(place).render(<RuleFields rule={rule} fields={fields} book={book} put={put} />));
  const choice = [...place.querySelectorAll('select')].find((s) => s.textContent?.includes('A coffee on us'));
  expect(choice?.textContent).toContain('Choose a coupon');
  act(() => {
    if (choice === undefined) return;
    choice.value = 'coffee-free';
    choice.dispatchEvent(new Event('change', { bubbles: true }));
  });
  expect(put.mock.lastCall?.[0].then).toEqual([{ offer: 'coffee-free' }]);
});
