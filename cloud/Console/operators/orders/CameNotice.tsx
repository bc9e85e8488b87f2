import { CircleX, TriangleAlert } from 'lucide-react';
import { NotDone, Notice } from '../../src/ui/parts';
import { useSay } from '../../src/words/language';
import type { Came } from './useHand';
import { words } from './words';

/** What became of an order when it was not as wished. */
export function CameNotice({ came }: { came: Came | undefined }) {
  const say = useSay(words);
  if (came === undefined || came.of === 'done') return null;
  if (came.of === 'failed') return <NotDone what={say.failed} problem={came.problem} />;
  return (
    <Notice icon={came.of === 'unsure' ? TriangleAlert : CircleX} tone="bad">
      {came.of === 'unsure' ? say.unsure : (say.meanwhile[came.state] ?? say.failed)}
    </Notice>
  );
}
