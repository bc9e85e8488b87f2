using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Presence.Kit;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Xunit;

namespace Presence.Integration.Mqtt;

public sealed class MqttFeatureTests
{
    [Fact]
    public async Task A_gateway_proves_itself_by_certificate_inside_TLS()
    {
        using var server = Certificates.SelfSigned("localhost");
        using var gateway = Certificates.SelfSigned("gw-7");
        var door = new TaskCompletionSource<string?>();
        await using var shop = await MqttShop.OpenAsync(tls: new()
        {
            ServerCertificate = server, ClientCertificateRequired = true, RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        shop.Door = a =>
        {
            door.TrySetResult(a.ClientCertificate?.Subject);
            return a.ClientCertificate?.Subject == "CN=" + a.ClientId ? MqttAuthentication.Accept() : MqttAuthentication.Refuse();
        };
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost", ClientCertificates = [gateway], RemoteCertificateValidationCallback = (_, c, _, _) => c!.Subject == "CN=localhost",
        };
        await using var client = shop.Client(o => o with { ClientId = "gw-7", Tls = tls });
        await client.ConnectAsync();
        Assert.Equal("CN=gw-7", await door.Task);
        Assert.Equal(MqttReasonCode.Success, await client.PublishAsync("gw-7/up", new byte[50_000], MqttQos.AtLeastOnce));
        await using var thief = shop.Client(o => o with { ClientId = "gw-8", Tls = tls });
        Assert.Equal(MqttReasonCode.NotAuthorized, (await Assert.ThrowsAsync<MqttException>(() => thief.ConnectAsync())).Reason);
    }

    [Fact]
    public async Task A_will_waits_for_its_delay_and_is_forgotten_when_the_client_comes_back()
    {
        await using var shop = await MqttShop.OpenAsync();
        MqttClientOptions Willed(MqttClientOptions o) => o with
        {
            CleanStart = false, SessionExpiry = TimeSpan.FromMinutes(1),
            Will = new MqttWill("till/status", "gone"u8.ToArray()) { Properties = new() { WillDelaySeconds = 1 } },
        };
        var first = shop.Client(Willed);
        await first.ConnectAsync();
        await first.DisposeAsync();
        var second = shop.Client(Willed);
        await second.ConnectAsync();
        await Task.Delay(2_500);
        Assert.Empty(shop.Heard);
        await second.DisposeAsync();
        await Until.TrueAsync(() => shop.Heard.Count == 1, "the will was published after its delay");
    }

    [Fact]
    public async Task A_will_never_comes_before_its_delay()
    {
        var clock = new ShopClock(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
        await using var shop = await MqttShop.OpenAsync(time: clock);
        var vanishes = shop.Client(o => o with
        {
            CleanStart = false, SessionExpiry = TimeSpan.FromMinutes(1),
            Will = new MqttWill("till/status", "gone"u8.ToArray()) { Properties = new() { WillDelaySeconds = 1 } },
        });
        await vanishes.ConnectAsync();
        clock.Advance(TimeSpan.FromMilliseconds(240));
        await vanishes.DisposeAsync();
        await Until.TrueAsync(() => shop.Left.Count == 1, "it vanished");
        clock.Advance(TimeSpan.FromMilliseconds(990));
        Assert.Empty(shop.Heard);
        clock.Advance(TimeSpan.FromMilliseconds(1_010));
        Assert.Single(shop.Heard);
    }

    [Fact]
    public async Task A_message_past_its_expiry_is_not_delivered()
    {
        await using var shop = await MqttShop.OpenAsync();
        MqttClientOptions Kept(MqttClientOptions o) => o with { CleanStart = false, SessionExpiry = TimeSpan.FromMinutes(1) };
        var first = shop.Client(Kept);
        await first.ConnectAsync();
        await first.SubscribeAsync("news/#", MqttQos.AtLeastOnce);
        await first.DisconnectAsync();
        await Until.TrueAsync(() => shop.Left.Count == 1, "it left");
        shop.Endpoint.Publish("news/brief", "x"u8, MqttQos.AtLeastOnce, properties: new() { MessageExpirySeconds = 1 });
        shop.Endpoint.Publish("news/long", "x"u8, MqttQos.AtLeastOnce, properties: new() { MessageExpirySeconds = 60 });
        await Task.Delay(2_000);
        var got = new List<MqttMessage>();
        await using var again = shop.Client(o => Kept(o) with { OnMessage = m => { lock (got) got.Add(m); return default; } });
        await again.ConnectAsync();
        await Until.TrueAsync(() => { lock (got) return got.Count == 1; }, "one came");
        Assert.Equal("news/long", got[0].Topic);
        Assert.InRange(got[0].Properties.MessageExpirySeconds!.Value, 55u, 59u);
        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.Expired));
    }

