import type { Points } from '../src/api/types';

type Move = Points['moves'][number];
export type MoveName = 'earned' | 'waits' | 'freed' | 'spent' | 'back' | 'expired' | 'taken';

/** What a move between the accounts is for the member it is of. */
export function moveName(move: Move): MoveName {
  const way = `${move.from} ${move.to}`;
  const known: Record<string, MoveName> = {
    'mall member': 'earned',
    'mall pending': 'waits',
    'pending member': 'freed',
    'member spent': 'spent',
    'spent member': 'back',
    'member expired': 'expired',
  };
  return known[way] ?? (move.to === 'member' ? 'earned' : 'taken');
}

/** With its sign as the member sees it: what can be spent grows, shrinks, or stays while points wait. */
export function signed(move: Move, number: (n: number) => string): string {
  const sign = move.to === 'member' ? '+' : move.from === 'member' ? '−' : '';
  return `${sign}${number(Math.abs(move.points))}`;
}
