import type { components } from './openapi';

/*
 * What the service says, by the names these pages use. The shapes come from its own description (`npm run api`), so a
 * change there that a page does not follow is an error of the build. Words from a fixed set are named here.
 */
type Said = components['schemas'];

/** A text in the languages of the venue; English is always there. */
export type LocalText = Said['LocalText'];

export type Venue = Said['VenueView'];

/** Metres from the floor's origin, x to the right, y up. */
export type Spot = Required<Said['Spot']>;

export type Floor = Said['Floor'];
export type Zone = Omit<Said['Zone'], 'outline'> & { outline: Spot[] };
export type Receiver = Omit<Said['Receiver'], 'at'> & { at: Spot };
export type VenueMap = Omit<Said['VenueMap'], 'zones' | 'receivers'> & { zones: Zone[]; receivers: Receiver[] };

export type GatewayHealth = Said['GatewayView'];
export type LiveFloor = Said['LiveFloorView'];

export type Reason = Said['ReasonView'];
export type Outcome = 'offered' | 'notified' | 'done' | 'blocked' | 'outranked' | 'heldOut' | 'postponed';
export type Decision = Omit<Said['DecisionView'], 'outcome'> & { outcome: Outcome };

export type Visit = Said['VisitView'];
export type Arrival = Said['ArrivalView'];

export type CouponState = 'issued' | 'redeemed' | 'expired' | 'cancelled';

/** A coupon as the till sees it. */
export type CouponPreview = Omit<Said['CouponCheck'], 'state'> & { state: CouponState };
export type Redemption = Said['RedeemReply'];

/** A coupon as its member sees it. */
export type Coupon = Omit<Said['CouponView'], 'state'> & { state: CouponState };

export type Purpose = 'presence' | 'marketing' | 'profiling';
export const purposes: readonly Purpose[] = ['presence', 'marketing', 'profiling'];

export type ConsentTexts = Said['ConsentTexts'];
export type Joined = Said['JoinReply'];
export type Me = Omit<Said['MeView'], 'purposes'> & { purposes: Purpose[] };
export type OneTimeLink = Said['LinkReply'];
export type Message = Omit<Said['MessageView'], 'coupon'> & { coupon: Coupon | null };

/** A rule, journey, segment or event as it is written down; the service checks it, these pages only read it. */
export type RuleDetail = Omit<Said['RuleView'], 'document'> & { document: Record<string, unknown> };
export type RuleCheck = Said['RuleCheckView'];
export type Doubt = Said['DoubtView'];
export type RuleVersion = Omit<Said['RuleVersionView'], 'document'> & { document: Record<string, unknown> };
export type Change = Omit<Said['ChangeView'], 'was' | 'is'> & { was: unknown; is: unknown };

export type BackTest = Omit<Said['BackTestView'], 'forecast'> & { forecast: Forecast | null };
export type Forecast = Omit<Said['ForecastView'], 'samples'> & { samples: Decision[] };

export type Outcomes = Said['OutcomesView'];
export type OutcomeOf = Said['OutcomeView'];

export type GatewayEntry = Said['GatewayEntryView'];
export type GatewaySetup = Said['GatewaySetup'];
export type ReceiverState = Said['ReceiverView'];
export type Apart = Said['ApartView'];
export type Copy = Said['CopyView'];
export type EnrolmentCode = Said['EnrolmentCodeView'];

export type Wishes = Said['WishesView'];
export type Points = Said['PointsView'];
export type Tier = Said['TierView'];
export type Reward = Said['RewardView'];
export type RewardReply = Said['RewardReply'];
export type Order = Said['RewardOrderView'];
