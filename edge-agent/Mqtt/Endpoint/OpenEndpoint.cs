using System.Net;

namespace Presence.Mqtt;

/// <summary>
/// An endpoint without rights and quotas that passes every message on, as a broker does: for test suites and try-outs. It
/// listens on loopback only, and there is no setting for anything else.
/// </summary>
/// <example><code>await using var open = await OpenEndpoint.StartAsync(1883);</code></example>
public sealed class OpenEndpoint : IAsyncDisposable
{
    private readonly MqttListener _listener;

    private OpenEndpoint(MqttEndpoint endpoint, MqttListener listener) => (Endpoint, _listener) = (endpoint, listener);

    public MqttEndpoint Endpoint { get; }

    public int Port => _listener.EndPoint.Port;

    /// <summary>Starts one on 127.0.0.1.</summary>
    /// <param name="port">0 takes a free one.</param>
    /// <param name="limits">For a suite that tests limits; generous when null.</param>
    /// <param name="denied">A filter that nobody may subscribe to, for a suite that tests refusals; none when null.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<OpenEndpoint> StartAsync(int port, MqttLimits? limits = null, string? denied = null, CancellationToken cancel = default)
    {
        var handler = new PassOn { Denied = denied };
        var endpoint = new MqttEndpoint(Profile(limits), handler);
        handler.Endpoint = endpoint;
        return new(endpoint, await MqttListener.StartAsync(endpoint, new(IPAddress.Loopback, port), cancel: cancel));
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await Endpoint.DisposeAsync();
    }

    // A keep-alive of a minute at most, as suites expect of a server that chooses.
    private static MqttEndpointOptions Profile(MqttLimits? limits) => new()
    {
        Limits = limits ?? MqttLimits.Generous with { ReceiveMaximum = 1_000, MaxPacketBytes = 16 * 1024 * 1024, MaxKeepAlive = TimeSpan.FromMinutes(1) },
        ConnectsPerSecond = 0,
        MaxConnectBytes = 1024 * 1024,
    };

    private sealed class PassOn : IMqttEndpointHandler
    {
        public MqttEndpoint? Endpoint { get; set; }

        public string? Denied { get; init; }

        public ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel) =>
            new(MqttAuthentication.Accept());

        public bool MayPublish(MqttSession session, MqttTopic topic, bool retain) => true;

        public bool MayPublishWill(MqttSession session, Packets.MqttWill will) => true;

        public bool MaySubscribe(MqttSession session, string filter) => filter != Denied;

        public ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt)
        {
            var meant = Endpoint!.Forward(session, publish);
            receipt.Acknowledge(meant == 0 && publish.Qos == MqttQos.AtLeastOnce ? MqttReasonCode.NoMatchingSubscribers : MqttReasonCode.Success);
            return default;
        }
    }
}
