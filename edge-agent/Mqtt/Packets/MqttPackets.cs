namespace Presence.Mqtt.Packets;

/// <summary>One MQTT control packet, of either version; <see cref="MqttCodec"/> reads and writes them.</summary>
public abstract record MqttPacket(MqttPacketType Type);

/// <summary>The message a server publishes for a client that vanishes.</summary>
public sealed record MqttWill(string Topic, ReadOnlyMemory<byte> Payload, MqttQos Qos = MqttQos.AtMostOnce, bool Retain = false)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>A client introduces itself.</summary>
public sealed record ConnectPacket(MqttVersion Version, string ClientId) : MqttPacket(MqttPacketType.Connect)
{
    public bool CleanStart { get; init; } = true;

    /// <summary>Longest silence of the client in seconds; 0 means that it may be silent for ever.</summary>
    public ushort KeepAliveSeconds { get; init; }

    public MqttWill? Will { get; init; }

    public string? UserName { get; init; }

    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>
    /// In 3.1.1: a bridge, as mosquitto's says by setting the top bit of the protocol level. It wants none of its own messages back, and
    /// retain flags as they were published.
    /// </summary>
    public bool IsBridge { get; init; }

    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>The server's answer to CONNECT.</summary>
public sealed record ConnAckPacket(bool SessionPresent, MqttReasonCode Reason) : MqttPacket(MqttPacketType.ConnAck)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>A message on its way, in either direction.</summary>
/// <param name="Topic">Empty when a topic alias stands for it.</param>
/// <param name="PacketId">0 at QoS 0, else 1 to 65,535.</param>
public sealed record PublishPacket(string Topic, ReadOnlyMemory<byte> Payload, MqttQos Qos, ushort PacketId, bool Retain, bool Dup)
    : MqttPacket(MqttPacketType.Publish)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP: the steps of a delivery.</summary>
public sealed record AckPacket(MqttPacketType Step, ushort PacketId, MqttReasonCode Reason) : MqttPacket(Step)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>One filter with its options.</summary>
public sealed record MqttSubscription(string Filter, MqttQos Qos = MqttQos.AtMostOnce)
{
    /// <summary>Not to get one's own messages back.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Whether a live message keeps the retain flag it was published with.</summary>
    public bool RetainAsPublished { get; init; }

    public MqttRetainHandling RetainHandling { get; init; }
}

/// <summary>A client asks for messages.</summary>
public sealed record SubscribePacket(ushort PacketId, IReadOnlyList<MqttSubscription> Subscriptions) : MqttPacket(MqttPacketType.Subscribe)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>The answer to SUBSCRIBE, one code for each filter in its order.</summary>
public sealed record SubAckPacket(ushort PacketId, IReadOnlyList<MqttReasonCode> Reasons) : MqttPacket(MqttPacketType.SubAck)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>A client asks for no more.</summary>
public sealed record UnsubscribePacket(ushort PacketId, IReadOnlyList<string> Filters) : MqttPacket(MqttPacketType.Unsubscribe)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>The answer to UNSUBSCRIBE; in MQTT 5 one code for each filter, in 3.1.1 none.</summary>
public sealed record UnsubAckPacket(ushort PacketId, IReadOnlyList<MqttReasonCode> Reasons) : MqttPacket(MqttPacketType.UnsubAck)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>"Are you there?"</summary>
public sealed record PingReqPacket() : MqttPacket(MqttPacketType.PingReq);

/// <summary>"I am."</summary>
public sealed record PingRespPacket() : MqttPacket(MqttPacketType.PingResp);

/// <summary>The end, announced; in MQTT 5 either side may, in 3.1.1 the client only.</summary>
public sealed record DisconnectPacket(MqttReasonCode Reason) : MqttPacket(MqttPacketType.Disconnect)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}

/// <summary>A step of enhanced authentication; read and written here, but not offered by the endpoint.</summary>
public sealed record AuthPacket(MqttReasonCode Reason) : MqttPacket(MqttPacketType.Auth)
{
    public MqttProperties Properties { get; init; } = MqttProperties.None;
}
