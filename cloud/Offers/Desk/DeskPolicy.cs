namespace Presence.Offers;

/// <summary>What a venue grants its guests: how much is sent to one member, and when not.</summary>
public sealed record DeskPolicy
{
    public static readonly DeskPolicy Default = new();

    /// <summary>Nothing is sent from this local time to a member who is not in the venue. Default 21:30.</summary>
    public TimeOnly QuietFrom { get; init; } = new(21, 30);

    /// <summary>Until this local time. Default 08:00.</summary>
    public TimeOnly QuietTo { get; init; } = new(8, 0);

    /// <summary>Most sends to one member in a venue day. Default 6.</summary>
    public int MostPerDay { get; init; } = 6;

    /// <summary>Points of attention a member has for a rolling <see cref="FatigueOver"/>; rules compete for them. Default 12.</summary>
    public int Fatigue { get; init; } = 12;

    /// <summary>Default 7 days.</summary>
    public TimeSpan FatigueOver { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Venue days, this one included, in which no theme comes twice; 0 switches variety off. Default 1.</summary>
    public int VarietyDays { get; init; } = 1;

    /// <summary>Percent of members who get nothing from any rule, to learn what all of them together change. Default 0.</summary>
    public int Control { get; init; }

    /// <summary>Decisions of one moment that may cause each other before the last rule is stopped. Default 8.</summary>
    public int Deepest { get; init; } = 8;

    /// <summary>Times one rule may act for one member in <see cref="StormOver"/> before it is stopped for that member. Default 10.</summary>
    public int Storm { get; init; } = 10;

    /// <summary>Members a rule is stopped for before it is stopped for all. Default 3.</summary>
    public int StormMembers { get; init; } = 3;

    /// <summary>Default 10 minutes.</summary>
    public TimeSpan StormOver { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Where the desk stands.</summary>
/// <param name="Map">Zones.</param>
/// <param name="Calendar">Local time.</param>
/// <param name="Offers">What may be had.</param>
/// <param name="Key">The venue's secret, at least 16 bytes: codes, holdout and control are drawn with it.</param>
/// <param name="Policy">What it grants its guests.</param>
public sealed record DeskVenue(
    VenueMap Map, VenueCalendar Calendar, System.Collections.Immutable.ImmutableArray<OfferDefinition> Offers, ReadOnlyMemory<byte> Key, DeskPolicy Policy);
