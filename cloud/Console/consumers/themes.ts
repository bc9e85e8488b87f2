import {
  Blocks,
  CakeSlice,
  Car,
  CircleParking,
  Clapperboard,
  Coffee,
  Gift,
  HeartHandshake,
  Hotel,
  IceCreamCone,
  type LucideIcon,
  PartyPopper,
  ShoppingBag,
  Sparkles,
  Utensils,
  UtensilsCrossed,
} from 'lucide-react';

const icons: Record<string, LucideIcon> = {
  coffee: Coffee,
  lunch: Utensils,
  food: Utensils,
  dinner: UtensilsCrossed,
  cinema: Clapperboard,
  film: Clapperboard,
  beauty: Sparkles,
  nails: Sparkles,
  fashion: ShoppingBag,
  taxi: Car,
  hotel: Hotel,
  cake: CakeSlice,
  welcome: PartyPopper,
  parking: CircleParking,
  kids: Blocks,
  icecream: IceCreamCone,
  comeback: HeartHandshake,
};

/** What an offer's theme looks like; the style sheet has a hue of the same name. */
export function themeOf(theme: string | null | undefined): { icon: LucideIcon; name: string } {
  const name = theme?.toLowerCase() ?? '';
  return name in icons ? { icon: icons[name] as LucideIcon, name } : { icon: Gift, name: 'gift' };
}
