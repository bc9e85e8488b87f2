using System.Buffers.Binary;
using System.Text;

namespace Presence.Mqtt.Packets;

/// <summary>A growing array of bytes with the wire's field types; for the packets that are few.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[64];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value) => Room(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Room(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Room(4), value);

    public void VarInt(uint value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (uint)Frame.MaxRemaining);
        do
        {
            var low = (byte)(value & 0x7F);
            value >>= 7;
            Byte(value > 0 ? (byte)(low | 0x80) : low);
        }
        while (value > 0);
    }

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Room(value.Length));

    public void Binary(ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, MqttText.MaxBytes);
        UInt16((ushort)value.Length);
        Bytes(value);
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MqttText.MaxBytes);
        UInt16((ushort)length);
        Encoding.UTF8.GetBytes(value, Room(length));
    }

    public void Flag(PropertyId id, bool? value)
    {
        if (value is not { } set) return;
        Byte((byte)id);
        Byte(set ? (byte)1 : (byte)0);
    }

    public void Number2(PropertyId id, ushort? value)
    {
        if (value is not { } number) return;
        Byte((byte)id);
        UInt16(number);
    }

    public void Number4(PropertyId id, uint? value)
    {
        if (value is not { } number) return;
        Byte((byte)id);
        UInt32(number);
    }

    public void Text(PropertyId id, string? value)
    {
        if (value is null) return;
        Byte((byte)id);
        Text(value);
    }

    public void Binary(PropertyId id, ReadOnlyMemory<byte>? value)
    {
        if (value is not { } bytes) return;
        Byte((byte)id);
        Binary(bytes.Span);
    }

    private Span<byte> Room(int length)
    {
        if (Length + length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        Length += length;
        return _bytes.AsSpan(Length - length, length);
    }
}
