import { CircleX, Download, LogOut } from 'lucide-react';
import { useState } from 'react';
import { call, callBlob } from '../src/api/client';
import type { Me } from '../src/api/types';
import { Notice } from '../src/ui/parts';
import { Sheet } from '../src/ui/Sheet';
import { common } from '../src/ui/words';
import type { Formats } from '../src/words/formats';
import { useLanguage, useSay } from '../src/words/language';
import { BindCard } from './BindCard';
import { birthdayText } from './birthday';
import { Consents } from './Consents';
import type { MemberData } from './useMember';
import { Wishes } from './Wishes';
import { words } from './words';

interface Props {
  secret: string;
  me: Me;
  member: MemberData;
  formats: Formats;
  left: () => void;
}

/** As much of the id as helps at a help desk: `m-1a2b3c…`, as staff and operators see it. */
function shortId(member: string): string {
  return member.startsWith('m-') ? member : `m-${member.replaceAll('-', '').slice(0, 6)}…`;
}

export function You({ secret, me, member, formats, left }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const { language } = useLanguage();
  const [exporting, setExporting] = useState<'idle' | 'busy' | 'failed'>('idle');
  const [leaving, setLeaving] = useState<'no' | 'asked' | 'busy' | 'failed'>('no');

  const save = () => {
    setExporting('busy');
    callBlob('/api/v1/me/export', { secret }).then(
      (data) => {
        setExporting('idle');
        const address = URL.createObjectURL(data);
        const link = document.createElement('a');
        link.href = address;
        link.download = 'presence-my-data.json';
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 10_000);
      },
      () => setExporting('failed'),
    );
  };
  const leave = () => {
    setLeaving('busy');
    call<void>('/api/v1/me', { method: 'DELETE', secret }).then(left, () => setLeaving('failed'));
  };

  return (
    <div className="stack">
      <div>
        <h1 className="words">{me.nickname}</h1>
        <p className="quiet small">
          <span className="mono">{shortId(me.member)}</span>
          {me.birthday && ` · ${say.birthdayIs} ${birthdayText(me.birthday, language)}`}
        </p>
      </div>
      <Consents secret={secret} me={me} member={member} />
      <Wishes secret={secret} link={member.link} formats={formats} />
      {me.purposes.includes('presence') ? (
        <BindCard secret={secret} member={member} formats={formats} />
      ) : (
        <p className="quiet small">{say.bindNeedsPresence}</p>
      )}
      <section className="card stack tight" aria-labelledby="bound">
        <h2 id="bound">{say.bound}</h2>
        {me.bindings.length === 0 ? (
          <p className="quiet small">{say.boundNone}</p>
        ) : (
          <ul className="stack tight">
            {me.bindings.map((b) => (
              <li key={`${b.at} ${b.how}`} className="row apart small">
                {say.boundHow[b.how] ?? b.how}
                <span className="tiny">{say.boundSince(formats.dayTime(b.at))}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="card stack" aria-labelledby="data">
        <div>
          <h2 id="data">{say.yourData}</h2>
          <p className="quiet small">{say.exportText}</p>
        </div>
        <button type="button" className="button calm" onClick={save} disabled={exporting === 'busy'}>
          <Download size={18} aria-hidden="true" />
          {exporting === 'busy' ? say.exporting : say.export}
        </button>
        {exporting === 'failed' && (
          <Notice icon={CircleX} tone="bad">
            {say.exportFailed}
          </Notice>
        )}
        <button type="button" className="button danger" onClick={() => setLeaving('asked')}>
          <LogOut size={18} aria-hidden="true" />
          {say.leave}
        </button>
      </section>
      <Sheet
        open={leaving !== 'no'}
        onClose={() => setLeaving('no')}
        title={say.leaveTitle}
        description={say.leaveText}
      >
        {leaving === 'failed' && (
          <Notice icon={CircleX} tone="bad">
            {say.leaveFailed}
          </Notice>
        )}
        <div className="two">
          <button type="button" className="button calm" onClick={() => setLeaving('no')}>
            {plain.cancel}
          </button>
          <button type="button" className="button danger" onClick={leave} disabled={leaving === 'busy'}>
            {leaving === 'busy' ? say.leaving : say.leaveYes}
          </button>
        </div>
      </Sheet>
    </div>
  );
}
