import { useState } from 'react';
import { remember, remembered } from '../src/live/memory';

/** The name that a change is kept under; asked for once in a browser. */
export function useName(): [string, (name: string) => void] {
  const [name, setName] = useState(() => remembered('operator') ?? '');
  return [
    name,
    (next: string) => {
      setName(next);
      remember('operator', next.trim() === '' ? null : next.trim());
    },
  ];
}
