using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Presence.Mqtt;
using Presence.Mqtt.Packets;

namespace Presence.Unit.Mqtt;

/// <summary>A packet in words, so that two can be compared field by field.</summary>
internal static class Story
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new Bytes() } };

    private sealed class Bytes : System.Text.Json.Serialization.JsonConverter<ReadOnlyMemory<byte>>
    {
        public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetBytesFromBase64();

        public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.Span);
    }

    public static string Of(MqttPacket packet) => JsonSerializer.Serialize(packet, packet.GetType(), Options);
}

/// <summary>Packets of every type and both versions, with any of the properties each may carry.</summary>
internal static class PacketGen
{
    private static readonly Gen<string> Text = Gen.Elements("", "a", "till 7", "Grüße", "商场", "😀", new string('x', 130));
    private static readonly Gen<string> Topic = Gen.Elements("a", "a/b", "/", "shop/7/sales", "商场/一楼", "$SYS/x", new string('t', 300));
    private static readonly Gen<string> Filter = Gen.Elements("a", "a/+", "#", "+/b/#", "$share/group/a", "/", "商场/#");
    private static readonly Gen<ReadOnlyMemory<byte>> Bytes = Gen.Choose(0, 300).Select(n => new ReadOnlyMemory<byte>([.. Enumerable.Range(0, n).Select(i => (byte)i)]));
    private static readonly Gen<ushort> Id = Gen.Choose(1, 65_535).Select(i => (ushort)i);
    private static readonly Gen<bool> Coin = Gen.Elements(true, false);
    private static readonly Gen<MqttQos> Qos = Gen.Elements(MqttQos.AtMostOnce, MqttQos.AtLeastOnce, MqttQos.ExactlyOnce);
    private static readonly Gen<uint> Seconds = Gen.Elements(0u, 1u, 60u, uint.MaxValue);

    public sealed record Sample(MqttVersion Version, MqttPacket Packet);

    public static Gen<Sample> Any =>
        from version in Gen.Elements(MqttVersion.V311, MqttVersion.V5)
        from packet in Gen.OneOf(version == MqttVersion.V5 ? [.. Both(version), Auth] : Both(version))
        select new Sample(version, packet);

    private static Gen<MqttPacket>[] Both(MqttVersion version) =>
    [
        Connect(version), ConnAck(version), Publish(version), Ack(version), Subscribe(version), SubAck(version), Unsubscribe(version),
        UnsubAck(version), Gen.Elements<MqttPacket>(new PingReqPacket(), new PingRespPacket()), Disconnect(version),
    ];

    /// <summary>Each property there or not, by chance; None when none is, since that is how it reads back.</summary>
    private static Gen<MqttProperties> Some(MqttVersion version, params Gen<Func<MqttProperties, MqttProperties>>[] each) =>
        version == MqttVersion.V311
            ? Gen.Constant(MqttProperties.None)
            : Gen.CollectToArray(each.Select(e => Coin.SelectMany(there => there ? e : Gen.Constant<Func<MqttProperties, MqttProperties>>(p => p))))
                .Select(changes => changes.Aggregate(new MqttProperties(), (p, change) => change(p)))
                .Select(p => Story.Of(new DisconnectPacket(MqttReasonCode.Success) { Properties = p }) == Story.Of(new DisconnectPacket(MqttReasonCode.Success)) ? MqttProperties.None : p);

    private static Gen<Func<MqttProperties, MqttProperties>> With<T>(Gen<T> value, Func<MqttProperties, T, MqttProperties> set) =>
        value.Select<T, Func<MqttProperties, MqttProperties>>(v => p => set(p, v));

    private static Gen<Func<MqttProperties, MqttProperties>> Users => With(
        Gen.CollectToArray([Text.Select(t => new MqttUserProperty(t, "v")), Text.Select(t => new MqttUserProperty("n", t))]), (p, v) => p with { UserProperties = v });

    private static Gen<Func<MqttProperties, MqttProperties>> Reason => With(Text, (p, v) => p with { ReasonString = v });

