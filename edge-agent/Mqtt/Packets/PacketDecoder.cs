using System.Text;

namespace Presence.Mqtt.Packets;

/// <summary>Reads the bodies of packets, checking all that the standard lets one check without a session.</summary>
internal static class PacketDecoder
{
    /// <summary>Added to the protocol level by bridges that speak 3.1.1; MQTT 5 has subscription options for what they want.</summary>
    public const int BridgeBit = 0x80;

    private const MqttReasonCode Ok = MqttReasonCode.Success;
    private const MqttReasonCode Malformed = MqttReasonCode.MalformedPacket;

    /// <summary>Reads one body; the packet is null unless the answer is success.</summary>
    public static MqttReasonCode TryDecode(byte first, ReadOnlySpan<byte> body, MqttVersion version, out MqttPacket? packet)
    {
        packet = null;
        var type = (MqttPacketType)(first >> 4);
        var flags = first & 0x0F;
        var expected = type is MqttPacketType.PubRel or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe ? 2 : 0;
        if (type != MqttPacketType.Publish && flags != expected) return Malformed;
        return type switch
        {
            MqttPacketType.Connect => TryConnect(body, out packet),
            MqttPacketType.ConnAck => TryConnAck(body, version, out packet),
            MqttPacketType.Publish => TryPublish(first, body, version, out packet),
            MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp =>
                TryAck(type, body, version, out packet),
            MqttPacketType.Subscribe => TrySubscribe(body, version, out packet),
            MqttPacketType.SubAck or MqttPacketType.UnsubAck => TryGrant(type, body, version, out packet),
            MqttPacketType.Unsubscribe => TryUnsubscribe(body, version, out packet),
            MqttPacketType.PingReq or MqttPacketType.PingResp => TryPing(type, body, out packet),
            MqttPacketType.Disconnect => TryDisconnect(body, version, out packet),
            MqttPacketType.Auth when version == MqttVersion.V5 => TryAuth(body, out packet),
            _ => Malformed,
        };
    }

    /// <summary>Reads a step of a delivery without allocating, for the many; a reason string or user property is checked and dropped.</summary>
    public static MqttReasonCode TryAck(MqttPacketType type, ReadOnlySpan<byte> body, MqttVersion version, out ushort id, out MqttReasonCode reason)
    {
        var why = TryAckHead(type, body, version, out id, out reason, out var properties);
        if (why != Ok || properties.IsEmpty) return why;
        var scan = new PropertyScanner(properties, PropertyScanner.InAck);
        while (scan.Next())
        {
        }

        return scan.Why;
    }

    private static MqttReasonCode TryAck(MqttPacketType type, ReadOnlySpan<byte> body, MqttVersion version, out MqttPacket? packet)
    {
        packet = null;
        var why = TryAckHead(type, body, version, out var id, out var reason, out var raw);
        if (why != Ok) return why;
        why = PropertyCodec.TryParse(raw, PropertyScanner.InAck, out var properties);
        if (why == Ok) packet = new AckPacket(type, id, reason) { Properties = raw.IsEmpty ? MqttProperties.None : properties };
        return why;
    }

    private static MqttReasonCode TryAckHead(
        MqttPacketType type, ReadOnlySpan<byte> body, MqttVersion version, out ushort id, out MqttReasonCode reason, out ReadOnlySpan<byte> properties)
    {
        reason = Ok;
        properties = default;
        var reader = new SpanReader(body);
        id = reader.UInt16();
        if (reader.Failed || (version == MqttVersion.V311 && reader.Remaining > 0)) return Malformed;
        if (id == 0) return MqttReasonCode.ProtocolError;
        if (reader.Remaining == 0) return Ok;
        reason = (MqttReasonCode)reader.Byte();
        if (!ReasonCodes.MayCarry(type, reason)) return MqttReasonCode.ProtocolError;
        if (reader.Remaining == 0) return Ok;
        var length = reader.VarInt();
        if (reader.Failed || length != (uint)reader.Remaining) return Malformed;
        properties = reader.Take((int)length);
        return Ok;
    }

