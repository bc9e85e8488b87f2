import { BadgeCheck, CircleHelp, CircleX, Clock, ScanLine, Search, Ticket, WifiOff } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { at, call, Problem } from '../src/api/client';
import type { CouponPreview, Redemption } from '../src/api/types';
import { newKey } from '../src/live/newKey';
import { Notice } from '../src/ui/parts';
import { Sheet } from '../src/ui/Sheet';
import { common } from '../src/ui/words';
import type { Formats } from '../src/words/formats';
import { readersHalf, useLanguage, useLocal, useSay } from '../src/words/language';
import { type Attempt, attemptFor, heldAttempt, hold, type Result, redeem } from './attempt';
import { codeOf } from './codeOf';
import { words } from './words';

const Scanner = lazy(() => import('./Scanner'));

interface Props {
  venue: string;
  zone: string;
  store: string;
  by: string;
  formats: Formats;
  code: string;
  setCode: (code: string) => void;
  /** Told when a coupon was redeemed. */
  answered: () => void;
}

type Step =
  | { at: 'code'; problem?: string }
  | { at: 'checking' }
  | { at: 'preview'; preview: CouponPreview }
  | { at: 'redeeming'; attempt: Attempt }
  | { at: 'result'; attempt: Attempt; result: Result };

/** Code, preview, redeem, result: one thing at a time, and a result that can be read from across the counter. */
export function Redeem({ venue, zone, store, by, formats, code, setCode, answered }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const { language } = useLanguage();
  const [step, setStep] = useState<Step>(() => {
    // A page that was reloaded in doubt still owes the guest an answer.
    const held = heldAttempt(sessionStorage);
    return held?.zone === zone ? { at: 'result', attempt: held, result: { kind: 'unsure' } } : { at: 'code' };
  });
  const [scanning, setScanning] = useState(false);
  const checked = useRef('');

  const check = (text: string) => {
    const wanted = codeOf(text);
    if (wanted === '') return;
    checked.current = wanted;
    setStep({ at: 'checking' });
    call<CouponPreview>(at`venues/${venue}/coupons/${wanted}?zone=${zone}`).then(
      (preview) => checked.current === wanted && setStep({ at: 'preview', preview }),
      (error: unknown) => {
        if (checked.current !== wanted) return;
        const unknown = error instanceof Problem && error.status === 404;
        const away = error instanceof Problem && error.status === 0;
        setStep({
          at: 'code',
          problem: unknown
            ? say.unknownTyped
            : away
              ? say.away
              : error instanceof Problem
                ? readersHalf(error.detail ?? error.message, language)
                : plain.didNotWork,
        });
      },
    );
  };
  const go = (attempt: Attempt) => {
    setStep({ at: 'redeeming', attempt });
    redeem(
      attempt,
      (a) =>
        call<Redemption>(at`venues/${venue}/coupons/${a.code}/redeem`, {
          method: 'POST',
          body: { zone: a.zone, by: a.by },
          headers: { 'Idempotency-Key': a.key },
        }),
      sessionStorage,
    ).then((result) => {
      setStep({ at: 'result', attempt, result });
      // The guest's open coupons on the board are no longer what they were.
      if (result.kind === 'redeemed') answered();
    });
  };
  const restart = () => {
    hold(undefined, sessionStorage);
    checked.current = '';
    setCode('');
    setStep({ at: 'code' });
  };

  // A coupon tapped on the arrivals board is checked as if it had been typed.
  const latest = useRef(check);
  latest.current = check;
  const typed = useRef('');
  useEffect(() => {
    if (code !== '' && code !== typed.current) latest.current(code);
  }, [code]);

  return (
    <section className="stack" aria-labelledby="redeem">
      <h2 id="redeem" className="side-title">
        {say.redeem}
      </h2>
      <div className="card redeem" aria-live="polite">
        {(step.at === 'code' || step.at === 'checking') && (
          <form
            className="stack"
            onSubmit={(e) => {
              e.preventDefault();
              check(code);
            }}
          >
            <div className="field">
              <label htmlFor="code">{say.code}</label>
              <input
                id="code"
                className="input code-input mono"
                value={code}
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                maxLength={200}
                aria-describedby="code-help"
                aria-invalid={step.at === 'code' && step.problem !== undefined}
                onChange={(e) => {
                  typed.current = e.target.value;
                  setCode(e.target.value);
                }}
              />
              <p className="tiny" id="code-help">
                {say.codeHelp}
              </p>
            </div>
            {step.at === 'code' && step.problem !== undefined && (
              <Notice icon={CircleX} tone="bad">
                {step.problem}
              </Notice>
            )}
            <div className="two">
              <button type="button" className="button calm big" onClick={() => setScanning(true)}>
                <ScanLine size={20} aria-hidden="true" />
                {say.scan}
              </button>
              <button type="submit" className="button big" disabled={step.at === 'checking' || codeOf(code) === ''}>
                <Search size={20} aria-hidden="true" />
                {say.check}
              </button>
            </div>
          </form>
        )}
        {step.at === 'preview' && (
          <Preview
            preview={step.preview}
            formats={formats}
            redeem={() => go(attemptFor(step.preview.code, zone, by, sessionStorage, newKey))}
            restart={restart}
          />
        )}
        {step.at === 'redeeming' && (
          <div className="verdict wait" role="status">
            <Ticket size={44} aria-hidden="true" />
            <strong>{say.redeeming}</strong>
            <p className="mono">{step.attempt.code}</p>
          </div>
        )}
        {step.at === 'result' && (
          <Verdict
            result={step.result}
            attempt={step.attempt}
            store={store}
            formats={formats}
            retry={() => go(step.attempt)}
            restart={restart}
          />
        )}
      </div>
      <Sheet open={scanning} onClose={() => setScanning(false)} title={say.scanTitle}>
        <Suspense fallback={<p className="quiet">{say.scanWait}</p>}>
          <Scanner
            found={(text) => {
              setScanning(false);
              typed.current = codeOf(text);
              setCode(codeOf(text));
              check(text);
            }}
          />
        </Suspense>
      </Sheet>
    </section>
  );
}

