import { Bell, Ticket, X } from 'lucide-react';
import { common } from '../src/ui/words';
import type { Formats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import type { MemberData } from './useMember';
import { words } from './words';

/** The newest of what has just come in, until it is waved away; all of it stays among the messages. */
export function News({ member, formats }: { member: MemberData; formats: Formats }) {
  const say = useSay(words);
  const plain = useSay(common);
  const local = useLocal();
  const shown = member.news.slice(-1);
  const more = member.news.length - shown.length;
  return (
    <ul className="news" aria-live="polite" aria-label={say.newMessage}>
      {shown.map((m) => (
        <li key={m.id}>
          {m.coupon ? <Ticket size={20} aria-hidden="true" /> : <Bell size={20} aria-hidden="true" />}
          <span className="words">
            {m.coupon ? say.arrived(local(m.coupon.offer.name)) : local(m.text)}
            <time className="tiny block" dateTime={m.at}>
              {formats.time(m.at)}
              {more > 0 && ` · ${say.andMore(formats.number(more))}`}
            </time>
          </span>
          <button type="button" className="button plain" aria-label={plain.close} onClick={member.dismiss}>
            <X size={18} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