    [Fact]
    public async Task A_session_is_forgotten_when_its_time_is_up()
    {
        await using var shop = await MqttShop.OpenAsync();
        MqttClientOptions Kept(MqttClientOptions o) => o with { CleanStart = false, SessionExpiry = TimeSpan.FromSeconds(1) };
        var first = shop.Client(Kept);
        await first.ConnectAsync();
        await first.DisconnectAsync();
        await Task.Delay(3_000);
        await using var again = shop.Client(Kept);
        Assert.False((await again.ConnectAsync()).SessionPresent);
    }

    [Fact]
    public async Task Options_decide_which_retained_and_own_messages_come()
    {
        await using var open = await OpenEndpoint.StartAsync(0);
        var got = new List<string>();
        await using var client = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = open.Port,
            OnMessage = m => { lock (got) got.Add($"{m.Topic} {(m.Retain ? "retained" : "live")}"); return default; },
        });
        await client.ConnectAsync();
        await client.PublishAsync("a", "1"u8.ToArray(), MqttQos.AtLeastOnce, retain: true);
        await client.SubscribeAsync([new("a") { RetainHandling = MqttRetainHandling.DoNotSend, NoLocal = true }]);
        await client.PublishAsync("a", "2"u8.ToArray(), MqttQos.AtLeastOnce, retain: true);
        await client.SubscribeAsync([new("a") { RetainHandling = MqttRetainHandling.SendIfNew, RetainAsPublished = true }]);
        await client.PublishAsync("a", "3"u8.ToArray(), MqttQos.AtLeastOnce, retain: true);
        await client.SubscribeAsync([new("b") { RetainHandling = MqttRetainHandling.SendIfNew }, new("a")]);
        await Until.TrueAsync(() => { lock (got) return got.Count >= 2; }, "two came");
        await Task.Delay(100);
        Assert.Equal(["a retained", "a retained"], got);
    }

    [Fact]
    public async Task Aliases_stand_for_topics_up_to_the_number_agreed()
    {
        await using var shop = await MqttShop.OpenAsync();
        await using var till = shop.Client();
        await till.ConnectAsync();
        var topics = Enumerable.Range(0, 15).Select(i => new MqttPublishTopic("till/" + i)).ToArray();
        foreach (var topic in topics.Concat(topics))
            while (!till.TryPublish(topic, "x"u8, 0)) await till.WaitForRoomAsync();
        await Until.TrueAsync(() => shop.Heard.Count == 30, "all were heard");
        Assert.Equal(topics.Concat(topics).Select(t => t.Name + " x"), shop.Heard);
    }

    [Fact]
    public async Task A_client_gets_no_packet_longer_than_it_takes()
    {
        await using var shop = await MqttShop.OpenAsync();
        var got = new List<int>();
        await using var till = shop.Client(o => o with { MaxPacketBytes = 1_000, OnMessage = m => { lock (got) got.Add(m.Payload.Length); return default; } });
        await till.ConnectAsync();
        await till.SubscribeAsync("news/#");
        shop.Endpoint.Publish("news/long", new byte[2_000]);
        shop.Endpoint.Publish("news/short", new byte[20]);
        await Until.TrueAsync(() => { lock (got) return got.Count == 1; }, "one came");
        Assert.Equal([20], got);
        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.OverClientLimit));
    }

    [Theory]
    [InlineData("$share/g/news", MqttReasonCode.SharedSubscriptionsNotSupported)]
    [InlineData("elsewhere", MqttReasonCode.NotAuthorized)]
    [InlineData("news/+", MqttReasonCode.Success)]
    public async Task What_is_not_offered_is_refused_by_its_name(string filter, MqttReasonCode answer)
    {
        await using var shop = await MqttShop.OpenAsync();
        await using var till = shop.Client();
        var offer = (await till.ConnectAsync()).Properties;
        Assert.Equal((false, false), (offer.SharedSubscriptionAvailable, offer.SubscriptionIdentifiersAvailable));
        Assert.Equal(answer, await till.SubscribeAsync(filter));
        Assert.True(till.IsConnected);
    }

    [Fact]
    public async Task A_client_without_a_name_is_given_one_and_an_over_long_silence_is_shortened()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = new() { MaxKeepAlive = TimeSpan.FromSeconds(7) } });
        await using var till = shop.Client(o => o with { ClientId = "" });
        var offer = (await till.ConnectAsync()).Properties;
        Assert.StartsWith("auto-", offer.AssignedClientId, StringComparison.Ordinal);
        Assert.Equal((ushort)7, offer.ServerKeepAliveSeconds);
    }

    [Fact]
    public async Task A_handler_that_fails_ends_that_session_and_no_other()
    {
        await using var shop = await MqttShop.OpenAsync();
        shop.Holding = Task.FromException(new InvalidOperationException("out of order"));
        await using var other = shop.Client(o => o with { ClientId = "other" });
        await other.ConnectAsync();
        await using var till = shop.Client();
        await till.ConnectAsync();
        till.TryPublish(new MqttPublishTopic("till/sale"), "x"u8, 0);
        Assert.Equal(MqttReasonCode.ImplementationSpecificError, (await till.Closed.WaitAsync(TimeSpan.FromSeconds(30)))!.Reason);
        Assert.True(other.IsConnected);
        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.Handler));
    }

    [Fact]
    public async Task An_endpoint_serves_inside_a_web_application_too()
    {
        await using var shop = await MqttShop.OpenAsync();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, listen => listen.UseMqtt(shop.Endpoint)));
        await using var web = builder.Build();
        await web.StartAsync();
        var port = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        await using var till = shop.Client(o => o with { Port = port });
        await till.ConnectAsync();
        for (var i = 0; i < 20; i++) Assert.Equal(MqttReasonCode.Success, await till.PublishAsync("till/sale", new byte[20_000], MqttQos.ExactlyOnce));
        Assert.Equal(20, shop.Heard.Count);
        await using var again = shop.Client(o => o with { Port = port });
        await again.ConnectAsync();
        Assert.Equal(MqttReasonCode.SessionTakenOver, (await till.Closed.WaitAsync(TimeSpan.FromSeconds(30)))!.Reason);
        await again.DisconnectAsync();
        await Until.TrueAsync(() => shop.Endpoint.ConnectionCount == 0, "both are gone");
    }

    [Fact]
    public async Task A_client_of_the_older_version_waits_for_room_and_may_leave_meanwhile()
    {
        await using var shop = await MqttShop.OpenAsync(new() { ConnectsPerSecond = 0, Limits = new() { ReceiveMaximum = 5 } });
        shop.Prompt = false;
        await using var till = shop.Client(o => o with { Version = MqttVersion.V311 });
        await till.ConnectAsync();
        var topic = new MqttPublishTopic("till/sale");
        for (var i = 0; i < 10; i++) Assert.True(till.TryPublish(topic, "x"u8, i));
        await Until.TrueAsync(() => shop.Heard.Count == 5, "five were heard");
        await Task.Delay(100);
        Assert.Equal(5, shop.Heard.Count);
        Assert.True(shop.Receipts.TryDequeue(out var first));
        first.Acknowledge();
        await Until.TrueAsync(() => shop.Heard.Count == 6, "a sixth was heard");
        shop.Endpoint.Sessions[0].Disconnect();
        await Until.TrueAsync(() => shop.Left.Count == 1, "it was let go");
    }

    [Fact]
    public async Task A_port_in_use_is_said_so()
    {
        await using var open = await OpenEndpoint.StartAsync(0);
        var why = await Assert.ThrowsAsync<IOException>(() => OpenEndpoint.StartAsync(open.Port));
        Assert.Contains(open.Port.ToString(), why.Message, StringComparison.Ordinal);
    }
}
