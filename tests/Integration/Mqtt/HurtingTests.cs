using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Xunit;

namespace Presence.Integration.Mqtt;

/// <summary>Those who would hurt the endpoint get nowhere, and the others do not notice.</summary>
[Collection(Alone.Name)]
public sealed class HurtingTests
{
    private static readonly MqttEndpointOptions Strict = new()
    {
        ConnectsPerSecond = 0, ConnectTimeout = TimeSpan.FromSeconds(4), PacketTimeout = TimeSpan.FromSeconds(2), SendTimeout = TimeSpan.FromSeconds(2),
        MaxHalfOpen = 500,
    };

    [Fact]
    public async Task A_thousand_half_open_connections_are_cut_and_the_others_are_served()
    {
        await using var shop = await MqttShop.OpenAsync(Strict);
        await using var till = shop.Client();
        await till.ConnectAsync();
        var silent = new List<Socket>();
        for (var i = 0; i < 1_000; i++) silent.Add(await SocketAsync(shop.Port));
        Assert.Equal(MqttReasonCode.Success, await till.PublishAsync("till/sale", default, MqttQos.AtLeastOnce).WaitAsync(TimeSpan.FromSeconds(30)));
        await Until.TrueAsync(() => shop.Endpoint.ConnectionCount == 1, () => $"all were cut; {shop.Endpoint.ConnectionCount} are left");
        Assert.Equal(1_000, shop.Endpoint.Refusals(MqttRefusal.HalfOpen));
        Assert.True(till.IsConnected);
        foreach (var socket in silent) socket.Dispose();
    }

