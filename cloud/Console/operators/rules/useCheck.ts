import { useEffect, useRef, useState } from 'react';
import { at, call } from '../../src/api/client';
import type { RuleCheck } from '../../src/api/types';
import type { RuleDocument } from '../readAloud';

export interface Checked {
  state: 'checking' | 'checked' | 'failed';
  /** Of the newest text that was looked over; undefined before the first. */
  found: RuleCheck | undefined;
}

/** Has a document looked over by the service whenever its writer pauses. */
export function useCheck(venue: string, rule: RuleDocument | undefined): Checked {
  const [checked, setChecked] = useState<Checked>({ state: 'checking', found: undefined });
  const text = rule === undefined ? undefined : JSON.stringify(rule);
  const latest = useRef(rule);
  latest.current = rule;
  useEffect(() => {
    if (text === undefined) return;
    const stop = new AbortController();
    setChecked((now) => ({ ...now, state: 'checking' }));
    const timer = setTimeout(() => {
      call<RuleCheck>(at`venues/${venue}/rules/check`, {
        method: 'POST',
        body: latest.current,
        signal: stop.signal,
      }).then(
        (found) => setChecked({ state: 'checked', found }),
        () => {
          if (!stop.signal.aborted) setChecked((now) => ({ ...now, state: 'failed' }));
        },
      );
    }, 400);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [venue, text]);
  return checked;
}
