import { Copy, Share2, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { call } from '../src/api/client';
import { useLoaded } from '../src/live/useLoaded';
import { useSay } from '../src/words/language';
import { words } from './words';

/** A member's own code for those they bring along; it is asked for when it is wanted. */
export function Bring({ secret }: { secret: string }) {
  const say = useSay(words);
  const [asked, setAsked] = useState(false);
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const code = useLoaded(asked ? 'referral' : null, (signal) =>
    call<{ code: string }>('/api/v1/me/referral', { secret, signal }),
  );
  const link =
    code.data === undefined ? '' : `${window.location.origin}/me?join&by=${encodeURIComponent(code.data.code)}`;
  const copy = () => {
    const wrote = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error('none'));
    wrote.then(
      () => setCopied('yes'),
      () => setCopied('failed'),
    );
  };
  return (
    <section className="card stack tight" aria-labelledby="bring">
      <div className="row bring-head">
        <UserPlus size={22} aria-hidden="true" />
        <h2 id="bring">{say.bring.title}</h2>
      </div>
      <p className="small quiet">{say.bring.text}</p>
      {code.data === undefined ? (
        <>
          <button type="button" className="button calm" onClick={() => (asked ? code.reload() : setAsked(true))}>
            {asked && code.loading ? say.bring.making : say.bring.show}
          </button>
          {code.problem !== undefined && <span className="wrong">{say.bring.failed}</span>}
        </>
      ) : (
        <>
          <output className="code-line mono">{link}</output>
          <div className="two">
            <button type="button" className="button calm" onClick={copy}>
              <Copy size={18} aria-hidden="true" />
              {copied === 'yes' ? say.bring.copied : say.bring.copy}
            </button>
            {typeof navigator.share === 'function' && (
              <button
                type="button"
                className="button"
                onClick={() => void navigator.share({ url: link }).catch(() => undefined)}
              >
                <Share2 size={18} aria-hidden="true" />
                {say.bring.share}
              </button>
            )}
          </div>
          {copied === 'failed' && <span className="wrong">{say.bring.copyFailed}</span>}
        </>
      )}
    </section>
  );
}
