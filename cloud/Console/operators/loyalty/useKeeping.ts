import { useCallback, useState } from 'react';
import { at, call, type Mistake, Problem } from '../../src/api/client';
import type { Programme } from './programme';

/** What a sheet changes of the programme, and where in the document that stands. */
export interface Piece {
  change: (programme: Programme) => Programme;
  /** The place of the sheet's part in the changed document, for example `$.rewards[2]`. */
  root: (programme: Programme) => string;
}

export interface Keeping {
  busy: boolean;
  /** Why it was not kept. */
  problem: Problem | undefined;
  /** What the service finds wrong, by the place within the sheet's part: `.points`, `.levels[1].spend`. */
  wrongAt: (place: string) => Mistake | undefined;
  /** What it finds wrong elsewhere in the programme. */
  elsewhere: readonly Mistake[];
  /** Something else was typed: what was found wrong may be right now. */
  typed: () => void;
  keep: (by: string) => void;
}

/**
 * Keeps one part of the programme. The change is made to the programme as it stands then, so that two people who
 * change different parts at the same time do not undo each other's.
 */
export function useKeeping(venue: string, piece: Piece, done: (kept: Programme) => void): Keeping {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [root, setRoot] = useState('$');
  const keep = async (by: string) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const changed = piece.change(await call<Programme>(at`venues/${venue}/loyalty`));
      setRoot(piece.root(changed));
      done(
        await call<Programme>(`${at`venues/${venue}/loyalty`}?by=${encodeURIComponent(by)}`, {
          method: 'PUT',
          body: changed,
        }),
      );
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(0, 'unexpected', String(error)));
      setBusy(false);
    }
  };
  const mistakes = problem?.mistakes ?? [];
  return {
    busy,
    problem,
    wrongAt: (place) => mistakes.find((m) => m.path === `${root}${place}`),
    elsewhere: mistakes.filter((m) => !isWithin(m.path, root)),
    typed: useCallback(() => setProblem(undefined), []),
    keep: (by) => void keep(by),
  };
}

/** The points stand at the top of the document, beside the other parts and not around them. */
export function isWithin(path: string, root: string): boolean {
  if (root === '$') return /^\$\.(centsAPoint|referral|pending|keeps)$/.test(path);
  return path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`);
}
