using System.Buffers;

namespace Presence.Mqtt.Packets;

/// <summary>Packets from bytes and to bytes. A stranger's bytes get an answer, never an exception.</summary>
public static class MqttCodec
{
    /// <summary>Reads the first packet of a buffer.</summary>
    /// <param name="bytes">One or more packets, or the beginning of one.</param>
    /// <param name="version">What was agreed in CONNECT; a CONNECT says its own.</param>
    /// <param name="packet">The packet, when the result is success and it was whole; null when more bytes are needed or it is refused.</param>
    /// <param name="length">How many bytes it took; 0 when there is none.</param>
    /// <param name="maxPacket">Longest packet taken, header included.</param>
    /// <returns>Success, also for an incomplete packet; else why it is refused.</returns>
    public static MqttReasonCode TryDecode(
        ReadOnlySpan<byte> bytes, MqttVersion version, out MqttPacket? packet, out int length, int maxPacket = Frame.MaxRemaining + 5)
    {
        packet = null;
        length = 0;
        switch (Frame.TryReadHeader(bytes, maxPacket, out var first, out var remaining, out var header))
        {
            case FrameResult.Malformed: return MqttReasonCode.MalformedPacket;
            case FrameResult.TooLarge: return MqttReasonCode.PacketTooLarge;
            case FrameResult.Incomplete: return MqttReasonCode.Success;
        }

        if (bytes.Length - header < remaining) return MqttReasonCode.Success;
        var why = PacketDecoder.TryDecode(first, bytes.Slice(header, remaining), version, out packet);
        if (why == MqttReasonCode.Success) length = header + remaining;
        return why;
    }

    /// <summary>Writes a packet.</summary>
    /// <exception cref="ArgumentException">The packet holds what the wire cannot: an over-long string, a length out of range.</exception>
    public static void Encode(IBufferWriter<byte> to, MqttPacket packet, MqttVersion version)
    {
        var body = new ByteWriter();
        var first = PacketEncoder.WriteBody(body, packet, version);
        var frame = new ByteWriter();
        frame.Byte(first);
        frame.VarInt((uint)body.Length);
        to.Write(frame.Written);
        to.Write(body.Written);
    }

    /// <summary>Writes a packet into an array of its own.</summary>
    /// <exception cref="ArgumentException">As <see cref="Encode(IBufferWriter{byte}, MqttPacket, MqttVersion)"/>.</exception>
    public static byte[] Encode(MqttPacket packet, MqttVersion version)
    {
        var to = new ArrayBufferWriter<byte>();
        Encode(to, packet, version);
        return to.WrittenSpan.ToArray();
    }
}
