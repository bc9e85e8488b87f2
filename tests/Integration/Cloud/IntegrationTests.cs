using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Presence.Cloud;
using Presence.Cloud.Access;
using Presence.Cloud.Live;
using Presence.Delivery;
using Presence.Kit.Simulator;
using Presence.Mqtt;
using Presence.Mqtt.Packets;

namespace Presence.Integration.Cloud;

/// <summary>A sign in the hall may hear how full the building is, if the venue says so, and nothing else.</summary>
public sealed class IntegrationTests
{
    private const string Password = "a-long-password-by-chance";
    private static readonly string Floor = $"presence/v1/{DemoMall.Map.Tenant}/{DemoMall.Map.Venue}/events/floor";
    private static readonly string Name = $"{DemoMall.Map.Tenant}.{DemoMall.Map.Venue}.sign";

    [Fact]
    public async Task A_sign_hears_what_it_was_granted_and_no_more()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        cloud.Services.GetRequiredService<Integrations>().Add(new(DemoMall.Map.Tenant), new(DemoMall.Map.Venue), "sign", new() { Password = Password, Events = ["floor"] });
        await using var sign = Client(cloud, Name + "/hall");
        await sign.ConnectAsync();
        Assert.False((byte)await sign.SubscribeAsync(Floor) >= 0x80);
        foreach (var other in new[] { "#", "presence/#", Floor + "/#", "presence/v1/+/+/events/floor", Floor.Replace("floor", "visits", StringComparison.Ordinal), Floor.Replace("events/floor", "gw-1/up/live", StringComparison.Ordinal), "$SYS/#" })
            Assert.Equal(MqttReasonCode.NotAuthorized, await sign.SubscribeAsync(other));
        Assert.Equal(MqttReasonCode.NotAuthorized, await sign.PublishAsync(Floor, "{}"u8.ToArray(), MqttQos.AtLeastOnce));
    }

    [Fact]
    public async Task A_sign_is_told_counts_in_tens()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        cloud.Services.GetRequiredService<Integrations>().Add(new(DemoMall.Map.Tenant), new(DemoMall.Map.Venue), "sign", new() { Password = Password, Events = ["floor"] });
        var told = new TaskCompletionSource<JsonElement>();
        await using var sign = Client(cloud, Name + "/hall", m =>
        {
            var floor = JsonDocument.Parse(m.Payload).RootElement;
            if (floor.GetProperty("visitors").GetInt32() > 0) told.TrySetResult(floor);
        });
        await sign.ConnectAsync();
        await sign.SubscribeAsync(Floor);
        var venue = cloud.Services.GetRequiredService<Venues>().Find(DemoMall.Map.Venue)!;
        cloud.Services.GetRequiredService<FloorEvents>().Tell(venue, new LiveFloorView(
            DemoMall.Map.Venue, DateTimeOffset.UnixEpoch, 47, 3, [new("hall", 39), new("cafe", 9)], [], 1_000, 100));
        var heard = await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("""{"venue":"riverside","at":"1970-01-01T00:00:00+00:00","visitors":40,"zones":[{"zone":"hall","visitors":30},{"zone":"cafe","visitors":0}]}""", heard.GetRawText());
    }

    [Theory]
    [InlineData("acme.mall.sign/hall", Password)]
    [InlineData("demo.riverside.gw-1", Password)]
    [InlineData(null, "another-long-password")]
    public async Task A_sign_with_a_wrong_name_or_password_stays_outside(string? clientId, string password)
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        cloud.Services.GetRequiredService<Integrations>().Add(new(DemoMall.Map.Tenant), new(DemoMall.Map.Venue), "sign", new() { Password = Password });
        await using var sign = Client(cloud, clientId ?? Name + "/hall", password: password);
        await Assert.ThrowsAsync<MqttException>(() => sign.ConnectAsync());
    }

    [Theory]
    [InlineData("""{"Sign": {"password": "a-long-password-by-chance"}}""", "'Sign'")]
    [InlineData("""{"sign": {"password": "short"}}""", "5 characters")]
    [InlineData("""{"sign": {"password": "a-long-password-by-chance", "events": ["members"]}}""", "'members'; there are floor")]
    [InlineData("""{"gw-1": {"password": "a-long-password-by-chance"}}""", "the name of a gateway")]
    public void A_venue_file_that_lets_in_what_cannot_be_is_refused_by_name(string integrations, string why)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, $$"""
            {"map": {{JsonSerializer.Serialize(DemoMall.Map, VenueFile.Json)}}, "gateways": {"gw-1": "a-long-password-by-chance"}, "integrations": {{integrations}} }
            """);
        Assert.Contains(why, Assert.Throws<SettingsException>(() => VenueFile.Read(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    private static MqttClient Client(RunningCloud cloud, string clientId, Action<MqttMessage>? heard = null, string password = Password)
    {
        var addresses = cloud.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new(new()
        {
            Host = "127.0.0.1", Port = new Uri(addresses.ElementAt(1)).Port, ClientId = clientId, UserName = Name, Password = System.Text.Encoding.UTF8.GetBytes(password),
            OnMessage = m => { heard?.Invoke(m); return default; },
        });
    }
}
