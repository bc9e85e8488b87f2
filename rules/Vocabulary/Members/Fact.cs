using System.Collections.Immutable;

namespace Presence;

/// <summary>What can happen to a member that rules speak of.</summary>
public enum FactKind : byte
{
    /// <summary>Nothing but time has passed.</summary>
    TimePassed,

    VisitStarted,

    ZoneEntered,

    ZoneLeft,

    VisitEnded,

    Purchased,

    CouponIssued,

    CouponOpened,

    CouponRedeemed,

    /// <summary>A redemption was taken back: the coupon may be used again.</summary>
    RedemptionUndone,

    CouponExpired,

    CouponCancelled,

    /// <summary>A touchpoint's code was scanned.</summary>
    Scanned,

    /// <summary>Another system reports something that a rule book has declared, for example <c>cart-left</c>.</summary>
    External,

    /// <summary>A person joined; carries the profile.</summary>
    MemberJoined,

    /// <summary>Consent, attributes, tags, tier or wishes changed; carries the whole new profile.</summary>
    MemberChanged,

    /// <summary>A member is forgotten, with all that was known.</summary>
    MemberErased,

    /// <summary>How full a zone is, against what is usual at this hour. Of no member.</summary>
    ZoneCounted,
}

/// <summary>Something that happened to a member, or to the venue. One flat struct, because a busy venue makes many.</summary>
/// <remarks>
/// Made by the venue loop, which knows whose a token is; strangers make no facts. Facts of one venue come in the order in
/// which they were decided. A late fact (<see cref="Late"/>) completes what is known and never causes a send.
/// </remarks>
public readonly record struct Fact
{
    private Fact(FactKind kind, MemberId member, long at)
    {
        Kind = kind;
        Member = member;
        At = at;
        Zone = -1;
    }

    public FactKind Kind { get; }

    /// <summary>Whose; <c>default</c> for facts of the venue.</summary>
    public MemberId Member { get; }

    /// <summary>Unix ms of venue time.</summary>
    public long At { get; }

    /// <summary>It came with backlog: its moment has passed.</summary>
    public bool Late { get; init; }

    /// <summary>Index into <see cref="VenueMap.Zones"/>; -1 for none.</summary>
    public int Zone { get; init; }

    /// <summary>Offer of a coupon, category of a purchase, code of a touchpoint, name of an external event.</summary>
    public string? Name { get; init; }

    /// <summary>Rule that issued the coupon.</summary>
    public string? Rule { get; init; }

    public CouponId Coupon { get; init; }

    /// <summary>Of a purchase: cents. Of an issued coupon: Unix ms of its expiry. Of a count: people now.</summary>
    public long Amount { get; init; }

    /// <summary>Of a count: people usual at this hour.</summary>
    public int Usual { get; init; }

    public MemberProfile? Profile { get; init; }

    /// <summary>Fields of an external event.</summary>
    public ImmutableDictionary<string, string>? Fields { get; init; }

    public static Fact TimePassed(long at) => new(FactKind.TimePassed, default, at);

    public static Fact VisitStarted(MemberId member, long at) => new(FactKind.VisitStarted, member, at);

    public static Fact VisitEnded(MemberId member, long at) => new(FactKind.VisitEnded, member, at);

    public static Fact Entered(MemberId member, int zone, long at) => new(FactKind.ZoneEntered, member, at) { Zone = zone };

    public static Fact Left(MemberId member, int zone, long at) => new(FactKind.ZoneLeft, member, at) { Zone = zone };

    public static Fact Purchased(MemberId member, int zone, string category, long cents, long at) =>
        new(FactKind.Purchased, member, at) { Zone = zone, Name = category, Amount = cents };

    public static Fact Issued(Coupon coupon) =>
        new(FactKind.CouponIssued, coupon.Member, coupon.IssuedAt)
        { Name = coupon.Offer, Rule = coupon.Rule, Coupon = coupon.Id, Amount = coupon.ExpiresAt };

    /// <param name="kind"><see cref="FactKind.CouponOpened"/> to <see cref="FactKind.CouponCancelled"/>.</param>
    /// <param name="coupon">As issued.</param>
    /// <param name="zone">Where; -1 where unknown.</param>
    /// <param name="at">When.</param>
    public static Fact OfCoupon(FactKind kind, Coupon coupon, int zone, long at) =>
        new(kind, coupon.Member, at) { Name = coupon.Offer, Rule = coupon.Rule, Coupon = coupon.Id, Zone = zone };

    public static Fact Redeemed(Coupon coupon, int zone, long at) => OfCoupon(FactKind.CouponRedeemed, coupon, zone, at);

    public static Fact Scanned(MemberId member, string touchpoint, int zone, long at) =>
        new(FactKind.Scanned, member, at) { Name = touchpoint, Zone = zone };

    public static Fact External(MemberId member, string name, ImmutableDictionary<string, string> fields, long at) =>
        new(FactKind.External, member, at) { Name = name, Fields = fields };

    public static Fact Joined(MemberProfile profile, long at) => new(FactKind.MemberJoined, profile.Member, at) { Profile = profile };

    public static Fact Changed(MemberProfile profile, long at) => new(FactKind.MemberChanged, profile.Member, at) { Profile = profile };

    public static Fact Erased(MemberId member, long at) => new(FactKind.MemberErased, member, at);

    public static Fact Counted(int zone, int people, int usual, long at) =>
        new(FactKind.ZoneCounted, default, at) { Zone = zone, Amount = people, Usual = usual };

    /// <summary>Writes it, so that it can be told again: the record a back-test runs over.</summary>
    public void Save(StateWriter to)
    {
        to.Write((long)Kind);
        to.Write(Member.Value);
        to.Write(At);
        to.Write(Late);
        to.Write((long)Zone);
        to.Write(Name);
        to.Write(Rule);
        to.Write(Coupon.Value);
        to.Write(Amount);
        to.Write((long)Usual);
        to.Write(Profile is not null);
        if (Profile is not null)
        {
            to.Write(Profile);
        }

        to.Write((long)(Fields?.Count ?? 0));
        foreach (var (name, value) in (Fields ?? ImmutableDictionary<string, string>.Empty).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            to.Write(name);
            to.Write(value);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no fact.</exception>
    public static Fact Load(ref StateReader from)
    {
        var fact = new Fact((FactKind)from.Long(), new MemberId(from.Guid()), from.Long())
        {
            Late = from.Bool(), Zone = from.Int(), Name = from.Text(), Rule = from.Text(), Coupon = new CouponId(from.Guid()),
            Amount = from.Long(), Usual = from.Int(), Profile = from.Bool() ? from.Profile() : null,
        };
        var fields = from.Count();
        return fields == 0 ? fact : fact with { Fields = ReadFields(fields, ref from) };
    }

    private static ImmutableDictionary<string, string> ReadFields(int count, ref StateReader from)
    {
        var fields = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (; count > 0; count--)
        {
            fields[from.Text() ?? ""] = from.Text() ?? "";
        }

        return fields.ToImmutable();
    }
}