    private static MqttReasonCode TryConnect(ReadOnlySpan<byte> body, out MqttPacket? packet)
    {
        packet = null;
        var reader = new SpanReader(body);
        var name = reader.Binary();
        var level = reader.Byte();
        if (reader.Failed) return Malformed;

        // MQTT 3.1 called itself MQIsdp; it and any later level are other protocols, to be told so rather than called broken.
        if (name.SequenceEqual("MQIsdp"u8)) return MqttReasonCode.UnsupportedProtocolVersion;
        if (!name.SequenceEqual("MQTT"u8)) return Malformed;
        if (level is not (4 or 5 or (BridgeBit | 4))) return MqttReasonCode.UnsupportedProtocolVersion;
        var version = (MqttVersion)(level & ~BridgeBit);
        var flags = reader.Byte();
        var keepAlive = reader.UInt16();
        var hasWill = (flags & 4) != 0;
        var willQos = (flags >> 3) & 3;
        if (reader.Failed || (flags & 1) != 0 || willQos == 3 || (!hasWill && (flags & 0x38) != 0)) return Malformed;
        if (version == MqttVersion.V311 && (flags & 0xC0) == 0x40) return Malformed;

        var properties = MqttProperties.None;
        if (version == MqttVersion.V5)
        {
            var why = PropertyCodec.TryRead(ref reader, PropertyScanner.InConnect, out properties);
            if (why != Ok) return why;
            if (properties.AuthenticationData is not null && properties.AuthenticationMethod is null) return MqttReasonCode.ProtocolError;
        }

        var clientId = Text(ref reader);
        MqttWill? will = null;
        if (hasWill)
        {
            var about = MqttProperties.None;
            if (version == MqttVersion.V5)
            {
                var why = PropertyCodec.TryRead(ref reader, PropertyScanner.InWill, out about);
                if (why != Ok) return why;
            }

            var topic = reader.Text();
            var payload = reader.Binary();
            if (reader.Failed) return Malformed;
            if (!MqttText.IsTopicName(topic)) return MqttReasonCode.TopicNameInvalid;
            will = new(Encoding.UTF8.GetString(topic), payload.ToArray(), (MqttQos)willQos, (flags & 0x20) != 0) { Properties = about };
        }

        var user = (flags & 0x80) != 0 ? Text(ref reader) : null;
        var password = (flags & 0x40) != 0 ? reader.Binary().ToArray().AsMemory() : default(ReadOnlyMemory<byte>?);
        if (reader.Failed || reader.Remaining > 0) return Malformed;
        packet = new ConnectPacket(version, clientId)
        {
            CleanStart = (flags & 2) != 0, KeepAliveSeconds = keepAlive, Will = will, UserName = user, Password = password, Properties = properties,
            IsBridge = level >= BridgeBit,
        };
        return Ok;
    }

    private static MqttReasonCode TryConnAck(ReadOnlySpan<byte> body, MqttVersion version, out MqttPacket? packet)
    {
        packet = null;
        var reader = new SpanReader(body);
        var flags = reader.Byte();
        var code = reader.Byte();
        if (reader.Failed || flags > 1) return Malformed;
        var properties = MqttProperties.None;
        var reason = (MqttReasonCode)code;
        if (version == MqttVersion.V311)
        {
            if (code > 5) return Malformed;
            reason = ReasonCodes.FromConnectReturn(code);
        }
        else if (reader.Remaining == 0 && reason.IsError())
        {
            // A 3.1.1 server that does not know version 5 answers in its own way: two bytes. So may a version 5 server that has not looked further.
        }
        else
        {
            if (!ReasonCodes.MayCarry(MqttPacketType.ConnAck, reason)) return MqttReasonCode.ProtocolError;
            var why = PropertyCodec.TryRead(ref reader, PropertyScanner.InConnAck, out properties);
            if (why != Ok) return why;
        }

        if (reader.Remaining > 0) return Malformed;
        if (flags == 1 && reason.IsError()) return MqttReasonCode.ProtocolError;
        packet = new ConnAckPacket(flags == 1, reason) { Properties = properties };
        return Ok;
    }

    private static MqttReasonCode TryPublish(byte first, ReadOnlySpan<byte> body, MqttVersion version, out MqttPacket? packet)
    {
        packet = null;
        var why = PublishView.TryRead(first, body, version, out var view);
        if (why != Ok) return why;
        why = PropertyCodec.TryParse(view.Properties, PropertyScanner.InPublish, out var properties);
        if (why != Ok) return why;
        packet = new PublishPacket(
            Encoding.UTF8.GetString(view.Topic), body[view.PayloadAt..].ToArray(), (MqttQos)((first >> 1) & 3), view.PacketId, (first & 1) != 0, (first & 8) != 0)
        {
            Properties = view.Properties.IsEmpty ? MqttProperties.None : properties,
        };
        return Ok;
    }

    private static MqttReasonCode TrySubscribe(ReadOnlySpan<byte> body, MqttVersion version, out MqttPacket? packet)
    {
        packet = null;
        var reader = new SpanReader(body);
        var why = TryHead(ref reader, version, PropertyScanner.InSubscribe, out var id, out var properties);
        if (why != Ok) return why;
        var wanted = new List<MqttSubscription>();
        while (reader.Remaining > 0)
        {
            var filter = reader.Text();
            var options = reader.Byte();
            if (reader.Failed || (options & 3) == 3 || (version == MqttVersion.V311 ? options > 2 : (options & 0xC0) != 0)) return Malformed;
            if (!MqttText.IsTopicFilter(filter)) return MqttReasonCode.TopicFilterInvalid;
            if ((options & 0x30) == 0x30) return MqttReasonCode.ProtocolError;
            var noLocal = (options & 4) != 0;
            if (version == MqttVersion.V5 && filter.StartsWith("$share/"u8) && (noLocal || !MqttText.IsSharedFilter(filter)))
                return MqttReasonCode.ProtocolError;
            wanted.Add(new(Encoding.UTF8.GetString(filter), (MqttQos)(options & 3))
            {
                NoLocal = noLocal, RetainAsPublished = (options & 8) != 0, RetainHandling = (MqttRetainHandling)((options >> 4) & 3),
            });
        }

        if (reader.Failed) return Malformed;
        if (wanted.Count == 0) return MqttReasonCode.ProtocolError;
        packet = new SubscribePacket(id, wanted) { Properties = properties };
        return Ok;
    }

