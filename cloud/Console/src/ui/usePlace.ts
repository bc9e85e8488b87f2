import { useCallback, useEffect, useState } from 'react';

/** Where in the page the reader is: `#rules/fashion-browse` is ['rules', 'fashion-browse'], so that it can be kept, sent and gone back from. */
export function usePlace(): [string[], (...parts: string[]) => void] {
  const [hash, setHash] = useState(() => window.location.hash);
  useEffect(() => {
    const moved = () => setHash(window.location.hash);
    window.addEventListener('hashchange', moved);
    return () => window.removeEventListener('hashchange', moved);
  }, []);
  const go = useCallback((...parts: string[]) => {
    const next = `#${parts.map(encodeURIComponent).join('/')}`;
    if (next !== window.location.hash) window.location.hash = next;
  }, []);
  return [placeOf(hash), go];
}

/** @returns the parts of an address's fragment; what somebody mangled is no place at all. */
export function placeOf(hash: string): string[] {
  try {
    return hash
      .replace(/^#/, '')
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return [];
  }
}
