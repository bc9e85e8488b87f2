import { useState } from 'react';
import { at, call, Problem } from '../../src/api/client';
import type { Doubt } from '../../src/api/types';
import { Bones, NotDone } from '../../src/ui/parts';
import { Sheet } from '../../src/ui/Sheet';
import { common } from '../../src/ui/words';
import { useLanguage, useSay } from '../../src/words/language';
import { NameField } from '../NameField';
import { type RuleDocument, titleOf } from '../readAloud';
import { useName } from '../useName';
import { Doubts } from './Doubts';
import { leadsTo, type Move } from './shelf';
import { words } from './words';

interface Props {
  venue: string;
  rule: RuleDocument;
  move: Move;
  /** Undefined while they are being looked for. */
  doubts: readonly Doubt[] | undefined;
  done: (rule: RuleDocument) => void;
  close: () => void;
}

/** Asks before a rule goes from one state to another, with what speaks against it. */
export function MoveSheet({ venue, rule, move, doubts, done, close }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const { language } = useLanguage();
  const [name, putName] = useName();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const publishes = leadsTo[move] === 'published';
  const blocked = publishes && (doubts?.some((d) => d.blocks) ?? true);

  const go = () => {
    setAsked(true);
    if (name.trim() === '') return;
    setBusy(true);
    setProblem(undefined);
    call<RuleDocument>(at`venues/${venue}/rules/${String(rule.id)}/state`, {
      method: 'POST',
      body: { state: leadsTo[move], by: name.trim() },
    }).then(done, (error: unknown) => {
      setBusy(false);
      setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
    });
  };

  return (
    <Sheet open onClose={close} title={say.moveTitle[move]} description={say.moveText[move]}>
      <p className="words">
        <strong>{titleOf(rule, language)}</strong>
      </p>
      {publishes && (doubts === undefined ? <Bones lines={1} height="3rem" /> : <Doubts doubts={doubts} />)}
      <NameField name={name} put={putName} wrong={asked && name.trim() === ''} />
      <NotDone what={say.failed} problem={problem} />
      <div className="two">
        <button type="button" className="button calm" onClick={close}>
          {plain.cancel}
        </button>
        <button
          type="button"
          className={move === 'archive' ? 'button danger' : 'button'}
          disabled={busy || blocked}
          onClick={go}
        >
          {busy ? say.working : say.moves[move]}
        </button>
      </div>
    </Sheet>
  );
}
