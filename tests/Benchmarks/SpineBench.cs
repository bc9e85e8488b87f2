using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Presence.Benchmarks;

/// <summary>
/// Promise: one small machine takes the sightings of twenty malls into committed inputs and visits with room to spare, and a
/// restart is a matter of seconds.
/// </summary>
internal sealed class SpineBench : IBench
{
    internal const int Venues = 20, PerVenue = 25, Present = 100_000;

    /// <summary>Sightings per second that the malls' clock is set for where as many are sent as go.</summary>
    private const double Nominal = 10_000_000;

    public string Name => "spine";

    public async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        var rows = new List<BenchRow>(await LatencyAsync(quick, stopping));
        rows.AddRange(await new WireBench().RunAsync(quick, stopping));
        var span = TimeSpan.FromSeconds(quick ? 4 : 12);
        var bare = BareCommit(span / 4);
        var (through, visits) = await ThroughAsync(0, 0, span, stopping);
        rows.Add(BenchRow.Of(
            "sightings through MQTT into committed inputs and visits, whole machine", through.PerSecond / 1e6, "million/s", ">= 5 million/s",
            v => v >= 5, "the bare commit of the same bytes", bare / 1e6));
        rows.Add(BenchRow.Of("of it: cores of the server", through.ServerCores, "cores", "informs"));
        rows.Add(BenchRow.Of("of it: cores of the generator", through.LoadCores, "cores", "informs"));
        rows.Add(BenchRow.Of("of it: stays settled", visits, "stays/s", "informs"));
        rows.Add(BenchRow.Of("of it: stays settled, of the sightings", visits / through.PerSecond * 100, "%", "about 1 %"));
        if (await MosquittoAsync(span / 2, stopping) is { } mosquitto)
        {
            rows.Add(BenchRow.Of(
                "the same beside a broker that passes the batches on", through.PerSecond / 1e6, "million/s", "informs",
                yardstick: "mosquitto to one subscriber, QoS 1", beside: mosquitto / 1e6));
        }

