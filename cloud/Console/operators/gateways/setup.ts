import type { GatewaySetup } from '../../src/api/types';

/** The numbers of a set-up and how large the service lets them be. */
export const numbers = [
  { name: 'lingerMs', most: 60_000 },
  { name: 'forgetMs', most: 86_400_000 },
  { name: 'louderDb', most: 60 },
  { name: 'liveLimitMs', most: 3_600_000 },
  { name: 'statusEveryMs', most: 3_600_000 },
] as const;

type Name = (typeof numbers)[number]['name'];

/** A set-up as it stands in the fields; empty is the box's own choice. */
export type Typed = Record<Name | 'broker', string> & { unassociated: 'own' | 'keep' | 'drop' };

export function typedOf(setup: GatewaySetup): Typed {
  const number = (n: number | undefined) => (n === undefined || n === 0 ? '' : String(n));
  return {
    lingerMs: number(setup.lingerMs),
    forgetMs: number(setup.forgetMs),
    louderDb: number(setup.louderDb),
    liveLimitMs: number(setup.liveLimitMs),
    statusEveryMs: number(setup.statusEveryMs),
    broker: setup.broker ?? '',
    unassociated: setup.dropUnassociated == null ? 'own' : setup.dropUnassociated ? 'drop' : 'keep',
  };
}

/** @returns the set-up to send, or which fields keep it from being sent. */
export function readSetup(typed: Typed): { setup: GatewaySetup | undefined; wrong: ReadonlySet<string> } {
  const wrong = new Set<string>();
  const setup: GatewaySetup = {
    broker: typed.broker.trim() === '' ? null : typed.broker.trim(),
    dropUnassociated: typed.unassociated === 'own' ? null : typed.unassociated === 'drop',
  };
  for (const { name, most } of numbers) {
    const text = typed[name].trim();
    if (text !== '' && (!/^\d{1,9}$/.test(text) || Number(text) > most)) wrong.add(name);
    else setup[name] = Number(text);
  }
  if (!/^[^\s:]*(:\d{1,5})?$/.test(typed.broker.trim()) || /^:/.test(typed.broker.trim())) wrong.add('broker');
  return { setup: wrong.size === 0 ? setup : undefined, wrong };
}
