import { Check, CircleX, TriangleAlert } from 'lucide-react';
import type { Doubt } from '../../src/api/types';
import { Notice } from '../../src/ui/parts';
import { useLanguage, useSay } from '../../src/words/language';
import { doubtText } from './doubtWords';
import { words } from './words';

/** What the look-over found; what keeps a rule from being put in force comes first. */
export function Doubts({ doubts, quiet = false }: { doubts: readonly Doubt[]; quiet?: boolean }) {
  const say = useSay(words);
  const { language } = useLanguage();
  if (doubts.length === 0)
    return quiet ? null : (
      <p className="row small good-words">
        <Check size={18} aria-hidden="true" />
        {say.lookedOver}
      </p>
    );
  return (
    <ul className="stack tight">
      {[...doubts]
        .sort((a, b) => Number(b.blocks) - Number(a.blocks))
        .map((d) => (
          <li key={`${d.doubt} ${d.rule} ${d.text}`}>
            <Notice icon={d.blocks ? CircleX : TriangleAlert} tone={d.blocks ? 'bad' : 'warn'}>
              <strong>{say.doubtNames[d.doubt] ?? d.doubt}</strong>
              {d.blocks && <span className="tiny"> · {say.blocks}</span>}
              <span className="block small">{doubtText(d.text, language)}</span>
            </Notice>
          </li>
        ))}
    </ul>
  );
}
