import { CircleX, Wifi } from 'lucide-react';
import { Switch } from 'radix-ui';
import { useState } from 'react';
import { call } from '../src/api/client';
import { type ConsentTexts, type Me, type Purpose, purposes } from '../src/api/types';
import { useLoaded } from '../src/live/useLoaded';
import { Bones, Failure, Notice } from '../src/ui/parts';
import { useLanguage, useLocal, useSay } from '../src/words/language';
import type { MemberData } from './useMember';
import { words } from './words';

/** One switch a purpose; taking back is the same one tap as giving. */
export function Consents({ secret, me, member }: { secret: string; me: Me; member: MemberData }) {
  const say = useSay(words);
  const local = useLocal();
  const { language } = useLanguage();
  const texts = useLoaded('consent', (signal) => call<ConsentTexts>('/api/v1/texts/consent', { signal }));
  const [state, setState] = useState<'idle' | 'busy' | 'saved' | 'failed'>('idle');

  const change = (purpose: Purpose, on: boolean) => {
    if (texts.data === undefined) return;
    const next = purposes.filter((p) => (p === purpose ? on : me.purposes.includes(p)));
    setState('busy');
    call<unknown>('/api/v1/me/consent', {
      method: 'PUT',
      secret,
      body: { purposes: next, textVersion: texts.data.version, language },
    }).then(
      () => {
        setState('saved');
        member.me.put((now) => (now === undefined ? now : { ...now, purposes: next }));
        member.me.reload();
      },
      () => setState('failed'),
    );
  };

  return (
    <section className="card stack consents" aria-labelledby="consents">
      <h2 id="consents">{say.consentYours}</h2>
      {texts.data === undefined ? (
        texts.problem !== undefined ? (
          <Failure problem={texts.problem} retry={texts.reload} />
        ) : (
          <Bones lines={3} />
        )
      ) : (
        purposes.map((p) => (
          <div key={p} className="consent">
            <div>
              <label htmlFor={`consent-${p}`}>{say.consentNames[p]}</label>
              <p className="small quiet words" id={`consent-${p}-text`}>
                {local(texts.data?.[p])}
              </p>
            </div>
            <Switch.Root
              id={`consent-${p}`}
              className="switch"
              checked={me.purposes.includes(p)}
              disabled={state === 'busy'}
              aria-describedby={`consent-${p}-text`}
              onCheckedChange={(on) => change(p, on)}
            >
              <Switch.Thumb />
            </Switch.Root>
          </div>
        ))
      )}
      <p className="small" role="status">
        {state === 'saved' ? say.consentSaved : ''}
      </p>
      {state === 'failed' && (
        <Notice icon={CircleX} tone="bad">
          {say.consentFailed}
        </Notice>
      )}
      <Notice icon={Wifi}>{say.wifi}</Notice>
    </section>
  );
}