    private static Gen<Func<MqttProperties, MqttProperties>>[] OfMessage =>
    [
        With(Coin, (p, v) => p with { PayloadIsText = v }), With(Seconds, (p, v) => p with { MessageExpirySeconds = v }),
        With(Text, (p, v) => p with { ContentType = v }), With(Topic, (p, v) => p with { ResponseTopic = v }),
        With(Bytes, (p, v) => p with { CorrelationData = v }), Users,
    ];

    private static Gen<MqttPacket> Connect(MqttVersion version) =>
        from id in Text
        from clean in Coin
        from alive in Id
        from willed in Coin
        from will in Will(version)
        from user in Gen.OneOf(Gen.Constant<string?>(null), Text.Select(t => (string?)t))
        from withPassword in Coin
        from password in Bytes
        from bridge in Coin
        from properties in Some(
            version, With(Seconds, (p, v) => p with { SessionExpirySeconds = v }), With(Coin, (p, v) => p with { RequestProblemInformation = v }),
            With(Coin, (p, v) => p with { RequestResponseInformation = v }), With(Id, (p, v) => p with { ReceiveMaximum = v }),
            With(Id, (p, v) => p with { TopicAliasMaximum = v }), With(Text, (p, v) => p with { AuthenticationMethod = v }),
            With(Id, (p, v) => p with { MaximumPacketSize = v }), Users)
        select (MqttPacket)new ConnectPacket(version, id)
        {
            CleanStart = clean, KeepAliveSeconds = alive, Will = willed ? will : null, UserName = user, Properties = properties,
            Password = withPassword && (user is not null || version == MqttVersion.V5) ? password : default(ReadOnlyMemory<byte>?), IsBridge = bridge && version == MqttVersion.V311,
        };

    private static Gen<MqttWill> Will(MqttVersion version) =>
        from topic in Topic
        from payload in Bytes
        from qos in Qos
        from retain in Coin
        from properties in Some(version, [.. OfMessage, With(Seconds, (p, v) => p with { WillDelaySeconds = v })])
        select new MqttWill(topic, payload, qos, retain) { Properties = properties };

    private static Gen<MqttPacket> ConnAck(MqttVersion version) =>
        from present in Coin
        from reason in version == MqttVersion.V5
            ? Gen.Elements(MqttReasonCode.Success, MqttReasonCode.NotAuthorized, MqttReasonCode.ConnectionRateExceeded)
            : Gen.Elements(MqttReasonCode.Success, MqttReasonCode.NotAuthorized, MqttReasonCode.BadUserNameOrPassword)
        from properties in Some(
            version, Reason, Users, With(Text, (p, v) => p with { AssignedClientId = v }), With(Id, (p, v) => p with { ServerKeepAliveSeconds = v }),
            With(Gen.Elements(MqttQos.AtMostOnce, MqttQos.AtLeastOnce), (p, v) => p with { MaximumQos = v }), With(Coin, (p, v) => p with { RetainAvailable = v }),
            With(Coin, (p, v) => p with { WildcardSubscriptionAvailable = v }), With(Coin, (p, v) => p with { SubscriptionIdentifiersAvailable = v }),
            With(Coin, (p, v) => p with { SharedSubscriptionAvailable = v }), With(Text, (p, v) => p with { ServerReference = v }),
            With(Text, (p, v) => p with { ResponseInformation = v }), With(Bytes, (p, v) => p with { AuthenticationData = v }))
        select (MqttPacket)new ConnAckPacket(present && reason == MqttReasonCode.Success, reason) { Properties = properties };

    private static Gen<MqttPacket> Publish(MqttVersion version) =>
        from topic in Topic
        from payload in Bytes
        from qos in Qos
        from id in Id
        from retain in Coin
        from dup in Coin
        from aliased in Coin
        from properties in Some(version, [.. OfMessage, With(Id, (p, v) => p with { TopicAlias = v }), With(Id, (p, v) => p with { SubscriptionIdentifiers = [v, 1] })])
        select (MqttPacket)new PublishPacket(
            aliased && properties.TopicAlias is not null ? "" : topic, payload, qos, qos == MqttQos.AtMostOnce ? (ushort)0 : id, retain, dup && qos != MqttQos.AtMostOnce)
        {
            Properties = properties,
        };

