using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Presence.Visits;

namespace Presence.Trials;

/// <summary>
/// Lets a made-up day pass through the venue's visits and device counts, and tells what became of it in numbers that must be the same on every machine:
/// a log that is read again elsewhere gives the same state, byte for byte.
/// </summary>
/// <remarks>The day is made of whole numbers and square roots, which are exact everywhere; so a difference is the venue's own.</remarks>
internal static class StateCommand
{
    private const int Rooms = 24, Across = 6, Each = 40;
    private static readonly long Opens = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static int Run(IReadOnlyList<string> args, TextWriter to)
    {
        var given = new Arguments(args, [], ["seed", "devices", "minutes"]);
        var (devices, end) = (given.Count("devices", 200, 1, 100_000), Opens + (given.Count("minutes", 60, 1, 1440) * 60_000L));
        var dice = (ulong)given.Count("seed", 1, 1, int.MaxValue) * 0x9E3779B97F4A7C15;
        var (map, happened, sightings) = (Map(), new VisitEventList(), 0L);
        var visits = new VenueVisits(new VenuePlan(map, new VisitPolicy()) { Survey = Survey(map) });
        var counts = new DeviceCount();
        var events = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (x, y) = (new int[devices], new int[devices]);
        for (var now = Opens; now < end; now += 1_000)
        {
            // Each is heard about every ten seconds, walks a little each time, and now and then far.
            for (var d = (int)(now / 1_000 % 10); d < devices; d += 10)
            {
                var far = Next(ref dice) % 40 == 0 || x[d] == 0;
                x[d] = far ? (int)(Next(ref dice) % 600) : Math.Clamp(x[d] + (int)(Next(ref dice) % 21) - 10, 1, 599);
                y[d] = far ? (int)(Next(ref dice) % 400) : Math.Clamp(y[d] + (int)(Next(ref dice) % 21) - 10, 1, 399);
                sightings += Hear(visits, counts, map, (ulong)d + 1, new Spot(x[d] / 10.0, y[d] / 10.0), now + (d % 97), ref dice, happened);
            }

            visits.Advance(now, happened);
            counts.Advance(now - 30_000);
            foreach (var e in happened.Events)
            {
                events.AppendData(Encoding.UTF8.GetBytes($"{e.Kind} {e.Device.Hash} {e.Zone} {e.Since} {e.At} {e.Confidence} {e.Sources} {e.Standing}\n"));
            }

            happened.Clear();
        }

        var state = new ArrayBufferWriter<byte>();
        visits.Save(state);
        counts.Save(new StateWriter(state));
        to.WriteLine($$"""{"sightings":{{sightings}},"events":"{{Convert.ToHexStringLower(events.GetHashAndReset())}}","state":"{{Convert.ToHexStringLower(SHA256.HashData(state.WrittenSpan))}}"}""");
        return 0;
    }

    private static int Hear(
        VenueVisits visits, DeviceCount counts, VenueMap map, ulong token, Spot spot, long at, ref ulong dice, VisitEventList happened)
    {
        var (receivers, levels, length) = (new ushort[map.Receivers.Length], new sbyte[map.Receivers.Length], 0);
        for (var r = 0; r < map.Receivers.Length; r++)
        {
            var (dx, dy) = (spot.X - map.Receivers[r].At.X, spot.Y - map.Receivers[r].At.Y);
            var dbm = -42 - (int)(7 * Math.Sqrt(Math.Sqrt((dx * dx) + (dy * dy)) * 2)) + (int)(Next(ref dice) % 9) + (int)(Next(ref dice) % 9) - 8;
            if (dbm > -92)
            {
                (receivers[length], levels[length++]) = ((ushort)r, (sbyte)dbm);
            }
        }

        var batch = new SightingColumns
        {
            Tokens = [token],
            Traits = [TokenTraits.Random],
            Exact = [token % Each],
            Coarse = [token % Each],
            Device = new ushort[length],
            Receiver = receivers.AsSpan(0, length),
            Dbm = levels.AsSpan(0, length),
            At = [.. Enumerable.Repeat(at, length)],
        };
        visits.Observe(batch, late: false, happened);
        counts.Hear(batch, 0);
        return length;
    }

    // Rooms whose sizes are not round, so that nothing about them is.
    private static VenueMap Map() => new()
    {
        Tenant = "trial",
        Venue = "day",
        Name = new LocalText("Day"),
        TimeZone = "UTC",
        Floors = [new Floor("F1", new LocalText("F1"), 60, 40)],
        Zones = [.. Enumerable.Range(0, Rooms).Select(z =>
        {
            var (x, y) = (z % Across * 10.1, z / Across * 9.7);
            return new Zone($"z{z}", "F1", new LocalText($"z{z}"), [new(x, y), new(x + 9.3, y), new(x + 9.3, y + 8.9), new(x, y + 8.9)], []);
        })],
        Receivers = [.. Enumerable.Range(0, Rooms / 2).Select(r =>
            new Receiver($"gw-{r}", 0, "F1", new Spot((r * 2 % Across * 10.1) + 3.3, (r * 2 / Across * 9.7) + 4.1), $"z{r * 2}"))],
    };

    private static ImmutableArray<SurveyedSpot> Survey(VenueMap map) =>
    [
        .. Enumerable.Range(0, 12).Select(i => new SurveyedSpot(
            "F1", new Spot(2.7 + (i * 4.4), 3.1 + (i % 3 * 2.9)), [.. map.Receivers.Take(4).Select((r, n) => new SurveyedLevel(r.Gateway, r.Number, -50.5 - (i * 1.7) - n))])),
    ];

    // xorshift64 (Marsaglia 2003).
    private static ulong Next(ref ulong dice)
    {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        return dice ^= dice << 17;
    }
}
