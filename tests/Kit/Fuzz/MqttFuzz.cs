using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Presence.Mqtt;
using Presence.Mqtt.Packets;

namespace Presence.Kit.Fuzz;

/// <summary>What a run of <see cref="MqttFuzz"/> saw.</summary>
/// <param name="Packets">Mutated packets sent.</param>
/// <param name="SlowestHealthMs">Longest a well-behaved client on the same endpoint waited for the answer to a ping.</param>
/// <param name="GrowthBytes">Live managed memory after the run, less before.</param>
public sealed record MqttFuzzReport(long Packets, double SlowestHealthMs, long GrowthBytes);

/// <summary>
/// Sends an endpoint packets that are almost right, while a well-behaved client asks after its health. Connections are in memory,
/// so that the endpoint and not the network is what is tried; the well-behaved client comes by TCP.
/// </summary>
public static class MqttFuzz
{
    private static readonly byte[][] Packets = [.. Samples(MqttVersion.V311), .. Samples(MqttVersion.V5)];

    /// <param name="time">How long.</param>
    /// <param name="seed">Same seed, same packets.</param>
    /// <returns>How many packets were tried.</returns>
    /// <exception cref="InvalidOperationException">A promise was broken: no answer within 0.5 s, an exception, more than 50 MB kept.</exception>
    public static long Run(TimeSpan time, int seed)
    {
        var report = RunAsync(time, long.MaxValue, seed).GetAwaiter().GetResult();
        if (report.SlowestHealthMs > 500) throw new InvalidOperationException($"A well-behaved client waited {report.SlowestHealthMs:0} ms.");
        if (report.GrowthBytes > 50 << 20) throw new InvalidOperationException($"{report.GrowthBytes >> 20} MB are kept.");
        return report.Packets;
    }

    /// <summary>Runs until the time is up or so many packets were sent. Waiting and growth are told, and not judged: beside other tests they say more of those.</summary>
    /// <exception cref="InvalidOperationException">An exception got as far as the handler's.</exception>
    public static async Task<MqttFuzzReport> RunAsync(TimeSpan time, long packets, int seed)
    {
        await using var open = await OpenEndpoint.StartAsync(0, new MqttLimits { PacketsPerSecond = 0, BytesPerSecond = 0, MaxPacketBytes = 64 * 1024 });
        using var stop = new CancellationTokenSource();
        var health = HealthAsync(open.Port, stop.Token);
        var dice = new Random(seed);
        await TryAsync(open.Endpoint, dice);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        long tried = 0;
        while (clock.Elapsed < time && tried < packets) tried += await TryAsync(open.Endpoint, dice);
        await stop.CancelAsync();
        var slowest = await health;
        var report = new MqttFuzzReport(tried, slowest, GC.GetTotalMemory(forceFullCollection: true) - before);
        if (open.Endpoint.Refusals(MqttRefusal.Handler) > 0) throw new InvalidOperationException("An exception got as far as the handler's.");
        return report;
    }

    /// <summary>One connection: a CONNECT, at times a broken one, then packets, each changed a little.</summary>
    private static async Task<int> TryAsync(MqttEndpoint endpoint, Random dice)
    {
        var (count, input) = (dice.Next(1, 6), new Pipe());
        var version = dice.Next(2) == 0 ? MqttVersion.V311 : MqttVersion.V5;
        var connect = MqttCodec.Encode(new ConnectPacket(version, "fuzz-" + dice.Next(100)) { CleanStart = dice.Next(2) == 0 }, version);
        input.Writer.Write((ReadOnlySpan<byte>)(dice.Next(4) == 0 ? Mutate(connect, dice) : connect));
        for (var i = 0; i < count; i++) input.Writer.Write((ReadOnlySpan<byte>)Mutate(Packets[dice.Next(Packets.Length)], dice));
        await input.Writer.CompleteAsync();
        var output = new Pipe(new(pauseWriterThreshold: 0));
        var connection = new DefaultConnectionContext("fuzz", new Pair(input.Reader, output.Writer), new Pair(output.Reader, input.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1),
        };
        await endpoint.ServeAsync(connection);
        await output.Reader.CompleteAsync();
        await connection.DisposeAsync();
        return count;
    }

