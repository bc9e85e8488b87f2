using System.Buffers;

namespace Presence.Mqtt.Packets;

/// <summary>What the start of a buffer holds.</summary>
internal enum FrameResult
{
    /// <summary>Not enough bytes to tell, or to hold the packet.</summary>
    Incomplete,

    /// <summary>One whole packet.</summary>
    Complete,

    /// <summary>A length that no packet has.</summary>
    Malformed,

    /// <summary>A packet longer than agreed; nothing of it need be awaited.</summary>
    TooLarge,
}

/// <summary>Cuts packets from a stream: one byte of type and flags, one to four of remaining length, then the body.</summary>
internal static class Frame
{
    /// <summary>Largest remaining length that four bytes of seven bits say.</summary>
    public const int MaxRemaining = 268_435_455;

    /// <summary>Reads the first packet and moves the buffer behind it; leaves the buffer alone when there is none.</summary>
    /// <param name="buffer">What has arrived.</param>
    /// <param name="maxPacket">Longest packet taken, header included.</param>
    /// <param name="first">Type and flags, valid unless incomplete.</param>
    /// <param name="body">The bytes behind the length.</param>
    public static FrameResult TryRead(ref ReadOnlySequence<byte> buffer, int maxPacket, out byte first, out ReadOnlySequence<byte> body)
    {
        first = 0;
        body = default;
        var head = buffer.FirstSpan;
        if (head.Length < 5 && buffer.Length > head.Length) return TryReadSlowly(ref buffer, maxPacket, out first, out body);
        var result = TryReadHeader(head, maxPacket, out first, out var remaining, out var header);
        if (result != FrameResult.Complete) return result;
        return Cut(ref buffer, header, remaining, out body);
    }

    /// <summary>Reads type, flags and length.</summary>
    /// <param name="head">At least five bytes, or all there are.</param>
    public static FrameResult TryReadHeader(ReadOnlySpan<byte> head, int maxPacket, out byte first, out int remaining, out int header)
    {
        remaining = 0;
        header = 0;
        first = head.IsEmpty ? (byte)0 : head[0];
        for (var i = 1; i < head.Length; i++)
        {
            remaining |= (head[i] & 0x7F) << (7 * (i - 1));
            if (head[i] < 0x80)
            {
                if (i > 1 && head[i] == 0) return FrameResult.Malformed;
                header = i + 1;
                return (long)header + remaining > maxPacket ? FrameResult.TooLarge : FrameResult.Complete;
            }

            if (i == 4) return FrameResult.Malformed;
        }

        return FrameResult.Incomplete;
    }

    private static FrameResult TryReadSlowly(
        ref ReadOnlySequence<byte> buffer, int maxPacket, out byte first, out ReadOnlySequence<byte> body)
    {
        Span<byte> head = stackalloc byte[5];
        var known = (int)Math.Min(5, buffer.Length);
        buffer.Slice(0, known).CopyTo(head);
        body = default;
        var result = TryReadHeader(head[..known], maxPacket, out first, out var remaining, out var header);
        return result == FrameResult.Complete ? Cut(ref buffer, header, remaining, out body) : result;
    }

    private static FrameResult Cut(ref ReadOnlySequence<byte> buffer, int header, int remaining, out ReadOnlySequence<byte> body)
    {
        if (buffer.Length < header + remaining)
        {
            body = default;
            return FrameResult.Incomplete;
        }

        body = buffer.Slice(header, remaining);
        buffer = buffer.Slice(body.End);
        return FrameResult.Complete;
    }
}
