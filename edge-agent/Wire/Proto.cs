using System.Buffers.Binary;
using System.Text;

namespace Presence.Wire;

/// <summary>Walks a Protobuf message of a stranger: every step says whether there was one, none throws.</summary>
/// <remarks>
/// <code>
/// tag = field number × 8 + wire type      0 varint · 1 eight bytes · 2 length and bytes · 5 four bytes
/// </code>
/// Groups (types 3 and 4) went out of use before version 3 and are refused. Source: protobuf.dev, Encoding.
/// </remarks>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position == _message.Length;

    /// <summary>Reads a tag; false for the field number 0, a group, or when cut short.</summary>
    public bool TryTag(out uint tag)
    {
        var read = TryVarint(out var value);
        tag = (uint)value;
        return read && value <= uint.MaxValue && tag >> 3 != 0 && (tag & 7) is 0 or 1 or 2 or 5;
    }

    /// <summary>Reads up to ten bytes of seven bits, lowest first.</summary>
    public bool TryVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && Position < _message.Length; shift += 7)
        {
            var next = _message[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                // The tenth byte has room for one bit.
                return shift < 63 || next <= 1;
            }
        }

        return false;
    }

    public bool TryFixed64(out ulong value)
    {
        if (_message.Length - Position < 8)
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadUInt64LittleEndian(_message[Position..]);
        Position += 8;
        return true;
    }

    public bool TryBytes(out ReadOnlySpan<byte> bytes)
    {
        if (!TryVarint(out var length) || length > (ulong)(_message.Length - Position))
        {
            bytes = default;
            return false;
        }

        bytes = _message.Slice(Position, (int)length);
        Position += (int)length;
        return true;
    }

    /// <param name="text">Valid UTF-8 of at most <paramref name="most"/> bytes, or empty.</param>
    /// <param name="most">Longest allowed, in bytes.</param>
    public bool TryText(out string text, int most)
    {
        text = "";
        if (!TryBytes(out var bytes) || bytes.Length > most || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes);
        return true;
    }

    /// <summary>Steps over the value of a field that is not known, or not of the type we know.</summary>
    public bool TrySkip(uint tag)
    {
        var four = Position + 4 <= _message.Length;
        switch (tag & 7)
        {
            case 0: return TryVarint(out _);
            case 1: return TryFixed64(out _);
            case 2: return TryBytes(out _);
            default:
                Position += four ? 4 : 0;
                return four;
        }
    }
}

/// <summary>Writes a Protobuf message into a buffer that the caller made large enough.</summary>
internal ref struct ProtoWriter(Span<byte> into)
{
    private readonly Span<byte> _into = into;

    public int Written { get; private set; }

    /// <summary>The longest a varint can be.</summary>
    public const int Varint = 10;

    public void Raw(ulong value)
    {
        while (value >= 0x80)
        {
            _into[Written++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _into[Written++] = (byte)value;
    }

    /// <summary>A varint field; 0 is left out, as version 3 does.</summary>
    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Raw((uint)field << 3);
            Raw(value);
        }
    }

    public void Fixed64(int field, ulong value)
    {
        if (value != 0)
        {
            Raw(((uint)field << 3) | 1);
            BinaryPrimitives.WriteUInt64LittleEndian(_into[Written..], value);
            Written += 8;
        }
    }

    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Begin(field, bytes.Length);
            bytes.CopyTo(_into[Written..]);
            Written += bytes.Length;
        }
    }

    /// <summary>Tag and length of a field whose bytes follow.</summary>
    public void Begin(int field, int length)
    {
        Raw(((uint)field << 3) | 2);
        Raw((uint)length);
    }

    public void Text(int field, string text)
    {
        if (text.Length > 0)
        {
            Begin(field, Encoding.UTF8.GetByteCount(text));
            Written += Encoding.UTF8.GetBytes(text, _into[Written..]);
        }
    }

    public void Packed(int field, ReadOnlySpan<ulong> values)
    {
        if (!values.IsEmpty)
        {
            Begin(field, values.Length * 8);
            foreach (var value in values)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(_into[Written..], value);
                Written += 8;
            }
        }
    }

    /// <summary>A message written apart, after <see cref="Begin"/>.</summary>
    public void Append(in ProtoWriter other)
    {
        other._into[..other.Written].CopyTo(_into[Written..]);
        Written += other.Written;
    }

    public readonly byte[] ToArray() => _into[..Written].ToArray();

    /// <summary>How many bytes a varint takes.</summary>
    public static int LengthOf(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;
}
