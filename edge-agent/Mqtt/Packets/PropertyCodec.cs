using System.Text;

namespace Presence.Mqtt.Packets;

/// <summary>Properties from bytes and to bytes.</summary>
internal static class PropertyCodec
{
    /// <summary>Reads a property length and as many bytes of properties.</summary>
    public static MqttReasonCode TryRead(ref SpanReader reader, ulong allowed, out MqttProperties properties)
    {
        properties = MqttProperties.None;
        var length = reader.VarInt();
        if (reader.Failed || length > (uint)reader.Remaining) return MqttReasonCode.MalformedPacket;
        return length == 0 ? MqttReasonCode.Success : TryParse(reader.Take((int)length), allowed, out properties);
    }

    /// <summary>Reads raw properties, without their length.</summary>
    public static MqttReasonCode TryParse(ReadOnlySpan<byte> raw, ulong allowed, out MqttProperties properties)
    {
        properties = MqttProperties.None;
        var read = new MqttProperties();
        List<MqttUserProperty>? users = null;
        List<uint>? identifiers = null;
        var scan = new PropertyScanner(raw, allowed);
        while (scan.Next())
        {
            if (scan.Id == PropertyId.UserProperty) (users ??= []).Add(new(Text(scan.Bytes), Text(scan.Value)));
            else if (scan.Id == PropertyId.SubscriptionIdentifier) (identifiers ??= []).Add(scan.Number);
            else read = With(read, scan);
        }

        if (scan.Why != MqttReasonCode.Success) return scan.Why;
        if (users is not null) read = read with { UserProperties = users };
        if (identifiers is not null) read = read with { SubscriptionIdentifiers = identifiers };
        properties = read;
        return MqttReasonCode.Success;
    }

    private static MqttProperties With(MqttProperties read, in PropertyScanner scan) => scan.Id switch
    {
        PropertyId.PayloadFormat => read with { PayloadIsText = scan.Number == 1 },
        PropertyId.MessageExpiry => read with { MessageExpirySeconds = scan.Number },
        PropertyId.ContentType => read with { ContentType = Text(scan.Bytes) },
        PropertyId.ResponseTopic => read with { ResponseTopic = Text(scan.Bytes) },
        PropertyId.CorrelationData => read with { CorrelationData = scan.Bytes.ToArray() },
        PropertyId.SessionExpiry => read with { SessionExpirySeconds = scan.Number },
        PropertyId.AssignedClientId => read with { AssignedClientId = Text(scan.Bytes) },
        PropertyId.ServerKeepAlive => read with { ServerKeepAliveSeconds = (ushort)scan.Number },
        PropertyId.AuthenticationMethod => read with { AuthenticationMethod = Text(scan.Bytes) },
        PropertyId.AuthenticationData => read with { AuthenticationData = scan.Bytes.ToArray() },
        PropertyId.RequestProblemInformation => read with { RequestProblemInformation = scan.Number == 1 },
        PropertyId.WillDelay => read with { WillDelaySeconds = scan.Number },
        PropertyId.RequestResponseInformation => read with { RequestResponseInformation = scan.Number == 1 },
        PropertyId.ResponseInformation => read with { ResponseInformation = Text(scan.Bytes) },
        PropertyId.ServerReference => read with { ServerReference = Text(scan.Bytes) },
        PropertyId.ReasonString => read with { ReasonString = Text(scan.Bytes) },
        PropertyId.ReceiveMaximum => read with { ReceiveMaximum = (ushort)scan.Number },
        PropertyId.TopicAliasMaximum => read with { TopicAliasMaximum = (ushort)scan.Number },
        PropertyId.TopicAlias => read with { TopicAlias = (ushort)scan.Number },
        PropertyId.MaximumQos => read with { MaximumQos = (MqttQos)scan.Number },
        PropertyId.RetainAvailable => read with { RetainAvailable = scan.Number == 1 },
        PropertyId.MaximumPacketSize => read with { MaximumPacketSize = scan.Number },
        PropertyId.WildcardAvailable => read with { WildcardSubscriptionAvailable = scan.Number == 1 },
        PropertyId.IdentifiersAvailable => read with { SubscriptionIdentifiersAvailable = scan.Number == 1 },
        PropertyId.SharedAvailable => read with { SharedSubscriptionAvailable = scan.Number == 1 },
        _ => read,
    };

    /// <summary>Writes the properties without their length, in the order of their identifiers.</summary>
    public static void WriteRaw(ByteWriter to, MqttProperties p)
    {
        to.Flag(PropertyId.PayloadFormat, p.PayloadIsText);
        to.Number4(PropertyId.MessageExpiry, p.MessageExpirySeconds);
        to.Text(PropertyId.ContentType, p.ContentType);
        to.Text(PropertyId.ResponseTopic, p.ResponseTopic);
        to.Binary(PropertyId.CorrelationData, p.CorrelationData);
        foreach (var identifier in p.SubscriptionIdentifiers)
        {
            to.Byte((byte)PropertyId.SubscriptionIdentifier);
            to.VarInt(identifier);
        }

        to.Number4(PropertyId.SessionExpiry, p.SessionExpirySeconds);
        to.Text(PropertyId.AssignedClientId, p.AssignedClientId);
        to.Number2(PropertyId.ServerKeepAlive, p.ServerKeepAliveSeconds);
        to.Text(PropertyId.AuthenticationMethod, p.AuthenticationMethod);
        to.Binary(PropertyId.AuthenticationData, p.AuthenticationData);
        to.Flag(PropertyId.RequestProblemInformation, p.RequestProblemInformation);
        to.Number4(PropertyId.WillDelay, p.WillDelaySeconds);
        to.Flag(PropertyId.RequestResponseInformation, p.RequestResponseInformation);
        to.Text(PropertyId.ResponseInformation, p.ResponseInformation);
        to.Text(PropertyId.ServerReference, p.ServerReference);
        to.Text(PropertyId.ReasonString, p.ReasonString);
        to.Number2(PropertyId.ReceiveMaximum, p.ReceiveMaximum);
        to.Number2(PropertyId.TopicAliasMaximum, p.TopicAliasMaximum);
        to.Number2(PropertyId.TopicAlias, p.TopicAlias);
        to.Flag(PropertyId.MaximumQos, p.MaximumQos is { } qos ? qos == MqttQos.AtLeastOnce : null);
        to.Flag(PropertyId.RetainAvailable, p.RetainAvailable);
        foreach (var user in p.UserProperties)
        {
            to.Byte((byte)PropertyId.UserProperty);
            to.Text(user.Name);
            to.Text(user.Value);
        }

        to.Number4(PropertyId.MaximumPacketSize, p.MaximumPacketSize);
        to.Flag(PropertyId.WildcardAvailable, p.WildcardSubscriptionAvailable);
        to.Flag(PropertyId.IdentifiersAvailable, p.SubscriptionIdentifiersAvailable);
        to.Flag(PropertyId.SharedAvailable, p.SharedSubscriptionAvailable);
    }

    /// <summary>Writes the properties with their length.</summary>
    public static void Write(ByteWriter to, MqttProperties properties)
    {
        if (ReferenceEquals(properties, MqttProperties.None))
        {
            to.Byte(0);
            return;
        }

        var raw = new ByteWriter();
        WriteRaw(raw, properties);
        to.VarInt((uint)raw.Length);
        to.Bytes(raw.Written);
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
