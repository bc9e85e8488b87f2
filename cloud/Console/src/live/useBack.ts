import { useEffect, useRef } from 'react';
import type { LinkState } from './link';

/** Reads again what may have changed while the link was lost. */
export function useBack(link: LinkState, reload: () => void): void {
  const lost = useRef(false);
  useEffect(() => {
    if (link === 'reconnecting') lost.current = true;
    else if (link === 'live' && lost.current) {
      lost.current = false;
      reload();
    }
  }, [link, reload]);
}
