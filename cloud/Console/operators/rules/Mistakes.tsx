import { CircleX } from 'lucide-react';
import type { Mistake } from '../../src/api/client';
import { useLanguage, useSay } from '../../src/words/language';
import { mistakeText } from './mistakeWords';
import { lineOf, nearest, type Span } from './spots';
import { words } from './words';

interface Props {
  mistakes: readonly Mistake[];
  text: string;
  spots: Map<string, Span>;
  show: (path: string) => void;
}

/** What is wrong, each with its place; a tap goes there. */
export function Mistakes({ mistakes, text, spots, show }: Props) {
  const say = useSay(words);
  const { language } = useLanguage();
  return (
    <section className="notice bad mistakes" aria-label={say.errors(mistakes.length)}>
      <CircleX size={18} aria-hidden="true" />
      <div className="stack tight">
        <strong>{say.errors(mistakes.length)}</strong>
        <ul className="stack tight">
          {mistakes.map((m) => {
            const span = nearest(spots, m.path);
            return (
              <li key={`${m.path} ${m.message}`} className="words">
                <button type="button" className="link mono" onClick={() => show(m.path)}>
                  {m.path}
                </button>
                {span !== undefined && <span className="tiny"> {say.atLine(lineOf(text, span.from))}</span>}
                <span className="block">
                  {say.needed(mistakeText(m.message, language))}
                  {m.value !== '' && <span className="tiny"> ({say.found(m.value)})</span>}
                </span>
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}
