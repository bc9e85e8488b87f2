using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Kit.Gateway;
using Presence.Kit.Wire;
using Presence.Spool;
using Presence.Uplink;
using Presence.Wire;

namespace Presence.Benchmarks;

/// <summary>Promises: a gateway at 2,000 frames/s takes at most 2 % of a core and 60 MB, and after an outage catches up at 200,000 sightings/s.</summary>
internal sealed class GatewayBench : IBench
{
    private const string Key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private const string AtTwoThousand = "CPU at 2,000 frames/s";

    private const string MemoryAtTwoThousand = "memory at 2,000 frames/s";

    public string Name => "gateway";

    public async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        var folder = Directory.CreateTempSubdirectory("presence-bench-gateway-").FullName;
        try
        {
            var rows = new List<BenchRow>();
            var live = new List<byte[]>();
            foreach (var rate in new[] { 100, 2_000, 10_000 })
            {
                rows.AddRange(await AtRateAsync(Path.Combine(folder, $"r{rate}"), rate, quick ? 8 : 30, rate == 2_000 ? live : null, stopping));
            }

            rows.AddRange(await BesideAsync(rows, quick ? 5 : 20, stopping));
            rows.Add(await OneWayAsync(Path.Combine(folder, "one-way"), stopping));
            rows.AddRange(GatewayBytes.OnTheWire(live));
            rows.AddRange(await AppendAsync(Path.Combine(folder, "append"), quick ? 200 : 1_000, stopping));
            rows.Add(await StormAsync(stopping));
            rows.AddRange(await CatchUpAsync(Path.Combine(folder, "catch-up"), quick ? 500 : 5_000, stopping));
            return rows;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The rows of one store's gateway, for the whole chain's table.</summary>
    internal static async Task<IEnumerable<BenchRow>> AtTwoThousandAsync(bool quick, CancellationToken stopping)
    {
        var folder = Directory.CreateTempSubdirectory("presence-bench-gateway-").FullName;
        try
        {
            return (await AtRateAsync(folder, 2_000, quick ? 8 : 30, null, stopping)).Where(r => r.What.Contains("2,000 frames", StringComparison.Ordinal)).ToList();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IEnumerable<BenchRow>> AtRateAsync(string folder, int framesPerSecond, int seconds, List<byte[]>? live, CancellationToken stopping)
    {
        Directory.CreateDirectory(folder);
        await using var cloud = await new PaperCloud().OpenAsync();
        var capture = Path.Combine(folder, "crowd.pcap");

        // A gateway runs for years: the compiler's first seconds are not its work.
        const int warmUp = 10;
        ProbeCapture.Write(capture, ProbeCapture.Crowd(framesPerSecond * (seconds + warmUp + 2), Devices(framesPerSecond), framesPerSecond, 1_795_255_200_000));
        var began = Stopwatch.GetTimestamp();
        using var gateway = Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "presence-gateway.dll"), "--tenant", "t", "--venue", "v", "--gateway", "g", "--spool", Path.Combine(folder, "spool"),
            "--broker", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{cloud.Port}"), "--day-key", Key, "--member-key", Key, "--capture", capture, "--from-now",
            "--log", "Warning",
        ]))!;
        try
        {
            while (cloud.Statuses.Count == 0)
            {
                await Task.Delay(5, stopping);
            }

            var startUp = Stopwatch.GetElapsedTime(began);
            await Task.Delay(TimeSpan.FromSeconds(warmUp), stopping);
            var (cpu, heard) = (Cpu(gateway), (cloud.Sightings, cloud.Bytes));
            var from = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(seconds), stopping);
            var share = (Cpu(gateway) - cpu) / Stopwatch.GetElapsedTime(from) * 100;
            var megabytes = Memory(gateway);
            var (sightings, bytes) = (cloud.Sightings - heard.Sightings, (double)(cloud.Bytes - heard.Bytes));
            live?.AddRange(cloud.Committed.Select(c => c.Payload).Where(p => p.Length > 0));
            var rows = new List<BenchRow>
            {
                framesPerSecond == 2_000
                    ? BenchRow.Of(AtTwoThousand, share, "% of a core", "<= 2 %", v => v <= 2)
                    : BenchRow.Of($"CPU at {framesPerSecond} frames/s", share, "% of a core", "informs"),
                framesPerSecond == 2_000
                    ? BenchRow.Of(MemoryAtTwoThousand, megabytes, "MB", "<= 60 MB", v => v <= 60)
                    : BenchRow.Of($"memory at {framesPerSecond} frames/s", megabytes, "MB", "informs"),
                BenchRow.Of($"of it: what no file holds, at {framesPerSecond} frames/s", OwnMegabytes(gateway), "MB", "informs"),
                BenchRow.Of(OnTheWireAt(framesPerSecond), bytes / Math.Max(sightings, 1), "B/sighting", "<= 12 B", v => v <= 12),
                BenchRow.Of(
                    $"on the wire for a visit of an hour at {framesPerSecond} frames/s", bytes / Devices(framesPerSecond) / seconds * 3.6, "kB/visit", "informs"),
                BenchRow.Of(PerFrame(framesPerSecond), bytes / (framesPerSecond * seconds), "B/frame", "informs"),
                BenchRow.Of($"sightings left of a frame at {framesPerSecond} frames/s", sightings / (double)(framesPerSecond * seconds), "sighting/frame", "informs"),
            };
            if (framesPerSecond == 2_000)
            {
                rows.Add(BenchRow.Of("start of the program to first status in the cloud", startUp.TotalMilliseconds, "ms", "<= 2,000 ms", v => v <= 2_000));
            }

