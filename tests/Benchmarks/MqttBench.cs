using System.Buffers;
using System.Diagnostics;
using System.Net;
using Presence.Mqtt;
using Presence.Mqtt.Packets;

namespace Presence.Benchmarks;

/// <summary>
/// Promises of the MQTT endpoint: three times as many acknowledged publishes as mosquitto passes to one subscriber, nothing allocated for
/// each, little memory for who is idle, and fan-out no slower. The same load generator, in this process, drives both.
/// </summary>
internal sealed class MqttBench : IBench
{
    public string Name => "mqtt";

    public async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        var rows = new List<BenchRow>();
        var rounds = quick ? 1 : 5;
        var span = TimeSpan.FromSeconds(quick ? 0.5 : 1.5);
        foreach (var (bytes, window) in new[] { (1_024, 100), (16_384, 20) })
        {
            foreach (var clients in new[] { 1, 200 })
            {
                var (ours, theirs, allocated) = await PublishesAsync(bytes, window, clients, rounds, span, stopping);
                var size = bytes / 1_024;
                rows.Add(BenchRow.Of(
                    $"QoS 1 publishes of {size} KB acknowledged, {clients} client{(clients > 1 ? "s" : "")}", Math.Round(ours), "1/s", ">= 3 x",
                    _ => theirs is null || ours >= 3 * theirs, theirs is null ? "mosquitto (not installed)" : "mosquitto to one subscriber", theirs));
                if (clients == 1) rows.Add(BenchRow.Of($"allocated per QoS 1 publish of {size} KB", Math.Round(allocated, 3), "bytes", "0", a => a < 1));
            }
        }

