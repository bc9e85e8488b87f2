import { CircleX, MapPinOff, UserRoundX, Wifi } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { at, call, Problem } from '../src/api/client';
import { type ConsentTexts, type Joined, type Purpose, purposes } from '../src/api/types';
import { newKey } from '../src/live/newKey';
import { useLoaded } from '../src/live/useLoaded';
import { Blank, Bones, Failure, Notice, Top } from '../src/ui/parts';
import { useVenues } from '../src/ui/useVenues';
import { common } from '../src/ui/words';
import { readersHalf, useLanguage, useLocal, useSay } from '../src/words/language';
import { BirthdayField } from './BirthdayField';
import { Tick } from './Tick';
import { words } from './words';

export function Join({ joined }: { joined: (secret: string) => void }) {
  const say = useSay(words);
  const plain = useSay(common);
  const local = useLocal();
  const { language } = useLanguage();
  const ids = useId();
  const venues = useVenues();
  const texts = useLoaded('consent', (signal) => call<ConsentTexts>('/api/v1/texts/consent', { signal }));
  const [nickname, setNickname] = useState('');
  const [birthday, setBirthday] = useState('');
  const [allowed, setAllowed] = useState<ReadonlySet<Purpose>>(new Set());
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const [broughtBy, setBroughtBy] = useState(() => new URLSearchParams(window.location.search).get('by'));
  // Kept until the answer is certain: who taps again when none came has joined once.
  const key = useRef<string>(undefined);
  const [lostFriend, setLostFriend] = useState(false);
  const venue = venues.venue;
  const blank = nickname.trim() === '';
  const half = birthday.length === 2 || birthday.startsWith('-');
  const failed = venues.loaded.problem ?? texts.problem;

  const submit = () => {
    setAsked(true);
    if (blank) document.getElementById(`${ids}name`)?.focus();
    if (blank || half || venue === undefined || texts.data === undefined) return;
    setBusy(true);
    setProblem(undefined);
    key.current ??= newKey();
    call<Joined>(at`venues/${venue.venue}/members`, {
      method: 'POST',
      headers: { 'Idempotency-Key': key.current },
      body: {
        nickname: nickname.trim(),
        ...(birthday === '' ? {} : { birthday }),
        language,
        purposes: purposes.filter((p) => allowed.has(p)),
        textVersion: texts.data.version,
        ...(broughtBy === null ? {} : { broughtBy }),
      },
    }).then(
      ({ secret }) => joined(secret),
      (error: unknown) => {
        setBusy(false);
        const why = error instanceof Problem ? error : new Problem(0, 'unexpected', String(error));
        if (!why.uncertain) key.current = undefined;
        // A link that was cut short on its way must keep nobody out.
        if (why.mistakes.some((m) => m.path === '$.broughtBy')) {
          setBroughtBy(null);
          setLostFriend(true);
        } else setProblem(why);
      },
    );
  };

  return (
    <>
      <Top name={venue === undefined ? 'Presence' : local(venue.name)} />
      <main>
        {venue === undefined || texts.data === undefined ? (
          failed !== undefined ? (
            <Failure
              problem={failed}
              retry={venues.loaded.problem !== undefined ? venues.loaded.reload : texts.reload}
            />
          ) : venues.loaded.data?.length === 0 ? (
            <Blank icon={MapPinOff} title={say.noVenue}>
              <p>{say.noVenueHelp}</p>
            </Blank>
          ) : (
            <Bones lines={3} height="7rem" />
          )
        ) : (
          <form
            className="stack join"
            noValidate
            onSubmit={(e) => {
              e.preventDefault();
              submit();
            }}
          >
            <div className="stack tight welcome">
              <h1>{say.joinTitle}</h1>
              <p className="quiet">{say.joinText}</p>
              {broughtBy !== null && <p className="chip glow">{say.bring.by}</p>}
            </div>
            <div className="card stack">
              {(venues.loaded.data?.length ?? 0) > 1 && (
                <div className="field">
                  <label htmlFor={`${ids}venue`}>{say.whichVenue}</label>
                  <select
                    id={`${ids}venue`}
                    className="select"
                    value={venue.venue}
                    onChange={(e) => venues.choose(e.target.value)}
                  >
                    {venues.loaded.data?.map((v) => (
                      <option key={v.venue} value={v.venue}>
                        {local(v.name)}
                      </option>
                    ))}
                  </select>
                </div>
              )}
              <div className="field">
                <label htmlFor={`${ids}name`}>{say.nickname}</label>
                <input
                  id={`${ids}name`}
                  className="input"
                  name="nickname"
                  value={nickname}
                  maxLength={40}
                  autoComplete="nickname"
                  aria-invalid={asked && blank}
                  aria-describedby={`${ids}name-help`}
                  onChange={(e) => setNickname(e.target.value)}
                />
                <p className={asked && blank ? 'wrong' : 'tiny'} id={`${ids}name-help`}>
                  {asked && blank ? say.nicknameNeeded : say.nicknameHelp}
                </p>
              </div>
              <BirthdayField value={birthday} change={setBirthday} wrong={asked && half} />
            </div>
            <section className="card stack consents" aria-labelledby={`${ids}consents`}>
              <div>
                <h2 id={`${ids}consents`}>{say.consentTitle}</h2>
                <p className="quiet small">{say.consentText}</p>
              </div>
              {purposes.map((p) => (
                <Tick
                  key={p}
                  name={p}
                  label={say.consentNames[p]}
                  text={local(texts.data?.[p])}
                  on={allowed.has(p)}
                  change={(on) => {
                    const next = new Set(allowed);
                    if (on) next.add(p);
                    else next.delete(p);
                    setAllowed(next);
                  }}
                />
              ))}
              <Notice icon={Wifi}>{say.wifi}</Notice>
              <p className="tiny">{say.textVersion(texts.data.version)}</p>
            </section>
            {lostFriend && (
              <Notice icon={UserRoundX} tone="warn">
                {say.bring.lost}
              </Notice>
            )}
            {problem !== undefined && (
              <Notice icon={CircleX} tone="bad">
                {say.joinFailed}{' '}
                {problem.status === 0
                  ? plain.noConnectionHelp
                  : readersHalf(problem.detail ?? problem.message, language)}
              </Notice>
            )}
            <button type="submit" className="button big wide" disabled={busy}>
              {busy ? say.joining : say.join}
            </button>
          </form>
        )}
      </main>
    </>
  );
}
