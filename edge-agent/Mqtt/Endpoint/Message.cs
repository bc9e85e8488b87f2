using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>A message on its way to subscribers; one object, however many they are.</summary>
internal sealed class Message
{
    /// <summary>What an entry in a queue costs beyond its bytes, roughly.</summary>
    private const int Overhead = 160;

    private readonly byte[] _topic;
    private readonly byte[] _payload;
    private readonly byte[] _properties;

    /// <param name="properties">Raw, for MQTT 5, without alias, expiry and subscription identifiers, which belong to one connection.</param>
    /// <param name="expiresAt">On the endpoint's clock; <see cref="long.MaxValue"/> for never.</param>
    public Message(string topic, byte[] payload, byte[] properties, long expiresAt, Subscriber? origin)
    {
        Topic = topic;
        _topic = Encoding.UTF8.GetBytes(topic);
        _payload = payload;
        _properties = properties;
        ExpiresAt = expiresAt;
        Origin = origin;
    }

    public string Topic { get; }

    public long ExpiresAt { get; }

    /// <summary>Whoever published it, for the no-local option; null for the endpoint itself.</summary>
    public Subscriber? Origin { get; }

    public bool IsEmpty => _payload.Length == 0;

    public int Bytes => _topic.Length + _payload.Length + _properties.Length + Overhead;

    /// <summary>Length of the PUBLISH for one connection, header included.</summary>
    public int PacketBytes(MqttVersion version, MqttQos qos, TopicAlias alias)
    {
        var remaining = Remaining(version, qos, alias, out _);
        return 1 + VarIntBytes(remaining) + remaining;
    }

    public void Write(IBufferWriter<byte> to, MqttVersion version, MqttQos qos, ushort id, bool retain, bool dup, TopicAlias alias, long now)
    {
        var remaining = Remaining(version, qos, alias, out var properties);
        var topic = alias.IsKnown ? [] : _topic.AsSpan();
        var head = to.GetSpan(15 + topic.Length + _properties.Length + 5 + TopicAlias.Bytes);
        head[0] = (byte)(0x30 | (dup ? 8 : 0) | (int)qos << 1 | (retain ? 1 : 0));
        var at = 1 + WriteVarInt(head[1..], remaining);
        BinaryPrimitives.WriteUInt16BigEndian(head[at..], (ushort)topic.Length);
        topic.CopyTo(head[(at + 2)..]);
        at += 2 + topic.Length;
        if (qos != MqttQos.AtMostOnce)
        {
            BinaryPrimitives.WriteUInt16BigEndian(head[at..], id);
            at += 2;
        }

        if (version == MqttVersion.V5)
        {
            at += WriteVarInt(head[at..], properties);
            if (ExpiresAt != long.MaxValue)
            {
                head[at] = (byte)PropertyId.MessageExpiry;
                BinaryPrimitives.WriteUInt32BigEndian(head[(at + 1)..], (uint)Math.Max(1, (ExpiresAt - now + 999) / 1000));
                at += 5;
            }

            if (alias.Number > 0)
            {
                head[at] = (byte)PropertyId.TopicAlias;
                BinaryPrimitives.WriteUInt16BigEndian(head[(at + 1)..], alias.Number);
                at += TopicAlias.Bytes;
            }

            _properties.CopyTo(head[at..]);
            at += _properties.Length;
        }

        to.Advance(at);
        to.Write(_payload);
    }

    private int Remaining(MqttVersion version, MqttQos qos, TopicAlias alias, out int properties)
    {
        properties = version == MqttVersion.V311
            ? 0 : _properties.Length + (ExpiresAt == long.MaxValue ? 0 : 5) + (alias.Number > 0 ? TopicAlias.Bytes : 0);
        return 2 + (alias.IsKnown ? 0 : _topic.Length) + (qos == MqttQos.AtMostOnce ? 0 : 2)
            + (version == MqttVersion.V311 ? 0 : VarIntBytes(properties) + properties) + _payload.Length;
    }

    private static int VarIntBytes(int value) => value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;

    private static int WriteVarInt(Span<byte> to, int value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7) to[at++] = (byte)(value | 0x80);
        to[at++] = (byte)value;
        return at;
    }
}
