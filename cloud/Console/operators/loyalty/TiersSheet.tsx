import { Plus, Trash2 } from 'lucide-react';
import { Switch } from 'radix-ui';
import { useState } from 'react';
import { useSay } from '../../src/words/language';
import { ProgrammeSheet, type SheetProps } from './ProgrammeSheet';
import { SpanField, TextField, WrongAt } from './parts';
import { amount, spanOf, spanText, tiersOf, usual } from './programme';
import { words } from './words';

/** What spend reaches a tier. */
export function TiersSheet(props: SheetProps) {
  const say = useSay(words);
  const f = say.tiers.fields;
  const [next, setNext] = useState(100);
  const [typed, setTyped] = useState(() => {
    const now = tiersOf(props.programme);
    return {
      on: true,
      over: spanOf(now?.over ?? usual.tiersOver),
      keeps: spanOf(now?.keeps ?? usual.tiersKeep),
      levels: (now?.levels ?? [{ name: '', spend: 0 }]).map((l, key) => ({
        key,
        name: l.name,
        spend: l.spend === 0 ? '' : String(l.spend),
      })),
    };
  });
  const set = (change: Partial<typeof typed>) => setTyped((now) => ({ ...now, ...change }));
  const setLevel = (key: number, change: { name?: string; spend?: string }) =>
    set({ levels: typed.levels.map((l) => (l.key === key ? { ...l, ...change } : l)) });
  const levels = typed.levels.map((l) => ({ name: l.name.trim(), spend: amount(l.spend) }));
  const tiers = typed.on
    ? {
        over: spanText(typed.over),
        keeps: spanText(typed.keeps),
        levels: levels.map((l) => ({ ...l, spend: l.spend ?? 0 })),
      }
    : null;
  const readable = !typed.on || levels.every((l) => l.spend !== undefined);
  return (
    <ProgrammeSheet
      {...props}
      title={say.tiers.edit}
      text={say.tiers.editText}
      typed={typed}
      piece={readable ? { change: (p) => ({ ...p, tiers }), root: () => '$.tiers' } : undefined}
    >
      <div className="row apart">
        <label htmlFor="tiers-on" className="label">
          <strong>{say.tiers.on}</strong>
        </label>
        <Switch.Root id="tiers-on" className="switch" checked={typed.on} onCheckedChange={(on) => set({ on })}>
          <Switch.Thumb />
        </Switch.Root>
      </div>
      {typed.on && (
        <>
          <ol className="stack" aria-label={say.tiers.title}>
            {typed.levels.map((l, i) => (
              <li key={l.key} className="level" aria-label={say.tiers.level(i + 1)}>
                <TextField
                  label={f.name}
                  place={`.levels[${i}].name`}
                  most={40}
                  value={l.name}
                  put={(name) => setLevel(l.key, { name })}
                />
                <TextField
                  label={f.spend}
                  place={`.levels[${i}].spend`}
                  numeric
                  value={l.spend}
                  put={(spend) => setLevel(l.key, { spend })}
                  wrong={l.spend !== '' && levels[i]?.spend === undefined ? say.moneyNeeded : undefined}
                />
                <button
                  type="button"
                  className="button plain"
                  aria-label={say.tiers.remove(l.name || say.tiers.level(i + 1))}
                  onClick={() => set({ levels: typed.levels.filter((x) => x.key !== l.key) })}
                >
                  <Trash2 size={18} aria-hidden="true" />
                </button>
              </li>
            ))}
          </ol>
          <div className="field">
            <button
              type="button"
              className="button calm slim"
              onClick={() => {
                set({ levels: [...typed.levels, { key: next, name: '', spend: '' }] });
                setNext(next + 1);
              }}
            >
              <Plus size={16} aria-hidden="true" />
              {say.tiers.add}
            </button>
            <WrongAt place=".levels" help={say.tiers.order} />
          </div>
          <SpanField label={f.over} place=".over" value={typed.over} put={(over) => set({ over })} />
          <SpanField label={f.keeps} place=".keeps" value={typed.keeps} put={(keeps) => set({ keeps })} />
        </>
      )}
    </ProgrammeSheet>
  );
}
