import type { Spot } from '../src/api/types';

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export function boxOf(outline: readonly Spot[]): Box {
  const xs = outline.map((p) => p.x);
  const ys = outline.map((p) => p.y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

export function contains(outline: readonly Spot[], { x, y }: Spot): boolean {
  let inside = false;
  outline.forEach((a, i) => {
    const b = outline[(i + 1) % outline.length] as Spot;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  });
  return inside;
}

/** Where to write a zone's name: its centre of area, or for an L or U, whose centre may lie outside, the middle of its widest cut at half height. */
export function labelSpot(outline: readonly Spot[]): Spot {
  let [area, x, y] = [0, 0, 0];
  outline.forEach((a, i) => {
    const b = outline[(i + 1) % outline.length] as Spot;
    const cross = a.x * b.y - b.x * a.y;
    area += cross;
    x += (a.x + b.x) * cross;
    y += (a.y + b.y) * cross;
  });
  const box = boxOf(outline);
  const centre =
    area === 0
      ? { x: box.left + box.width / 2, y: box.top + box.height / 2 }
      : { x: x / (3 * area), y: y / (3 * area) };
  if (contains(outline, centre)) return centre;
  let best = { from: box.left, to: box.left, y: centre.y };
  for (const share of [0.5, 0.25, 0.75, 0.1, 0.9]) {
    const cut = box.top + box.height * share;
    const crossings = outline
      .flatMap((a, i) => {
        const b = outline[(i + 1) % outline.length] as Spot;
        return a.y > cut !== b.y > cut ? [((b.x - a.x) * (cut - a.y)) / (b.y - a.y) + a.x] : [];
      })
      .sort((p, q) => p - q);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const [from, to] = [crossings[i] as number, crossings[i + 1] as number];
      if (to - from > best.to - best.from) best = { from, to, y: cut };
    }
  }
  return { x: (best.from + best.to) / 2, y: best.y };
}

/** The next round number a heat scale may end at. */
export function roundPeak(most: number): number {
  for (let step = 10; ; step *= 10) {
    for (const part of [0.5, 0.6, 0.8, 1, 1.5, 2, 3, 4]) if (most <= step * part) return step * part;
  }
}

/** 0 for nobody, else 1 to 5 by share of the peak. */
export function heatLevel(now: number, peak: number): number {
  return now <= 0 ? 0 : Math.min(5, 1 + Math.floor((4.999 * now) / peak));
}

/** Where a zone's number and name go; null where there is no room for the name. */
export interface Label {
  count: Spot;
  name: Spot | null;
  /** One above the other, with nothing between. */
  stacked: boolean;
}

/**
 * Writes number and name clear of the marks that stand in a zone's middle: both below them, else both above, else the number
 * beside them and the name below, as far as it fits.
 * @param pixel Metres in a pixel.
 */
export function besideMarks(middle: Spot, marks: readonly Spot[], zone: Box, pixel: number): Label {
  const at = (x: number, y: number): Spot => ({ x, y });
  const pair = (y: number): Label => ({ count: at(middle.x, y), name: at(middle.x, y + 16 * pixel), stacked: true });
  const near = marks.filter((m) => Math.abs(m.x - middle.x) < 48 * pixel && Math.abs(m.y - middle.y) < 28 * pixel);
  if (near.length === 0) return pair(middle.y);
  const [high, low] = [Math.min(...near.map((m) => m.y)), Math.max(...near.map((m) => m.y))];
  const bottom = zone.top + zone.height;
  if (low + 46 * pixel <= bottom) return pair(low + 26 * pixel);
  if (high - 44 * pixel >= zone.top) return pair(high - 30 * pixel);
  const right = Math.min(Math.max(...near.map((m) => m.x)) + 20 * pixel, zone.left + zone.width - 8 * pixel);
  const under = low + 21 * pixel;
  return {
    count: at(right, (high + low) / 2 + 5 * pixel),
    name: under + 5 * pixel <= bottom ? at(middle.x, under) : null,
    stacked: false,
  };
}