    [Fact]
    public async Task A_giant_remaining_length_is_refused_from_its_header()
    {
        await using var shop = await MqttShop.OpenAsync(Strict);
        using var known = await ConnectedAsync(shop.Port, "giant");
        await known.SendAsync(new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0x7F });
        using var stranger = await SocketAsync(shop.Port);
        await stranger.SendAsync(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F });
        await Until.TrueAsync(() => shop.Endpoint.Refusals(MqttRefusal.TooLarge) == 2, "both were refused");
        await Until.TrueAsync(() => shop.Endpoint.ConnectionCount == 0, "both were cut");
    }

    [Fact]
    public async Task A_packet_that_drips_in_is_cut()
    {
        await using var shop = await MqttShop.OpenAsync(Strict);
        using var dripping = await ConnectedAsync(shop.Port, "drip");
        await dripping.SendAsync(new byte[] { 0x30, 0x7F, 0 });
        await Until.TrueAsync(() => shop.Endpoint.Refusals(MqttRefusal.SlowSender) == 1, "it was cut");
    }

    [Fact]
    public async Task Who_does_not_read_is_cut_and_holds_up_nobody()
    {
        await using var shop = await MqttShop.OpenAsync(Strict);
        using var deaf = await ConnectedAsync(shop.Port, "deaf");
        await deaf.SendAsync(MqttCodec.Encode(new SubscribePacket(1, [new("news/#")]), MqttVersion.V311));
        var heard = 0;
        await using var till = shop.Client(o => o with { OnMessage = _ => { Interlocked.Increment(ref heard); return default; } });
        await till.ConnectAsync();
        await till.SubscribeAsync("news/#");
        await Task.Delay(100);
        var news = new byte[16 * 1024];
        for (var i = 0; i < 1_000; i++)
        {
            shop.Endpoint.Publish("news/today", news);
            if (i % 50 == 0) await Until.TrueAsync(() => heard >= i - 50, "the till keeps up");
        }

        await Until.TrueAsync(() => heard == 1_000, () => $"the till heard all, {heard}");
        await Until.TrueAsync(() => shop.Endpoint.Refusals(MqttRefusal.SlowReader) == 1, "the deaf one was cut");
        Assert.True(shop.Endpoint.Refusals(MqttRefusal.QueueFull) > 0);
    }

    [Fact]
    public async Task Who_asks_and_never_reads_the_answers_is_not_asked_for_more()
    {
        await using var shop = await MqttShop.OpenAsync(Strict with { Limits = new() { PacketsPerSecond = 0, BytesPerSecond = 0 } });
        using var asking = await ConnectedAsync(shop.Port, "asking");
        asking.ReceiveBufferSize = 4_096;
        asking.SendTimeout = 500;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var pings = new byte[64 * 1024];
        for (var i = 0; i < pings.Length; i += 2) pings[i] = 0xC0;
        for (var i = 0; i < 10_000 && shop.Endpoint.Refusals(MqttRefusal.SlowReader) == 0; i++)
        {
            try
            {
                await Task.Run(() => asking.Send(pings));
            }
            catch (SocketException)
            {
                // It waits, or was cut, which is what is asked for.
                await Task.Delay(50);
            }
        }

        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.SlowReader));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 20 << 20);
    }

    [Fact]
    public async Task Who_sends_too_much_is_told_so()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = new() { PacketsPerSecond = 10 } });
        await using var till = shop.Client();
        await till.ConnectAsync();
        await Assert.ThrowsAsync<MqttException>(async () =>
        {
            for (var i = 0; i < 200; i++) await till.PublishAsync("till/sale", default, MqttQos.AtLeastOnce);
        });
        Assert.Equal(MqttReasonCode.MessageRateTooHigh, (await till.Closed)!.Reason);
        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.MessageRate));
    }

    [Fact]
    public async Task Who_has_more_under_way_than_agreed_is_told_so()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = new() { ReceiveMaximum = 5 } });
        shop.Prompt = false;
        using var raw = await SocketAsync(shop.Port);
        await raw.SendAsync(MqttCodec.Encode(new ConnectPacket(MqttVersion.V5, "till"), MqttVersion.V5));
        for (ushort i = 1; i <= 6; i++)
            await raw.SendAsync(MqttCodec.Encode(new PublishPacket("till/sale", default, MqttQos.AtLeastOnce, i, false, false), MqttVersion.V5));
        await Until.TrueAsync(() => shop.Left.Count == 1, "it was cut");
        Assert.True(shop.Left.TryPeek(out var left));
        Assert.Equal(MqttReasonCode.ReceiveMaximumExceeded, left.Why.Reason);
    }

    [Fact]
    public async Task Who_goes_on_talking_after_it_was_cut_can_still_read_why()
    {
        await using var shop = await MqttShop.OpenAsync(Strict);
        using var till = await ConnectedAsync(shop.Port, "till", MqttVersion.V5);
        await till.SendAsync(new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0x7F });

        // For as long as the endpoint still listens to one it has cut, which is a second.
        for (var cut = System.Diagnostics.Stopwatch.StartNew(); cut.ElapsedMilliseconds < 200;)
        {
            await till.SendAsync(new byte[] { 0xC0, 0 });
            await Task.Delay(1);
        }

        var heard = new byte[256];
        var length = await till.ReceiveAsync(heard);
        Assert.Equal([0xE0, (byte)MqttReasonCode.PacketTooLarge], new[] { heard[0], heard[2] });
        Assert.True(length > 3);
    }

    [Fact]
    public async Task Who_connects_again_and_again_is_told_to_wait()
    {
        await using var shop = await MqttShop.OpenAsync(new());
        var refused = 0;
        for (var i = 0; i < 20; i++)
        {
            await using var till = shop.Client();
            try
            {
                await till.ConnectAsync();
            }
            catch (MqttException e) when (e.Reason == MqttReasonCode.ConnectionRateExceeded)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 5, 10);
        Assert.Equal(refused, shop.Endpoint.Refusals(MqttRefusal.ConnectRate));
    }

    [Fact]
    public async Task Who_is_silent_for_one_and_a_half_keep_alives_is_cut()
    {
        await using var shop = await MqttShop.OpenAsync(Strict);
        using var silent = await SocketAsync(shop.Port);
        await silent.SendAsync(MqttCodec.Encode(new ConnectPacket(MqttVersion.V311, "silent") { KeepAliveSeconds = 1 }, MqttVersion.V311));
        var begun = Stopwatch.GetTimestamp();
        await Until.TrueAsync(() => shop.Endpoint.Refusals(MqttRefusal.KeepAlive) == 1, "it was cut");
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 1.2, 5);
    }

    private static async Task<Socket> SocketAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task<Socket> ConnectedAsync(int port, string clientId, MqttVersion version = MqttVersion.V311)
    {
        var socket = await SocketAsync(port);
        await socket.SendAsync(MqttCodec.Encode(new ConnectPacket(version, clientId), version));
        await socket.ReceiveAsync(new byte[256]);
        return socket;
    }
}
