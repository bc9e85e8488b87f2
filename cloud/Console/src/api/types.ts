/** What the service says, as documented at /openapi/v1.json. Times are ISO 8601 in UTC. */

/** A text in the languages of the venue; English is always there. */
export interface LocalText {
  en: string;
  zh?: string | null;
}

export interface Venue {
  tenant: string;
  venue: string;
  name: LocalText;
  timeZone: string;
}

/** Metres from the floor's origin, x to the right, y up. */
export interface Spot {
  x: number;
  y: number;
}

export interface Floor {
  id: string;
  name: LocalText;
  width: number;
  height: number;
}

export interface Zone {
  id: string;
  floor: string;
  name: LocalText;
  outline: Spot[];
  tags: string[];
  isStore: boolean;
  /** People who fit; 0 when unknown. */
  capacity: number;
}

export interface Receiver {
  gateway: string;
  number: number;
  floor: string;
  at: Spot;
  zone: string;
  kind: string;
}

export interface VenueMap extends Venue {
  floors: Floor[];
  zones: Zone[];
  receivers: Receiver[];
}

export interface GatewayHealth {
  gateway: string;
  online: boolean;
  lastSeenAt?: string | null;
  clockErrorMs: number;
  /** Batches that still wait in the gateway's spool. */
  backlog: number;
}

export interface LiveFloor {
  venueTime: string;
  visitors: number;
  members: number;
  zones: { zone: string; now: number }[];
  gateways: GatewayHealth[];
  sightings: number;
  visits: number;
}

export interface Reason {
  gate: string;
  passed: boolean;
  observed?: string | number | boolean | null;
  threshold?: string | number | boolean | null;
  /** The least that would have changed it. */
  nearest?: string | null;
}

export type Outcome = 'offered' | 'notified' | 'done' | 'blocked' | 'outranked' | 'heldOut' | 'postponed';

export interface Decision {
  id: number;
  at: string;
  rule: string;
  ruleName: LocalText;
  member: string;
  zone?: string | null;
  outcome: Outcome;
  offer?: LocalText | null;
  reasons: Reason[];
}

export interface Visit {
  id: number;
  token: string;
  member?: string | null;
  since: string;
  until?: string | null;
  /** Percent. */
  confidence: number;
  sources: string[];
  stays: { zone: string; since: string; until?: string | null }[];
}

export interface Arrival {
  id: number;
  at: string;
  member: string;
  nickname: string;
  tier?: string | null;
  text: LocalText;
  lastVisitAt?: string | null;
  openCoupons: { name: LocalText; code: string }[];
  acknowledgedBy?: string | null;
  acknowledgedAt?: string | null;
}

export type CouponState = 'issued' | 'redeemed' | 'expired' | 'cancelled';

export interface Offer {
  name: LocalText;
  text: LocalText;
  theme?: string | null;
}

/** A coupon as the till sees it. */
export interface CouponPreview {
  code: string;
  state: CouponState;
  offer: Offer;
  expiresAt: string;
  redeemable: boolean;
  reason?: LocalText | null;
}

export interface Redemption {
  outcome: 'redeemed';
  code: string;
  at: string;
  offer: Offer;
}

/** A coupon as its member sees it. */
export interface Coupon {
  id: number;
  code: string;
  /** For reading aloud and typing; the till takes both. */
  shortCode?: string | null;
  offer: Offer;
  where?: LocalText | null;
  state: CouponState;
  issuedAt: string;
  expiresAt: string;
  redeemedAt?: string | null;
  why: LocalText;
}

export type Purpose = 'presence' | 'marketing' | 'profiling';
export const purposes: readonly Purpose[] = ['presence', 'marketing', 'profiling'];

export type ConsentTexts = { version: string } & Record<Purpose, LocalText>;

export interface Joined {
  memberId: string;
  secret: string;
}

export interface Me {
  member: string;
  venue: string;
  nickname: string;
  birthday?: string | null;
  language: string;
  purposes: Purpose[];
  bindings: { at: string; how: string }[];
  present: boolean;
  zone?: string | null;
}

export interface OneTimeLink {
  code: string;
  url: string;
  expiresAt: string;
}

export interface Message {
  cursor: number;
  id: string;
  kind: 'coupon' | 'text';
  at: string;
  coupon?: Coupon | null;
  text?: LocalText | null;
}
