import { useEffect, useRef, useState } from 'react';
import { type LinkPlan, type LinkState, openLink } from './link';

/**
 * A live connection for as long as the component is shown.
 * @param plan Null while it is not known what to listen to. Handlers may change on each render; hub, secret and key may not without reconnecting.
 * @param key What the connection is about; a new value makes a new connection.
 */
export function useLink(plan: Omit<LinkPlan, 'onState'> | null, key: string): LinkState {
  const [state, setState] = useState<LinkState>('connecting');
  const latest = useRef(plan);
  latest.current = plan;
  const wanted = plan !== null;
  const hub = plan?.hub;
  const secret = plan?.secret;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key must make a new connection
  useEffect(() => {
    const first = latest.current;
    if (!wanted || hub === undefined || first === null) return;
    const on = Object.fromEntries(
      Object.keys(first.on).map((name) => [name, (payload: never) => latest.current?.on[name]?.(payload)]),
    );
    return openLink({
      hub,
      secret,
      on,
      greet: (invoke) => latest.current?.greet(invoke) ?? Promise.resolve(),
      onState: setState,
    });
  }, [wanted, hub, secret, key]);

  return state;
}
