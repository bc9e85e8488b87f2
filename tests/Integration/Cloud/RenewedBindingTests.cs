using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>The member key was changed after a theft: a member's phone that is heard again stays the member's under its new token.</summary>
public sealed class RenewedBindingTests
{
    [Fact]
    public async Task A_device_that_is_heard_again_is_its_members_under_both_tokens_and_nobody_gets_one_by_guessing()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (id, secret) = await cloud.JoinAsync();
        var venues = cloud.Services.GetRequiredService<Presence.Cloud.Live.Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) => (true, [new Presence.Cloud.Stages.DeviceBound(id, 0xA1, "link")]));
        var gateway = venue.Map.Receivers[0].Gateway;
        var (tenant, at) = (new TenantId(venue.Map.Tenant), new VenueId(venue.Map.Venue));
        var name = $"{venue.Map.Tenant}.{venue.Map.Venue}.{gateway}";
        var members = new List<ulong[]>();
        await using var client = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = cloud.MqttPort, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(RunningCloud.Password),
            OnMessage = m =>
            {
                if (GatewayConfig.TryDecode(m.Payload.Span, out var config, out _))
                {
                    lock (members) members.Add([.. config.Members]);
                }

                return default;
            },
        });
        await client.ConnectAsync();
        await client.SubscribeAsync(Topics.Of(tenant, at, new(gateway), TopicKind.Config), MqttQos.AtLeastOnce);

        // A token that is nobody's, and one that is no token, renew nothing; nor does a code of another kind that happens to look like one.
        await ReportAsync("00000000000000b2", 0xB3, BindHow.Renewed);
        await ReportAsync("not-a-token", 0xB4, BindHow.Renewed);
        await ReportAsync("00000000000000a1", 0xB5, BindHow.Link);
        await ReportAsync(0xA1.ToString("x16", CultureInfo.InvariantCulture), 0xA2, BindHow.Renewed);
        Assert.True(await RunningCloud.EventuallyAsync(() => Task.FromResult(Told().SequenceEqual([0xA1UL, 0xA2UL]))), string.Join(' ', Told()));
        await ReportAsync(0xA1.ToString("x16", CultureInfo.InvariantCulture), 0xA2, BindHow.Renewed);
        var me = await cloud.GetAsync("/api/v1/me", secret);
        Assert.Equal(["renewed"], me.GetProperty("bindings").EnumerateArray().Select(b => b.GetProperty("how").GetString()));

        // And gone with both when the member goes.
        await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) => (true, [new Presence.Cloud.Stages.ConsentChanged(id, Purposes.None)]));
        Assert.True(await RunningCloud.EventuallyAsync(() => Task.FromResult(Told().Length == 0)), string.Join(' ', Told()));

        async Task ReportAsync(string code, ulong token, BindHow how) => Assert.True(
            await client.PublishAsync(Topics.Of(tenant, at, new(gateway), TopicKind.Bind), new BindReport(code, new(token), 1_795_255_200_000, how).Encode(), MqttQos.AtLeastOnce) < MqttReasonCode.UnspecifiedError);

        ulong[] Told()
        {
            lock (members) return members.Count == 0 ? [] : members[^1];
        }
    }
}
