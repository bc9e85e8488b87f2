namespace Presence.Offers;

/// <summary>Why a till is told no.</summary>
public enum Refused : byte
{
    /// <summary>It is not refused.</summary>
    No,

    Unknown,

    AlreadyRedeemed,

    Expired,

    Cancelled,

    /// <summary>It is not honoured in this store.</summary>
    WrongPlace,

    /// <summary>Another coupon of its stack group is used in this purchase.</summary>
    Stacked,

    /// <summary>It is not redeemed, so there is nothing to undo.</summary>
    NotRedeemed,
}

/// <summary>The life of a coupon: issued, then redeemed, expired or cancelled; a redemption may be undone.</summary>
public static class CouponLife
{
    /// <summary>Whether it may be redeemed here and now. Asked before, and by the store's conditional update again.</summary>
    /// <param name="coupon">Null when the code is unknown.</param>
    /// <param name="offer">What it is of.</param>
    /// <param name="store">The zone of the till; null outside the venue, at a partner's.</param>
    /// <param name="at">Unix ms.</param>
    /// <param name="together">Offers of coupons already used in the same purchase.</param>
    public static Refused Validate(Coupon? coupon, OfferDefinition offer, Zone? store, long at, params ReadOnlySpan<OfferDefinition> together)
    {
        if (coupon is null)
        {
            return Refused.Unknown;
        }

        var refused = coupon.State switch
        {
            CouponState.Redeemed => Refused.AlreadyRedeemed,
            CouponState.Expired => Refused.Expired,
            CouponState.Cancelled => Refused.Cancelled,
            _ => at >= coupon.ExpiresAt ? Refused.Expired : Refused.No,
        };
        if (refused != Refused.No)
        {
            return refused;
        }

        if (!IsHonoured(offer, store))
        {
            return Refused.WrongPlace;
        }

        foreach (var other in together)
        {
            if (offer.Stack is not null && offer.Stack == other.Stack)
            {
                return Refused.Stacked;
            }
        }

        return Refused.No;
    }

    public static Coupon Redeem(Coupon coupon, int zone, long at) =>
        Must(coupon, CouponState.Issued) with { State = CouponState.Redeemed, RedeemedAt = at, RedeemedIn = zone };

    /// <summary>Takes a redemption back, within the coupon's time or not: it may have expired meanwhile.</summary>
    public static Coupon Undo(Coupon coupon, long at) =>
        Must(coupon, CouponState.Redeemed) with { State = at >= coupon.ExpiresAt ? CouponState.Expired : CouponState.Issued, RedeemedAt = 0, RedeemedIn = -1 };

    public static Coupon Expire(Coupon coupon) => Must(coupon, CouponState.Issued) with { State = CouponState.Expired };

    public static Coupon Cancel(Coupon coupon) => Must(coupon, CouponState.Issued) with { State = CouponState.Cancelled };

    /// <summary>What the till shows, in words.</summary>
    public static LocalText Say(Refused refused, Coupon? coupon, VenueCalendar calendar) => refused switch
    {
        Refused.No => new("valid", "有效"),
        Refused.Unknown => new("This code is not one of ours.", "无此券码。"),
        Refused.AlreadyRedeemed => new($"Already redeemed at {Clock(coupon?.RedeemedAt ?? 0, calendar)}.", $"已于 {Clock(coupon?.RedeemedAt ?? 0, calendar)} 使用。"),
        Refused.Expired => new($"Expired at {Clock(coupon?.ExpiresAt ?? 0, calendar)}.", $"已于 {Clock(coupon?.ExpiresAt ?? 0, calendar)} 过期。"),
        Refused.Cancelled => new("Cancelled.", "已作废。"),
        Refused.WrongPlace => new("Not valid in this store.", "本店不可用。"),
        Refused.Stacked => new("Cannot be combined with a coupon already used in this purchase.", "不可与本单已用的券叠加。"),
        Refused.NotRedeemed => new("Was not redeemed.", "尚未使用。"),
        _ => new(refused.ToString()),
    };

    /// <summary>Whether a till in the zone takes coupons of the offer; null is a till outside the venue, at a partner's.</summary>
    public static bool IsHonoured(OfferDefinition offer, Zone? store) =>
        offer is { Where.IsEmpty: true, WhereTags.IsEmpty: true }
        || (store is not null && (offer.Where.Contains(store.Id) || store.Tags.Any(t => offer.WhereTags.Contains(t))))
        || (store is null && offer.Partner is not null);

    private static Coupon Must(Coupon coupon, CouponState state) =>
        coupon.State == state ? coupon : throw new InvalidOperationException($"{coupon.Id} is {coupon.State}, not {state}");

    private static string Clock(long at, VenueCalendar calendar) =>
        $"{VenueCalendar.ToDate(calendar.Date(at)):yyyy-MM-dd} {calendar.MinuteOfDay(at) / 60:00}:{calendar.MinuteOfDay(at) % 60:00}";
}