    /// <summary>Near misses: most bytes stay, so that the checks behind the first are reached too.</summary>
    private static byte[] Mutate(byte[] packet, Random dice)
    {
        var bytes = packet.ToList();
        for (var changes = dice.Next(3); changes >= 0; changes--)
        {
            var at = dice.Next(bytes.Count);
            switch (dice.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << dice.Next(8)); break;
                case 1: bytes[at] = (byte)dice.Next(256); break;
                case 2: bytes[at] = dice.Next(2) == 0 ? (byte)0xFF : (byte)0; break;
                case 3: bytes.Insert(at, (byte)dice.Next(256)); break;
                case 4 when bytes.Count > 1: bytes.RemoveAt(at); break;
                default: bytes[Math.Min(1, bytes.Count - 1)] = (byte)(bytes.Count - 2 + dice.Next(3) - 1); break;
            }
        }

        return [.. bytes];
    }

    private static async Task<double> HealthAsync(int port, CancellationToken stop)
    {
        await using var client = new MqttClient(new() { Host = "127.0.0.1", Port = port, ClientId = "health" });
        await client.ConnectAsync(CancellationToken.None);
        var slowest = 0.0;
        while (!stop.IsCancellationRequested)
        {
            var begun = Stopwatch.GetTimestamp();
            await client.PublishAsync("health", default, MqttQos.AtLeastOnce, cancel: CancellationToken.None);
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await Task.Delay(20, CancellationToken.None);
        }

        return slowest;
    }

    private static IEnumerable<byte[]> Samples(MqttVersion version)
    {
        var users = new MqttProperties { UserProperties = [new("name", "value")] };
        MqttProperties If5(MqttProperties properties) => version == MqttVersion.V5 ? properties : MqttProperties.None;
        MqttPacket[] packets =
        [
            new PublishPacket("shop/7/sales", "payload"u8.ToArray(), MqttQos.AtMostOnce, 0, false, false),
            new PublishPacket("shop/7/sales", "payload"u8.ToArray(), MqttQos.AtLeastOnce, 7, true, false) { Properties = If5(users with { TopicAlias = 3, MessageExpirySeconds = 60 }) },
            new PublishPacket("shop/7/sales", "payload"u8.ToArray(), MqttQos.ExactlyOnce, 8, false, true) { Properties = If5(users with { ResponseTopic = "a", CorrelationData = new byte[] { 1, 2 } }) },
            new AckPacket(MqttPacketType.PubAck, 1, MqttReasonCode.Success) { Properties = If5(users) },
            new AckPacket(MqttPacketType.PubRec, 1, MqttReasonCode.Success),
            new AckPacket(MqttPacketType.PubRel, 8, MqttReasonCode.Success),
            new AckPacket(MqttPacketType.PubComp, 1, MqttReasonCode.Success) { Properties = If5(new() { ReasonString = "why" }) },
            new SubscribePacket(3, [new("shop/+/sales", MqttQos.ExactlyOnce), new("#", MqttQos.AtLeastOnce), new("$share/g/t")]) { Properties = If5(users) },
            new UnsubscribePacket(4, ["shop/+/sales", "#"]),
            new PingReqPacket(),
            new DisconnectPacket(MqttReasonCode.Success) { Properties = If5(new() { SessionExpirySeconds = 1 }) },
            new ConnectPacket(version, "again") { Will = new("shop/will", "gone"u8.ToArray()), UserName = "u", Password = "p"u8.ToArray() },
            new ConnAckPacket(false, MqttReasonCode.Success),
            new SubAckPacket(3, [MqttReasonCode.Success]),
        ];
        return packets.Select(p => MqttCodec.Encode(p, version));
    }

    private sealed record Pair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
