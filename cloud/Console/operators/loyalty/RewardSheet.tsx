import { useState } from 'react';
import type { Zone } from '../../src/api/types';
import { useSay } from '../../src/words/language';
import { ProgrammeSheet, type SheetProps } from './ProgrammeSheet';
import { SpanField, TextField, WrongAt } from './parts';
import { amount, idFor, type Programme, type Reward, rewardsOf, spanOf, spanText, usual, whole } from './programme';
import { Ways } from './Ways';
import { words } from './words';

interface Props extends SheetProps {
  /** Undefined for a new one. */
  reward: Reward | undefined;
  zones: readonly Zone[];
}

/** One thing that points buy: what it is, its price, how many there are and how members get it. */
export function RewardSheet({ reward, zones, ...props }: Props) {
  const say = useSay(words);
  const f = say.rewards.fields;
  const [gone, setGone] = useState(false);
  const [typed, setTyped] = useState(() => ({
    id: reward?.id,
    titleEn: reward?.title.en ?? '',
    titleZh: reward?.title.zh ?? '',
    points: String(reward?.points ?? ''),
    stock: String(reward?.stock ?? ''),
    cost: reward?.cost ? String(reward.cost) : '',
    post: reward?.post ?? false,
    collect: [...(reward?.collect ?? [])],
    pickUpWithin: spanOf(reward?.pickUpWithin ?? usual.pickUpWithin),
  }));
  const set = (change: Partial<typeof typed>) => setTyped((now) => ({ ...now, ...change }));
  const id = typed.id ?? idFor(typed.titleEn, new Set(rewardsOf(props.programme).map((r) => r.id)));
  const [points, stock, cost] = [whole(typed.points), whole(typed.stock), amount(typed.cost)];
  const wrong = {
    points: typed.points !== '' && points === undefined ? say.numberNeeded : undefined,
    stock: typed.stock.trim() !== '' && stock === undefined ? say.numberNeeded : undefined,
    cost: typed.cost.trim() !== '' && cost === undefined ? say.moneyNeeded : undefined,
  };
  const { id: _, ...now }: Reward = {
    ...(reward ?? {}),
    id,
    title:
      typed.titleZh.trim() === ''
        ? { en: typed.titleEn.trim() }
        : { en: typed.titleEn.trim(), zh: typed.titleZh.trim() },
    points: points ?? 0,
    stock: stock ?? null,
    collect: typed.collect,
    post: typed.post,
    cost: cost ?? 0,
    pickUpWithin: spanText(typed.pickUpWithin),
  };
  const readable =
    gone || (Object.values(wrong).every((w) => w === undefined) && points !== undefined && typed.titleEn.trim() !== '');
  const change = (p: Programme): Programme => {
    const all = rewardsOf(p);
    if (gone) return { ...p, rewards: all.filter((r) => r.id !== id) };
    return reward === undefined
      ? { ...p, rewards: [...all, { id, ...now }] }
      : { ...p, rewards: all.map((r) => (r.id === id ? { id, ...now } : r)) };
  };
  const root = (p: Programme) =>
    `$.rewards[${reward === undefined ? rewardsOf(p).length - 1 : rewardsOf(p).findIndex((r) => r.id === id)}]`;
  return (
    <ProgrammeSheet
      {...props}
      title={reward === undefined ? say.rewards.add : say.rewards.edit(props.telling.title(reward))}
      text={reward === undefined ? say.rewards.addText : say.rewards.editText}
      typed={[typed, gone]}
      piece={readable ? { change, root } : undefined}
    >
      {gone ? (
        <div className="notice warn row apart">
          <span>{say.rewards.removing}</span>
          <button type="button" className="button calm slim" onClick={() => setGone(false)}>
            {say.rewards.keep}
          </button>
        </div>
      ) : (
        <>
          <TextField
            label={f.titleEn}
            place=".title"
            most={120}
            value={typed.titleEn}
            put={(titleEn) => set({ titleEn })}
          />
          <TextField
            label={f.titleZh}
            place=".title.zh"
            most={120}
            lang="zh-CN"
            value={typed.titleZh}
            put={(titleZh) => set({ titleZh })}
          />
          {reward === undefined && (
            <TextField
              label={f.id}
              help={f.idHelp}
              place=".id"
              mono
              most={40}
              value={id}
              put={(next) => set({ id: next.trim() })}
            />
          )}
          <div className="fields">
            <TextField
              label={f.points}
              place=".points"
              numeric
              value={typed.points}
              put={(next) => set({ points: next })}
              wrong={wrong.points}
            />
            <TextField
              label={f.stock}
              help={f.stockHelp}
              place=".stock"
              numeric
              value={typed.stock}
              put={(next) => set({ stock: next })}
              wrong={wrong.stock}
            />
          </div>
          <Ways zones={zones} post={typed.post} collect={typed.collect} zone={props.telling.zone} set={set} />
          <WrongAt place=".collect" />
          {typed.collect.length > 0 && (
            <SpanField
              label={f.pickUpWithin}
              help={f.pickUpHelp}
              place=".pickUpWithin"
              value={typed.pickUpWithin}
              put={(pickUpWithin) => set({ pickUpWithin })}
            />
          )}
          <TextField
            label={f.cost}
            help={f.costHelp}
            place=".cost"
            numeric
            value={typed.cost}
            put={(next) => set({ cost: next })}
            wrong={wrong.cost}
          />
          {reward !== undefined && (
            <button type="button" className="button danger slim" onClick={() => setGone(true)}>
              {say.rewards.remove}
            </button>
          )}
        </>
      )}
    </ProgrammeSheet>
  );
}
