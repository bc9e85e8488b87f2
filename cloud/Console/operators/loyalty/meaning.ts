import type { Formats } from '../../src/words/formats';
import {
  centsOf,
  type Level,
  type Programme,
  pointsOf,
  type Reward,
  rewardsOf,
  spanOf,
  tiersOf,
  type Unit,
  usual,
} from './programme';
import type { words } from './words';

/** What sentences about a programme are made with. */
export interface Telling {
  say: (typeof words)['en'];
  formats: Formats;
  zone: (id: string) => string;
  tier: (name: string) => string;
  title: (reward: Reward) => string;
  /** How many of a reward are left now; null for as many as wanted, undefined when it is not known. */
  left: (reward: string) => number | null | undefined;
}

export function spanWords(text: string, { say, formats }: Pick<Telling, 'say' | 'formats'>): string {
  const { number, unit } = spanOf(text);
  return /^\d+$/.test(number) ? say.span(formats.number(Number(number)), unit as Unit, number === '1') : text;
}

/** What a purchase is taken of in examples: enough to earn a few points whatever a point costs. */
export function example(...centsAPoint: number[]): number {
  const most = Math.max(...centsAPoint) * 2;
  let round = 10_000;
  while (round < most) round *= 10;
  return round;
}

/** What a change means to members, in sentences; nothing when it changes nothing. */
export function meaningOf(before: Programme, after: Programme, t: Telling): string[] {
  return [...pointsMeaning(before, after, t), ...tiersMeaning(before, after, t), ...rewardsMeaning(before, after, t)];
}

function pointsMeaning(before: Programme, after: Programme, t: Telling): string[] {
  const { say, formats } = t;
  const [was, is] = [pointsOf(before), pointsOf(after)];
  const said: string[] = [];
  if (was.centsAPoint !== is.centsAPoint) {
    const cents = example(was.centsAPoint, is.centsAPoint);
    const points = (each: number) => (each < 1 ? '–' : formats.number(Math.floor(cents / each)));
    said.push(say.means.earn(formats.money(cents), points(is.centsAPoint), points(was.centsAPoint)));
  }
  if (was.referral !== is.referral)
    said.push(
      is.referral === 0
        ? say.means.noReferral
        : say.means.referral(formats.number(is.referral), formats.number(was.referral)),
    );
  if (was.pending !== is.pending) said.push(say.means.pending(spanWords(is.pending, t), spanWords(was.pending, t)));
  if (was.keeps !== is.keeps) said.push(say.means.keeps(spanWords(is.keeps, t), spanWords(was.keeps, t)));
  return said;
}

function tiersMeaning(before: Programme, after: Programme, t: Telling): string[] {
  const { say, formats, tier } = t;
  const [was, is] = [tiersOf(before), tiersOf(after)];
  if (was === null && is === null) return [];
  if (is === null) return [say.means.tiersOff];
  const money = (level: Level) => formats.money(centsOf(level.spend));
  const said: string[] = was === null ? [say.means.tiersOn] : [];
  for (const level of is.levels) {
    const old = was?.levels.find((l) => l.name === level.name);
    if (old === undefined) said.push(say.means.tierNew(tier(level.name), money(level)));
    else if (level.spend < old.spend) said.push(say.means.tierEasier(tier(level.name), money(level), money(old)));
    else if (level.spend > old.spend) said.push(say.means.tierHarder(tier(level.name), money(level), money(old)));
  }
  for (const old of was?.levels ?? [])
    if (!is.levels.some((l) => l.name === old.name)) said.push(say.means.tierGone(tier(old.name)));
  if (was !== null && was.over !== is.over) said.push(say.means.over(spanWords(is.over, t), spanWords(was.over, t)));
  if (was !== null && was.keeps !== is.keeps)
    said.push(say.means.tiersKeep(spanWords(is.keeps, t), spanWords(was.keeps, t)));
  return said;
}

function rewardsMeaning(before: Programme, after: Programme, t: Telling): string[] {
  const { say, formats, title } = t;
  const [was, is] = [rewardsOf(before), rewardsOf(after)];
  const said: string[] = [];
  for (const reward of is) {
    const old = was.find((r) => r.id === reward.id);
    if (old === undefined)
      said.push(say.means.rewardNew(title(reward), formats.number(reward.points), waysOf(reward, t)));
    else said.push(...rewardMeaning(old, reward, t));
  }
  for (const old of was)
    if (!is.some((r) => r.id === old.id))
      said.push(say.means.rewardGone(title(old)) + ((old.collect ?? []).length > 0 ? ` ${say.means.couponsStay}` : ''));
  return said;
}

function rewardMeaning(was: Reward, is: Reward, t: Telling): string[] {
  const { say, formats, title } = t;
  const said: string[] = [];
  if (was.title.en !== is.title.en || (was.title.zh ?? null) !== (is.title.zh ?? null))
    said.push(say.means.renamed(title(was), title(is)));
  if (was.points !== is.points)
    said.push(say.means.price(title(is), formats.number(is.points), formats.number(was.points)));
  if ((was.stock ?? null) !== (is.stock ?? null)) said.push(stockMeaning(was, is, t));
  if ((was.post ?? false) !== (is.post ?? false))
    said.push(is.post ? say.means.postOn(title(is)) : say.means.postOff(title(is)));
  const [old, now] = [was.collect ?? [], is.collect ?? []];
  const added = now.filter((z) => !old.includes(z));
  const gone = old.filter((z) => !now.includes(z));
  if (added.length > 0) said.push(say.means.placesNew(title(is), added.map(t.zone)));
  if (gone.length > 0) said.push(`${say.means.placesGone(title(is), gone.map(t.zone))} ${say.means.couponsStay}`);
  const [kept, keeps] = [was.pickUpWithin ?? usual.pickUpWithin, is.pickUpWithin ?? usual.pickUpWithin];
  if (kept !== keeps && now.length > 0) said.push(say.means.pickUp(title(is), spanWords(keeps, t), spanWords(kept, t)));
  if ((was.cost ?? 0) !== (is.cost ?? 0)) said.push(say.means.cost(title(is)));
  return said;
}

function stockMeaning(was: Reward, is: Reward, { say, formats, title, left }: Telling): string {
  if (is.stock == null) return say.means.stockOpen(title(is));
  const has = left(was.id);
  // How many were ordered is known only where there was a number to count down from.
  if (was.stock == null || has == null) return say.means.stockNew(title(is), formats.number(is.stock));
  return say.means.stock(title(is), formats.number(Math.max(0, is.stock - (was.stock - has))), formats.number(has));
}

/** Where a reward can be had, in words. */
export function waysOf(reward: Reward, { say, zone }: Pick<Telling, 'say' | 'zone'>): string {
  const places = (reward.collect ?? []).map(zone);
  if (places.length === 0) return reward.post ? say.sentOnly : say.noWay;
  return reward.post ? say.fetchedOrSent(places) : say.fetchedOnly(places);
}
