import { Bell } from 'lucide-react';
import { Blank, Bones, Failure } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import type { MemberData } from './useMember';
import { words } from './words';

export function Messages({ member, formats }: { member: MemberData; formats: Formats }) {
  const say = useSay(words);
  const local = useLocal();
  const { history } = member;
  const list = history.data?.toSorted((a, b) => b.cursor - a.cursor);
  return (
    <section className="stack" aria-labelledby="messages">
      <h1 id="messages">{say.tabs.messages}</h1>
      {list === undefined ? (
        history.problem !== undefined ? (
          <Failure problem={history.problem} retry={history.reload} />
        ) : (
          <Bones lines={4} />
        )
      ) : list.length === 0 ? (
        <div className="card">
          <Blank icon={Bell} title={say.noMessages}>
            <p>{say.noMessagesHelp}</p>
          </Blank>
        </div>
      ) : (
        <ol className="card messages">
          {list.map((m) => (
            <li key={m.id}>
              <time className="tiny" dateTime={m.at}>
                {formats.dayTime(m.at)}
              </time>
              <p className="words">
                {m.coupon ? (
                  <>
                    {say.couponCame}
                    <b>{local(m.coupon.offer.name)}</b>
                  </>
                ) : (
                  local(m.text)
                )}
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
