using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Presence.Cloud.Access;
using Presence.Ingest;
using Presence.Kit.Simulator;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>Gateways are told of a plan as soon as it is in force.</summary>
public sealed class GatewayToldTests
{
    [Fact]
    public async Task A_gateway_is_told_of_a_new_day_change_and_so_is_one_that_the_plan_adds()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (tenant, venue) = (new TenantId(DemoMall.Map.Tenant), new VenueId(DemoMall.Map.Venue));
        var (old, added) = (new GatewayId(DemoMall.Map.Receivers[0].Gateway), new GatewayId("annex"));
        cloud.Services.GetRequiredService<GatewayAccounts>().Add(new GatewayAccount(tenant, venue, added), RunningCloud.Password);
        var told = Channel.CreateUnbounded<(GatewayId Gateway, GatewayConfig Config)>();
        await using var first = await ListenAsync(old);
        await using var second = await ListenAsync(added);

        var map = DemoMall.Map with { DayChange = new(6, 30), Receivers = [.. DemoMall.Map.Receivers, DemoMall.Map.Receivers[0] with { Gateway = added.Value }] };
        Assert.Equal(HttpStatusCode.OK, (await cloud.SendAsync(HttpMethod.Put, $"/api/v1/venues/{venue.Value}/plan", new { map })).Status);
        var waiting = new HashSet<GatewayId> { old, added };
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (waiting.Count > 0)
        {
            var (gateway, config) = await told.Reader.ReadAsync(late.Token);
            if (config.DayChangeMinutes == 390)
            {
                waiting.Remove(gateway);
            }
        }

        async Task<MqttClient> ListenAsync(GatewayId gateway)
        {
            var name = $"{tenant.Value}.{venue.Value}.{gateway.Value}";
            var client = new MqttClient(new()
            {
                Host = "127.0.0.1", Port = cloud.MqttPort, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(RunningCloud.Password),
                OnMessage = m =>
                {
                    Assert.True(GatewayConfig.TryDecode(m.Payload.Span, out var config, out _));
                    told.Writer.TryWrite((gateway, config));
                    return default;
                },
            });
            await client.ConnectAsync();
            await client.SubscribeAsync(Topics.Of(tenant, venue, gateway, TopicKind.Config), MqttQos.AtLeastOnce);
            return client;
        }
    }
}
