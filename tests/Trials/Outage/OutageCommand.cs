using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Kit;
using Presence.Kit.Gateway;
using Presence.Kit.Wire;
using Presence.Spool;
using Presence.Uplink;
using Presence.Wire;

namespace Presence.Trials.Outage;

/// <summary>
/// Days without a broker, by a clock that is moved on: what a busy shop hears goes into the real spool, then the broker comes back, and what
/// was kept is brought beside what is heard now.
/// </summary>
internal static class OutageCommand
{
    private const int Linger = 2; // seconds that a batch gathers when nothing is urgent
    private const int LiveEvery = 200; // ms between live batches while catching up
    private static readonly DateTimeOffset Begin = new(2026, 11, 19, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stopping)
    {
        var given = new Arguments(args, [], ["hours", "rate", "data", "devices-of-ten"]);
        var (hours, rate) = (given.Number("hours", 72, 0.01, 1_000), given.Count("rate", 200, 1, 100_000));
        var folder = given.EmptyFolder("presence-outage-");
        try
        {
            return await RunAsync(folder, hours, rate, given.Count("devices-of-ten", 5, 1, 10), stopping);
        }
        finally
        {
            if (!given.Has("data")) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string folder, double hours, int rate, int devicesOfTen, CancellationToken stopping)
    {
        var time = new SkewedClock(TimeProvider.System);
        time.Error = Begin - TimeProvider.System.GetUtcNow();
        await using var spool = new SqliteSpool(new() { Folder = folder }, NullLogger<SqliteSpool>.Instance);
        var watch = Stopwatch.StartNew();
        var (batches, perBatch) = ((int)(hours * 3_600 / Linger), rate * Linger);
        var kept = await FillAsync(spool, batches, perBatch, perBatch * devicesOfTen / 10, stopping);
        time.Error = Begin + TimeSpan.FromHours(hours) - TimeProvider.System.GetUtcNow();
        var filling = watch.Elapsed;
        var bytes = Directory.GetFiles(folder).Sum(f => new FileInfo(f).Length);
        Say($"kept {kept:N0} sightings in {batches:N0} batches, {bytes / 1e6:F0} MB of files ({bytes / (double)kept:F1} B a sighting), {filling.TotalSeconds:F0} s");

        await using var cloud = await new PaperCloud { Keeps = false }.OpenAsync();
        var options = new UplinkOptions { Tenant = new("t"), Venue = new("v"), Gateway = new("g"), Host = "127.0.0.1", Port = cloud.Port };
        var uplink = new GatewayUplink(spool, options, () => new() { Boot = spool.Boot, Online = true }, time, TimeProvider.System, NullLogger<GatewayUplink>.Instance);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var (delays, since) = (new List<double>(), time.GetUtcNow().ToUnixTimeMilliseconds());
        cloud.OnCommitted = (kind, at) =>
        {
            if (kind is TopicKind.Live && at > since)
            {
                lock (delays) delays.Add(time.GetUtcNow().ToUnixTimeMilliseconds() - at);
            }
        };
        watch.Restart();
        var running = uplink.RunAsync(ending.Token);
        var (live, seed) = (0L, batches);
        for (var next = watch.Elapsed; cloud.Sightings < kept + live; next += TimeSpan.FromMilliseconds(LiveEvery))
        {
            // What is heard now arrives all the while; the first ones before the link is there become backlog only if they grow old.
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var some = rate * LiveEvery / 1_000;
            await spool.AppendAsync(Seal(seed++, some, Math.Max(some * devicesOfTen / 10, 1), now, steps: 1), stopping);
            live += some;
            if (next - watch.Elapsed is { Ticks: > 0 } pause) await Task.Delay(pause, stopping);
        }

        // The outage's last half minute is young enough to be live.
        var (catchUp, old) = (watch.Elapsed, cloud.Backlog);
        while (cloud.Sightings < kept + live)
        {
            await Task.Delay(20, stopping);
        }

        await ending.CancelAsync();
        await running;
        delays.Sort();
        var lost = kept + live - cloud.Sightings;
        var report = string.Create(CultureInfo.InvariantCulture, $$"""
            {"hours":{{hours}},"sightings":{{kept}},"megabytes":{{bytes / 1e6:F0}},"lost":{{lost}},"dropped":{{spool.Drops.Values.Sum()}},"repeated":{{cloud.Repeats}},"refused":{{cloud.Refused.Count}},"backlog":{{old}},"catch_up_s":{{catchUp.TotalSeconds:F1}},"catch_up_per_s":{{kept / catchUp.TotalSeconds:F0}},"live":{{delays.Count}},"live_p95_ms":{{At(delays, 0.95):F0}},"live_max_ms":{{At(delays, 1):F0}}}
            """);
        Console.WriteLine(report);
        return lost == 0 && spool.Drops.IsEmpty && bytes <= 1_000_000_000 && At(delays, 1) < 2_000 ? 0 : 1;
    }

    // Many batches share a sync here, for three days are to pass in minutes; what is on disk is the same.
    private static async Task<long> FillAsync(SqliteSpool spool, int batches, int perBatch, int devices, CancellationToken stopping)
    {
        var underWay = new Queue<Task>();
        for (var i = 0; i < batches; i++)
        {
            underWay.Enqueue(spool.AppendAsync(Seal(i, perBatch, devices, Begin.ToUnixTimeMilliseconds() + (i * Linger * 1_000L), steps: Linger * 2_000 / perBatch), stopping));
            if (underWay.Count >= 256)
            {
                await underWay.Dequeue();
            }
        }

        await Task.WhenAll(underWay);
        return (long)batches * perBatch;
    }

    private static SealedBatch Seal(int seed, int sightings, int devices, long start, int steps)
    {
        var batch = Batch.Usual(seed, sightings, devices, start: start, steps: Math.Max(steps, 1));
        var room = new byte[SightingBatch.MostBodyBytes(batch.Columns)];
        return new(room[..SightingBatch.WriteBody(batch.Columns, room)], sightings, start);
    }

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count * share, sorted.Count - 1)];

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
