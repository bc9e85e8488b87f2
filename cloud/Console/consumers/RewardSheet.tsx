import { CircleCheck, CircleX } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { call, Problem } from '../src/api/client';
import type { Reward, RewardReply } from '../src/api/types';
import { newKey } from '../src/live/newKey';
import { Notice } from '../src/ui/parts';
import { Sheet } from '../src/ui/Sheet';
import { common } from '../src/ui/words';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { words } from './words';

interface Props {
  secret: string;
  reward: Reward;
  zone: (id: string) => string;
  formats: Formats;
  close: () => void;
  ordered: () => void;
}

/** Buys a reward with points: fetched somewhere, or sent. */
export function RewardSheet({ secret, reward: r, zone, formats, close, ordered }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const local = useLocal();
  const ids = useId();
  const [way, setWay] = useState(r.collect[0] ?? 'post');
  const [name, setName] = useState('');
  const [lines, setLines] = useState('');
  const [phone, setPhone] = useState('');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [reply, setReply] = useState<RewardReply>();
  // Kept until the answer is certain: a second try of one wish must not buy twice.
  const key = useRef<string>(undefined);
  const posts = way === 'post';
  const missing = posts && (name.trim() === '' || lines.trim() === '');

  const order = () => {
    setAsked(true);
    if (missing) return;
    setBusy(true);
    setProblem(undefined);
    key.current ??= newKey();
    call<RewardReply>('/api/v1/me/rewards', {
      method: 'POST',
      secret,
      headers: { 'Idempotency-Key': key.current },
      body: posts
        ? {
            reward: r.id,
            address: {
              name: name.trim(),
              lines: lines.trim(),
              ...(phone.trim() === '' ? {} : { phone: phone.trim() }),
            },
          }
        : { reward: r.id, zone: way },
    }).then(
      (answer) => {
        key.current = undefined;
        setBusy(false);
        setReply(answer);
        ordered();
      },
      (error: unknown) => {
        const why = error instanceof Problem ? error : new Problem(0, 'unexpected', String(error));
        if (!why.uncertain) key.current = undefined;
        setBusy(false);
        setProblem(why);
      },
    );
  };
  // Another place or address is another wish.
  const change =
    <T,>(put: (value: T) => void) =>
    (value: T) => {
      key.current = undefined;
      put(value);
    };

  return (
    <Sheet open onClose={close} title={local(r.title)} description={say.points.costs(formats.number(r.points))}>
      {reply !== undefined ? (
        <>
          <Notice icon={CircleCheck}>
            {reply.code === null ? say.points.willBeSent : say.points.fetchWith(zone(way))}
            {reply.code !== null && <span className="code-line mono block">{reply.code}</span>}
          </Notice>
          <p className="small quiet">{say.points.leftNow(formats.number(reply.left))}</p>
          <button type="button" className="button wide" onClick={close}>
            {plain.close}
          </button>
        </>
      ) : (
        <>
          <div className="field">
            <label htmlFor={`${ids}way`}>{say.points.how}</label>
            <select
              id={`${ids}way`}
              className="select"
              value={way}
              disabled={busy}
              onChange={(e) => change(setWay)(e.target.value)}
            >
              {r.collect.map((z) => (
                <option key={z} value={z}>
                  {say.points.fetchAt(zone(z))}
                </option>
              ))}
              {r.post && <option value="post">{say.points.send}</option>}
            </select>
          </div>
          {posts && (
            <>
              <Field id={`${ids}name`} name={say.points.receiver} wrong={asked && name.trim() === ''}>
                {(field) => (
                  <input
                    {...field}
                    autoComplete="name"
                    maxLength={100}
                    value={name}
                    onChange={(e) => change(setName)(e.target.value)}
                  />
                )}
              </Field>
              <Field id={`${ids}lines`} name={say.points.address} wrong={asked && lines.trim() === ''}>
                {(field) => (
                  <textarea
                    {...field}
                    autoComplete="street-address"
                    rows={3}
                    maxLength={400}
                    value={lines}
                    onChange={(e) => change(setLines)(e.target.value)}
                  />
                )}
              </Field>
              <Field id={`${ids}phone`} name={say.points.phone} wrong={false}>
                {(field) => (
                  <input
                    {...field}
                    type="tel"
                    autoComplete="tel"
                    maxLength={40}
                    value={phone}
                    onChange={(e) => change(setPhone)(e.target.value)}
                  />
                )}
              </Field>
              <p className="tiny">{say.points.addressHelp}</p>
            </>
          )}
          {problem !== undefined && (
            <Notice icon={CircleX} tone="bad">
              {problem.uncertain
                ? say.points.unsure
                : (say.points.refused[problem.kind] ?? problem.detail ?? problem.message)}
            </Notice>
          )}
          <div className="two">
            <button type="button" className="button calm" onClick={close}>
              {plain.cancel}
            </button>
            <button type="button" className="button" disabled={busy} onClick={order}>
              {busy ? say.points.ordering : problem?.uncertain === true ? plain.tryAgain : say.points.get}
            </button>
          </div>
        </>
      )}
    </Sheet>
  );
}

function Field(props: {
  id: string;
  name: string;
  wrong: boolean;
  children: (field: { id: string; className: string; 'aria-invalid': boolean }) => React.ReactNode;
}) {
  const say = useSay(words);
  return (
    <div className="field">
      <label htmlFor={props.id}>{props.name}</label>
      {props.children({ id: props.id, className: 'input', 'aria-invalid': props.wrong })}
      {props.wrong && <span className="wrong">{say.points.needed}</span>}
    </div>
  );
}
