import { useCallback, useEffect, useState } from 'react';
import { at, call, Problem } from '../../src/api/client';
import type { BackTest } from '../../src/api/types';
import { remember, remembered } from '../../src/live/memory';
import type { RuleDocument } from '../readAloud';

const askAgainMs = 700;
const afterBreakMs = 3_000;

export interface Running {
  test: BackTest | undefined;
  problem: Problem | undefined;
  /** The service no longer knows it: it keeps the last ones until it ends. */
  gone: boolean;
  starting: boolean;
  start: (rule: RuleDocument, days: number) => void;
  cancel: () => void;
}

export const isOver = (test: BackTest | undefined) =>
  test === undefined || ['done', 'cancelled', 'failed'].includes(test.state);

/**
 * A trial of one rule. It goes on in the service when this page is closed, and is found again when it is opened.
 * @param key What is tried; another key is another trial.
 */
export function useTrial(venue: string, key: string): Running {
  const memory = `trial.${venue}.${key}`;
  const [test, setTest] = useState<BackTest>();
  const [id, setId] = useState(() => remembered(memory));
  const [problem, setProblem] = useState<Problem>();
  const [gone, setGone] = useState(false);
  const [starting, setStarting] = useState(false);

  useEffect(() => {
    if (id === null) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      call<BackTest>(at`venues/${venue}/backtests/${id}`, { signal: stop.signal }).then(
        (now) => {
          setTest(now);
          setProblem(undefined);
          if (!isOver(now)) timer = setTimeout(ask, askAgainMs);
        },
        (error: unknown) => {
          if (stop.signal.aborted) return;
          const why = error instanceof Problem ? error : new Problem(0, 'unexpected', String(error));
          if (why.status === 404) {
            remember(memory, null);
            setGone(true);
            setTest(undefined);
            setId(null);
          } else {
            setProblem(why);
            timer = setTimeout(ask, afterBreakMs);
          }
        },
      );
    };
    ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [venue, id, memory]);

  const start = useCallback(
    (rule: RuleDocument, days: number) => {
      setStarting(true);
      setProblem(undefined);
      setGone(false);
      call<BackTest>(at`venues/${venue}/backtests`, { method: 'POST', body: { rules: [rule], days } }).then(
        (begun) => {
          remember(memory, begun.id);
          setStarting(false);
          setTest(begun);
          setId(begun.id);
        },
        (error: unknown) => {
          setStarting(false);
          setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
        },
      );
    },
    [venue, memory],
  );
  const cancel = () => {
    if (id !== null)
      call<BackTest>(at`venues/${venue}/backtests/${id}`, { method: 'DELETE' }).then(setTest, () => undefined);
  };
  return { test, problem, gone, starting, start, cancel };
}
