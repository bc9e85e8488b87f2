using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Presence.Cloud.Stages;

/// <summary>Writes a snapshot: fixed-width little-endian numbers and length-prefixed bytes.</summary>
public sealed class StateWriter(ArrayBufferWriter<byte> to)
{
    public ArrayBufferWriter<byte> Bytes { get; } = to;

    public StateWriter Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Bytes.GetSpan(8), value);
        Bytes.Advance(8);
        return this;
    }

    public StateWriter Bool(bool value) => Long(value ? 1 : 0);

    public StateWriter Guid(Guid value)
    {
        value.TryWriteBytes(Bytes.GetSpan(16));
        Bytes.Advance(16);
        return this;
    }

    public StateWriter Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Long(length);
        Encoding.UTF8.GetBytes(value, Bytes.GetSpan(length));
        Bytes.Advance(length);
        return this;
    }

    /// <summary>Writes a part whose length is known only when it is written.</summary>
    public StateWriter Part(Action<IBufferWriter<byte>> save)
    {
        var part = new ArrayBufferWriter<byte>();
        save(part);
        Long(part.WrittenCount);
        Bytes.Write(part.WrittenSpan);
        return this;
    }
}

/// <summary>Reads what <see cref="StateWriter"/> wrote; running out of bytes throws <see cref="ArgumentOutOfRangeException"/>.</summary>
public ref struct StateReader(ReadOnlySpan<byte> from)
{
    private ReadOnlySpan<byte> _left = from;

    public readonly bool IsEmpty => _left.IsEmpty;

    public long Long()
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(_left);
        _left = _left[8..];
        return value;
    }

    public bool Bool() => Long() != 0;

    public Guid Guid()
    {
        var value = new Guid(_left[..16]);
        _left = _left[16..];
        return value;
    }

    public string Text() => Encoding.UTF8.GetString(Part());

    public ReadOnlySpan<byte> Part()
    {
        var length = (int)Long();
        var part = _left[..length];
        _left = _left[length..];
        return part;
    }
}
