import { useState } from 'react';
import { at, call } from '../../src/api/client';
import type { RuleVersion } from '../../src/api/types';
import { useLoaded } from '../../src/live/useLoaded';
import { Bones, Failure } from '../../src/ui/parts';
import { useSay } from '../../src/words/language';
import { meaningOf, type Telling } from './meaning';
import type { Programme } from './programme';
import { words } from './words';

/** Every programme that was kept, newest first: who changed it when, and what that meant. */
export function Programmes({ venue, telling }: { venue: string; telling: Telling }) {
  const say = useSay(words);
  const [shown, setShown] = useState(5);
  const read = useLoaded(venue, (signal) =>
    call<RuleVersion[]>(at`venues/${venue}/rules/${'$loyalty'}/versions`, { signal }),
  );
  // How many were left then is not known any more.
  const then = { ...telling, left: () => undefined };
  const all = read.data ?? [];
  if (read.problem?.status === 404) return null;
  return (
    <section className="card stack" aria-labelledby="programmes">
      <h2 id="programmes">{say.history}</h2>
      {read.data === undefined ? (
        read.problem !== undefined ? (
          <Failure problem={read.problem} retry={read.reload} />
        ) : (
          <Bones lines={2} />
        )
      ) : (
        <ol className="lines">
          {all.slice(0, shown).map((v, i) => {
            const before = all[i + 1];
            const means =
              before === undefined
                ? [say.historyFirst]
                : meaningOf(before.document as Programme, v.document as Programme, then);
            return (
              <li key={v.revision} className="stack tight">
                <p className="row">
                  <b className="words">{say.historyBy(v.author)}</b>
                  <time className="tiny" dateTime={v.at}>
                    {telling.formats.dayTime(v.at)}
                  </time>
                </p>
                <ul className="dots small">
                  {(means.length === 0 ? [say.historySame] : means).map((line) => (
                    <li key={line} className="words">
                      {line}
                    </li>
                  ))}
                </ul>
              </li>
            );
          })}
        </ol>
      )}
      {all.length > shown && (
        <button type="button" className="button plain" onClick={() => setShown(shown + 20)}>
          {say.historyMore}
        </button>
      )}
    </section>
  );
}
