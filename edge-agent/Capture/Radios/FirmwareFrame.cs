using System.Buffers.Binary;
using Presence.Capture.Files;
using Presence.Capture.Wifi;

namespace Presence.Capture.Radios;

/// <summary>A frame as a radio's own firmware hands it in, one per UDP datagram or between two marks on a serial line.</summary>
/// <remarks>
/// <code>
/// version 1 | receiver | link type (2) | time (8) | original length (2) | frame … | check (4)
/// </code>
/// Little-endian. Link types are those of pcap, so that what follows is read by the same code as a file. Time: nanoseconds since 1970,
/// or 0 from a radio without a clock; one that is a minute off is taken for none. Check: CRC-32 (as IEEE 802.3) of all before it. For firmware authors:
/// <c>firmware-notes/firmware-door.md</c>.
/// </remarks>
public static class FirmwareFrame
{
    /// <summary>Bytes around the frame itself.</summary>
    public const int Overhead = HeaderLength + CheckLength;

    /// <summary>The longest content that is believed.</summary>
    public const int Longest = 8_192;

    /// <summary>How far a radio's clock may be from ours: more than a minute is a clock that was never set, and the time of arrival is the better one.</summary>
    private const long MostOffNs = 60_000_000_000;

    private const int HeaderLength = 14;
    private const int CheckLength = 4;
    private const byte Version = 1;

    /// <summary>Reads one content.</summary>
    /// <param name="content">Header, frame and check.</param>
    /// <param name="number">The frame's place in its stream, from 1.</param>
    /// <param name="arrivedNs">When it came, for a radio without a clock or with a wrong one.</param>
    /// <param name="frame">The frame, valid as long as the content.</param>
    /// <param name="receiver">Which of the firmware's radios heard it.</param>
    public static DoorRefusal Read(ReadOnlySpan<byte> content, long number, long arrivedNs, out CapturedFrame frame, out byte receiver)
    {
        frame = default;
        receiver = 0;
        if (content.Length is < Overhead or > Longest) return DoorRefusal.Length;
        if (FrameCheck.Of(content[..^CheckLength]) != BinaryPrimitives.ReadUInt32LittleEndian(content[^CheckLength..])) return DoorRefusal.Check;
        if (content[0] != Version) return DoorRefusal.Version;
        receiver = content[1];
        var time = BinaryPrimitives.ReadInt64LittleEndian(content[4..]);
        var bytes = content[HeaderLength..^CheckLength];
        frame = new CapturedFrame
        {
            Number = number,
            TimeNs = time < arrivedNs - MostOffNs || time > arrivedNs + MostOffNs ? arrivedNs : time,
            Link = (LinkType)BinaryPrimitives.ReadUInt16LittleEndian(content[2..]),
            FcsLength = -1,
            OriginalLength = Math.Max(bytes.Length, BinaryPrimitives.ReadUInt16LittleEndian(content[12..])),
            Bytes = bytes,
        };
        return DoorRefusal.None;
    }

    /// <summary>Writes one content, as firmware does.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> to, byte receiver, LinkType link, long timeNs, ReadOnlySpan<byte> frame)
    {
        to[0] = Version;
        to[1] = receiver;
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], (ushort)link);
        BinaryPrimitives.WriteInt64LittleEndian(to[4..], timeNs);
        BinaryPrimitives.WriteUInt16LittleEndian(to[12..], (ushort)frame.Length);
        frame.CopyTo(to[HeaderLength..]);
        var length = HeaderLength + frame.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(to[length..], FrameCheck.Of(to[..length]));
        return length + CheckLength;
    }
}
