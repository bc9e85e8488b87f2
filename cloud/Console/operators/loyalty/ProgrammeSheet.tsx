import { CircleX } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { NotDone, Notice } from '../../src/ui/parts';
import { Sheet } from '../../src/ui/Sheet';
import { common } from '../../src/ui/words';
import { useLanguage, useSay } from '../../src/words/language';
import { NameField } from '../NameField';
import { useName } from '../useName';
import { meaningOf, type Telling } from './meaning';
import { neededText } from './needed';
import { Keeps } from './parts';
import type { Programme } from './programme';
import { type Piece, useKeeping } from './useKeeping';
import { words } from './words';

/** What every sheet of the programme is given. */
export interface SheetProps {
  venue: string;
  programme: Programme;
  telling: Telling;
  done: (kept: Programme) => void;
  close: () => void;
}

interface Props extends SheetProps {
  title: string;
  text: string;
  /** Undefined while a field cannot be read. */
  piece: Piece | undefined;
  /** What stands in the fields: where it changes, what the service found wrong may be right. */
  typed: unknown;
  children: ReactNode;
}

const nothing: Piece = { change: (p) => p, root: () => '$' };

/** Where a part of the programme is changed: its fields, what the change means to members, and who makes it. */
export function ProgrammeSheet({ venue, programme, telling, title, text, piece, typed, done, close, children }: Props) {
  const say = useSay(words);
  const plain = useSay(common);
  const { language } = useLanguage();
  const [name, putName] = useName();
  const [asked, setAsked] = useState(false);
  const keeping = useKeeping(venue, piece ?? nothing, done);
  const body = useRef<HTMLDivElement>(null);
  const { problem, elsewhere } = keeping;
  const means = piece === undefined ? undefined : meaningOf(programme, piece.change(programme), telling);
  const now = JSON.stringify(typed);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other words in a field are other words to the service
  useEffect(keeping.typed, [now]);

  // The reader is taken to the field that is wrong, by eye and by ear.
  useEffect(() => {
    if (problem !== undefined) body.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [problem]);

  return (
    <Sheet open onClose={close} title={title} description={text}>
      <Keeps value={keeping}>
        <div ref={body} className="stack">
          {children}
        </div>
      </Keeps>
      <section className="preview stack tight" aria-live="polite">
        <h3>{say.meansTitle}</h3>
        {means === undefined || means.length === 0 ? (
          <p className="quiet small">{means === undefined ? say.meansUnread : say.meansNothing}</p>
        ) : (
          <ul className="dots small">
            {means.map((line) => (
              <li key={line} className="words">
                {line}
              </li>
            ))}
          </ul>
        )}
      </section>
      <NameField name={name} put={putName} wrong={asked && name.trim() === ''} />
      {problem !== undefined && problem.mistakes.length === 0 && <NotDone what={say.failed} problem={problem} />}
      {problem !== undefined && problem.mistakes.length > 0 && (
        <Notice icon={CircleX} tone="bad">
          {say.failed} {elsewhere.map((m) => say.elsewhere(m.path, neededText(m.message, language))).join(' ')}
        </Notice>
      )}
      <div className="two">
        <button type="button" className="button calm" onClick={close}>
          {plain.cancel}
        </button>
        <button
          type="button"
          className="button"
          disabled={keeping.busy || means === undefined || means.length === 0}
          onClick={() => {
            setAsked(true);
            if (name.trim() !== '') keeping.keep(name.trim());
          }}
        >
          {keeping.busy ? say.saving : say.save}
        </button>
      </div>
    </Sheet>
  );
}
