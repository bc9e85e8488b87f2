using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Xunit;

namespace Presence.Integration.Mqtt;

/// <summary>Whoever is refused is refused for a reason that is counted, in the endpoint and for whoever watches its meter.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task Each_reason_has_a_counter_of_its_own()
    {
        var (known, counted) = (new ConcurrentDictionary<string, byte>(), 0L);
        using var watch = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name != "Presence.Mqtt") return;
                known[instrument.Name] = 0;
                if (instrument.Name == "presence.mqtt.refused.subscribe") listener.EnableMeasurementEvents(instrument);
            },
        };
        watch.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref counted, value));
        watch.Start();
        await using var shop = await MqttShop.OpenAsync();
        await using var till = shop.Client();
        await till.ConnectAsync();
        var before = Interlocked.Read(ref counted);
        await till.SubscribeAsync("secret/#");
        Assert.InRange(Interlocked.Read(ref counted) - before, 1, long.MaxValue);
        Assert.Equal(Enum.GetValues<MqttRefusal>().Length, known.Keys.Count(name => name.StartsWith("presence.mqtt.refused.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_at_once()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, MaxConnections = 1 });
        await using var first = shop.Client();
        await first.ConnectAsync();
        try
        {
            using var second = await SocketAsync(shop.Port);
            Assert.True(await IsClosedAsync(second));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            // Closed before connecting had ended here.
        }

        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.TooManyConnections));
    }

    [Fact]
    public async Task When_too_many_say_nothing_the_oldest_of_them_goes()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, MaxHalfOpen = 1 });
        using var oldest = await SocketAsync(shop.Port);
        await Until.TrueAsync(() => shop.Endpoint.ConnectionCount == 1, "it is there");

        // The clock of who came first has a grain of a quarter of a second.
        await Task.Delay(300);
        using var newest = await SocketAsync(shop.Port);
        Assert.True(await IsClosedAsync(oldest));
        Assert.Equal((1L, 1), (shop.Endpoint.Refusals(MqttRefusal.HalfOpen), shop.Endpoint.ConnectionCount));
    }

    [Theory]
    [InlineData(MqttRefusal.Malformed, "3000")]
    [InlineData(MqttRefusal.Protocol, "1010 0004 4D515454 05 02 0000 00 0003 616263")]
    [InlineData(MqttRefusal.Protocol, "D000")]
    [InlineData(MqttRefusal.NotOffered, "8212 0001 00 000C 2473686172652F672F6E6577 00")]
    [InlineData(MqttRefusal.NotOffered, "820C 0001 02 0B05 0004 6E657773 00")]
    public async Task What_is_no_packet_out_of_place_or_not_offered_is_counted_as_that(MqttRefusal why, string hex)
    {
        await using var shop = await MqttShop.OpenAsync();
        using var till = await ConnectedAsync(shop.Port);
        await till.SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        await Until.TrueAsync(() => shop.Endpoint.Refusals(why) == 1, $"it was counted as {why}; {Counted(shop)}");
    }

    [Theory]
    [InlineData(MqttRefusal.Version, "100C 0004 4D515454 07 02 0000 0000")]
    [InlineData(MqttRefusal.ClientId, "100C 0004 4D515454 04 00 0000 0000")]
    [InlineData(MqttRefusal.Credentials, "1015 0004 4D515454 05 02 0000 08 15 0005 4B4552424F 0000")]
    [InlineData(MqttRefusal.Malformed, "4745 54202F")]
    public async Task A_connect_that_cannot_be_is_counted_as_that(MqttRefusal why, string hex)
    {
        await using var shop = await MqttShop.OpenAsync();
        using var stranger = await SocketAsync(shop.Port);
        await stranger.SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        await Until.TrueAsync(() => shop.Endpoint.Refusals(why) == 1, $"it was counted as {why}; {Counted(shop)}");
    }

    [Fact]
    public async Task More_under_way_than_agreed_is_counted()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = new() { ReceiveMaximum = 1 } });
        shop.Prompt = false;
        using var till = await ConnectedAsync(shop.Port);
        for (ushort id = 1; id <= 2; id++)
            await till.SendAsync(MqttCodec.Encode(new PublishPacket("till/sale", default, MqttQos.AtLeastOnce, id, false, false), MqttVersion.V5));
        await Until.TrueAsync(() => shop.Endpoint.Refusals(MqttRefusal.InFlight) == 1, "it was counted");
    }

    [Fact]
    public async Task Too_many_bytes_a_second_are_refused_also_in_few_packets()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = new() { BytesPerSecond = 1_000 } });
        await using var till = shop.Client();
        await till.ConnectAsync();
        await till.PublishAsync("till/sale", new byte[9_000], MqttQos.AtLeastOnce);
        await Assert.ThrowsAsync<MqttException>(async () => await till.PublishAsync("till/sale", new byte[9_000], MqttQos.AtLeastOnce));
        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.MessageRate));
    }

    [Fact]
    public async Task A_subscription_too_many_is_answered_as_that()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = new() { MaxSubscriptions = 2 } });
        await using var till = shop.Client();
        await till.ConnectAsync();
        await till.SubscribeAsync("news/1");
        await till.SubscribeAsync("news/2");
        Assert.Equal(MqttReasonCode.GrantedQos1, await till.SubscribeAsync("news/2", MqttQos.AtLeastOnce));
        Assert.Equal(MqttReasonCode.QuotaExceeded, await till.SubscribeAsync("news/3"));
        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.Subscribe));
    }

    [Fact]
    public async Task A_retained_message_without_room_is_delivered_and_not_kept()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, MaxRetainedMessages = 1 });
        var heard = 0;
        await using var till = shop.Client(o => o with { OnMessage = _ => { Interlocked.Increment(ref heard); return default; } });
        await till.ConnectAsync();
        await till.SubscribeAsync("news/#");
        shop.Endpoint.Publish("news/1", "x"u8, retain: true);
        shop.Endpoint.Publish("news/2", "x"u8, retain: true);
        await Until.TrueAsync(() => heard == 2, "both came");
        Assert.Equal((1, 1L), (shop.Endpoint.RetainedCount, shop.Endpoint.Refusals(MqttRefusal.RetainedFull)));
    }

    [Fact]
    public async Task What_is_not_offered_is_said_when_a_client_comes_in()
    {
        await using var shop = await MqttShop.OpenAsync();
        await using var till = shop.Client();
        var offer = (await till.ConnectAsync()).Properties;
        Assert.Equal((false, false), (offer.SharedSubscriptionAvailable, offer.SubscriptionIdentifiersAvailable));
        Assert.Equal(((ushort?)128, (uint?)256 * 1024, (ushort?)10), (offer.ReceiveMaximum, offer.MaximumPacketSize, offer.TopicAliasMaximum));
    }

    private static string Counted(MqttShop shop) => string.Join(
        ", ", Enum.GetValues<MqttRefusal>().Where(r => shop.Endpoint.Refusals(r) > 0).Select(r => $"{r} {shop.Endpoint.Refusals(r)}"));

    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            return await socket.ReceiveAsync(new byte[16].AsMemory(), patience.Token) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<Socket> SocketAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task<Socket> ConnectedAsync(int port)
    {
        var socket = await SocketAsync(port);
        await socket.SendAsync(MqttCodec.Encode(new ConnectPacket(MqttVersion.V5, "till"), MqttVersion.V5));
        await socket.ReceiveAsync(new byte[256]);
        return socket;
    }
}
