namespace Presence.Delivery;

/// <summary>A mall, as pages list it.</summary>
public sealed record VenueView(string Tenant, string Venue, LocalText Name, string TimeZone);

/// <param name="Now">Devices believed to be there.</param>
public sealed record ZoneCountView(string Zone, int Now);

/// <param name="Backlog">Batches it has still to send.</param>
public sealed record GatewayView(string Gateway, bool Online, DateTimeOffset? LastSeenAt, long ClockErrorMs, long Backlog);

/// <summary>The building now.</summary>
/// <param name="VenueTime">Until then all that gateways on line heard has arrived.</param>
/// <param name="Visitors">Devices with a visit under way.</param>
/// <param name="Members">Members among them who agreed to be recognised.</param>
/// <param name="Sightings">Committed since the venue began.</param>
/// <param name="Visits">Settled since the venue began.</param>
public sealed record LiveFloorView(
    string Venue, DateTimeOffset VenueTime, int Visitors, int Members, IReadOnlyList<ZoneCountView> Zones,
    IReadOnlyList<GatewayView> Gateways, long Sightings, long Visits)
{
    /// <summary>What counted doors say; null where there are none.</summary>
    public DoorsView? Doors { get; init; }

    /// <summary>Devices and people in the last five minutes that have been counted; null before the first.</summary>
    public CountView? Count { get; init; }
}

/// <summary>How many there were in five minutes. Addresses are no devices, and devices no people: both are estimates with a range that holds nine times of ten.</summary>
/// <param name="Addresses">Of Wi-Fi probe requests.</param>
/// <param name="RandomShare">Share of them that were random, 0 to 1.</param>
/// <param name="People">Null until people were counted often enough, by somebody or by doors.</param>
/// <param name="Settled">Whether it stays as it is; for twenty minutes what comes after may still change it.</param>
public sealed record CountView(
    DateTimeOffset From, DateTimeOffset Until, int Addresses, double RandomShare, EstimateView Devices, EstimateView? People, bool Settled);

/// <param name="Low">The range holds nine times of ten.</param>
public sealed record EstimateView(int About, int Low, int High);

/// <summary>People counted at doors since the venue's day began.</summary>
/// <param name="People">People in the building by devices heard and by how many people a device has stood for; null while that is not known.</param>
public sealed record DoorsView(long In, long Out, long Inside, long? People);

/// <summary>One thing that was asked on the way to a decision, and what was found.</summary>
public sealed record ReasonView(string Gate, bool Passed, string? Observed, string? Threshold, string? Nearest);

/// <param name="Outcome"><c>offered</c>, <c>notified</c>, <c>done</c>, <c>blocked</c>, <c>outranked</c>, <c>heldOut</c> or <c>postponed</c>.</param>
/// <param name="Zone">Where; null outside any.</param>
public sealed record DecisionView(
    long Id, DateTimeOffset At, string Rule, int RuleVersion, LocalText RuleName, string Member, string? Zone, string Outcome,
    LocalText? Offer, IReadOnlyList<ReasonView> Reasons);

public sealed record OfferView(LocalText Name, LocalText Text, string Theme);

/// <param name="State"><c>issued</c>, <c>redeemed</c>, <c>expired</c> or <c>cancelled</c>.</param>
/// <param name="Where">Places it may be redeemed; null for anywhere.</param>
/// <param name="Why">Why the member got it.</param>
public sealed record CouponView(
    long Id, string Code, string ShortCode, OfferView Offer, LocalText? Where, string State, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? RedeemedAt, LocalText Why);

/// <summary>What a member finds in the inbox.</summary>
/// <param name="Cursor">Ascending; say the highest one seen to get what came after.</param>
/// <param name="Id">By which a repeat is known.</param>
/// <param name="Kind"><c>coupon</c> or <c>text</c>.</param>
public sealed record MessageView(long Cursor, string Id, string Kind, DateTimeOffset At, CouponView? Coupon, LocalText? Text);

public sealed record OpenCouponView(LocalText Name, string Code);

/// <summary>A member who is here and matters to staff.</summary>
/// <param name="Text">What to know and say.</param>
public sealed record ArrivalView(
    long Id, DateTimeOffset At, string Zone, string Member, string Nickname, string? Tier, LocalText Text, DateTimeOffset? LastVisitAt,
    IReadOnlyList<OpenCouponView> OpenCoupons, string? AcknowledgedBy, DateTimeOffset? AcknowledgedAt);

public sealed record StayView(string Zone, DateTimeOffset Since, DateTimeOffset Until, int Confidence);

/// <param name="Standing"><c>passerBy</c>, <c>visitor</c>, <c>engaged</c>, or <c>resident</c> for staff and devices that never leave.</param>
/// <param name="Confidence">0 to 100: how sure the model was of where it was.</param>
/// <param name="Sources">What it rests on, and what is doubtful about it.</param>
public sealed record VisitView(
    long Id, string Token, string? Member, DateTimeOffset Since, DateTimeOffset Until, int Confidence, IReadOnlyList<string> Sources,
    IReadOnlyList<StayView> Stays, Standing Standing);

/// <param name="From"><c>mall</c>, <c>pending</c>, <c>member</c>, <c>spent</c> or <c>expired</c>.</param>
public sealed record PointsMoveView(DateTimeOffset At, string From, string To, long Points);

/// <param name="Pending">Theirs after the time to return goods.</param>
/// <param name="Moves">Newest first.</param>
public sealed record PointsView(long Spendable, long Pending, IReadOnlyList<PointsMoveView> Moves);