    private static MqttReasonCode TryUnsubscribe(ReadOnlySpan<byte> body, MqttVersion version, out MqttPacket? packet)
    {
        packet = null;
        var reader = new SpanReader(body);
        var why = TryHead(ref reader, version, PropertyScanner.InUnsubscribe, out var id, out var properties);
        if (why != Ok) return why;
        var filters = new List<string>();
        while (reader.Remaining > 0)
        {
            var filter = reader.Text();
            if (reader.Failed) return Malformed;
            if (!MqttText.IsTopicFilter(filter)) return MqttReasonCode.TopicFilterInvalid;
            filters.Add(Encoding.UTF8.GetString(filter));
        }

        if (reader.Failed) return Malformed;
        if (filters.Count == 0) return MqttReasonCode.ProtocolError;
        packet = new UnsubscribePacket(id, filters) { Properties = properties };
        return Ok;
    }

    private static MqttReasonCode TryGrant(MqttPacketType type, ReadOnlySpan<byte> body, MqttVersion version, out MqttPacket? packet)
    {
        packet = null;
        var reader = new SpanReader(body);
        var why = TryHead(ref reader, version, PropertyScanner.InAck, out var id, out var properties);
        if (why != Ok) return why;
        var reasons = new List<MqttReasonCode>();
        while (reader.Remaining > 0)
        {
            var reason = (MqttReasonCode)reader.Byte();
            var known = version == MqttVersion.V311
                ? type == MqttPacketType.SubAck && (byte)reason is <= 2 or 0x80
                : ReasonCodes.MayCarry(type, reason);
            if (!known) return version == MqttVersion.V311 ? Malformed : MqttReasonCode.ProtocolError;
            reasons.Add(reason);
        }

        if (reasons.Count == 0 && !(version == MqttVersion.V311 && type == MqttPacketType.UnsubAck)) return Malformed;
        packet = type == MqttPacketType.SubAck
            ? new SubAckPacket(id, reasons) { Properties = properties }
            : new UnsubAckPacket(id, reasons) { Properties = properties };
        return Ok;
    }

    private static MqttReasonCode TryHead(ref SpanReader reader, MqttVersion version, ulong allowed, out ushort id, out MqttProperties properties)
    {
        properties = MqttProperties.None;
        id = reader.UInt16();
        if (reader.Failed) return Malformed;
        if (id == 0) return MqttReasonCode.ProtocolError;
        return version == MqttVersion.V311 ? Ok : PropertyCodec.TryRead(ref reader, allowed, out properties);
    }

    private static MqttReasonCode TryPing(MqttPacketType type, ReadOnlySpan<byte> body, out MqttPacket? packet)
    {
        packet = !body.IsEmpty ? null : type == MqttPacketType.PingReq ? new PingReqPacket() : new PingRespPacket();
        return packet is null ? Malformed : Ok;
    }

    private static MqttReasonCode TryDisconnect(ReadOnlySpan<byte> body, MqttVersion version, out MqttPacket? packet)
    {
        packet = null;
        if (version == MqttVersion.V311 && !body.IsEmpty) return Malformed;
        var why = TryReason(MqttPacketType.Disconnect, body, PropertyScanner.InDisconnect, out var reason, out var properties);
        if (why == Ok) packet = new DisconnectPacket(reason) { Properties = properties };
        return why;
    }

    private static MqttReasonCode TryAuth(ReadOnlySpan<byte> body, out MqttPacket? packet)
    {
        packet = null;
        var why = TryReason(MqttPacketType.Auth, body, PropertyScanner.InAuth, out var reason, out var properties);
        if (why == Ok) packet = new AuthPacket(reason) { Properties = properties };
        return why;
    }

    private static MqttReasonCode TryReason(
        MqttPacketType type, ReadOnlySpan<byte> body, ulong allowed, out MqttReasonCode reason, out MqttProperties properties)
    {
        reason = Ok;
        properties = MqttProperties.None;
        if (body.IsEmpty) return Ok;
        var reader = new SpanReader(body);
        reason = (MqttReasonCode)reader.Byte();
        if (!ReasonCodes.MayCarry(type, reason)) return MqttReasonCode.ProtocolError;
        if (reader.Remaining == 0) return Ok;
        var why = PropertyCodec.TryRead(ref reader, allowed, out properties);
        return why == Ok && reader.Remaining > 0 ? Malformed : why;
    }

    private static string Text(ref SpanReader reader) => Encoding.UTF8.GetString(reader.Text());
}
