import { useState } from 'react';
import { useSay } from '../../src/words/language';
import { ProgrammeSheet, type SheetProps } from './ProgrammeSheet';
import { SpanField, TextField } from './parts';
import { amount, centsOf, pointsOf, spanOf, spanText, whole } from './programme';
import { words } from './words';

/** How points are earned and how long they last. */
export function PointsSheet(props: SheetProps) {
  const say = useSay(words);
  const f = say.points.fields;
  const [typed, setTyped] = useState(() => {
    const now = pointsOf(props.programme);
    return {
      money: (now.centsAPoint / 100).toFixed(2),
      referral: String(now.referral),
      pending: spanOf(now.pending),
      keeps: spanOf(now.keeps),
    };
  });
  const set = (change: Partial<typeof typed>) => setTyped((now) => ({ ...now, ...change }));
  const [money, referral] = [amount(typed.money), whole(typed.referral)];
  const read =
    money === undefined || referral === undefined
      ? undefined
      : { centsAPoint: centsOf(money), referral, pending: spanText(typed.pending), keeps: spanText(typed.keeps) };
  return (
    <ProgrammeSheet
      {...props}
      title={say.points.edit}
      text={say.points.editText}
      typed={typed}
      piece={read && { change: (p) => ({ ...p, ...read }), root: () => '$' }}
    >
      <TextField
        label={f.centsAPoint}
        place=".centsAPoint"
        numeric
        value={typed.money}
        put={(next) => set({ money: next })}
        wrong={money === undefined ? say.moneyNeeded : undefined}
      />
      <SpanField
        label={f.pending}
        help={f.pendingHelp}
        place=".pending"
        value={typed.pending}
        put={(pending) => set({ pending })}
      />
      <SpanField
        label={f.keeps}
        help={f.keepsHelp}
        place=".keeps"
        value={typed.keeps}
        put={(keeps) => set({ keeps })}
      />
      <TextField
        label={f.referral}
        place=".referral"
        numeric
        value={typed.referral}
        put={(next) => set({ referral: next })}
        wrong={referral === undefined ? say.numberNeeded : undefined}
      />
    </ProgrammeSheet>
  );
}
