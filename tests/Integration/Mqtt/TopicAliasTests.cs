using System.Net;
using System.Net.Sockets;
using System.Text;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Xunit;

namespace Presence.Integration.Mqtt;

/// <summary>A topic's name goes to a client once, when the client says that it can remember it.</summary>
public sealed class TopicAliasTests
{
    [Theory]
    [InlineData(1, "news/a=1 one|=1 two|news/b one|=1 three")]
    [InlineData(null, "news/a one|news/a two|news/b one|news/a three")]
    public async Task A_topic_is_named_once_to_who_takes_aliases_and_always_to_who_does_not(int? most, string heard)
    {
        await using var shop = await MqttShop.OpenAsync();
        using var screen = await ConnectAsync(shop.Port, new() { TopicAliasMaximum = (ushort?)most });
        shop.Endpoint.Publish("news/a", "one"u8);
        shop.Endpoint.Publish("news/a", "two"u8);
        shop.Endpoint.Publish("news/b", "one"u8);
        shop.Endpoint.Publish("news/a", "three"u8);
        Assert.Equal(heard.Split('|'), (await ReadAsync(screen, 4)).Select(Told));
    }

    [Fact]
    public async Task A_new_connection_is_told_every_name_again()
    {
        await using var shop = await MqttShop.OpenAsync();
        for (var times = 0; times < 2; times++)
        {
            using var screen = await ConnectAsync(shop.Port, new() { TopicAliasMaximum = 10 });
            shop.Endpoint.Publish("news/a", "one"u8);
            Assert.Equal("news/a=1 one", Told(Assert.Single(await ReadAsync(screen, 1))));
        }
    }

    [Fact]
    public async Task An_alias_that_would_make_a_message_too_long_is_left_out()
    {
        await using var shop = await MqttShop.OpenAsync();
        using var screen = await ConnectAsync(shop.Port, new() { TopicAliasMaximum = 10, MaximumPacketSize = 60 });
        shop.Endpoint.Publish("news/a", new byte[60 - 11]);
        shop.Endpoint.Publish("news/a", "one"u8);
        Assert.Equal(["news/a", "news/a=1 one"], (await ReadAsync(screen, 2)).Select(Told).Select(t => t.Trim('\0', ' ')));
        Assert.Equal(0, shop.Endpoint.Refusals(MqttRefusal.OverClientLimit));
    }

    private static string Told(PublishPacket packet) =>
        packet.Topic + (packet.Properties.TopicAlias is { } alias ? "=" + alias : "") + " " + Encoding.UTF8.GetString(packet.Payload.Span);

    private static async Task<Socket> ConnectAsync(int port, MqttProperties properties)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(MqttCodec.Encode(new ConnectPacket(MqttVersion.V5, "till") { Properties = properties }, MqttVersion.V5));
        await PacketAsync(socket);
        await socket.SendAsync(MqttCodec.Encode(new SubscribePacket(1, [new("news/#")]), MqttVersion.V5));
        await PacketAsync(socket);
        return socket;
    }

    private static async Task<List<PublishPacket>> ReadAsync(Socket socket, int count)
    {
        var packets = new List<PublishPacket>();
        while (packets.Count < count) packets.Add(Assert.IsType<PublishPacket>(await PacketAsync(socket)));
        return packets;
    }

    private static async Task<MqttPacket> PacketAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var head = new byte[2];
        await socket.ReceiveAsync(head.AsMemory(0, 1), patience.Token);
        await socket.ReceiveAsync(head.AsMemory(1, 1), patience.Token);
        Assert.True(head[1] < 128);
        var body = new byte[head[1]];
        for (var at = 0; at < body.Length;) at += await socket.ReceiveAsync(body.AsMemory(at), patience.Token);
        Assert.Equal(MqttReasonCode.Success, PacketDecoder.TryDecode(head[0], body, MqttVersion.V5, out var packet));
        return packet!;
    }
}