        var (paced, _) = await ThroughAsync(1_000_000, 0, span, stopping);
        rows.Add(BenchRow.Of("cores of the server at 1 million/s", paced.ServerCores * 1e6 / paced.PerSecond, "cores", "<= 0.7", v => v <= 0.7));
        rows.Add(BenchRow.Of("of it: what was offered and taken", paced.PerSecond / 1e6, "million/s", "informs"));
        var (slow, _) = await ThroughAsync(0, 5, span, stopping);
        rows.Add(BenchRow.Of("sightings when each commit is made 5 ms slower", slow.PerSecond / 1e6, "million/s", ">= 3 million/s", v => v >= 3));
        rows.Add(BenchRow.Of("memory of the cloud with 100,000 devices present", paced.Megabytes, "MB", "<= 300 MB", v => v <= 300));
        rows.AddRange(await RestartAsync(quick, stopping));
        rows.AddRange(await GatewayBench.AtTwoThousandAsync(quick, stopping));
        return rows;
    }

    internal sealed record Through(double PerSecond, double ServerCores, double LoadCores, double Megabytes, double OwnMegabytes);

    internal static async Task<(Through Through, double StaysPerSecond)> ThroughAsync(double rate, double slowMs, TimeSpan span, CancellationToken stopping)
    {
        var folder = Directory.CreateTempSubdirectory("presence-bench-spine-").FullName;
        try
        {
            // Each device is heard about once a second of the malls' time.
            var clock = MallClock.For(Present, rate > 0 ? rate : Nominal, (rate > 0 ? rate : Nominal) / Present);
            using var cloud = CloudProcess.Start(folder, Venues, PerVenue, slowMs, Present / Venues, clock.Arguments);
            await cloud.ReadyAsync(stopping);
            using var load = await SpineLoad.StartAsync(cloud.MqttPort, cloud.Gateways, PerVenue, Present, rate, clock, stopping);

            // The first seconds are the compiler's.
            await Task.Delay(span * 2 / 3, stopping);
            var settled = Stays(folder);
            var (acknowledged, server, own, begun) = (load.Acknowledged, cloud.CpuSeconds, CpuOfSelf(), Stopwatch.GetTimestamp());
            await Task.Delay(span, stopping);
            var took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            var through = new Through(
                (load.Acknowledged - acknowledged) * (double)SpineLoad.Sightings / took,
                (cloud.CpuSeconds - server) / took, (CpuOfSelf() - own) / took, cloud.Megabytes, cloud.OwnMegabytes);
            return (through, (Stays(folder) - settled) / took);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static async Task<IReadOnlyList<BenchRow>> LatencyAsync(bool quick, CancellationToken stopping)
    {
        var rows = new List<BenchRow>();
        foreach (var rate in new[] { 10_000.0, 1_000_000 })
        {
            var folder = Directory.CreateTempSubdirectory("presence-bench-latency-").FullName;
            try
            {
                using var cloud = CloudProcess.Start(folder, Venues, PerVenue, 0, Present / Venues);
                await cloud.ReadyAsync(stopping);
                using var load = await SpineLoad.StartAsync(cloud.MqttPort, cloud.Gateways, PerVenue, Present, rate, MallClock.For(Present, rate, 1), stopping);
                await Task.Delay(2_000, stopping);
                var taken = await SpineLatency.MeasureAsync(cloud, quick ? 60 : 400, stopping);
                var echo = HopEcho.Measure(quick ? 60 : 400);
                foreach (var (name, share, most) in new[] { ("p50", 0.5, 3.0), ("p99", 0.99, 30.0) })
                {
                    rows.Add(BenchRow.Of(
                        $"frame read at the gateway → SignalR client at {rate:N0}/s in the background, {name}", Measure.Percentile(taken, share), "ms",
                        $"<= {most} ms", v => v <= most, "an echo over the same hops and syncs, under the same load", Measure.Percentile(echo, share)));
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return rows;
    }

    private static async Task<IReadOnlyList<BenchRow>> RestartAsync(bool quick, CancellationToken stopping)
    {
        // One hour of 100,000 devices heard every ten seconds, as fast as it goes in.
        var wanted = quick ? 4_000_000 : 36_000_000;
        var clock = MallClock.For(Present, Nominal, 1_000);
        var folder = Directory.CreateTempSubdirectory("presence-bench-restart-").FullName;
        try
        {
            using (var cloud = CloudProcess.Start(folder, 1, PerVenue, 0, Present, ["--set", "Venue:SnapshotEvery=1000000000", .. clock.Arguments]))
            {
                await cloud.ReadyAsync(stopping);
                using var load = await SpineLoad.StartAsync(cloud.MqttPort, cloud.Gateways, PerVenue, Present, 0, clock, stopping);
                while (load.Acknowledged * SpineLoad.Sightings < wanted && !stopping.IsCancellationRequested)
                {
                    await Task.Delay(20, stopping);
                }

                cloud.Kill();
            }

            var database = Path.Combine(folder, "presence.db");
            var reading = Stopwatch.GetTimestamp();
            var bytes = ReadLog(database);
            var bare = Stopwatch.GetElapsedTime(reading).TotalSeconds;
            var begun = Stopwatch.GetTimestamp();
            using var again = CloudProcess.Start(folder, 1, PerVenue, 0, Present, ["--set", "Venue:SnapshotEvery=1000000000", .. clock.Arguments]);
            await again.ReadyAsync(stopping);
            var took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            return
            [
                BenchRow.Of(
                    $"restart of a venue with 100,000 devices and {wanted / 1e6:0} million sightings of log", took, "s", "<= 5 s", v => v <= 5, "reading the same bytes", bare),
                BenchRow.Of("of it: log read", bytes / 1e6, "MB", "informs"),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // One group of batches, one commit, no more: what the disk and the store allow.
    private static double BareCommit(TimeSpan span)
    {
        var folder = Directory.CreateTempSubdirectory("presence-bench-commit-").FullName;
        try
        {
            using var store = new Presence.Storage.Sqlite.SqliteVenueStore(Path.Combine(folder, "bare.db"));
            var group = new byte[500 * 1_250];
            new Random(1).NextBytes(group);
            var (sightings, begun, input) = (0L, Stopwatch.GetTimestamp(), 0L);
            while (Stopwatch.GetElapsedTime(begun) < span)
            {
                using var commit = store.Begin();
                commit.AppendLog(1, input, 500, 0, null, group);
                commit.Complete();
                input += 500;
                sightings += 500 * SpineLoad.Sightings;
            }

            return sightings / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double?> MosquittoAsync(TimeSpan span, CancellationToken stopping)
    {
        const string program = "/usr/sbin/mosquitto";
        if (!File.Exists(program))
        {
            return null;
        }

        var port = CloudProcess.FreePort();
        var folder = Directory.CreateTempSubdirectory("presence-bench-mosquitto-").FullName;
        var settings = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(settings, $"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\nset_tcp_nodelay true\nlog_dest none\n", stopping);
        using var broker = Process.Start(new ProcessStartInfo(program, ["-c", settings]) { RedirectStandardError = true, UseShellExecute = false })!;
        try
        {
            await CloudProcess.WaitForPortAsync(port, stopping);
            using var subscriber = await DrainLoad.StartAsync(port, 1, "#", 1, stopping);
            var names = CloudProcess.NamesOf(Venues, PerVenue).Select(n => (n.Client, "", n.Topic)).ToList();
            using var load = await SpineLoad.StartAsync(port, names, PerVenue, Present, 0, MallClock.For(Present, Nominal, Nominal / Present), stopping);
            await Task.Delay(span / 3, stopping);
            var (bytes, sent, begun) = (subscriber.Bytes, load.Acknowledged, Stopwatch.GetTimestamp());
            await Task.Delay(span, stopping);
            var took = Stopwatch.GetElapsedTime(begun).TotalSeconds;

            return Math.Min(load.Acknowledged - sent, (subscriber.Bytes - bytes) / (double)load.PacketBytes) * SpineLoad.Sightings / took;
        }
        finally
        {
            broker.Kill();
            await broker.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double CpuOfSelf() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    private static long Stays(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "presence.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM stays";
        return (long)command.ExecuteScalar()!;
    }

    private static long ReadLog(string database)
    {
        using var store = new Presence.Storage.Sqlite.SqliteVenueStore(database);
        return store.ReadLog(1, 0).Sum(row => (long)row.Records.Length);
    }
}
