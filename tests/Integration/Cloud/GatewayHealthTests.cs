using System.Net;
using System.Text;
using System.Text.Json;
using Presence.Kit.Simulator;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>What a gateway says of itself, as operators see it.</summary>
public sealed class GatewayHealthTests
{
    [Fact]
    public async Task What_a_gateway_turned_away_and_what_ails_its_disk_is_seen_by_the_operators()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var map = DemoMall.Map;
        var gateway = map.Receivers[0].Gateway;
        var name = $"{map.Tenant}.{map.Venue}.{gateway}";
        await using var client = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = cloud.MqttPort, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(RunningCloud.Password),
        });
        await client.ConnectAsync();
        var status = new GatewayStatus
        {
            Boot = 1, At = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Online = true, TurnedAway = [new("udp 40", "check", 7)], Trouble = "disk I/O error",
        };
        var topic = Topics.Of(new(map.Tenant), new(map.Venue), new(gateway), TopicKind.Status);
        await client.PublishAsync(topic, status.Encode(), MqttQos.AtLeastOnce, retain: true);
        var health = await HealthAsync(h => h.ValueKind is JsonValueKind.Object);
        Assert.Equal("disk I/O error", health.GetProperty("trouble").GetString());
        var door = Assert.Single(health.GetProperty("turnedAway").EnumerateArray());
        Assert.Equal("udp 40 check 7", $"{door.GetProperty("door")} {door.GetProperty("reason")} {door.GetProperty("times")}");

        // Mended, nothing of it is left.
        await client.PublishAsync(topic, (status with { At = status.At + 1, Trouble = "" }).Encode(), MqttQos.AtLeastOnce, retain: true);
        await HealthAsync(h => h.GetProperty("trouble").ValueKind is JsonValueKind.Null);

        async Task<JsonElement> HealthAsync(Func<JsonElement, bool> isIt)
        {
            for (var end = Environment.TickCount64 + 60_000; ; await Task.Delay(20))
            {
                var (code, body) = await cloud.SendAsync(HttpMethod.Get, $"/api/v1/venues/{map.Venue}/gateways");
                Assert.Equal(HttpStatusCode.OK, code);
                var found = body.EnumerateArray().Single(g => g.GetProperty("gateway").GetString() == gateway).GetProperty("health");
                if (isIt(found))
                {
                    return found;
                }

                Assert.True(Environment.TickCount64 < end, $"it is not told: {found}");
            }
        }
    }
}
