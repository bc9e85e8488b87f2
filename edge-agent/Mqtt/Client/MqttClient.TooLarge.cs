using System.Buffers;
using System.Text;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>What is larger than is taken.</content>
public sealed partial class MqttClient
{
    /// <summary>
    /// Begins to pass over a message that is too large. MQTT 3.1.1 has no word for how much is taken, and whoever ended the connection for it
    /// would meet the same retained message on the next one, for ever.
    /// </summary>
    /// <returns>Success when it is being passed over; null when more of its beginning must come first.</returns>
    private MqttReasonCode? PassOver(Connection connection, in ReadOnlySequence<byte> buffer)
    {
        Span<byte> head = stackalloc byte[5];
        var known = (int)Math.Min(head.Length, buffer.Length);
        buffer.Slice(0, known).CopyTo(head);
        _ = Frame.TryReadHeader(head[..known], maxPacket: 0, out var first, out var remaining, out var header);
        var qos = (MqttQos)((first >> 1) & 3);
        if (_options.Version != MqttVersion.V311 || first >> 4 != (int)MqttPacketType.Publish || qos > MqttQos.AtLeastOnce) return MqttReasonCode.PacketTooLarge;

        // Topic and id, which tell what is left out, and who waits for an acknowledgement.
        var reader = new SequenceReader<byte>(buffer.Slice(header));
        if (!reader.TryReadBigEndian(out short length) || !reader.TryReadExact((ushort)length, out var topic)) return null;
        short id = 0;
        if (qos == MqttQos.AtLeastOnce && !reader.TryReadBigEndian(out id)) return null;
        if (reader.Consumed > remaining) return MqttReasonCode.MalformedPacket;
        if (qos == MqttQos.AtLeastOnce) connection.Wire.Send(0x40, (ushort)id);
        connection.ToPassOver = (long)header + remaining;
        _options.OnTooLarge(Encoding.UTF8.GetString(topic), connection.ToPassOver);
        return MqttReasonCode.Success;
    }

    private static ReadOnlySequence<byte> PassedOver(Connection connection, in ReadOnlySequence<byte> buffer)
    {
        var gone = Math.Min(connection.ToPassOver, buffer.Length);
        connection.ToPassOver -= gone;
        return buffer.Slice(gone);
    }
}
