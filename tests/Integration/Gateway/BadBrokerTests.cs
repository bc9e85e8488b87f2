using System.Net;
using System.Net.Sockets;
using Presence.Integration.Mqtt;
using Presence.Kit.Gateway;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>Brokers as they are met at night: silent, unknown, too talkative; and a gateway that is ended in the middle.</summary>
public sealed class BadBrokerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-broker-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_broker_that_takes_the_call_and_says_nothing_is_given_up_named_and_tried_again()
    {
        var port = Ports.Free();
        using var silent = new TcpListener(IPAddress.Loopback, port);
        silent.Start();
        await using var gateway = GatewayProcess.Start(Path.Combine(_folder, "spool"), port, null, "--capture", Crowd());
        using var call = await silent.AcceptSocketAsync();
        await Until.TrueAsync(() => gateway.Output.Contains($"127.0.0.1:{port} was not reached: the time is up", StringComparison.Ordinal), () => $"it is named:\n{gateway.Output}", 60);
        silent.Dispose();
        call.Dispose();

        // Whoever mends the broker need not come by.
        await using var cloud = await new PaperCloud(port).OpenAsync();
        await Until.TrueAsync(() => cloud.Sightings > 0, () => $"what was heard meanwhile is there:\n{gateway.Output}", 60);
        gateway.Terminate();
        Assert.Equal(0, await gateway.ExitedAsync());
    }

    [Fact]
    public async Task A_broker_whose_name_nobody_knows_is_named_and_the_gateway_ends_when_asked()
    {
        await using var gateway = GatewayProcess.StartBare(
            null, "--tenant", "acme", "--venue", "mall", "--gateway", "gw-1", "--spool", Path.Combine(_folder, "spool"), "--broker", "broker.invalid:1883",
            "--day-key", GatewayProcess.Key, "--member-key", GatewayProcess.Key, "--spool-ballast", "100000", "--capture", Crowd());
        await Until.TrueAsync(() => gateway.Output.Split("broker.invalid:1883 was not reached").Length > 2, () => $"it is tried again and again:\n{gateway.Output}", 60);
        gateway.Terminate();
        Assert.Equal(0, await gateway.ExitedAsync());
        await using var spool = new Presence.Spool.SqliteSpool(
            new() { Folder = Path.Combine(_folder, "spool"), Ballast = 0 }, Microsoft.Extensions.Logging.Abstractions.NullLogger<Presence.Spool.SqliteSpool>.Instance);
        Assert.True(spool.Depth.Live > 0, "what was heard waits");
    }

    [SkippableTheory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_retained_configuration_that_is_too_large_is_left_out_and_keeps_nothing_else_from_passing(MqttVersion version)
    {
        Skip.IfNot(File.Exists("/usr/sbin/mosquitto"), "mosquitto is not installed (Debian package mosquitto)");
        var port = Ports.Free();
        await using var broker = await Mosquitto.StartAsync(_folder, port);
        await using var other = new MqttClient(new() { Host = "127.0.0.1", Port = port, ClientId = "operator", MaxPacketBytes = 8_000_000 });
        await other.ConnectAsync();
        await other.PublishAsync("presence/v1/acme/mall/gw-1/down/config", new byte[3_000_000], MqttQos.AtLeastOnce, retain: true);
        await using var gateway = GatewayProcess.Start(Path.Combine(_folder, "spool"), port, null, "--mqtt", version is MqttVersion.V5 ? "5" : "3.1.1", "--capture", Crowd());
        await Until.TrueAsync(() => gateway.Output.Contains("Connected to", StringComparison.Ordinal), () => $"it is in:\n{gateway.Output}", 60);

        // What comes behind it arrives, on the same connection.
        await other.PublishAsync("presence/v1/acme/mall/gw-1/down/config", new GatewayConfig { Version = 3, Venue = "mall", TimeZone = "Asia/Shanghai" }.Encode(), MqttQos.AtLeastOnce);
        await Until.TrueAsync(() => gateway.Output.Contains("Configuration 3", StringComparison.Ordinal), () => $"the next one is taken:\n{gateway.Output}", 60);
        Assert.DoesNotContain("No connection", gateway.Output, StringComparison.Ordinal);
        await Until.TrueAsync(() => version is MqttVersion.V5 || gateway.Output.Contains("larger than is taken", StringComparison.Ordinal), () => $"the large one is told:\n{gateway.Output}", 60);
    }

    [Fact]
    public async Task Two_gateways_on_one_spool_the_second_is_told_why_it_does_not_start()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var spool = Path.Combine(_folder, "spool");
        await using var first = GatewayProcess.Start(spool, cloud.Port);
        await Until.TrueAsync(() => !cloud.Statuses.IsEmpty, () => $"the first is up:\n{first.Output}", 60);
        await Until.TrueAsync(() => first.Output.Contains("Nothing is listened to", StringComparison.Ordinal), () => $"who forgot the settings is told:\n{first.Output}", 60);
        await using var second = GatewayProcess.Start(spool, cloud.Port);
        Assert.Equal(2, await second.ExitedAsync());
        Assert.Contains($"presence-gateway: The spool {spool} is in use by another gateway", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ended_while_it_catches_up_it_ends_well_and_the_next_one_sends_the_rest_once()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var spool = Path.Combine(_folder, "spool");
        const int batches = 6_000;
        await using (var filled = new Presence.Spool.SqliteSpool(new() { Folder = spool, Ballast = 0 }, Microsoft.Extensions.Logging.Abstractions.NullLogger<Presence.Spool.SqliteSpool>.Instance))
        {
            var columns = Presence.Kit.Wire.Batch.Usual(3, 24, 7, 3).Columns;
            var room = new byte[SightingBatch.MostBodyBytes(columns)];
            var body = room.AsMemory(0, SightingBatch.WriteBody(columns, room));
            await Task.WhenAll(Enumerable.Range(0, batches).Select(_ => filled.AppendAsync(new(body, 24, 1), CancellationToken.None)));
        }

        await using (var gateway = GatewayProcess.Start(spool, cloud.Port))
        {
            await Until.TrueAsync(() => cloud.Sightings > 0, () => $"it catches up:\n{gateway.Output}", 60);
            gateway.Terminate();
            Assert.Equal(0, await gateway.ExitedAsync());
        }

        await using (var gateway = GatewayProcess.Start(spool, cloud.Port, null, "--exit-when-done"))
        {
            Assert.Equal(0, await gateway.ExitedAsync());
        }

        Assert.Equal(batches, cloud.Committed.Count);
        Assert.Equal(batches, cloud.Committed.Select(c => (c.Boot, c.Kind, c.Sequence)).Distinct().Count());
    }

    private string Crowd()
    {
        var file = Path.Combine(_folder, "crowd.pcap");
        ProbeCapture.Write(file, ProbeCapture.Crowd(200, 20, 100, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
        return file;
    }
}
