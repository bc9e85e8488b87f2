namespace Presence.Mqtt;

/// <summary>A name and a value that the sender of an MQTT 5 packet added.</summary>
public readonly record struct MqttUserProperty(string Name, string Value);

/// <summary>
/// The properties of one MQTT 5 packet. Null or empty means absent. Which packet may carry which is the codec's to check;
/// 3.1.1 has none.
/// </summary>
public sealed record MqttProperties
{
    /// <summary>No properties at all; shared, since properties never change.</summary>
    public static MqttProperties None { get; } = new();

    /// <summary>True when the payload is UTF-8 text, false when it is bytes.</summary>
    public bool? PayloadIsText { get; init; }

    /// <summary>Seconds until the message is worth nothing.</summary>
    public uint? MessageExpirySeconds { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Topic name for an answer.</summary>
    public string? ResponseTopic { get; init; }

    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>Identifiers of the matching subscriptions, 1 to 268,435,455. A SUBSCRIBE carries at most one.</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers { get; init; } = [];

    /// <summary>Seconds the session outlives its connection; 0xFFFFFFFF means for good.</summary>
    public uint? SessionExpirySeconds { get; init; }

    public string? AssignedClientId { get; init; }

    /// <summary>Seconds of keep-alive that the server wants instead of the client's.</summary>
    public ushort? ServerKeepAliveSeconds { get; init; }

    public string? AuthenticationMethod { get; init; }

    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }

    public bool? RequestProblemInformation { get; init; }

    /// <summary>Seconds between the loss of a connection and its will.</summary>
    public uint? WillDelaySeconds { get; init; }

    public bool? RequestResponseInformation { get; init; }

    public string? ResponseInformation { get; init; }

    public string? ServerReference { get; init; }

    /// <summary>For people reading a log; not to be parsed.</summary>
    public string? ReasonString { get; init; }

    /// <summary>QoS 1 and 2 publishes the sender of this property takes unacknowledged, 1 to 65,535; absent means 65,535.</summary>
    public ushort? ReceiveMaximum { get; init; }

    /// <summary>Highest topic alias the sender of this property accepts; absent means none.</summary>
    public ushort? TopicAliasMaximum { get; init; }

    public ushort? TopicAlias { get; init; }

    /// <summary>Highest QoS the server takes; absent means 2.</summary>
    public MqttQos? MaximumQos { get; init; }

    public bool? RetainAvailable { get; init; }

    /// <summary>In the order sent; names may repeat.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];

    /// <summary>Largest packet the sender of this property takes, in bytes, 1 or more; absent means no limit.</summary>
    public uint? MaximumPacketSize { get; init; }

    public bool? WildcardSubscriptionAvailable { get; init; }

    public bool? SubscriptionIdentifiersAvailable { get; init; }

    public bool? SharedSubscriptionAvailable { get; init; }
}
