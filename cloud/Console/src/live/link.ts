import { HttpError, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { backoff } from './backoff';

export type LinkState = 'connecting' | 'live' | 'reconnecting' | 'refused';

export interface LinkPlan {
  hub: string;
  secret?: string | undefined;
  /** Handlers by event name. */
  on: Record<string, (payload: never) => void>;
  /** Said after every (re)connection: asks for what this page wants to hear, and for what it missed. */
  greet: (invoke: (method: string, ...parameters: unknown[]) => Promise<unknown>) => Promise<unknown>;
  onState: (state: LinkState) => void;
}

/**
 * Keeps one hub connection for as long as the page wants it, coming back by itself with growing pauses.
 * @returns what ends it.
 */
export function openLink(plan: LinkPlan): () => void {
  let wanted = true;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let connection: HubConnection | undefined;

  const again = () => {
    if (!wanted) return;
    plan.onState('reconnecting');
    clearTimeout(timer);
    timer = setTimeout(() => void start(), backoff(attempt++));
  };

  // A phone taken out of the pocket, or a network that is back, should not sit out the rest of a long pause.
  const hurry = () => {
    if (!wanted || timer === undefined || document.visibilityState === 'hidden') return;
    clearTimeout(timer);
    timer = undefined;
    attempt = 0;
    void start();
  };

  const start = async () => {
    timer = undefined;
    const fresh = new HubConnectionBuilder()
      .withUrl(plan.hub, plan.secret === undefined ? {} : { accessTokenFactory: () => plan.secret ?? '' })
      .configureLogging(LogLevel.None)
      .build();
    connection = fresh;
    for (const [name, handler] of Object.entries(plan.on)) fresh.on(name, handler as (payload: unknown) => void);
    let up = false;
    fresh.onclose(() => {
      if (up) again();
    });
    try {
      await fresh.start();
      if (!wanted) return void fresh.stop();
      await plan.greet((method, ...parameters) => fresh.invoke(method, ...parameters));
      if (!wanted) return void fresh.stop();
      up = true;
      attempt = 0;
      plan.onState('live');
    } catch (error) {
      await fresh.stop().catch(() => undefined);
      if (isRefusal(error)) {
        if (wanted) plan.onState('refused');
      } else {
        again();
      }
    }
  };

  plan.onState('connecting');
  void start();
  window.addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);
  return () => {
    wanted = false;
    clearTimeout(timer);
    window.removeEventListener('online', hurry);
    document.removeEventListener('visibilitychange', hurry);
    void connection?.stop().catch(() => undefined);
  };
}

function isRefusal(error: unknown): boolean {
  const status = error instanceof HttpError ? error.statusCode : /Status code '(\d+)'/.exec(String(error))?.[1];
  return Number(status) === 401 || Number(status) === 403;
}
