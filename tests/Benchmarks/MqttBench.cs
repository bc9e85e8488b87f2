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
        var rounds = quick ? 1 : 5;
        var span = TimeSpan.FromSeconds(quick ? 0.5 : 1.5);
        var rows = new List<BenchRow>();

        // What is compiled for good after the first million publishes is not what each of them costs.
        await OursAsync(new(1_024, 100, 8), span, stopping);
        foreach (var (bytes, window) in new[] { (1_024, 100), (16_384, 20) })
        {
            foreach (var clients in new[] { 1, 200 }) rows.AddRange(await PublishesAsync(new(bytes, window, clients), rounds, span, stopping));
        }

        rows.Add(await InKestrelAsync(new(16_384, 20, 200), rounds, span, stopping));
        rows.AddRange(await FanOutAsync(quick ? 20 : 200, stopping));
        rows.AddRange(await IdleAsync(quick ? 1_000 : 10_000, stopping));
        rows.Add(await HurtAsync(quick ? 200 : 1_000, quick ? 1 : 5, stopping));
        return rows;
    }

    private sealed record Publishes(int Bytes, int Window, int Clients)
    {
        public string What => $"QoS 1 publishes of {Bytes / 1_024} KB acknowledged, {Clients} client{(Clients > 1 ? "s" : "")}";
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

    private static async Task<List<BenchRow>> PublishesAsync(
        Publishes what, int rounds, TimeSpan span, CancellationToken stopping)
    {
        await using var mosquitto = await MqttPeer.TryMosquittoAsync();
        await using var mqttNet = await MqttPeer.TryMqttNetAsync();
        var (ours, allocated, atRest, first, second) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var (rate, each, rest) = await OursAsync(what, span, stopping);
            ours.Add(rate);
            allocated.Add(each);
            atRest.Add(rest / rate);
            if (mosquitto is not null) first.Add(await PassedOnAsync(mosquitto, what, span, stopping));
            if (mqttNet is not null) second.Add(await AcknowledgedAsync(mqttNet, what, span, stopping));
        }

        var mine = Math.Round(Measure.Median(ours));
        var rows = new List<BenchRow>
        {
            Beside(what.What, mine, "1/s", ">= 3 x", r => r >= 3, "mosquitto to one subscriber", first),
            Beside(what.What, mine, "1/s", ">= 3 x", r => r >= 3, "MQTTnet's server, to nobody", second),
        };
        if (what.Clients > 1) return rows;
        rows.Add(Beside(what.What, mine, "1/s", "", null, "a bare socket that reads 32 KB at once and answers as much", await BareAsync(what, rounds, span, stopping)));
        var (own, still) = (Math.Round(Measure.Median(allocated), 3), Math.Round(Measure.Median(atRest), 3));
        rows.Add(BenchRow.Of(
            $"allocated in the whole process for each of them", own, "bytes", "0", a => a < 0.05, "by the same process at rest, shared among as many", still));
        return rows;
    }

    /// <summary>Our rate, bytes allocated for each publish, and bytes a second that the same process allocates with the clients connected and silent.</summary>
    private static async Task<(double Rate, double Each, double AtRest)> OursAsync(Publishes what, TimeSpan span, CancellationToken stopping)
    {
        await using var quiet = await NullEndpoint.StartAsync();
        double rest;
        using (await DrainLoad.StartAsync(quiet.Port, what.Clients, null, 0, stopping))
        {
            await Task.Delay(span / 3, stopping);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await Task.Delay(span, stopping);
            rest = (GC.GetTotalAllocatedBytes(precise: true) - before) / span.TotalSeconds;
        }

        using var load = await PublishLoad.StartAsync(quiet.Port, what.Bytes, what.Window, what.Clients, stopping);
        var (rate, each) = await load.MeasureAsync(span, () => load.Acknowledged);
        return (rate, each, rest);
    }

    /// <summary>The same bytes both ways without MQTT: what this machine and this load generator allow.</summary>
    private static async Task<List<double>> BareAsync(Publishes what, int rounds, TimeSpan span, CancellationToken stopping)
    {
        var rates = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            using var sink = BareSink.Start(PublishLoad.PacketBytes(what.Bytes));
            using var load = await PublishLoad.StartAsync(sink.Port, what.Bytes, what.Window, what.Clients, stopping);
            rates.Add((await load.MeasureAsync(span, () => load.Acknowledged)).PerSecond);
        }

        return rates;
    }

    /// <summary>How many a second a broker passes to one subscriber: only what has reached it counts.</summary>
    private static async Task<double> PassedOnAsync(MqttPeer peer, Publishes what, TimeSpan span, CancellationToken stopping)
    {
        using var drain = await DrainLoad.StartAsync(peer.Port, 1, "load/#", qos: 1, stopping);
        using var load = await PublishLoad.StartAsync(peer.Port, what.Bytes, what.Window, what.Clients, stopping);
        var (rate, _) = await load.MeasureAsync(span, () => drain.Bytes / PublishLoad.PacketBytes(what.Bytes));
        return rate;
    }

    /// <summary>How many a second a broker acknowledges while nobody subscribes: as little as ours does with them.</summary>
    private static async Task<double> AcknowledgedAsync(MqttPeer peer, Publishes what, TimeSpan span, CancellationToken stopping)
    {
        using var load = await PublishLoad.StartAsync(peer.Port, what.Bytes, what.Window, what.Clients, stopping);
        return (await load.MeasureAsync(span, () => load.Acknowledged)).PerSecond;
    }

    private static async Task<BenchRow> InKestrelAsync(Publishes what, int rounds, TimeSpan span, CancellationToken stopping)
    {
        var (wide, own) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            wide.Add(await RateAsync(true));
            own.Add(await RateAsync(false));
        }

        return Beside($"the same inside Kestrel, with blocks of 32 KB", Math.Round(Measure.Median(wide)), "1/s", "", null, "with Kestrel's own of 4 KB", own);

        async Task<double> RateAsync(bool blocks)
        {
            await using var quiet = await NullEndpoint.StartInKestrelAsync(blocks);
            using var load = await PublishLoad.StartAsync(quiet.Port, what.Bytes, what.Window, what.Clients, stopping);
            return (await load.MeasureAsync(span, () => load.Acknowledged)).PerSecond;
        }
    }

    private static async Task<List<BenchRow>> FanOutAsync(int messages, CancellationToken stopping)
    {
        await using var mosquitto = await MqttPeer.TryMosquittoAsync();
        await using var mqttNet = await MqttPeer.TryMqttNetAsync();
        const int Subscribers = 1_000;
        await using var open = await OpenEndpoint.StartAsync(0, cancel: stopping);
        var (ours, first, second) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < 5; round++)
        {
            ours.Add(await MedianMsAsync(open.Port));
            if (mosquitto is not null) first.Add(await MedianMsAsync(mosquitto.Port));
            if (mqttNet is not null) second.Add(await MedianMsAsync(mqttNet.Port));
        }

        const string what = "one message of 256 bytes to 1,000 subscribers, until the last has it";
        var mine = Math.Round(Measure.Median(ours), 2);
        return [Beside(what, mine, "ms", "<= 1 x", r => r <= 1, "mosquitto", first), Beside(what, mine, "ms", "<= 1 x", r => r <= 1, "MQTTnet's server", second)];

        async Task<double> MedianMsAsync(int port)
        {
            using var drain = await DrainLoad.StartAsync(port, Subscribers, "load/fan", qos: 0, stopping);
            await using var publisher = new MqttClient(new() { Host = "127.0.0.1", Port = port, Version = MqttVersion.V311, ClientId = "publisher" });
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

    /// <summary>What the server's process grows by, each in a process of its own.</summary>
    private static async Task<List<BenchRow>> IdleAsync(int connections, CancellationToken stopping)
    {
        var ours = await OfAsync(await MqttPeer.OursAsync());
        var first = await OfAsync(await MqttPeer.TryMosquittoAsync());
        var second = await OfAsync(await MqttPeer.TryMqttNetAsync());
        var what = $"memory of one of {connections:N0} idle connections";
        return
        [
            BenchRow.Of(what, ours!.Value, "KB", "<= 15 KB", kb => kb <= 15, first is null ? "mosquitto (not measured)" : "mosquitto", first),
            BenchRow.Of(what, ours.Value, "KB", "", null, second is null ? "MQTTnet's server (not measured)" : "MQTTnet's server", second),
        ];

        async Task<double?> OfAsync(MqttPeer? peer)
        {
            if (peer is null) return null;
            await using var ended = peer;

            // Some come and go first, so that what a process needs once is not counted for each.
            using (await DrainLoad.StartAsync(peer.Port, 200, null, 0, stopping)) await Task.Delay(200, stopping);
            await Task.Delay(1_500, stopping);
            var before = peer.Resident;
            using var idle = await DrainLoad.StartAsync(peer.Port, connections, null, 0, stopping);
            await Task.Delay(1_500, stopping);
            return Math.Round((peer.Resident - before) / connections / 1_024, 2);
        }
    }

    /// <summary>A row held against a peer: by its ratio, and not at all when the peer was not there.</summary>
    private static BenchRow Beside(string what, double mine, string unit, string target, Func<double, bool>? met, string peer, List<double> theirs)
    {
        if (theirs.Count == 0) return BenchRow.Of(what, mine, unit, target, null, peer + " (not measured)");
        var other = Measure.Median(theirs);
        return BenchRow.Of(what, mine, unit, target, met is null ? null : value => met(value / other), peer, other);
    }
}