function Preview({
  preview: p,
  formats,
  redeem,
  restart,
}: {
  preview: CouponPreview;
  formats: Formats;
  redeem: () => void;
  restart: () => void;
}) {
  const say = useSay(words);
  const local = useLocal();
  if (!p.redeemable) return <Refused preview={p} formats={formats} restart={restart} />;
  return (
    <div className="stack">
      <div className="stack tight">
        <span className="chip good">{say.good}</span>
        <p className="offer words">{local(p.offer.name)}</p>
        {local(p.offer.text) !== local(p.offer.name) && <p className="quiet words">{local(p.offer.text)}</p>}
        <p className="tiny words">
          <span className="mono">{p.code}</span> · {say.validUntil(formats.dayTime(p.expiresAt))}
        </p>
      </div>
      <div className="two">
        <button type="button" className="button calm big" onClick={restart}>
          {say.other}
        </button>
        <button type="button" className="button big" onClick={redeem}>
          <BadgeCheck size={20} aria-hidden="true" />
          {say.redeemNow}
        </button>
      </div>
    </div>
  );
}

/** As clear as the answer to a second try at redeeming: nobody should have to read small print at a till. */
function Refused({ preview: p, formats, restart }: { preview: CouponPreview; formats: Formats; restart: () => void }) {
  const say = useSay(words);
  const local = useLocal();
  const Icon = p.state === 'expired' ? Clock : CircleX;
  return (
    <div className="stack">
      <div className="verdict bad" role="alert">
        <Icon size={52} strokeWidth={1.8} aria-hidden="true" />
        <strong>{p.state === 'issued' ? say.notGood : say.states[p.state]}</strong>
        <p className="offer words">{local(p.offer.name)}</p>
        <p className="words">{local(p.reason)}</p>
        {p.state === 'redeemed' && p.redeemedIn && p.redeemedBy && (
          <p className="words">{say.usedHere(local(p.redeemedIn), p.redeemedBy)}</p>
        )}
        {p.state === 'redeemed' && <p>{say.alreadyHelp}</p>}
        {p.state === 'expired' && <p>{say.validUntil(formats.dayTime(p.expiresAt))}</p>}
        <p className="mono words">{p.code}</p>
      </div>
      <button type="button" className="button big wide" onClick={restart}>
        {say.other}
      </button>
    </div>
  );
}

const looks = {
  redeemed: { tone: 'good', icon: BadgeCheck },
  already: { tone: 'bad', icon: CircleX },
  expired: { tone: 'bad', icon: Clock },
  unknown: { tone: 'bad', icon: CircleHelp },
  refused: { tone: 'bad', icon: CircleX },
  unsure: { tone: 'warn', icon: WifiOff },
} as const;

interface VerdictProps {
  result: Result;
  attempt: Attempt;
  store: string;
  formats: Formats;
  retry: () => void;
  restart: () => void;
}

function Verdict({ result, attempt, store, formats, retry, restart }: VerdictProps) {
  const say = useSay(words);
  const { language } = useLanguage();
  const local = useLocal();
  const { tone, icon: Icon } = looks[result.kind];
  const title = {
    redeemed: say.done,
    already: say.already,
    expired: say.expired,
    unknown: say.unknown,
    refused: say.refused,
    unsure: say.unsure,
  }[result.kind];
  const help = {
    redeemed: '',
    already: say.alreadyHelp,
    expired: say.expiredHelp,
    unknown: say.unknownHelp,
    refused: '',
    unsure: say.unsureHelp,
  }[result.kind];
  return (
    <div className="stack">
      <div className={`verdict ${tone}`} role="alert">
        <Icon size={52} strokeWidth={1.8} aria-hidden="true" />
        <strong>{title}</strong>
        {result.kind === 'redeemed' && <p className="offer words">{local(result.redemption.offer.name)}</p>}
        {result.kind === 'redeemed' && <p>{say.doneAt(formats.time(result.redemption.at), store)}</p>}
        {(result.kind === 'already' || result.kind === 'refused') && (
          <p className="words">{readersHalf(result.detail, language)}</p>
        )}
        {help !== '' && <p>{help}</p>}
        <p className="mono">{attempt.code}</p>
      </div>
      {result.kind === 'unsure' ? (
        <div className="two">
          <button type="button" className="button calm big" onClick={restart}>
            {say.giveUp}
          </button>
          <button type="button" className="button big" onClick={retry}>
            {say.tryAgain}
          </button>
        </div>
      ) : (
        <button type="button" className="button big wide" onClick={restart}>
          {say.next}
        </button>
      )}
    </div>
  );
}
