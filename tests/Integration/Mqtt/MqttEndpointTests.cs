using System.Text;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Xunit;

namespace Presence.Integration.Mqtt;

public sealed class MqttEndpointTests
{
    public static TheoryData<MqttVersion> Versions => new() { MqttVersion.V311, MqttVersion.V5 };

    [Theory, MemberData(nameof(Versions))]
    public async Task A_publish_is_acknowledged_only_when_the_handler_says_so(MqttVersion version)
    {
        await using var shop = await MqttShop.OpenAsync();
        shop.Prompt = false;
        await using var till = shop.Client(o => o with { Version = version });
        await till.ConnectAsync();
        var sent = till.PublishAsync("till/sale", "42"u8.ToArray(), MqttQos.AtLeastOnce);
        await Until.TrueAsync(() => shop.Receipts.Count == 1, "the sale was heard");
        Assert.Equal(["till/sale 42"], shop.Heard);
        await Task.Delay(100);
        Assert.False(sent.IsCompleted);
        Assert.True(shop.Receipts.TryDequeue(out var receipt));
        receipt.Acknowledge();
        Assert.Equal(MqttReasonCode.Success, await sent);
    }

    [Fact]
    public async Task Acknowledgements_leave_in_the_order_the_messages_came()
    {
        await using var shop = await MqttShop.OpenAsync();
        shop.Prompt = false;
        var order = new List<long>();
        await using var till = shop.Client(o => o with { OnAcknowledged = (state, _) => { lock (order) order.Add(state); } });
        await till.ConnectAsync();
        var topic = new MqttPublishTopic("till/sale");
        for (var i = 0; i < 50; i++) Assert.True(till.TryPublish(topic, "x"u8, i));
        await Until.TrueAsync(() => shop.Receipts.Count == 50, "all were heard");
        foreach (var receipt in shop.Receipts.Reverse()) receipt.Acknowledge();
        await Until.TrueAsync(() => { lock (order) return order.Count == 50; }, "all were acknowledged");
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), order);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_retained_message_reaches_who_subscribes_later(MqttVersion version)
    {
        await using var shop = await MqttShop.OpenAsync();
        shop.Endpoint.Publish("news/today", "sale"u8, MqttQos.AtLeastOnce, retain: true);
        var got = new TaskCompletionSource<MqttMessage>();
        await using var till = shop.Client(o => o with { Version = version, OnMessage = m => { got.TrySetResult(m); return default; } });
        await till.ConnectAsync();
        Assert.Equal(MqttReasonCode.GrantedQos1, await till.SubscribeAsync("news/#", MqttQos.AtLeastOnce));
        var message = await got.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(("news/today", "sale", true), (message.Topic, Encoding.UTF8.GetString(message.Payload.Span), message.Retain));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_message_at_each_quality_arrives_once_both_ways(MqttVersion version)
    {
        await using var open = await OpenEndpoint.StartAsync(0);
        var got = new List<string>();
        await using var client = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = open.Port, Version = version,
            OnMessage = m => { lock (got) got.Add($"{m.Qos} {Encoding.UTF8.GetString(m.Payload.Span)}"); return default; },
        });
        await client.ConnectAsync();
        await client.SubscribeAsync("a/+", MqttQos.ExactlyOnce);
        foreach (var qos in Enum.GetValues<MqttQos>()) Assert.Equal(MqttReasonCode.Success, await client.PublishAsync("a/b", "hi"u8.ToArray(), qos));
        await Until.TrueAsync(() => { lock (got) return got.Count >= 3; }, "all came back");
        await Task.Delay(50);
        Assert.Equal(["AtMostOnce hi", "AtLeastOnce hi", "ExactlyOnce hi"], got);
    }

    [Fact]
    public async Task What_is_not_granted_is_denied()
    {
        await using var shop = await MqttShop.OpenAsync();
        await using var till = shop.Client();
        await till.ConnectAsync();
        Assert.Equal(MqttReasonCode.NotAuthorized, await till.SubscribeAsync("secret/#"));
        Assert.Equal(MqttReasonCode.NotAuthorized, await till.PublishAsync("other/sale", default, MqttQos.AtLeastOnce));
        Assert.Equal(MqttReasonCode.NotAuthorized, await till.PublishAsync("till/sale", default, MqttQos.AtLeastOnce, retain: true));
        Assert.Empty(shop.Heard);
        await using var thief = shop.Client(o => o with { ClientId = "thief", Will = new MqttWill("till/status", default) });
        Assert.Equal(MqttReasonCode.NotAuthorized, (await Assert.ThrowsAsync<MqttException>(() => thief.ConnectAsync())).Reason);
        Assert.Equal((1, 2, 1), (shop.Endpoint.Refusals(MqttRefusal.Subscribe), shop.Endpoint.Refusals(MqttRefusal.Publish), shop.Endpoint.Refusals(MqttRefusal.Will)));
    }

    [Fact]
    public async Task The_will_of_a_client_that_vanishes_is_published_and_of_one_that_leaves_is_not()
    {
        await using var shop = await MqttShop.OpenAsync();
        var will = new MqttWill("till/status", "gone"u8.ToArray());
        var vanishes = shop.Client(o => o with { Will = will });
        await vanishes.ConnectAsync();
        await vanishes.DisposeAsync();
        await Until.TrueAsync(() => shop.Heard.Count == 1, "the will was published");
        Assert.Equal(["till/status gone"], shop.Heard);
        await using var leaves = shop.Client(o => o with { Will = will });
        await leaves.ConnectAsync();
        await leaves.DisconnectAsync();
        await Until.TrueAsync(() => shop.Left.Count == 2, "it left");
        Assert.Single(shop.Heard);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Wrong_credentials_are_answered_as_such(MqttVersion version)
    {
        await using var shop = await MqttShop.OpenAsync();
        shop.Door = a => a.UserName == "till" && a.Password is { } p && p.Span.SequenceEqual("secret"u8)
            ? MqttAuthentication.Accept() : MqttAuthentication.Refuse(MqttReasonCode.BadUserNameOrPassword);
        await using var wrong = shop.Client(o => o with { Version = version, UserName = "till", Password = "guess"u8.ToArray() });
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, (await Assert.ThrowsAsync<MqttException>(() => wrong.ConnectAsync())).Reason);
        await using var right = shop.Client(o => o with { Version = version, UserName = "till", Password = "secret"u8.ToArray() });
        Assert.Equal(MqttReasonCode.Success, (await right.ConnectAsync()).Reason);
    }

    [Fact]
    public async Task A_session_that_is_kept_gets_what_it_missed()
    {
        await using var shop = await MqttShop.OpenAsync();
        MqttClientOptions Kept(MqttClientOptions o) => o with { CleanStart = false, SessionExpiry = TimeSpan.FromMinutes(1) };
        var first = shop.Client(Kept);
        Assert.False((await first.ConnectAsync()).SessionPresent);
        await first.SubscribeAsync("news/#", MqttQos.AtLeastOnce);
        await first.DisconnectAsync();
        await Until.TrueAsync(() => shop.Left.Count == 1, "it left");
        for (var i = 0; i < 5; i++) shop.Endpoint.Publish("news/" + i, "x"u8, MqttQos.AtLeastOnce);
        var got = new List<string>();
        await using var again = shop.Client(o => Kept(o) with { OnMessage = m => { lock (got) got.Add(m.Topic); return default; } });
        Assert.True((await again.ConnectAsync()).SessionPresent);
        await Until.TrueAsync(() => { lock (got) return got.Count == 5; }, "what was missed came");
        Assert.Equal(["news/0", "news/1", "news/2", "news/3", "news/4"], got);
    }

    [Fact]
    public async Task A_second_connection_takes_over_from_the_first()
    {
        await using var shop = await MqttShop.OpenAsync();
        await using var first = shop.Client();
        await first.ConnectAsync();
        await using var second = shop.Client();
        await second.ConnectAsync();
        var why = await first.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(MqttReasonCode.SessionTakenOver, why!.Reason);
        Assert.True(second.IsConnected);
    }

    [Fact]
    public async Task A_handler_that_holds_a_payload_holds_the_reading()
    {
        await using var shop = await MqttShop.OpenAsync();
        var hold = new TaskCompletionSource();
        shop.Holding = hold.Task;
        await using var till = shop.Client();
        await till.ConnectAsync();
        var topic = new MqttPublishTopic("till/sale");
        for (var i = 0; i < 10; i++) Assert.True(till.TryPublish(topic, "x"u8, i));
        await Until.TrueAsync(() => shop.Heard.Count == 1, "the first was heard");
        await Task.Delay(100);
        Assert.Single(shop.Heard);
        shop.Holding = Task.CompletedTask;
        hold.SetResult();
        await Until.TrueAsync(() => shop.Heard.Count == 10, "the rest was heard");
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_message_is_the_same_wherever_the_buffers_cut_it(MqttVersion version)
    {
        await using var shop = await MqttShop.OpenAsync();
        await using var till = shop.Client(o => o with { Version = version, TopicAliasMaximum = 0 });
        await till.ConnectAsync();
        var (dice, sent) = (new Random(1), new List<string>());
        for (var i = 0; i < 300; i++)
        {
            // Topics as long as this lie across the end of a block of 32 KB every few messages.
            var (topic, payload) = ("till/" + new string((char)('a' + (i % 26)), dice.Next(1, 3_000)), new string((char)('A' + (i % 26)), dice.Next(3_000)));
            sent.Add($"{topic} {payload}");
            while (!till.TryPublish(new MqttPublishTopic(topic), Encoding.UTF8.GetBytes(payload), i)) await till.WaitForRoomAsync();
        }

        await Until.TrueAsync(() => shop.Heard.Count == sent.Count, () => $"all were heard, not {shop.Heard.Count}");
        Assert.Equal(sent, shop.Heard);
    }
}
