import { act } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { start } from './start';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

afterEach(() => vi.restoreAllMocks());

function Surprised(): never {
  throw new TypeError("Cannot read properties of undefined (reading 'length')");
}

it('says that a page cannot be shown, and how to go on, instead of showing nothing', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  document.body.innerHTML = '<div id="page"></div>';
  act(() => start(<Surprised />));
  expect(document.querySelector('[role=alert]')?.textContent).toContain('This page cannot be shown');
  expect(document.querySelector('button')?.textContent).toBe('Load again');
});
