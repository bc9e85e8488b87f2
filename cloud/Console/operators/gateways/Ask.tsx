import { useState } from 'react';
import { Problem } from '../../src/api/client';
import { NotDone } from '../../src/ui/parts';
import { Sheet } from '../../src/ui/Sheet';
import { common } from '../../src/ui/words';
import { useSay } from '../../src/words/language';
import { words } from './words';

interface Props {
  title: string;
  text: string;
  yes: string;
  act: () => Promise<unknown>;
  done: () => void;
  close: () => void;
}

/** Asks before something that cannot be taken back. */
export function Ask({ title, text, yes, act, done, close }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const go = () => {
    setBusy(true);
    setProblem(undefined);
    act().then(done, (error: unknown) => {
      setBusy(false);
      setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
    });
  };
  return (
    <Sheet open onClose={close} title={title} description={text}>
      <NotDone what={say.failed} problem={problem} />
      <div className="two">
        <button type="button" className="button calm" onClick={close}>
          {plain.cancel}
        </button>
        <button type="button" className="button danger" disabled={busy} onClick={go}>
          {yes}
        </button>
      </div>
    </Sheet>
  );
}
