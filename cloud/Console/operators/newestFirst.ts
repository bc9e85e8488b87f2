/** Both lists as one, newest (highest id) first, each id once; what comes later replaces what was there. */
export function newestFirst<T extends { id: number }>(list: readonly T[], more: readonly T[]): T[] {
  const byId = new Map(list.map((item) => [item.id, item]));
  for (const item of more) byId.set(item.id, item);
  return [...byId.values()].sort((a, b) => b.id - a.id);
}