        rows.Add(await FanOutAsync(quick ? 20 : 200, stopping));
        rows.Add(await IdleAsync(quick ? 1_000 : 10_000, stopping));
        rows.Add(await HurtAsync(quick ? 200 : 1_000, quick ? 1 : 3, stopping));
        return rows;
    }

    /// <summary>What a well-behaved client waits for an acknowledgement while others hang half open, announce giants and do not read.</summary>
    private static async Task<BenchRow> HurtAsync(int halfOpen, int rounds, CancellationToken stopping)
    {
        await using var open = await OpenEndpoint.StartAsync(0, cancel: stopping);
        await using var client = new MqttClient(new() { Host = "127.0.0.1", Port = open.Port });
        await client.ConnectAsync(stopping);
        var (quiet, hurt) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            quiet.Add(await P95Async());
            var bad = new List<System.Net.Sockets.Socket>();
            for (var i = 0; i < halfOpen; i++)
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, open.Port, stopping);
                if (i % 3 == 0) await socket.SendAsync(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F }, stopping);
                bad.Add(socket);
            }

            for (var i = 0; i < 20; i++)
            {
                var deaf = await LoadSocket.ConnectAsync(open.Port, $"deaf-{i}", stopping);
                await deaf.SendAsync(MqttCodec.Encode(new SubscribePacket(1, [new("noise")]), MqttVersion.V311), stopping);
                bad.Add(deaf);
            }

            for (var i = 0; i < 200; i++) open.Endpoint.Publish("noise", new byte[16 * 1_024]);
            hurt.Add(await P95Async());
            foreach (var socket in bad) socket.Dispose();
            await Task.Delay(500, stopping);
        }

        var (before, after) = (Measure.Median(quiet), Measure.Median(hurt));
        return BenchRow.Of(
            $"p95 of a publish's acknowledgement beside {halfOpen:N0} half-open and giant connections and 20 that do not read", Math.Round(after, 3), "ms",
            "<= 2 x", _ => after <= 2 * before, "the same, alone", Math.Round(before, 3));

        async Task<double> P95Async()
        {
            var times = new List<double>();
            for (var i = 0; i < 500; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                await client.PublishAsync("well", new byte[1_024], MqttQos.AtLeastOnce, cancel: stopping);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            times.Sort();
            return Measure.Percentile(times, 0.95);
        }
    }

    private static async Task<(double Ours, double? Theirs, double Allocated)> PublishesAsync(
        int bytes, int window, int clients, int rounds, TimeSpan span, CancellationToken stopping)
    {
        await using var quiet = await NullEndpoint.StartAsync();
        await using var mosquitto = await BenchMosquitto.TryStartAsync();
        var (ours, theirs, allocated) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            using (var load = await PublishLoad.StartAsync(quiet.Port, bytes, window, clients, stopping))
            {
                var (rate, each) = await load.MeasureAsync(span, () => load.Acknowledged);
                ours.Add(rate);
                allocated.Add(each);
            }

            if (mosquitto is null) continue;
            using var drain = await DrainLoad.StartAsync(mosquitto.Port, 1, "load/#", qos: 1, stopping);
            using (var load = await PublishLoad.StartAsync(mosquitto.Port, bytes, window, clients, stopping))
            {
                // Only what has reached the subscriber has been passed on.
                var (rate, _) = await load.MeasureAsync(span, () => drain.Bytes / PublishLoad.PacketBytes(bytes));
                theirs.Add(rate);
            }
        }

        return (Measure.Median(ours), theirs.Count == 0 ? null : Measure.Median(theirs), Measure.Median(allocated));
    }

    private static async Task<BenchRow> FanOutAsync(int messages, CancellationToken stopping)
    {
        const int Subscribers = 1_000;
        await using var open = await OpenEndpoint.StartAsync(0, cancel: stopping);
        await using var mosquitto = await BenchMosquitto.TryStartAsync();
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < 3; round++)
        {
            ours.Add(await MedianMsAsync(open.Port));
            if (mosquitto is not null) theirs.Add(await MedianMsAsync(mosquitto.Port));
        }

        var mine = Measure.Median(ours);
        double? other = theirs.Count == 0 ? null : Measure.Median(theirs);
        return BenchRow.Of(
            "one message of 256 bytes to 1,000 subscribers, until the last has it", mine, "ms", "<= mosquitto's", _ => other is null || mine <= other,
            other is null ? "mosquitto (not installed)" : "mosquitto", other);

        async Task<double> MedianMsAsync(int port)
        {
            using var drain = await DrainLoad.StartAsync(port, Subscribers, "load/fan", qos: 0, stopping);
            await using var publisher = new MqttClient(new() { Host = "127.0.0.1", Port = port, Version = MqttVersion.V311 });
            await publisher.ConnectAsync(stopping);
            var payload = new byte[256];
            var packet = MqttCodec.Encode(new PublishPacket("load/fan", payload, MqttQos.AtMostOnce, 0, Retain: false, Dup: false), MqttVersion.V311).Length;
            var times = new List<double>();
            for (var i = 0; i < messages + 5; i++)
            {
                var due = drain.Bytes + ((long)Subscribers * packet);
                var begun = Stopwatch.GetTimestamp();
                await publisher.PublishAsync("load/fan", payload, cancel: stopping);
                await drain.ReachAsync(due, stopping);
                if (i >= 5) times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return Measure.Median(times);
        }
    }

    private static async Task<BenchRow> IdleAsync(int connections, CancellationToken stopping)
    {
        // The clients live in this process too: what they cost is seen at mosquitto's, and taken off.
        await using var mosquitto = await BenchMosquitto.TryStartAsync();
        double? theirs = null;
        var clientSide = 0.0;
        if (mosquitto is not null)
        {
            var (mine, before) = (Resident(Environment.ProcessId), Resident(mosquitto.ProcessId));
            using var idle = await DrainLoad.StartAsync(mosquitto.Port, connections, null, 0, stopping);
            await Task.Delay(1_000, stopping);
            clientSide = Resident(Environment.ProcessId) - mine;
            theirs = (Resident(mosquitto.ProcessId) - before) / connections / 1_024;
        }

        await using var quiet = await NullEndpoint.StartAsync();
        var start = Resident(Environment.ProcessId);
        using var here = await DrainLoad.StartAsync(quiet.Port, connections, null, 0, stopping);
        await Task.Delay(1_000, stopping);
        var each = (Resident(Environment.ProcessId) - start - clientSide) / connections / 1_024;
        return BenchRow.Of(
            $"memory of one of {connections:N0} idle connections", Math.Round(each, 1), "KB", "<= 15 KB", kb => kb <= 15, "mosquitto", theirs);
    }

    /// <summary>Resident bytes, after a collection when it is this process.</summary>
    private static double Resident(int process)
    {
        if (process == Environment.ProcessId) GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1_024;
    }

    /// <summary>An endpoint that commits nothing and acknowledges at once: its own cost and no other.</summary>
    private sealed class NullEndpoint : IMqttEndpointHandler, IAsyncDisposable
    {
        private MqttEndpoint? _endpoint;
        private MqttListener? _listener;

        public int Port => _listener!.EndPoint.Port;

        public static async Task<NullEndpoint> StartAsync()
        {
            var one = new NullEndpoint();
            one._endpoint = new(new() { Limits = MqttLimits.Generous, ConnectsPerSecond = 0, MaxHalfOpen = 20_000 }, one);
            one._listener = await MqttListener.StartAsync(one._endpoint, new IPEndPoint(IPAddress.Loopback, 0));
            return one;
        }

        public ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel) => new(MqttAuthentication.Accept());

        public bool MayPublish(MqttSession session, MqttTopic topic, bool retain) => true;

        public ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt)
        {
            receipt.Acknowledge();
            return default;
        }

        public async ValueTask DisposeAsync()
        {
            await _listener!.DisposeAsync();
            await _endpoint!.DisposeAsync();
        }
    }
}