    private static Gen<MqttPacket> Ack(MqttVersion version) =>
        from step in Gen.Elements(MqttPacketType.PubAck, MqttPacketType.PubRec, MqttPacketType.PubRel, MqttPacketType.PubComp)
        from id in Id
        from failed in Coin
        from properties in Some(version, Reason, Users)
        let error = step is MqttPacketType.PubAck or MqttPacketType.PubRec ? MqttReasonCode.NotAuthorized : MqttReasonCode.PacketIdentifierNotFound
        select (MqttPacket)new AckPacket(step, id, failed && version == MqttVersion.V5 ? error : MqttReasonCode.Success) { Properties = properties };

    private static Gen<MqttPacket> Subscribe(MqttVersion version) =>
        from id in Id
        from wanted in Gen.NonEmptyListOf(Subscription(version))
        from properties in Some(version, Users, With(Id, (p, v) => p with { SubscriptionIdentifiers = [v] }))
        select (MqttPacket)new SubscribePacket(id, [.. wanted]) { Properties = properties };

    private static Gen<MqttSubscription> Subscription(MqttVersion version) =>
        from filter in Filter
        from qos in Qos
        from noLocal in Coin
        from asPublished in Coin
        from handling in Gen.Elements(MqttRetainHandling.SendAtSubscribe, MqttRetainHandling.SendIfNew, MqttRetainHandling.DoNotSend)
        select version == MqttVersion.V311
            ? new MqttSubscription(filter, qos)
            : new MqttSubscription(filter, qos)
            {
                NoLocal = noLocal && !filter.StartsWith("$share", StringComparison.Ordinal), RetainAsPublished = asPublished, RetainHandling = handling,
            };

    private static Gen<MqttPacket> SubAck(MqttVersion version) =>
        from id in Id
        from reasons in Gen.NonEmptyListOf(version == MqttVersion.V5
            ? Gen.Elements(MqttReasonCode.Success, MqttReasonCode.GrantedQos2, MqttReasonCode.NotAuthorized)
            : Gen.Elements(MqttReasonCode.Success, MqttReasonCode.GrantedQos1, MqttReasonCode.UnspecifiedError))
        from properties in Some(version, Reason, Users)
        select (MqttPacket)new SubAckPacket(id, [.. reasons]) { Properties = properties };

    private static Gen<MqttPacket> Unsubscribe(MqttVersion version) =>
        from id in Id
        from filters in Gen.NonEmptyListOf(Filter)
        from properties in Some(version, Users)
        select (MqttPacket)new UnsubscribePacket(id, [.. filters]) { Properties = properties };

    private static Gen<MqttPacket> UnsubAck(MqttVersion version) =>
        from id in Id
        from reasons in Gen.NonEmptyListOf(Gen.Elements(MqttReasonCode.Success, MqttReasonCode.NoSubscriptionExisted))
        from properties in Some(version, Reason, Users)
        select (MqttPacket)new UnsubAckPacket(id, version == MqttVersion.V5 ? [.. reasons] : []) { Properties = properties };

    private static Gen<MqttPacket> Disconnect(MqttVersion version) =>
        from reason in version == MqttVersion.V5 ? Gen.Elements(MqttReasonCode.Success, MqttReasonCode.DisconnectWithWill, MqttReasonCode.ProtocolError) : Gen.Constant(MqttReasonCode.Success)
        from properties in Some(version, Reason, Users, With(Seconds, (p, v) => p with { SessionExpirySeconds = v }), With(Text, (p, v) => p with { ServerReference = v }))
        select (MqttPacket)new DisconnectPacket(reason) { Properties = properties };

    private static Gen<MqttPacket> Auth =>
        from reason in Gen.Elements(MqttReasonCode.Success, MqttReasonCode.ContinueAuthentication, MqttReasonCode.ReAuthenticate)
        from properties in Some(MqttVersion.V5, Reason, Users, With(Text, (p, v) => p with { AuthenticationMethod = v }), With(Bytes, (p, v) => p with { AuthenticationData = v }))
        select (MqttPacket)new AuthPacket(reason) { Properties = properties };
}
