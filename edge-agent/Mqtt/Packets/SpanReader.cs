using System.Buffers.Binary;

namespace Presence.Mqtt.Packets;

/// <summary>Reads the fields of one packet in order; past the end it fails for good and returns nothing, and never throws.</summary>
internal ref struct SpanReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;
    private readonly int _length = bytes.Length;

    /// <summary>True once any field was cut short or out of shape; everything read since is empty.</summary>
    public bool Failed { get; private set; }

    public readonly int Remaining => _left.Length;

    public readonly int Position => _length - _left.Length;

    public byte Byte()
    {
        if (_left.IsEmpty) return (byte)Fail();
        var value = _left[0];
        _left = _left[1..];
        return value;
    }

    public ushort UInt16()
    {
        if (_left.Length < 2) return (ushort)Fail();
        var value = BinaryPrimitives.ReadUInt16BigEndian(_left);
        _left = _left[2..];
        return value;
    }

    public uint UInt32()
    {
        if (_left.Length < 4) return Fail();
        var value = BinaryPrimitives.ReadUInt32BigEndian(_left);
        _left = _left[4..];
        return value;
    }

    /// <summary>A variable byte integer: seven bits a byte, lowest first, at most four bytes, no longer than needed.</summary>
    public uint VarInt()
    {
        uint value = 0;
        for (var i = 0; i < 4; i++)
        {
            if (i >= _left.Length) return Fail();
            var next = _left[i];
            value |= (uint)(next & 0x7F) << (7 * i);
            if (next >= 0x80) continue;

            // The standard asks for the shortest form (1.5.5); a padded zero byte is someone probing.
            if (i > 0 && next == 0) return Fail();
            _left = _left[(i + 1)..];
            return value;
        }

        return Fail();
    }

    public ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_left.Length)
        {
            Fail();
            return default;
        }

        var value = _left[..length];
        _left = _left[length..];
        return value;
    }

    /// <summary>Binary data with its two-byte length.</summary>
    public ReadOnlySpan<byte> Binary() => Take(UInt16());

    /// <summary>A UTF-8 string with its two-byte length; text the standard forbids fails.</summary>
    public ReadOnlySpan<byte> Text()
    {
        var text = Binary();
        if (!MqttText.IsValid(text)) Fail();
        return text;
    }

    private uint Fail()
    {
        Failed = true;
        _left = default;
        return 0;
    }
}
