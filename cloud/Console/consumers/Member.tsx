import { Bell, Coins, UserRound, WalletCards } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useEffect, useState } from 'react';
import { Bones, Failure, LinkChip, Top } from '../src/ui/parts';
import { useFormats } from '../src/words/formats';
import { useLocal, useSay } from '../src/words/language';
import { Messages } from './Messages';
import { News } from './News';
import { Points } from './Points';
import { useMember } from './useMember';
import { Wallet } from './Wallet';
import { words } from './words';
import { You } from './You';

export function Member({ secret, forget }: { secret: string; forget: (why: 'left' | 'gone') => void }) {
  const say = useSay(words);
  const local = useLocal();
  const member = useMember(secret, () => forget('gone'));
  const formats = useFormats(member.venue?.timeZone);
  const [tab, setTab] = useState('wallet');
  const { me } = member;
  const unread = member.news.length;

  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${say.tabs.wallet} · Presence`;
  }, [unread, say]);

  return (
    <Tabs.Root value={tab} onValueChange={setTab}>
      <Top name={member.venue === undefined ? 'Presence' : local(member.venue.name)}>
        <LinkChip state={member.link} />
      </Top>
      <Tabs.List className="foot" aria-label="Presence">
        <Tabs.Trigger value="wallet">
          <WalletCards size={22} aria-hidden="true" />
          {say.tabs.wallet}
        </Tabs.Trigger>
        <Tabs.Trigger value="points">
          <Coins size={22} aria-hidden="true" />
          {say.tabs.points}
        </Tabs.Trigger>
        <Tabs.Trigger value="messages">
          <Bell size={22} aria-hidden="true" />
          {say.tabs.messages}
        </Tabs.Trigger>
        <Tabs.Trigger value="you">
          <UserRound size={22} aria-hidden="true" />
          {say.tabs.you}
        </Tabs.Trigger>
      </Tabs.List>
      <main className="member">
        {me.data === undefined ? (
          me.problem !== undefined ? (
            <Failure problem={me.problem} retry={me.reload} />
          ) : (
            <Bones lines={3} height="8rem" />
          )
        ) : (
          <>
            <News member={member} formats={formats} />
            <Tabs.Content value="wallet" tabIndex={-1}>
              <Wallet secret={secret} me={me.data} member={member} formats={formats} toYou={() => setTab('you')} />
            </Tabs.Content>
            <Tabs.Content value="points" tabIndex={-1}>
              <Points secret={secret} me={me.data} link={member.link} formats={formats} />
            </Tabs.Content>
            <Tabs.Content value="messages" tabIndex={-1}>
              <Messages member={member} formats={formats} />
            </Tabs.Content>
            <Tabs.Content value="you" tabIndex={-1}>
              <You secret={secret} me={me.data} member={member} formats={formats} left={() => forget('left')} />
            </Tabs.Content>
          </>
        )}
      </main>
    </Tabs.Root>
  );
}
