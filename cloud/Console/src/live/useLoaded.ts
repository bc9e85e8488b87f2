import { useCallback, useEffect, useRef, useState } from 'react';
import { Problem } from '../api/client';

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  loading: boolean;
  reload: () => void;
  /** Puts in what is already known, for example the answer of a change. */
  put: (change: (data: T | undefined) => T | undefined) => void;
}

/**
 * Something read from the service. What was read stays on screen while it is read again or when that fails.
 * @param key What is read; null reads nothing yet.
 */
export function useLoaded<T>(key: string | null, read: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [held, setHeld] = useState<{ key: string | null; data: T | undefined }>({ key, data: undefined });
  const [problem, setProblem] = useState<Problem>();
  const [loading, setLoading] = useState(key !== null);
  const [turn, setTurn] = useState(0);
  const latest = useRef(read);
  latest.current = read;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn reads again
  useEffect(() => {
    if (key === null) return;
    const stop = new AbortController();
    setLoading(true);
    latest.current(stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return;
        setHeld({ key, data });
        setProblem(undefined);
        setLoading(false);
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
        setLoading(false);
      },
    );
    return () => stop.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  const put = useCallback(
    (change: (data: T | undefined) => T | undefined) =>
      setHeld((now) => ({ key, data: change(now.key === key ? now.data : undefined) })),
    [key],
  );
  return { data: held.key === key ? held.data : undefined, problem, loading, reload, put };
}
