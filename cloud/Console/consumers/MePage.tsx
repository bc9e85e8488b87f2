import { UserRoundX } from 'lucide-react';
import { useState } from 'react';
import { remember, remembered } from '../src/live/memory';
import { Blank, Top } from '../src/ui/parts';
import { useSay } from '../src/words/language';
import { Join } from './Join';
import { Member } from './Member';
import { words } from './words';

/** What this browser holds of a membership: the secret that proves it. */
export function MePage() {
  const say = useSay(words);
  const [secret, setSecret] = useState(() => remembered('me.secret'));
  const [farewell, setFarewell] = useState<'left' | 'gone'>();

  const forget = (why: 'left' | 'gone') => {
    remember('me.secret', null);
    remember('me.cursor', null);
    setSecret(null);
    setFarewell(why);
  };

  if (secret !== null) return <Member key={secret} secret={secret} forget={forget} />;
  if (farewell !== undefined)
    return (
      <>
        <Top name="Presence" />
        <main>
          <Blank icon={UserRoundX} title={farewell === 'left' ? say.left : say.gone}>
            <p>{farewell === 'left' ? say.leftHelp : say.goneHelp}</p>
            <button type="button" className="button calm" onClick={() => setFarewell(undefined)}>
              {say.joinAgain}
            </button>
          </Blank>
        </main>
      </>
    );
  return (
    <Join
      joined={(fresh) => {
        remember('me.cursor', null);
        remember('me.secret', fresh);
        setSecret(fresh);
        window.scrollTo(0, 0);
      }}
    />
  );
}
