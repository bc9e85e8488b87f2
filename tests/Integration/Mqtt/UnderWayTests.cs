using System.Net;
using System.Net.Sockets;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Xunit;

namespace Presence.Integration.Mqtt;

/// <summary>What is under way is counted once, on either side, and has a bound.</summary>
public sealed class UnderWayTests
{
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Messages_for_exactly_once_that_come_all_at_once_are_all_taken(MqttVersion version)
    {
        await using var shop = await MqttShop.OpenAsync();
        using var till = await Raw.ConnectAsync(shop.Port, new(version, "till"));
        till.Send([.. Enumerable.Range(1, shop.Endpoint.Options.Limits.ReceiveMaximum).SelectMany(id => Sale(id, dup: false, version))]);
        await Until.TrueAsync(() => shop.Heard.Count == 128, () => $"all are heard, not {shop.Heard.Count}");
        Assert.Equal((0, 1), (shop.Left.Count, shop.Endpoint.ConnectionCount));
    }

    [Fact]
    public async Task A_full_window_may_be_sent_once_more_on_a_new_connection()
    {
        var limits = new MqttLimits { ReceiveMaximum = 2 };
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = limits });
        var connect = new ConnectPacket(MqttVersion.V5, "till") { CleanStart = false, Properties = new() { SessionExpirySeconds = 60 } };
        using (var till = await Raw.ConnectAsync(shop.Port, connect))
        {
            till.Send([.. Sale(1, dup: false), .. Sale(2, dup: false)]);
            await Until.TrueAsync(() => shop.Heard.Count == 2, "both are heard");
        }

        await Until.TrueAsync(() => shop.Left.Count == 1, "the till is gone");
        using var again = await Raw.ConnectAsync(shop.Port, connect);
        again.Send([.. Sale(1, dup: true), .. Sale(2, dup: true)]);
        Assert.Equal((MqttPacketType.PubRec, MqttPacketType.PubRec), ((await again.ReadAsync())?.Type, (await again.ReadAsync())?.Type));
        Assert.Equal(2, shop.Heard.Count);
    }

    [Fact]
    public async Task Of_what_came_over_a_broken_connection_no_more_is_taken()
    {
        await using var shop = await MqttShop.OpenAsync();
        var holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (shop.Prompt, shop.Holding) = (false, holding.Task);
        using (var till = await Raw.ConnectAsync(shop.Port, new(MqttVersion.V5, "till")))
        {
            till.Send([.. Enumerable.Range(1, 5).SelectMany(id => Sale(id, dup: false))]);
            await Until.TrueAsync(() => shop.Heard.Count == 1, "the first is heard");
            till.Reset();
        }

        // The answer finds nobody; the four that wait behind the first are sent again on the next connection, in order.
        await Until.TrueAsync(
            () =>
            {
                Assert.True(shop.Receipts.TryPeek(out var receipt));
                receipt.Acknowledge();
                return shop.Endpoint.Sessions.All(s => s.IsBroken);
            },
            "the connection is broken");
        holding.SetResult();
        await Until.TrueAsync(() => shop.Left.Count == 1, "the till is gone");
        Assert.Single(shop.Heard);
    }

    [Fact]
    public async Task A_message_for_exactly_once_that_the_handler_failed_at_may_be_sent_again()
    {
        await using var shop = await MqttShop.OpenAsync();
        var connect = new ConnectPacket(MqttVersion.V5, "till") { CleanStart = false, Properties = new() { SessionExpirySeconds = 60 } };
        (shop.Prompt, shop.Holding) = (false, Task.FromException(new InvalidOperationException("The disk is full.")));
        using (var till = await Raw.ConnectAsync(shop.Port, connect))
        {
            till.Send(Sale(1, dup: false));
            await Until.TrueAsync(() => shop.Left.Count == 1, "the till is cut off");
        }

        (shop.Prompt, shop.Holding) = (true, Task.CompletedTask);
        using var again = await Raw.ConnectAsync(shop.Port, connect);
        again.Send(Sale(1, dup: true));
        Assert.Equal(MqttPacketType.PubRec, (await again.ReadAsync(milliseconds: 3_000))?.Type);
        Assert.Equal(2, shop.Heard.Count);
    }

    [Fact]
    public async Task What_a_client_never_acknowledges_counts_as_waiting_for_it()
    {
        var limits = new MqttLimits { MaxQueuedMessages = 5 };
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = limits });
        using var till = await Raw.ConnectAsync(shop.Port, new(MqttVersion.V5, "till"));
        till.Send(News());
        Assert.IsType<SubAckPacket>(await till.ReadAsync());
        for (var i = 0; i < 5; i++)
        {
            shop.Endpoint.Publish("news/a", [1], MqttQos.AtLeastOnce);
            Assert.IsType<PublishPacket>(await till.ReadAsync());
        }

        shop.Endpoint.Publish("news/a", [1], MqttQos.AtLeastOnce);
        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.QueueFull));
        till.Send(Taken(1));
        await Until.TrueAsync(() => PublishFits(shop), "one fits again");
    }

    [Fact]
    public async Task A_client_that_comes_back_with_a_smaller_window_is_sent_no_more_than_that_at_once()
    {
        await using var shop = await MqttShop.OpenAsync();
        var connect = new ConnectPacket(MqttVersion.V5, "till") { CleanStart = false, Properties = new() { SessionExpirySeconds = 60 } };
        using (var till = await Raw.ConnectAsync(shop.Port, connect))
        {
            till.Send(News());
            Assert.IsType<SubAckPacket>(await till.ReadAsync());
            for (byte i = 1; i <= 3; i++) shop.Endpoint.Publish("news/a", [i], MqttQos.AtLeastOnce);
            for (var i = 0; i < 3; i++) Assert.IsType<PublishPacket>(await till.ReadAsync());
        }

        await Until.TrueAsync(() => shop.Left.Count == 1, "the till is gone");
        using var again = await Raw.ConnectAsync(shop.Port, connect with { Properties = connect.Properties with { ReceiveMaximum = 1 } });
        for (ushort id = 1; id <= 3; id++)
        {
            Assert.Equal(id, Assert.IsType<PublishPacket>(await again.ReadAsync()).PacketId);
            Assert.Null(await again.ReadAsync(milliseconds: 200));
            again.Send(Taken(id));
        }
    }

    private static bool PublishFits(MqttShop shop)
    {
        var full = shop.Endpoint.Refusals(MqttRefusal.QueueFull);
        shop.Endpoint.Publish("news/a", [2], MqttQos.AtLeastOnce);
        return shop.Endpoint.Refusals(MqttRefusal.QueueFull) == full;
    }

    private static byte[] News() => MqttCodec.Encode(new SubscribePacket(1, [new("news/a", MqttQos.AtLeastOnce)]), MqttVersion.V5);

    private static byte[] Taken(ushort id) => MqttCodec.Encode(new AckPacket(MqttPacketType.PubAck, id, MqttReasonCode.Success), MqttVersion.V5);

    private static byte[] Sale(int id, bool dup, MqttVersion version = MqttVersion.V5) =>
        MqttCodec.Encode(new PublishPacket("till/sale", new byte[1], MqttQos.ExactlyOnce, (ushort)id, Retain: false, dup), version);

    /// <summary>A client that says just what it is told to, and answers nothing by itself.</summary>
    private sealed class Raw : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly MqttVersion _version;
        private byte[] _unread = [];

        private Raw(MqttVersion version) => _version = version;

        public static async Task<Raw> ConnectAsync(int port, ConnectPacket connect)
        {
            var raw = new Raw(connect.Version);
            await raw._socket.ConnectAsync(IPAddress.Loopback, port);
            raw.Send(MqttCodec.Encode(connect, connect.Version));
            Assert.Equal(MqttReasonCode.Success, Assert.IsType<ConnAckPacket>(await raw.ReadAsync()).Reason);
            return raw;
        }

        public void Send(byte[] bytes) => _socket.Send(bytes);

        /// <summary>The next packet; null when the endpoint hangs up, or says nothing for as long.</summary>
        public async Task<MqttPacket?> ReadAsync(int milliseconds = 10_000)
        {
            using var patience = new CancellationTokenSource(milliseconds);
            var block = new byte[4_096];
            while (true)
            {
                Assert.Equal(MqttReasonCode.Success, MqttCodec.TryDecode(_unread, _version, out var packet, out var length));
                _unread = _unread[length..];
                if (packet is not null) return packet;
                try
                {
                    var read = await _socket.ReceiveAsync(block, patience.Token);
                    if (read == 0) return null;
                    _unread = [.. _unread, .. block.AsSpan(0, read)];
                }
                catch (OperationCanceledException)
                {
                    return null;
                }
            }
        }

        /// <summary>Lets go without a goodbye, as a crash does.</summary>
        public void Reset() => _socket.LingerState = new(true, 0);

        public void Dispose() => _socket.Dispose();
    }
}
