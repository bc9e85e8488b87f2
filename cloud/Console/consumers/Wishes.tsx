import { CircleX, Pause, Play } from 'lucide-react';
import { Switch } from 'radix-ui';
import { useState } from 'react';
import { call } from '../src/api/client';
import type { Wishes as Read } from '../src/api/types';
import type { LinkState } from '../src/live/link';
import { useBack } from '../src/live/useBack';
import { useLoaded } from '../src/live/useLoaded';
import { Pills } from '../src/ui/Pills';
import { Bones, Failure, Notice } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useSay } from '../src/words/language';
import { themeOf } from './themes';
import { muchOf, pauseOf, themesOf, ways, withQuiet, withTheme, withWay } from './wishes';
import { words } from './words';

const day = 86_400_000;
const pauses = [
  [day, 'day'],
  [7 * day, 'week'],
  [30 * day, 'month'],
] as const;

/** When, how often, of what and how a member wants to hear of us. Each change counts at once. */
export function Wishes({ secret, link, formats }: { secret: string; link: LinkState; formats: Formats }) {
  const say = useSay(words);
  const wishes = useLoaded('wishes', (signal) => call<Read>('/api/v1/me/wishes', { secret, signal }));
  const [state, setState] = useState<'idle' | 'busy' | 'saved' | 'failed'>('idle');
  useBack(link, wishes.reload);

  const save = (next: Read) => {
    const before = wishes.data;
    setState('busy');
    wishes.put(() => next);
    call<Read>('/api/v1/me/wishes', { method: 'PUT', secret, body: next }).then(
      (kept) => {
        setState('saved');
        wishes.put(() => kept);
      },
      () => {
        // What was not kept must not look as if it were.
        setState('failed');
        wishes.put(() => before);
      },
    );
  };

  return (
    <section className="card stack wishes" aria-labelledby="wishes">
      <div>
        <h2 id="wishes">{say.wishes.title}</h2>
        <p className="quiet small">{say.wishes.text}</p>
      </div>
      {wishes.data === undefined ? (
        wishes.problem !== undefined ? (
          <Failure problem={wishes.problem} retry={wishes.reload} />
        ) : (
          <Bones lines={4} />
        )
      ) : (
        <Fields wishes={wishes.data} busy={state === 'busy'} save={save} formats={formats} />
      )}
      <p className="small" role="status">
        {state === 'saved' ? say.wishes.saved : ''}
      </p>
      {state === 'failed' && (
        <Notice icon={CircleX} tone="bad">
          {say.wishes.failed}
        </Notice>
      )}
    </section>
  );
}

function Fields({
  wishes: w,
  busy,
  save,
  formats,
}: {
  wishes: Read;
  busy: boolean;
  save: (next: Read) => void;
  formats: Formats;
}) {
  const say = useSay(words);
  const paused = pauseOf(w, Date.now());
  const quiet = w.quietFrom !== null && w.quietTo !== null;
  const themes = themesOf(w);
  return (
    <>
      <div className="stack tight" role="group" aria-label={say.wishes.pause}>
        <strong>{say.wishes.pause}</strong>
        {paused !== null ? (
          <Notice icon={Pause} tone="warn">
            {say.wishes.pausedUntil(formats.dayTime(paused))}
            <button
              type="button"
              className="button calm slim block"
              disabled={busy}
              onClick={() => save({ ...w, pausedUntil: null })}
            >
              <Play size={16} aria-hidden="true" />
              {say.wishes.goOn}
            </button>
          </Notice>
        ) : (
          <div className="row">
            {pauses.map(([lasting, name]) => (
              <button
                key={name}
                type="button"
                className="button calm slim"
                disabled={busy}
                onClick={() => save({ ...w, pausedUntil: new Date(Date.now() + lasting).toISOString() })}
              >
                {say.wishes.pauses[name]}
              </button>
            ))}
          </div>
        )}
      </div>
      <div className="consent">
        <div>
          <label htmlFor="quiet">{say.wishes.quiet}</label>
          <p className="small quiet">{say.wishes.quietText}</p>
        </div>
        <Switch.Root
          id="quiet"
          className="switch"
          checked={quiet}
          disabled={busy}
          onCheckedChange={(on) => save(on ? withQuiet(w, '21:00', '09:00') : withQuiet(w, '', ''))}
        >
          <Switch.Thumb />
        </Switch.Root>
        {quiet && (
          <div className="row quiet-hours">
            <input
              type="time"
              className="input"
              aria-label={say.wishes.from}
              value={w.quietFrom ?? ''}
              required
              onChange={(e) =>
                e.target.value !== '' &&
                e.target.value !== w.quietTo &&
                save(withQuiet(w, e.target.value, w.quietTo ?? ''))
              }
            />
            <span>{say.wishes.to}</span>
            <input
              type="time"
              className="input"
              aria-label={say.wishes.to}
              value={w.quietTo ?? ''}
              required
              onChange={(e) =>
                e.target.value !== '' &&
                e.target.value !== w.quietFrom &&
                save(withQuiet(w, w.quietFrom ?? '', e.target.value))
              }
            />
          </div>
        )}
      </div>
      <div className="field">
        <label htmlFor="most">{say.wishes.most}</label>
        <select
          id="most"
          className="select"
          value={w.mostPerDay ?? ''}
          disabled={busy}
          onChange={(e) => save({ ...w, mostPerDay: e.target.value === '' ? null : Number(e.target.value) })}
        >
          <option value="">{say.wishes.mostMall}</option>
          {[...new Set([0, 1, 2, 3, 5, ...(w.mostPerDay === null ? [] : [w.mostPerDay])])]
            .sort((a, b) => a - b)
            .map((n) => (
              <option key={n} value={n}>
                {n === 0 ? say.wishes.mostNone : say.wishes.mostOf(n)}
              </option>
            ))}
        </select>
      </div>
      <div className="stack tight" role="group" aria-label={say.wishes.ways}>
        <div>
          <strong>{say.wishes.ways}</strong>
          <p className="small quiet">{say.wishes.waysText}</p>
        </div>
        {ways.map((way) => (
          <div key={way} className="consent">
            <label htmlFor={`way-${way}`}>{say.wishes.wayNames[way]}</label>
            <Switch.Root
              id={`way-${way}`}
              className="switch"
              checked={w.channels.includes(way)}
              disabled={busy}
              onCheckedChange={(on) => save(withWay(w, way, on))}
            >
              <Switch.Thumb />
            </Switch.Root>
          </div>
        ))}
      </div>
      {themes.length > 0 && (
        <div className="stack tight" role="group" aria-label={say.wishes.themes}>
          <strong>{say.wishes.themes}</strong>
          <ul className="themes">
            {themes.map((theme) => {
              const Icon = themeOf(theme).icon;
              const name = say.themeNames[theme] ?? theme;
              return (
                <li key={theme}>
                  <span className="row words">
                    <Icon size={18} aria-hidden="true" />
                    {name}
                  </span>
                  <Pills
                    small
                    label={name}
                    choices={(['yes', 'less', 'no'] as const).map((much) => [much, say.wishes.much[much]])}
                    value={muchOf(w, theme)}
                    disabled={busy}
                    put={(much) => save(withTheme(w, theme, much))}
                  />
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </>
  );
}
