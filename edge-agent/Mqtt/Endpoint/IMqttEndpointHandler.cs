namespace Presence.Mqtt;

/// <summary>What the owner of an endpoint decides and receives. Rights are denied unless it grants them.</summary>
/// <remarks>
/// Calls for one session come one after another; calls for different sessions come at once. An exception thrown here ends that
/// session with "implementation specific error", is logged, and nothing of it reaches the client.
/// </remarks>
public interface IMqttEndpointHandler
{
    /// <summary>Decides whether a client may come in, and under which limits.</summary>
    ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel);

    /// <summary>Whether the session may publish to a topic. Asked once for each topic of a connection, then remembered.</summary>
    /// <param name="retain">Whether the message is to be retained.</param>
    bool MayPublish(MqttSession session, MqttTopic topic, bool retain) => false;

    /// <summary>Whether the session may leave this will. A refused will refuses the connection.</summary>
    bool MayPublishWill(MqttSession session, Packets.MqttWill will) => false;

    /// <summary>Whether the session may subscribe to a filter, wildcards and all. Refused with 0x87 (3.1.1: 0x80).</summary>
    bool MaySubscribe(MqttSession session, string filter) => false;

    /// <summary>The session is on line: CONNACK is on its way, and what is published to it from here on reaches it.</summary>
    void OnConnected(MqttSession session)
    {
    }

    /// <summary>Takes a message in.</summary>
    /// <param name="publish">The message; its payload lies in the connection's buffer and is gone when the returned task is done.</param>
    /// <param name="receipt">
    /// At QoS 1 and 2 the client hears nothing until this is acknowledged, on any thread, now or much later. Acknowledgements leave
    /// in the order the messages came in, as the standard demands, so one that is never given holds up all behind it.
    /// </param>
    /// <returns>Done when the payload is no longer needed. Until then the connection is not read: this is the back-pressure.</returns>
    ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt);

    /// <summary>The session is over. Its receipts may still be acknowledged; that then does nothing, or completes a QoS 2 delivery.</summary>
    void OnDisconnected(MqttSession session, MqttDisconnection why)
    {
    }
}

/// <summary>How a session ended.</summary>
/// <param name="Reason">What was said, by whoever said it; success when the client left politely.</param>
/// <param name="ByClient">True when the client said it or went away, false when the endpoint ended it.</param>
/// <param name="Detail">For a log; may be null.</param>
public readonly record struct MqttDisconnection(MqttReasonCode Reason, bool ByClient, string? Detail);
