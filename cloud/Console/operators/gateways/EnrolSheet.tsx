import { CircleCheck, Copy, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { at, call, Problem } from '../../src/api/client';
import type { EnrolmentCode, GatewayEntry } from '../../src/api/types';
import { NotDone, Notice } from '../../src/ui/parts';
import { Sheet } from '../../src/ui/Sheet';
import { common } from '../../src/ui/words';
import type { Formats } from '../../src/words/formats';
import { useSay } from '../../src/words/language';
import { words } from './words';

interface Props {
  venue: string;
  entry: GatewayEntry;
  formats: Formats;
  changed: () => void;
  close: () => void;
}

/** A one-time code for a box; it is on the screen until the sheet is closed, and nowhere else. */
export function EnrolSheet({ venue, entry, formats, changed, close }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const [made, setMade] = useState<EnrolmentCode>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const [before] = useState({ fingerprint: entry.fingerprint });
  const used = made !== undefined && entry.state === 'enrolled' && entry.fingerprint !== before.fingerprint;

  const make = () => {
    setBusy(true);
    setProblem(undefined);
    setCopied('no');
    call<EnrolmentCode>(at`venues/${venue}/gateways/${entry.gateway}/enrolment`, { method: 'POST', body: {} }).then(
      (code) => {
        setBusy(false);
        setMade(code);
        changed();
      },
      (error: unknown) => {
        setBusy(false);
        setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
      },
    );
  };
  const copy = () => {
    const wrote = navigator.clipboard?.writeText(made?.code ?? '') ?? Promise.reject(new Error('none'));
    wrote.then(
      () => setCopied('yes'),
      () => setCopied('failed'),
    );
  };

  return (
    <Sheet open onClose={close} title={say.enrolTitle(entry.gateway)} description={say.enrolText}>
      {entry.state === 'enrolled' && !used && (
        <Notice icon={TriangleAlert} tone="warn">
          {say.enrolReplaces}
        </Notice>
      )}
      <NotDone what={say.failed} problem={problem} />
      {made === undefined ? (
        <button type="button" className="button wide" disabled={busy} onClick={make}>
          {busy ? say.making : say.makeCode}
        </button>
      ) : used ? (
        <Notice icon={CircleCheck}>{say.enrolled}</Notice>
      ) : (
        <div className="stack">
          <div className="stack tight">
            <span className="label small">{say.code}</span>
            <output className="big-code mono">{made.code}</output>
            <div className="row apart">
              <span className="small quiet">
                {say.codeUntil(formats.time(made.expiresAt))} {say.codeOnce}
              </span>
              <button type="button" className="button calm slim" onClick={copy}>
                <Copy size={16} aria-hidden="true" />
                {copied === 'yes' ? say.copied : say.copy}
              </button>
            </div>
            {copied === 'failed' && <span className="wrong">{say.copyFailed}</span>}
          </div>
          <div className="stack tight">
            <span className="label small">{say.onBox}</span>
            <pre className="command mono">
              presence-gateway enrol --cloud {window.location.origin} --identity /var/lib/presence-gateway/identity
              --code {made.code}
            </pre>
          </div>
          <p className="row small quiet" role="status">
            <span className="dot beats" aria-hidden="true" />
            {say.waitingForBox}
          </p>
        </div>
      )}
      <button type="button" className="button calm wide" onClick={close}>
        {plain.close}
      </button>
    </Sheet>
  );
}
