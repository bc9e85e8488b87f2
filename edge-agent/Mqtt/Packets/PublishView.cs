namespace Presence.Mqtt.Packets;

/// <summary>A PUBLISH as it lies in the buffer: checked, nothing copied, nothing allocated.</summary>
internal readonly ref struct PublishView
{
    /// <summary>Topic name in UTF-8; empty when <see cref="Alias"/> stands for it.</summary>
    public ReadOnlySpan<byte> Topic { get; private init; }

    /// <summary>Raw properties without their length.</summary>
    public ReadOnlySpan<byte> Properties { get; private init; }

    public ushort PacketId { get; private init; }

    public ushort Alias { get; private init; }

    public uint? ExpirySeconds { get; private init; }

    /// <summary>A server's publish may carry several; a client's should carry none.</summary>
    public int SubscriptionIdentifiers { get; private init; }

    /// <summary>How many bytes of the body stand before the payload.</summary>
    public int PayloadAt { get; private init; }

    /// <summary>Reads the body up to the payload.</summary>
    /// <param name="first">The packet's first byte, for its flags.</param>
    /// <param name="body">The body, or as much of it as is at hand.</param>
    public static MqttReasonCode TryRead(byte first, ReadOnlySpan<byte> body, MqttVersion version, out PublishView view)
    {
        view = default;
        var qos = (first >> 1) & 3;
        if (qos == 3 || (qos == 0 && (first & 8) != 0)) return MqttReasonCode.MalformedPacket;
        var reader = new SpanReader(body);
        var topic = reader.Text();
        var id = qos == 0 ? (ushort)0 : reader.UInt16();
        if (reader.Failed) return MqttReasonCode.MalformedPacket;
        if (topic.ContainsAny((byte)'+', (byte)'#')) return MqttReasonCode.TopicNameInvalid;
        if (qos > 0 && id == 0) return MqttReasonCode.ProtocolError;
        if (version == MqttVersion.V311)
        {
            if (topic.IsEmpty) return MqttReasonCode.TopicNameInvalid;
            view = new() { Topic = topic, PacketId = id, PayloadAt = reader.Position };
            return MqttReasonCode.Success;
        }

        var length = reader.VarInt();
        if (reader.Failed || length > (uint)reader.Remaining) return MqttReasonCode.MalformedPacket;
        var properties = reader.Take((int)length);
        var scan = new PropertyScanner(properties, PropertyScanner.InPublish);
        ushort alias = 0;
        uint? expiry = null;
        var identifiers = 0;
        while (scan.Next())
        {
            if (scan.Id == PropertyId.TopicAlias) alias = (ushort)scan.Number;
            else if (scan.Id == PropertyId.MessageExpiry) expiry = scan.Number;
            else if (scan.Id == PropertyId.SubscriptionIdentifier) identifiers++;
        }

        if (scan.Why != MqttReasonCode.Success) return scan.Why;
        if (topic.IsEmpty && alias == 0) return MqttReasonCode.ProtocolError;
        view = new()
        {
            Topic = topic, PacketId = id, Properties = properties, Alias = alias, ExpirySeconds = expiry,
            SubscriptionIdentifiers = identifiers, PayloadAt = reader.Position,
        };
        return MqttReasonCode.Success;
    }
}
