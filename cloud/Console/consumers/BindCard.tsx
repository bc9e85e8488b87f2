import { CircleX, Smartphone } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { call } from '../src/api/client';
import type { OneTimeLink } from '../src/api/types';
import { Notice } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useSay } from '../src/words/language';
import type { MemberData } from './useMember';
import { words } from './words';

const lookMs = 2_000;

/** Explains the one-time link, makes one, and waits for the gateway to have seen the phone behind it. */
export function BindCard({ secret, member, formats }: { secret: string; member: MemberData; formats: Formats }) {
  const say = useSay(words);
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const [link, setLink] = useState<OneTimeLink>();
  const [opened, setOpened] = useState(false);
  const [explained, setExplained] = useState(false);
  const count = member.me.data?.bindings.length ?? 0;
  const before = useRef(count);
  const done = count > before.current;
  const address = link === undefined ? undefined : safeAddress(link.url);

  const reload = member.me.reload;
  useEffect(() => {
    if (!opened || done) return;
    const timer = setInterval(reload, lookMs);
    return () => clearInterval(timer);
  }, [opened, done, reload]);

  const make = () => {
    setState('busy');
    call<OneTimeLink>('/api/v1/me/link', { method: 'POST', secret }).then(
      (made) => {
        setState('idle');
        setLink(made);
      },
      () => setState('failed'),
    );
  };
  return (
    <section className="card stack bind" aria-labelledby="bind">
      <div className="row" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}>
        <span className="bind-icon" aria-hidden="true">
          <Smartphone size={24} />
        </span>
        <div>
          <h2 id="bind">{done ? say.bindDone : say.bindTitle}</h2>
          <p className="small quiet">{done ? say.bindAgain : say.bindText}</p>
        </div>
      </div>
      {!done && !explained && (
        <button type="button" className="button calm" onClick={() => setExplained(true)}>
          {say.bindBegin}
        </button>
      )}
      {!done && explained && (
        <>
          <ol className="steps small">
            {say.bindHow.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {address === undefined ? (
            <button type="button" className="button" onClick={make} disabled={state === 'busy'}>
              {state === 'busy' ? say.bindMaking : say.bindStart}
            </button>
          ) : (
            <div className="stack tight">
              <a className="button" href={address} target="_blank" rel="noopener" onClick={() => setOpened(true)}>
                {say.bindOpen}
              </a>
              <p className="tiny" role="status">
                {opened ? say.bindWait : say.bindUntil(formats.time(link?.expiresAt ?? ''))}
              </p>
            </div>
          )}
          {state === 'failed' && (
            <Notice icon={CircleX} tone="bad">
              {say.bindFailed}
            </Notice>
          )}
        </>
      )}
    </section>
  );
}

/** Only a web address is opened, whatever was sent. */
export function safeAddress(url: string): string | undefined {
  try {
    const parsed = new URL(url, window.location.href);
    return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}
