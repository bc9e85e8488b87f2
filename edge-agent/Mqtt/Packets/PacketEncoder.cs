namespace Presence.Mqtt.Packets;

/// <summary>The bodies of packets; the mirror of <see cref="PacketDecoder"/>.</summary>
internal static class PacketEncoder
{
    /// <summary>Writes the body and returns the first byte.</summary>
    public static byte WriteBody(ByteWriter to, MqttPacket packet, MqttVersion version)
    {
        var v5 = version == MqttVersion.V5;
        var flags = 0;
        switch (packet)
        {
            case ConnectPacket connect:
                WriteConnect(to, connect);
                break;
            case ConnAckPacket answer:
                to.Byte(answer.SessionPresent ? (byte)1 : (byte)0);
                to.Byte(v5 ? (byte)answer.Reason : answer.Reason.ToConnectReturn());
                if (v5) PropertyCodec.Write(to, answer.Properties);
                break;
            case PublishPacket publish:
                flags = (publish.Dup ? 8 : 0) | (int)publish.Qos << 1 | (publish.Retain ? 1 : 0);
                to.Text(publish.Topic);
                if (publish.Qos != MqttQos.AtMostOnce) to.UInt16(publish.PacketId);
                if (v5) PropertyCodec.Write(to, publish.Properties);
                to.Bytes(publish.Payload.Span);
                break;
            case AckPacket ack:
                flags = ack.Type == MqttPacketType.PubRel ? 2 : 0;
                to.UInt16(ack.PacketId);
                if (v5) WriteReason(to, ack.Reason, ack.Properties);
                break;
            case SubscribePacket subscribe:
                flags = 2;
                to.UInt16(subscribe.PacketId);
                if (v5) PropertyCodec.Write(to, subscribe.Properties);
                foreach (var one in subscribe.Subscriptions)
                {
                    to.Text(one.Filter);
                    to.Byte(v5 ? Options(one) : (byte)one.Qos);
                }

                break;
            case SubAckPacket granted:
                to.UInt16(granted.PacketId);
                if (v5) PropertyCodec.Write(to, granted.Properties);
                foreach (var reason in granted.Reasons) to.Byte(v5 || !reason.IsError() ? (byte)reason : (byte)0x80);
                break;
            case UnsubscribePacket unsubscribe:
                flags = 2;
                to.UInt16(unsubscribe.PacketId);
                if (v5) PropertyCodec.Write(to, unsubscribe.Properties);
                foreach (var filter in unsubscribe.Filters) to.Text(filter);
                break;
            case UnsubAckPacket gone:
                to.UInt16(gone.PacketId);
                if (!v5) break;
                PropertyCodec.Write(to, gone.Properties);
                foreach (var reason in gone.Reasons) to.Byte((byte)reason);
                break;
            case DisconnectPacket bye:
                if (v5) WriteReason(to, bye.Reason, bye.Properties);
                break;
            case AuthPacket auth:
                WriteReason(to, auth.Reason, auth.Properties);
                break;
        }

        return (byte)((int)packet.Type << 4 | flags);
    }

    private static void WriteConnect(ByteWriter to, ConnectPacket connect)
    {
        to.Text("MQTT");
        to.Byte((byte)((byte)connect.Version | (connect.IsBridge ? PacketDecoder.BridgeBit : 0)));
        var flags = connect.CleanStart ? 2 : 0;
        if (connect.Will is { } w) flags |= 4 | (int)w.Qos << 3 | (w.Retain ? 0x20 : 0);
        if (connect.Password is not null) flags |= 0x40;
        if (connect.UserName is not null) flags |= 0x80;
        to.Byte((byte)flags);
        to.UInt16(connect.KeepAliveSeconds);
        if (connect.Version == MqttVersion.V5) PropertyCodec.Write(to, connect.Properties);
        to.Text(connect.ClientId);
        if (connect.Will is { } will)
        {
            if (connect.Version == MqttVersion.V5) PropertyCodec.Write(to, will.Properties);
            to.Text(will.Topic);
            to.Binary(will.Payload.Span);
        }

        if (connect.UserName is { } user) to.Text(user);
        if (connect.Password is { } password) to.Binary(password.Span);
    }

    // The reason is left out when all went well, and the properties when there are none: the short form every peer knows.
    private static void WriteReason(ByteWriter to, MqttReasonCode reason, MqttProperties properties)
    {
        var bare = ReferenceEquals(properties, MqttProperties.None);
        if (bare && reason == MqttReasonCode.Success) return;
        to.Byte((byte)reason);
        if (!bare) PropertyCodec.Write(to, properties);
    }

    private static byte Options(MqttSubscription one) =>
        (byte)((int)one.Qos | (one.NoLocal ? 4 : 0) | (one.RetainAsPublished ? 8 : 0) | (int)one.RetainHandling << 4);
}
