namespace Presence.Mqtt.Packets;

/// <summary>Property identifiers (MQTT 5, table 2-4).</summary>
internal enum PropertyId : byte
{
    PayloadFormat = 1, MessageExpiry = 2, ContentType = 3, ResponseTopic = 8, CorrelationData = 9, SubscriptionIdentifier = 11,
    SessionExpiry = 17, AssignedClientId = 18, ServerKeepAlive = 19, AuthenticationMethod = 21, AuthenticationData = 22,
    RequestProblemInformation = 23, WillDelay = 24, RequestResponseInformation = 25, ResponseInformation = 26,
    ServerReference = 28, ReasonString = 31, ReceiveMaximum = 33, TopicAliasMaximum = 34, TopicAlias = 35, MaximumQos = 36,
    RetainAvailable = 37, UserProperty = 38, MaximumPacketSize = 39, WildcardAvailable = 40, IdentifiersAvailable = 41,
    SharedAvailable = 42,
}

/// <summary>Walks over raw properties, checking each, without allocating: the identifiers fit in a 64-bit set.</summary>
internal ref struct PropertyScanner(ReadOnlySpan<byte> properties, ulong allowed)
{
    private SpanReader _reader = new(properties);
    private ulong _seen;

    /// <summary>Properties that PUBLISH and a will share.</summary>
    private const ulong Message = 1UL << 1 | 1UL << 2 | 1UL << 3 | 1UL << 8 | 1UL << 9 | 1UL << 38;
    private const ulong Reason = 1UL << 31 | 1UL << 38;

    public const ulong InWill = Message | 1UL << 24;
    public const ulong InPublish = Message | 1UL << 11 | 1UL << 35;
    public const ulong InConnect = 1UL << 17 | 1UL << 21 | 1UL << 22 | 1UL << 23 | 1UL << 25 | 1UL << 33 | 1UL << 34 | 1UL << 38 | 1UL << 39;
    public const ulong InConnAck = Reason | 1UL << 17 | 1UL << 18 | 1UL << 19 | 1UL << 21 | 1UL << 22 | 1UL << 26 | 1UL << 28 | 1UL << 33
        | 1UL << 34 | 1UL << 36 | 1UL << 37 | 1UL << 39 | 1UL << 40 | 1UL << 41 | 1UL << 42;
    public const ulong InAck = Reason;
    public const ulong InSubscribe = 1UL << 11 | 1UL << 38;
    public const ulong InUnsubscribe = 1UL << 38;
    public const ulong InDisconnect = Reason | 1UL << 17 | 1UL << 28;
    public const ulong InAuth = Reason | 1UL << 21 | 1UL << 22;

    public PropertyId Id { get; private set; }

    /// <summary>The value when it is a number.</summary>
    public uint Number { get; private set; }

    /// <summary>The value when it is text or bytes; of a user property, its name.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value of a user property.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Why the walk ended; success at the end of well-formed properties.</summary>
    public MqttReasonCode Why { get; private set; }

    /// <summary>How many bytes have been walked.</summary>
    public readonly int Position => _reader.Position;

    /// <summary>Goes to the next property; false at the end or at the first fault.</summary>
    public bool Next()
    {
        if (_reader.Remaining == 0 || Why != MqttReasonCode.Success) return false;
        var id = _reader.VarInt();
        if (_reader.Failed || id is 0 or > 42) return Stop(MqttReasonCode.MalformedPacket);
        var bit = 1UL << (int)id;
        Id = (PropertyId)id;
        if ((allowed & bit) == 0) return Stop(MqttReasonCode.ProtocolError);

        // Only user properties repeat, and identifiers in a PUBLISH that matched several subscriptions.
        var repeats = Id == PropertyId.UserProperty || (Id == PropertyId.SubscriptionIdentifier && allowed == InPublish);
        if ((_seen & bit) != 0 && !repeats) return Stop(MqttReasonCode.ProtocolError);
        _seen |= bit;

        var outOfRange = false;
        switch (Id)
        {
            case PropertyId.PayloadFormat or PropertyId.RequestProblemInformation or PropertyId.RequestResponseInformation
                or PropertyId.MaximumQos or PropertyId.RetainAvailable or PropertyId.WildcardAvailable
                or PropertyId.IdentifiersAvailable or PropertyId.SharedAvailable:
                outOfRange = (Number = _reader.Byte()) > 1;
                break;
            case PropertyId.ServerKeepAlive or PropertyId.TopicAliasMaximum:
                Number = _reader.UInt16();
                break;
            case PropertyId.ReceiveMaximum or PropertyId.TopicAlias:
                outOfRange = (Number = _reader.UInt16()) == 0;
                break;
            case PropertyId.MessageExpiry or PropertyId.SessionExpiry or PropertyId.WillDelay:
                Number = _reader.UInt32();
                break;
            case PropertyId.MaximumPacketSize:
                outOfRange = (Number = _reader.UInt32()) == 0;
                break;
            case PropertyId.SubscriptionIdentifier:
                outOfRange = (Number = _reader.VarInt()) == 0;
                break;
            case PropertyId.CorrelationData or PropertyId.AuthenticationData:
                Bytes = _reader.Binary();
                break;
            case PropertyId.UserProperty:
                Bytes = _reader.Text();
                Value = _reader.Text();
                break;
            case PropertyId.ResponseTopic:
                Bytes = _reader.Text();
                outOfRange = !MqttText.IsTopicName(Bytes);
                break;
            default:
                Bytes = _reader.Text();
                break;
        }

        if (_reader.Failed) return Stop(MqttReasonCode.MalformedPacket);
        if (!outOfRange) return true;
        return Stop(Id == PropertyId.TopicAlias ? MqttReasonCode.TopicAliasInvalid : MqttReasonCode.ProtocolError);
    }

    private bool Stop(MqttReasonCode why)
    {
        Why = why;
        return false;
    }
}
