using System.Buffers.Binary;

namespace Presence.Capture.Files;

/// <summary>One file format. After <see cref="TryRead"/> answered false it is not called again.</summary>
internal abstract class FrameReader(ByteSource source)
{
    /// <summary>What is wrong, or null at a proper end.</summary>
    public string? Problem { get; private set; }

    /// <summary>Where it is wrong.</summary>
    public long FaultOffset { get; private set; }

    protected ByteSource Source => source;

    protected bool BigEndian { get; set; }

    public abstract bool TryRead(long number, out CapturedFrame frame);

    /// <summary>Ends reading with a fault at the next byte.</summary>
    protected bool Broken(string problem) => Broken(source.Offset, problem);

    protected bool Broken(long offset, string problem)
    {
        Problem = problem;
        FaultOffset = offset;
        return false;
    }

    protected ushort U16(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    protected uint U32(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    protected ulong U64(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    /// <summary>A length as an int, also when the file claims more than two billion.</summary>
    protected static int Length(uint length) => (int)Math.Min(length, int.MaxValue);
}
