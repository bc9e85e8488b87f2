using System.Buffers.Binary;

namespace Presence.Capture.Files;

/// <summary>pcap: either byte order, micro- or nanoseconds, and the variant with eight more bytes a record.</summary>
/// <remarks>Source: <c>draft-ietf-opsawg-pcap</c>, sections 4 and 5.</remarks>
internal sealed class PcapReader(ByteSource source) : FrameReader(source)
{
    private const int FileHeader = 24;
    private bool _begun;
    private long _nsPerTick = 1_000;
    private int _recordHeader = 16;
    private LinkType _link;
    private int _fcsLength = -1;

    public override bool TryRead(long number, out CapturedFrame frame)
    {
        frame = default;
        if (!_begun && !Begin()) return false;
        if (!Source.Need(_recordHeader))
        {
            return Source.Available == 0 ? false : Broken($"the file ends inside the header of frame {number}");
        }

        var header = Source.Peek(_recordHeader);
        var captured = U32(header[8..]);
        if (captured > CaptureFile.LargestFrame)
        {
            return Broken($"frame {number} claims {captured} bytes; no frame has more than {CaptureFile.LargestFrame}");
        }

        var whole = _recordHeader + (int)captured;
        if (!Source.Need(whole))
        {
            return Broken(
                $"frame {number} has {captured} bytes, but the file ends after {Source.Available - _recordHeader} of them");
        }

        header = Source.Peek(whole);
        frame = new CapturedFrame
        {
            Number = number,
            TimeNs = (U32(header) * 1_000_000_000L) + (U32(header[4..]) * _nsPerTick),
            Link = _link,
            FcsLength = _fcsLength,
            OriginalLength = Length(U32(header[12..])),
            Bytes = header[_recordHeader..],
        };
        Source.Take(whole);
        return true;
    }

    private bool Begin()
    {
        if (!Source.Need(FileHeader)) return Broken("the file ends inside its header");
        var header = Source.Peek(FileHeader);
        var mark = BinaryPrimitives.ReadUInt32BigEndian(header);
        BigEndian = mark >> 24 == 0xA1;
        mark = U32(header);
        if (mark == 0xA1B23C4D) _nsPerTick = 1;
        if (mark == 0xA1B2CD34) _recordHeader = 24;
        if (U16(header[4..]) != 2) return Broken($"pcap version {U16(header[4..])}.{U16(header[6..])} is not known; 2 is");

        // fcs len (4 bits) | R P (2 bits) | link type (26 bits, of which 16 are used); the length counts when P is set, in 16-bit units.
        var link = U32(header[20..]);
        _link = (LinkType)(link & 0xFFFF);
        if ((link & 0x0400_0000) != 0) _fcsLength = (int)(link >> 28) * 2;
        Source.Take(FileHeader);
        _begun = true;
        return true;
    }
}
