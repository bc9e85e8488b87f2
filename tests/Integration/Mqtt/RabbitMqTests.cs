using System.Text;
using Presence.Mqtt;
using Xunit;

namespace Presence.Integration.Mqtt;

/// <summary>A fleet's gateways speak to RabbitMQ: 3.1.1, at most QoS 1, which is what its MQTT plugin knows.</summary>
public sealed class RabbitMqTests(RabbitMqTests.Broker broker) : IClassFixture<RabbitMqTests.Broker>
{
    private const string Missing = "rabbitmq-server is not installed.";

    [SkippableFact]
    public async Task Our_client_speaks_with_rabbitmq_as_broker()
    {
        Skip.If(broker.Node is null, Missing);
        await InteropTests.ExchangeAsync(broker.Node.Port, MqttVersion.V311, MqttQos.AtLeastOnce);
    }

    [SkippableFact]
    public async Task What_came_while_a_gateway_was_away_reaches_it_from_rabbitmq()
    {
        Skip.If(broker.Node is null, Missing);
        MqttClientOptions Gateway() => new()
        {
            Host = "127.0.0.1", Port = broker.Node.Port, Version = MqttVersion.V311, ClientId = "gateway", CleanStart = false,
        };
        await using (var here = new MqttClient(Gateway()))
        {
            await here.ConnectAsync();
            await here.SubscribeAsync("down/config", MqttQos.AtLeastOnce);
            await here.DisconnectAsync();
        }

        await using var control = new MqttClient(new() { Host = "127.0.0.1", Port = broker.Node.Port, Version = MqttVersion.V311 });
        await control.ConnectAsync();
        await control.PublishAsync("down/config", "new"u8.ToArray(), MqttQos.AtLeastOnce);
        var got = new TaskCompletionSource<string>();
        await using var back = new MqttClient(Gateway() with { OnMessage = m => { got.TrySetResult(Encoding.UTF8.GetString(m.Payload.Span)); return default; } });
        await back.ConnectAsync();
        Assert.Equal("new", await got.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [SkippableFact]
    public async Task A_broker_that_does_not_know_mqtt_5_is_an_error_and_not_a_wait()
    {
        Skip.If(broker.Node is null, Missing);
        await using var client = new MqttClient(new() { Host = "127.0.0.1", Port = broker.Node.Port, Version = MqttVersion.V5 });
        var why = await Record.ExceptionAsync(() => client.ConnectAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(why is MqttException or IOException, why?.ToString() ?? "it was let in");
    }

    /// <summary>One node for the class: it takes ten seconds to come up.</summary>
    public sealed class Broker : IAsyncLifetime
    {
        internal RabbitMq? Node { get; private set; }

        public async Task InitializeAsync() => Node = RabbitMq.IsInstalled ? await RabbitMq.StartAsync() : null;

        public async Task DisposeAsync()
        {
            if (Node is not null) await Node.DisposeAsync();
        }
    }
}
