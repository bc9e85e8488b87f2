using System.Buffers;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>A message that came in, where it lies. Valid until the handler's task is done.</summary>
public readonly struct MqttPublish
{
    internal MqttPublish(MqttTopic topic, ReadOnlySequence<byte> payload, ReadOnlyMemory<byte> rawProperties, MqttQos qos, bool retain, bool dup) =>
        (Topic, Payload, RawProperties, Qos, Retain, Dup) = (topic, payload, rawProperties, qos, retain, dup);

    /// <summary>The same object for the same topic of a session, most of the time; see <see cref="MqttTopic"/>.</summary>
    public MqttTopic Topic { get; }

    public ReadOnlySequence<byte> Payload { get; }

    public MqttQos Qos { get; }

    public bool Retain { get; }

    /// <summary>Whether the client says it has sent this before. At QoS 1 it may well be new to the handler nevertheless.</summary>
    public bool Dup { get; }

    /// <summary>True when this is the will of a session that is gone; it has no receipt.</summary>
    public bool IsWill { get; internal init; }

    /// <summary>The properties, read on each call; <see cref="MqttProperties.None"/> for 3.1.1.</summary>
    public MqttProperties Properties
    {
        get
        {
            PropertyCodec.TryParse(RawProperties.Span, PropertyScanner.InPublish, out var properties);
            return properties;
        }
    }

    internal ReadOnlyMemory<byte> RawProperties { get; }

    internal uint? ExpirySeconds { get; init; }
}

/// <summary>The right to acknowledge one QoS 1 or 2 message; <c>default</c>, as for QoS 0, acknowledges nothing.</summary>
/// <remarks>A value without allocation; may be copied, kept, and used on any thread. Only its first use counts.</remarks>
public readonly struct MqttReceipt
{
    private readonly MqttSession? _session;
    private readonly uint _sequence;

    internal MqttReceipt(MqttSession session, uint sequence) => (_session, _sequence) = (session, sequence);

    /// <summary>Whether the client waits for an acknowledgement.</summary>
    public bool IsAwaited => _session is not null;

    /// <summary>
    /// Lets the client know. Cheap: it marks a place, and one write carries all acknowledgements that are ready. In 3.1.1, which has no word
    /// for it, a refusal ends the connection, so that the client does not take the message for accepted.
    /// </summary>
    /// <param name="reason">Success, or why the message is not taken: a code that PUBACK knows.</param>
    public void Acknowledge(MqttReasonCode reason = MqttReasonCode.Success) => _session?.Acknowledge(_sequence, reason);
}
