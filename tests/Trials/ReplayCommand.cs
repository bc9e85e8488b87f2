using System.Globalization;
using System.Text.Json;
using Presence.Capture.Files;
using Presence.Kit.Clients;
using Presence.Trials.Demo;

namespace Presence.Trials;

/// <summary>Real captures through gateway, MQTT and cloud into visits, printed: each file is what one receiver of a one-room venue heard.</summary>
internal sealed class ReplayCommand
{
    /// <summary>Wall time that the captures' own time is pressed into, but never slower than <see cref="Slowest"/>.</summary>
    private static readonly TimeSpan Plays = TimeSpan.FromSeconds(8);

    private const double Slowest = 600, Fastest = 100_000;

    /// <summary>After this silence of the captures all visits are settled: ten minutes end a visit, a gateway is waited for no longer than fifteen.</summary>
    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(27);

    /// <summary>What the programs themselves need to say the last word, however fast the captures' time runs.</summary>
    private static readonly TimeSpan MachineSettles = TimeSpan.FromSeconds(3);

    /// <summary>Captures that lie farther apart are not of one sitting.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromHours(1);

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stopping)
    {
        var files = args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var given = new Arguments([.. args.Skip(files.Length)], [], ["speed", "data"]);
        if (files.Length == 0 || files.FirstOrDefault(file => !File.Exists(file)) is not null)
        {
            throw new Refused(files.Length == 0 ? "replay needs captures: replay FILE..." : $"there is no file {files.First(file => !File.Exists(file))}");
        }

        var folder = given.EmptyFolder("presence-replay-");
        try
        {
            var played = new Played(0, 0, 0);
            foreach (var (sitting, i) in Sittings(files.Select(Look)).Select((sitting, i) => (sitting, i)))
            {
                var lasts = sitting.Max(seen => seen.Last) - sitting.Min(seen => seen.First);
                var speed = given.Number("speed", Math.Clamp(lasts / Plays, Slowest, Fastest), 1, Fastest);
                var own = Directory.CreateDirectory(Path.Combine(folder, $"{i + 1}")).FullName;
                played += await PlayInTimeAsync(sitting, speed, own, stopping).ConfigureAwait(false);
            }

            Console.WriteLine(JsonSerializer.Serialize(played, JsonSerializerOptions.Web));
            return 0;
        }
        finally
        {
            if (!given.Has("data"))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    // Captures that were made at the same time, or one soon after the other, are one venue's receivers; those of another day are played
    // on their own, as nobody would wait for the years between them.
    private static IEnumerable<Seen[]> Sittings(IEnumerable<Seen> files)
    {
        var sitting = new List<Seen>();
        foreach (var file in files.OrderBy(file => file.First))
        {
            if (sitting.Count > 0 && file.First - sitting.Max(seen => seen.Last) > Together)
            {
                yield return [.. sitting];
                sitting.Clear();
            }

            sitting.Add(file);
        }

        yield return [.. sitting];
    }

    // The captures' clock runs whether or not the programs are up: on a busy machine they get longer to start.
    private static async Task<Played> PlayInTimeAsync(Seen[] heard, double speed, string folder, CancellationToken stopping)
    {
        for (var warmUp = TimeSpan.FromSeconds(4); ; warmUp *= 2)
        {
            try
            {
                return await PlayAsync(heard, speed, warmUp, Path.Combine(folder, $"{warmUp.TotalSeconds:F0}"), stopping).ConfigureAwait(false);
            }
            catch (TooLate) when (warmUp < TimeSpan.FromMinutes(2))
            {
                Console.WriteLine($"the programs were not up in {warmUp.TotalSeconds:F0} s; beginning anew");
            }
        }
    }

    private static async Task<Played> PlayAsync(Seen[] heard, double speed, TimeSpan warmUp, string folder, CancellationToken stopping)
    {
        Directory.CreateDirectory(folder);
        var (first, last) = (heard.Min(file => file.First), heard.Max(file => file.Last));
        var map = MapOf(heard);
        var (begins, anchor) = (first.AddSeconds(-30), DateTimeOffset.UtcNow + warmUp);
        var (http, mqtt) = (Ports.Free(), Ports.Free());
        var hosts = new Hosts(folder, map, new Keys(), http, mqtt, DemoCommand.TimeOf(speed, begins, anchor))
        {
            // Everything that was captured is to be seen, whoever's it is.
            MoreForTheCloud = ["--set", "Venue:DropUnassociated=false"],
            WithRules = false,
        };
        var settles = TimeSpan.FromSeconds(Math.Max(Settles.TotalSeconds, speed * MachineSettles.TotalSeconds));
        await hosts.PrepareAsync([], stopping).ConfigureAwait(false);
        using var cloud = new CloudClient(hosts.Service, map.Venue);
        await using var service = hosts.StartCloud();
        await service.UntilAsync(UpAsync(cloud, stopping), TimeSpan.FromSeconds(60), "it answered", stopping).ConfigureAwait(false);
        await using var gateway = hosts.StartGateway("replay", [.. heard.Select((file, i) => $"{i}={Path.GetFullPath(file.Path)}")]);
        var clock = new ScaledTimeProvider(TimeProvider.System, begins, anchor, speed);
        await gateway.UntilAsync(ConnectedAsync(hosts.BindOf("replay"), stopping), TimeSpan.FromSeconds(60), "it reached the cloud", stopping).ConfigureAwait(false);
        if (clock.GetUtcNow() > first)
        {
            throw new TooLate((clock.GetUtcNow() - first) / speed);
        }

        Console.WriteLine($"{heard.Sum(file => file.Frames):N0} frames from {first:u} to {last:u}, {speed:F0} times as fast{Wait(((last - first) + settles) / speed)}");
        while (clock.GetUtcNow() < last + settles)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), stopping).ConfigureAwait(false);
            if (service.HasExited || gateway.HasExited)
            {
                throw new Refused($"a program stopped:\n{service.LastWords()}\n{gateway.LastWords()}");
            }
        }

        var visits = await cloud.ReadAllAsync("visits", stopping).ConfigureAwait(false);
        var floor = await cloud.ReadAsync("floor", stopping).ConfigureAwait(false);
        Print(visits);
        return new(heard.Sum(file => file.Frames), floor.GetProperty("sightings").GetInt64(), visits.Count);
    }

    // A file may span months and say so by a single frame.
    private static string Wait(TimeSpan wall) => wall > TimeSpan.FromMinutes(1) ? $"; this takes {wall.TotalMinutes:F0} minutes" : "";

    private static void Print(List<JsonElement> visits)
    {
        if (visits.Count == 0)
        {
            Console.WriteLine("no visits");
            return;
        }

        Console.WriteLine($"{"token",-8} {"from",-20} {"until",-20} {"minutes",8}  sources");
        foreach (var visit in visits.OrderBy(visit => visit.GetProperty("since").GetString(), StringComparer.Ordinal))
        {
            var (since, until) = (Moment(visit.GetProperty("since")), Moment(visit.GetProperty("until")));
            Console.WriteLine($"{visit.GetProperty("token").GetString(),-8} {since:u} {until:u} {(until - since).TotalMinutes,8:F1}  {visit.GetProperty("sources")}");
        }
    }

    private static DateTimeOffset Moment(JsonElement text) =>
        DateTimeOffset.Parse(text.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static Seen Look(string path)
    {
        using var capture = CaptureFile.Open(path);
        var (first, last, frames, radio) = (long.MaxValue, long.MinValue, 0L, RadioKind.Wifi);
        while (capture.TryRead(out var frame))
        {
            frames++;
            (first, last) = (Math.Min(first, frame.TimeMs), Math.Max(last, frame.TimeMs));
            radio = frame.Link is LinkType.Radiotap or LinkType.Ieee80211 or LinkType.Prism or LinkType.Avs or LinkType.Ppi ? RadioKind.Wifi : RadioKind.Bluetooth;
        }

        return frames > 0
            ? new(path, DateTimeOffset.FromUnixTimeMilliseconds(first), DateTimeOffset.FromUnixTimeMilliseconds(last), frames, radio)
            : throw new Refused($"{path}: no frame can be read{(capture.Fault is { } fault ? $": {fault.Problem}" : "")}");
    }

    private static VenueMap MapOf(Seen[] heard) => new()
    {
        Tenant = "replay",
        Venue = "captures",
        Name = new("Captures"),
        TimeZone = "UTC",
        Floors = [new("F1", new("Floor"), 10, 10)],
        Zones = [new("here", "F1", new("Here"), [new(0, 0), new(10, 0), new(10, 10), new(0, 10)], ["hall"])],
        Receivers = [.. heard.Select((file, i) => new Receiver("replay", i, "F1", new(5, 5), "here", file.Kind))],
    };

    private static async Task<bool> UpAsync(CloudClient cloud, CancellationToken stopping)
    {
        while (!await cloud.IsUpAsync(stopping).ConfigureAwait(false))
        {
            await Task.Delay(50, stopping).ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<bool> ConnectedAsync(Uri gateway, CancellationToken stopping)
    {
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                if (JsonDocument.Parse(await http.GetStringAsync(new Uri(gateway, "/healthz"), stopping).ConfigureAwait(false)).RootElement.GetProperty("connected").GetBoolean())
                {
                    return true;
                }
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }

            await Task.Delay(50, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>What came out, over all sittings.</summary>
    private sealed record Played(long Frames, long Sightings, int Visits)
    {
        public static Played operator +(Played a, Played b) => new(a.Frames + b.Frames, a.Sightings + b.Sightings, a.Visits + b.Visits);
    }

    private sealed record Seen(string Path, DateTimeOffset First, DateTimeOffset Last, long Frames, RadioKind Kind);
}
