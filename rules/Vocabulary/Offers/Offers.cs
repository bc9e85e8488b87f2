using System.Collections.Immutable;

namespace Presence;

/// <summary>What may be had: written by an operator, given to many.</summary>
public sealed record OfferDefinition
{
    /// <summary>Lower-case letters, digits and hyphens; unique in the venue.</summary>
    public required string Id { get; init; }

    public required LocalText Title { get; init; }

    /// <summary>What it is about, for caps and variety: <c>coffee</c>, <c>fashion</c>.</summary>
    public required string Theme { get; init; }

    /// <summary>How long a coupon may be redeemed after it was issued.</summary>
    public required TimeSpan ValidFor { get; init; }

    /// <summary>Zone ids where it may be redeemed; empty means zones with one of <see cref="WhereTags"/>, or anywhere if those are empty too.</summary>
    public ImmutableArray<string> Where { get; init; } = [];

    public ImmutableArray<string> WhereTags { get; init; } = [];

    /// <summary>What one redemption costs the mall, in cents.</summary>
    public long Cost { get; init; }

    /// <summary>What the guest pays less, in cents; 0 where it is a thing or a share.</summary>
    public long Worth { get; init; }

    /// <summary>What the guest pays less, in percent; 0 where it is a thing or an amount.</summary>
    public int Percent { get; init; }

    /// <summary>Copies that may be issued in <see cref="StockPer"/>; null is as many as wanted.</summary>
    public int? Stock { get; init; }

    public Period StockPer { get; init; } = Period.Ever;

    /// <summary>Most money its coupons may cost in <see cref="BudgetPer"/>, in cents; null is no bound.</summary>
    public long? Budget { get; init; }

    public Period BudgetPer { get; init; } = Period.Day;

    /// <summary>Whose budget and stock it is, a zone id; null is the mall's.</summary>
    public string? Store { get; init; }

    /// <summary>Who honours it outside the mall, for example a taxi partner; null is the mall.</summary>
    public string? Partner { get; init; }

    /// <summary>Where the partner takes over; <c>{code}</c> becomes the coupon's code.</summary>
    public string? Link { get; init; }

    /// <summary>Coupons of one stack group are not used in one purchase together; null goes with all.</summary>
    public string? Stack { get; init; }
}

/// <summary>A coupon's id: the first 128 bits of what its code is made from; says nothing about its holder.</summary>
public readonly record struct CouponId(Guid Value)
{
    public override string ToString() => $"c-{Value.ToString("N")[..6]}…";
}

/// <summary>Where a coupon is in its life.</summary>
public enum CouponState : byte
{
    Issued,

    Redeemed,

    Expired,

    Cancelled,
}

/// <summary>One member's copy of an offer, with its code.</summary>
public sealed record Coupon
{
    public required CouponId Id { get; init; }

    /// <summary>Unguessable: 80 bits and a check character, in Crockford's base 32, for example <c>7Q2M-0X3K-9GDV-4T1N-H</c>.</summary>
    public required string Code { get; init; }

    /// <summary>For typing at a till: 40 bits and a check character; only ever accepted together with the till's own sign-in and limits.</summary>
    public required string ShortCode { get; init; }

    public required MemberId Member { get; init; }

    /// <summary>Offer's id.</summary>
    public required string Offer { get; init; }

    /// <summary>Id of the rule that gave it.</summary>
    public required string Rule { get; init; }

    public required int RuleVersion { get; init; }

    /// <summary>Unix ms.</summary>
    public required long IssuedAt { get; init; }

    /// <summary>Unix ms; not redeemable from then on.</summary>
    public required long ExpiresAt { get; init; }

    public CouponState State { get; init; }

    /// <summary>Unix ms; 0 while not redeemed.</summary>
    public long RedeemedAt { get; init; }

    /// <summary>Index of the zone it was redeemed in; -1 while not redeemed, or unknown.</summary>
    public int RedeemedIn { get; init; } = -1;

    /// <summary>What the till showed to the member, signed, for the QR code.</summary>
    public required string Qr { get; init; }
}

/// <summary>A coupon taken, once.</summary>
/// <param name="Coupon">Which.</param>
/// <param name="Member">Whose.</param>
/// <param name="Zone">Index of the store's zone; -1 outside.</param>
/// <param name="By">Till or staff account.</param>
/// <param name="Key">The till's idempotency key.</param>
/// <param name="At">Unix ms.</param>
public sealed record Redemption(CouponId Coupon, MemberId Member, int Zone, string By, string Key, long At);
