using System.Collections.Immutable;

namespace Presence.Engine;

/// <summary>What must hold for a rule to go on.</summary>
public abstract record Condition;

/// <summary>Inclusive bounds; null is open.</summary>
public readonly record struct Bounds(long? AtLeast, long? AtMost)
{
    public bool Holds(long value) => (AtLeast is not { } low || value >= low) && (AtMost is not { } high || value <= high);
}

public sealed record AllOf(ImmutableArray<Condition> Of) : Condition;

public sealed record AnyOf(ImmutableArray<Condition> Of) : Condition;

public sealed record NoneOf(Condition Of) : Condition;

// ---- the member

public sealed record TierIs(ImmutableArray<string> Tiers) : Condition;

public sealed record HasTag(string Tag) : Condition;

/// <summary>A declared attribute has one of the values, and its holder lets it be used.</summary>
public sealed record DeclaredIs(string Attribute, ImmutableArray<string> Values) : Condition;

/// <summary>Age in whole years today; does not hold where the year of birth is unknown.</summary>
public sealed record AgeIs(Bounds Years) : Condition;

/// <summary>The birthday is at most so many days ahead or behind.</summary>
public sealed record BirthdayNear(int Before, int After) : Condition;

/// <summary><c>new</c> (first visit), <c>active</c> (seen in 30 days), <c>sleeping</c> (in 90), <c>lost</c>.</summary>
public sealed record StageIs(ImmutableArray<string> Stages) : Condition;

/// <summary>Visits begun in the last so many days (0: ever), the one under way included; the latest 32 are counted.</summary>
public sealed record VisitsAre(int Days, Bounds Count) : Condition;

/// <summary>Whole days since the visit before this one ended; does not hold before a first visit ended.</summary>
public sealed record LastVisitWas(Bounds Days) : Condition;

/// <summary>Sum or number of purchases in the last so many days (0: ever), of the latest 32.</summary>
public sealed record Bought(int Days, string? Category, bool Count, Bounds Amount) : Condition;

public sealed record InSegment(string Segment) : Condition;

// ---- the visit

/// <summary>In the place now.</summary>
public sealed record IsIn(Place Place) : Condition;

/// <summary>Minutes spent in the place in this venue day, the time under way included.</summary>
public sealed record Dwelt(Place Place, Bounds Minutes) : Condition;

/// <summary>Zones entered today, in this order, others allowed between.</summary>
public sealed record Walked(ImmutableArray<Place> Path) : Condition;

/// <summary>Minutes since the member was last in the place today; 0 while there. Does not hold if not seen there today.</summary>
public sealed record SinceSeen(Place Place, Bounds Minutes) : Condition;

// ---- the moment

/// <summary>Venue-local, from inclusive to exclusive; over midnight when to is earlier.</summary>
public sealed record TimeIs(TimeOnly From, TimeOnly To) : Condition
{
    public bool Holds(int minute)
    {
        int from = (From.Hour * 60) + From.Minute, to = (To.Hour * 60) + To.Minute;
        return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
    }
}

/// <summary>The local date's day of the week.</summary>
public sealed record WeekdayIs(ImmutableArray<DayOfWeek> Days) : Condition;

/// <summary>The local date is a holiday; of that name, if one is given.</summary>
public sealed record HolidayIs(string? Name, bool Is) : Condition;

/// <summary>The local date is in the range, both ends included.</summary>
public sealed record DateIs(DateOnly From, DateOnly To) : Condition;

/// <summary>People in the zone now, in percent of what is usual at this hour; does not hold while unknown.</summary>
public sealed record OccupancyIs(string Zone, Bounds Percent) : Condition;

// ---- what was given before

/// <summary>What became of a coupon.</summary>
public enum CouponFate : byte
{
    Issued,

    Opened,

    Redeemed,

    /// <summary>Expired without being redeemed.</summary>
    Ignored,
}

/// <summary>Coupons issued in the last so many days (0: this venue day; -1: ever) with this fate, of the latest 32.</summary>
public sealed record OffersWere(CouponFate Fate, string? Offer, string? Rule, string? Theme, int Days, Bounds Count) : Condition;

// ---- the event

/// <summary>A field of the external event under way has one of the values.</summary>
public sealed record FieldIs(string Field, ImmutableArray<string> Values) : Condition;

/// <summary>A field of the external event under way is a number in bounds.</summary>
public sealed record FieldNumber(string Field, Bounds Value) : Condition;
