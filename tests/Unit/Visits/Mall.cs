using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Presence.Visits;

namespace Presence.Unit.Visits;

/// <summary>A small mall for stories: four rooms of 10 x 10 m in a row, a receiver in the middle of each.</summary>
internal static class Mall
{
    public static readonly long Ten = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static readonly VisitPolicy Policy = new();

    public static readonly VenueMap Map = Rooms(4);

    public static VenueMap Rooms(int count) => new()
    {
        Tenant = "acme",
        Venue = "small",
        Name = new LocalText("Small mall"),
        TimeZone = "Asia/Shanghai",
        Floors = [new Floor("F1", new LocalText("Ground floor"), 10 * count, 10)],
        Zones = [.. Enumerable.Range(0, count).Select(i => new Zone(
            $"room-{i}", "F1", new LocalText($"Room {i}"),
            [new Spot(10 * i, 0), new Spot((10 * i) + 10, 0), new Spot((10 * i) + 10, 10), new Spot(10 * i, 10)], []))],
        Receivers = [.. Enumerable.Range(0, count).Select(i => new Receiver($"gw-{i}", 0, "F1", new Spot((10 * i) + 5, 5), $"room-{i}"))],
    };

    public static long At(string clock) =>
        Ten - (10 * 3_600_000) + (long)TimeSpan.Parse(clock, CultureInfo.InvariantCulture).TotalMilliseconds;

    public static string Clock(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)
        .Replace(":00.000", string.Empty, StringComparison.Ordinal).Replace(".000", string.Empty, StringComparison.Ordinal);

    /// <summary>Sends sightings as one batch, whoever they are of.</summary>
    public static void Hear(this VenueVisits visits, VisitEventList happened, bool late, params IReadOnlyList<Heard> heard)
    {
        if (heard.Count == 0)
        {
            return;
        }

        var tokens = heard.Select(h => h.Token).Distinct().ToArray();
        visits.Observe(
            new SightingColumns
            {
                Tokens = tokens,
                Traits = new TokenTraits[tokens.Length],
                Device = heard.Select(h => (ushort)Array.IndexOf(tokens, h.Token)).ToArray(),
                Receiver = heard.Select(h => (ushort)h.Receiver).ToArray(),
                Dbm = heard.Select(h => (sbyte)h.Dbm).ToArray(),
                At = heard.Select(h => h.At).ToArray(),
            },
            late,
            happened);
    }

    public static VenueVisits Reloaded(this VenueVisits visits) => visits.Reloaded(Map);

    public static VenueVisits Reloaded(this VenueVisits visits, VenueMap map)
    {
        var bytes = new ArrayBufferWriter<byte>();
        visits.Save(bytes);
        return VenueVisits.Load(bytes.WrittenSpan, map, Policy);
    }

    public static string[] Told(this VisitEventList happened) => [.. happened.Events.ToArray().Select(Tell)];

    public static string Tell(VisitEvent e) => string.Create(
        CultureInfo.InvariantCulture,
        $"{e.Kind}{(e.Zone < 0 ? string.Empty : $" {Map.Zones[e.Zone].Id}")} {(e.Since == e.At ? string.Empty : $"{Clock(e.Since)}-")}{Clock(e.At)}");
}

/// <summary>One sighting of a story.</summary>
internal sealed record Heard(ulong Token, int Receiver, int Dbm, long At);
