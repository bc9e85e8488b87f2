using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Presence;

/// <summary>A text in the languages of the venue; English is always there.</summary>
public sealed record LocalText(string En, string? Zh = null)
{
    /// <param name="language">BCP 47 tag; only the primary part counts. Unknown languages get English.</param>
    public string In(string language) => Zh is not null && language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;
}

/// <summary>A place on a floor in metres from its origin, x to the right, y up.</summary>
public readonly record struct Spot(double X, double Y);

/// <summary>A storey. Order in <see cref="VenueMap.Floors"/> is from the lowest up.</summary>
/// <param name="Id">For example <c>F1</c>.</param>
/// <param name="Name">As visitors say it.</param>
/// <param name="Width">Extent in x, metres.</param>
/// <param name="Height">Extent in y, metres.</param>
public sealed record Floor(string Id, LocalText Name, double Width, double Height);

/// <summary>A named part of a floor, with tags that rules speak of.</summary>
/// <param name="Id">Unique in the venue.</param>
/// <param name="Floor">Id of the floor it lies on.</param>
/// <param name="Name">As visitors say it.</param>
/// <param name="Outline">Corners of a simple polygon, at least three, metres.</param>
/// <param name="Tags">Lower-case words such as <c>fashion</c>, <c>cinema</c>.</param>
/// <param name="IsStore">True for a zone with staff and tills.</param>
/// <param name="Capacity">People who fit, where known; 0 otherwise.</param>
public sealed record Zone(
    string Id, string Floor, LocalText Name, ImmutableArray<Spot> Outline, ImmutableArray<string> Tags, bool IsStore = false, int Capacity = 0)
{
    /// <summary>Silence after which a visit that was last here is over; null for what is usual.</summary>
    public TimeSpan? Silence { get; init; }
}

/// <summary>A way between two zones, or a way out (<see cref="To"/> null). Where doors are drawn, ways between zones of one floor, their other borders are walls.</summary>
public sealed record Passage(string From, string? To = null);

/// <summary>What a receiver listens to.</summary>
public enum RadioKind
{
    Wifi,
    Bluetooth,
}

/// <summary>One radio on a gateway, or a foreign one that a gateway speaks for.</summary>
/// <param name="Gateway">The gateway whose batches carry it.</param>
/// <param name="Number">The gateway's own number for it, 0 to 65535; unique in the gateway.</param>
/// <param name="Floor">Id of the floor it hangs on.</param>
/// <param name="At">Where, metres.</param>
/// <param name="Zone">The zone it stands in.</param>
/// <param name="Kind">What it listens to.</param>
public sealed record Receiver(string Gateway, int Number, string Floor, Spot At, string Zone, RadioKind Kind = RadioKind.Wifi);

/// <summary>A transmitter that the venue put up, for phones that say which ones they hear.</summary>
/// <param name="Id">What phones hear of it, such as <c>uuid/major/minor</c>. Not unique in the field: several may say the same, and are told apart by where the phone is.</param>
/// <param name="Floor">Id of the floor it hangs on.</param>
/// <param name="At">Where, metres.</param>
/// <param name="Zone">The zone it stands in.</param>
/// <param name="NearDbm">Strength at one metre; null for what is usual.</param>
public sealed record Beacon(string Id, string Floor, Spot At, string Zone, double? NearDbm = null);

/// <summary>A mall's plan: what the operator draws once. Immutable; a change is a new map, and an input of the venue's log.</summary>
/// <remarks>Receivers and zones are known in the venue by their index in these arrays.</remarks>
public sealed record VenueMap
{
    public required string Tenant { get; init; }

    public required string Venue { get; init; }

    public required LocalText Name { get; init; }

    /// <summary>IANA time zone id, for example <c>Asia/Shanghai</c>.</summary>
    public required string TimeZone { get; init; }

    /// <summary>When the venue's day ends and tokens change, local time. Default 04:00.</summary>
    public TimeOnly DayChange { get; init; } = new(4, 0);

    /// <summary>Local dates and what is celebrated, for rules that ask; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableDictionary<DateOnly, string>? Holidays { get; init; }

    public required ImmutableArray<Floor> Floors { get; init; }

    public required ImmutableArray<Zone> Zones { get; init; }

    public required ImmutableArray<Receiver> Receivers { get; init; }

    /// <summary>The venue's transmitters; may be empty.</summary>
    public ImmutableArray<Beacon> Beacons { get; init; } = [];

    /// <summary>Ways between zones. Empty means: neighbours are those whose outlines touch.</summary>
    public ImmutableArray<Passage> Passages { get; init; } = [];

    /// <summary>Local time as the venue lives by it.</summary>
    /// <exception cref="TimeZoneNotFoundException">The time zone is unknown.</exception>
    public VenueCalendar Calendar() => new(TimeZone, DayChange, Holidays);

    /// <summary>Index into <see cref="Zones"/>, or -1 when the id is unknown.</summary>
    public int ZoneIndex(string id)
    {
        for (var i = 0; i < Zones.Length; i++)
        {
            if (string.Equals(Zones[i].Id, id, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
