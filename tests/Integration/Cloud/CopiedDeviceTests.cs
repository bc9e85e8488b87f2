using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Presence.Kit.Simulator;
using Presence.Kit.Wire;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>Somebody copied a member's beacon: the operator is told where.</summary>
public sealed class CopiedDeviceTests
{
    [Fact]
    public async Task The_operator_sees_that_a_members_device_is_in_two_places_at_once()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (id, _) = await cloud.JoinAsync();
        var venues = cloud.Services.GetRequiredService<Presence.Cloud.Live.Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) => (true, [new Presence.Cloud.Stages.DeviceBound(id, 0xA1, "link")]));
        var (west, east) = (DemoMall.Map.Receivers.MinBy(r => r.At.X)!, DemoMall.Map.Receivers.MaxBy(r => r.At.X)!);
        Assert.Empty((await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/copies")).EnumerateArray());

        // Loud at either end, in turns, a second apart.
        await using var first = await ConnectAsync(cloud, west.Gateway);
        await using var second = west.Gateway == east.Gateway ? null : await ConnectAsync(cloud, east.Gateway);
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 38_000;
        for (ulong i = 1; i <= 4; i++, at += 11_000)
        {
            await HearAsync(first, west, (2 * i) - 1, at);
            await HearAsync(second ?? first, east, 2 * i, at + 1_000);
        }

        Assert.True(await RunningCloud.EventuallyAsync(async () => (await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/copies")).GetArrayLength() == 1));
        var copy = (await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/copies"))[0];
        Assert.Equal(id, copy.GetProperty("member").GetGuid());
        Assert.Equal(new[] { west.Gateway, east.Gateway }.Order(StringComparer.Ordinal), new[] { "heardBy", "and" }.Select(p => copy.GetProperty(p).GetProperty("gateway").GetString()!).Order(StringComparer.Ordinal));
        Assert.True(copy.GetProperty("times").GetInt32() >= 3 && copy.GetProperty("metres").GetDouble() > 40, copy.ToString());

        // A member who goes takes it along.
        await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) => (true, [new Presence.Cloud.Stages.ConsentChanged(id, Purposes.None)]));
        Assert.True(await RunningCloud.EventuallyAsync(async () => (await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/copies")).GetArrayLength() == 0));
    }

    private static async Task<MqttClient> ConnectAsync(RunningCloud cloud, string gateway)
    {
        var name = $"{DemoMall.Tenant}.{DemoMall.Venue}.{gateway}";
        var client = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = cloud.MqttPort, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(RunningCloud.Password),
        });
        await client.ConnectAsync();
        return client;
    }

    private static async Task HearAsync(MqttClient gateway, Receiver receiver, ulong number, long at)
    {
        var batch = new Batch
        {
            Boot = 7, Sequence = number, Tokens = [0xA1], Traits = [TokenTraits.Bound], Device = [0], Receiver = [(ushort)receiver.Number], Dbm = [-30], At = [at],
        };
        Assert.True(
            await gateway.PublishAsync(Topics.Of(new(DemoMall.Tenant), new(DemoMall.Venue), new(receiver.Gateway), TopicKind.Live), batch.Encode(), MqttQos.AtLeastOnce)
            < MqttReasonCode.UnspecifiedError);
    }
}