            return rows;
        }
        finally
        {
            gateway.Kill();
            await gateway.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<IEnumerable<BenchRow>> AppendAsync(string folder, int times, CancellationToken stopping)
    {
        Directory.CreateDirectory(folder);
        await using var spool = new SqliteSpool(new() { Folder = folder }, NullLogger<SqliteSpool>.Instance);
        var body = Body();
        var (appends, syncs) = (new List<double>(), new List<double>());
        await using var bare = new FileStream(Path.Combine(folder, "bare"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[8_192];
        for (var i = 0; i < times; i++)
        {
            var from = Stopwatch.GetTimestamp();
            await spool.AppendAsync(new(body, 200, 1), stopping);
            appends.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            from = Stopwatch.GetTimestamp();
            bare.Write(block);
            bare.Flush(flushToDisk: true);
            syncs.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        appends.Sort();
        syncs.Sort();
        return
        [
            BenchRow.Of("append one batch to the spool, p50", Measure.Percentile(appends, 0.5), "ms", "one sync", null, "write 8 KB and sync", Measure.Percentile(syncs, 0.5)),
            BenchRow.Of("append one batch to the spool, p99", Measure.Percentile(appends, 0.99), "ms", "one sync", null, "write 8 KB and sync", Measure.Percentile(syncs, 0.99)),
        ];
    }

    private static async Task<IEnumerable<BenchRow>> CatchUpAsync(string folder, int batches, CancellationToken stopping)
    {
        Directory.CreateDirectory(folder);
        await using var spool = new SqliteSpool(new() { Folder = folder }, NullLogger<SqliteSpool>.Instance);
        var body = Body();
        await Task.WhenAll(Enumerable.Range(0, batches).Select(i => spool.AppendAsync(new(body, 200, i + 1), stopping)));
        var onDisk = spool.Depth.Bytes / (double)(batches * 200);
        await using var cloud = await new PaperCloud().OpenAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var options = new UplinkOptions { Tenant = new("t"), Venue = new("v"), Gateway = new("g"), Host = "127.0.0.1", Port = cloud.Port };
        var uplink = new GatewayUplink(
            spool, options, () => new() { Boot = spool.Boot, Online = true }, TimeProvider.System, TimeProvider.System, NullLogger<GatewayUplink>.Instance);
        var from = Stopwatch.GetTimestamp();
        var running = uplink.RunAsync(ending.Token);
        while (cloud.Sightings < batches * 200L)
        {
            await Task.Delay(5, stopping);
        }

        var rate = batches * 200 / Stopwatch.GetElapsedTime(from).TotalSeconds;
        await ending.CancelAsync();
        await running;
        return
        [
            BenchRow.Of("catch-up after an outage", rate, "sightings/s", ">= 200,000/s", v => v >= 200_000),
            BenchRow.Of("spool on disk", onDisk, "B/sighting", "72 h at 200/s in 1 GB: <= 19.3 B", v => v <= 19.3),
        ];
    }

    // Each does a part of the work only: reading and printing, or sending. The gateway reads, makes tokens, keeps on disk, and sends.
    private static async Task<IEnumerable<BenchRow>> BesideAsync(List<BenchRow> rows, int seconds, CancellationToken stopping)
    {
        var peers = new (string What, GatewayPeers.Peer? Took)[]
        {
            ("tshark printing address and strength", await GatewayPeers.TsharkAsync(2_000, seconds, stopping)),
            ("tcpdump printing each frame", await GatewayPeers.TcpdumpAsync(2_000, seconds, stopping)),
            ("mosquitto_pub sending each as a line", await GatewayPeers.MosquittoAsync(2_000, seconds, stopping)),
        };
        return peers.Where(p => p.Took is not null).SelectMany(p => new[]
        {
            Beside(AtTwoThousand, p.What, p.Took!.Value.Share), Beside(MemoryAtTwoThousand, p.What, p.Took.Value.Megabytes), Beside(PerFrame(2_000), p.What, p.Took.Value.BytesPerFrame),
        }).OfType<BenchRow>();

        BenchRow? Beside(string what, string peer, double value) =>
            value > 0 && rows.First(r => r.What == what) is var ours ? BenchRow.Of(what, ours.Value, ours.Unit, "informs", null, peer, value) : null;
    }

    // Fault 11: a link that carries nothing from the cloud any more, in keep-alives until it is given up.
    private static async Task<BenchRow> OneWayAsync(string folder, CancellationToken stopping)
    {
        var keepAlive = TimeSpan.FromSeconds(2);
        Directory.CreateDirectory(folder);
        await using var spool = new SqliteSpool(new() { Folder = folder, Ballast = 0 }, NullLogger<SqliteSpool>.Instance);
        await using var cloud = await new PaperCloud().OpenAsync();
        await using var wire = new BadWire(cloud.Port);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var options = new UplinkOptions { Tenant = new("t"), Venue = new("v"), Gateway = new("g"), Host = "127.0.0.1", Port = wire.Port, KeepAlive = keepAlive };
        var uplink = new GatewayUplink(
            spool, options, () => new() { Boot = spool.Boot, Online = true }, TimeProvider.System, TimeProvider.System, NullLogger<GatewayUplink>.Instance);
        var running = uplink.RunAsync(ending.Token);
        var taken = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            while (!uplink.IsConnected) await Task.Delay(5, stopping);
            await Task.Delay(TimeSpan.FromMilliseconds(300 * (round + 1)), stopping);
            wire.SwallowsDown = true;
            var from = Stopwatch.GetTimestamp();
            while (uplink.IsConnected) await Task.Delay(5, stopping);
            taken.Add(Stopwatch.GetElapsedTime(from) / keepAlive);
            wire.SwallowsDown = false;
        }

        await ending.CancelAsync();
        await running;
        return BenchRow.Of("a link that carries one way only is given up, longest of 3", taken.Max(), "keep-alives", "<= 1.5", v => v <= 1.5);
    }

    // Fault 13: the endpoint restarts under 500 gateways, each with its own back-off.
    private static async Task<BenchRow> StormAsync(CancellationToken stopping)
    {
        const int gateways = 500;
        var port = 0;
        var back = 0;
        var endpoint = await Mqtt.OpenEndpoint.StartAsync(0, cancel: stopping);
        port = endpoint.Port;
        var clients = Enumerable.Range(0, gateways).Select(i => new Mqtt.MqttReconnectingClient(
            new() { Host = "127.0.0.1", Port = port, ClientId = string.Create(CultureInfo.InvariantCulture, $"t.v.gw-{i}") }, async (client, _, stop) =>
            {
                await client.SubscribeAsync(string.Create(CultureInfo.InvariantCulture, $"presence/v1/t/v/gw-{i}/down/#"), Mqtt.MqttQos.AtLeastOnce, stop);
                Interlocked.Increment(ref back);
            })).ToList();
        clients.ForEach(c => c.Start());
        while (Volatile.Read(ref back) < gateways) await Task.Delay(10, stopping);

        await endpoint.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(5), stopping); // long enough for pauses to have grown to some seconds
        Volatile.Write(ref back, 0);
        await using var again = await Mqtt.OpenEndpoint.StartAsync(port, cancel: stopping);
        var from = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref back) < gateways) await Task.Delay(10, stopping);
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        await Task.WhenAll(clients.Select(c => c.DisposeAsync().AsTask()));
        return BenchRow.Of("500 gateways back after the endpoint restarted", seconds, "s", "<= 60 s", v => v <= 60);
    }

    private static int Devices(int framesPerSecond) => Math.Max(framesPerSecond / 10, 20);

    private static string OnTheWireAt(int framesPerSecond) => $"on the wire at {framesPerSecond} frames/s";

    private static string PerFrame(int framesPerSecond) => $"on the wire for a frame heard, at {framesPerSecond} frames/s";

    private static byte[] Body()
    {
        var batch = Batch.Usual(1);
        var room = new byte[SightingBatch.MostBodyBytes(batch.Columns)];
        return room[..SightingBatch.WriteBody(batch.Columns, room)];
    }

    private static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    // Pages of files are shared with every program that has them open, and are the first the kernel takes back. Compiled code counts as the gateway's.
    private static double OwnMegabytes(Process process) => File.ReadLines($"/proc/{process.Id}/status")
        .Where(l => l.StartsWith("RssAnon", StringComparison.Ordinal) || l.StartsWith("RssShmem", StringComparison.Ordinal))
        .Sum(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)) * 1.024 / 1_000;

    private static double Memory(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / 1e6;
    }
}
