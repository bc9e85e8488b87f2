using System.Collections.Immutable;

namespace Presence.Engine;

/// <summary>What a place in a rule is.</summary>
public enum PlaceKind : byte
{
    Venue,

    Zone,

    Tag,
}

/// <summary>The whole venue, one zone, or all zones with a tag.</summary>
public sealed record Place(PlaceKind Kind, string Name = "")
{
    public static readonly Place Venue = new(PlaceKind.Venue);

    public override string ToString() => Kind switch { PlaceKind.Venue => "the venue", PlaceKind.Zone => Name, _ => $"any {Name}" };
}

/// <summary>Which coupons: of an offer, of a rule, of both, or any.</summary>
public sealed record CouponsOf(string? Offer, string? Rule)
{
    public override string ToString() => Offer ?? (Rule is null ? "any coupon" : $"a coupon of {Rule}");
}

/// <summary>What makes a rule look at a member.</summary>
public abstract record Trigger;

public sealed record Enters(Place Place) : Trigger;

public sealed record Leaves(Place Place) : Trigger;

/// <summary>Fires while the member is still there, also when nothing is heard: a timer.</summary>
public sealed record Dwells(Place Place, TimeSpan AtLeast) : Trigger;

/// <summary>A visit starts at least so many days after the last one ended.</summary>
public sealed record ComesBack(int AfterDays) : Trigger;

/// <summary>So many days have passed since the last visit ended.</summary>
public sealed record NotSeen(int ForDays) : Trigger;

/// <param name="Category">Null is any.</param>
/// <param name="AtLeast">Cents.</param>
public sealed record Purchases(string? Category, long AtLeast) : Trigger;

public sealed record Redeems(CouponsOf Of) : Trigger;

public sealed record NotRedeemed(CouponsOf Of, TimeSpan After) : Trigger;

public sealed record AboutToExpire(CouponsOf Of, TimeSpan Before) : Trigger;

/// <param name="Touchpoint">Null is any.</param>
public sealed record Scans(string? Touchpoint) : Trigger;

/// <summary>Every day at a local time, for every member for whom the conditions hold.</summary>
public sealed record Daily(TimeOnly At) : Trigger;

public sealed record JoinsSegment(string Segment) : Trigger;

public sealed record LeavesSegment(string Segment) : Trigger;

public sealed record Joins : Trigger;

/// <summary>Another system reports an event whose schema the book declares; <see cref="Where"/> are fields with the values they must have.</summary>
public sealed record Happens(string Event, ImmutableSortedDictionary<string, string> Where) : Trigger;
