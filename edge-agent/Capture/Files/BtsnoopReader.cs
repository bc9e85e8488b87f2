using System.Buffers.Binary;

namespace Presence.Capture.Files;

/// <summary>btsnoop: HCI without (1001) and with (1002) packet type, and Linux's monitor (2001). Always big-endian.</summary>
/// <remarks>Sources: RFC 1761 for the layout, the btsnoop page of the Frontline documentation, BlueZ <c>doc/btsnoop.txt</c>.</remarks>
internal sealed class BtsnoopReader(ByteSource source) : FrameReader(source)
{
    private const int FileHeader = 16;
    private const int RecordHeader = 24;

    /// <summary>1970 in btsnoop's time, which counts microseconds from the year 0.</summary>
    private const long Epoch = 0x00DCDDB3_0F2F8000;

    private bool _begun;
    private LinkType _link;

    public override bool TryRead(long number, out CapturedFrame frame)
    {
        frame = default;
        if (!_begun && !Begin()) return false;
        if (!Source.Need(RecordHeader))
        {
            return Source.Available == 0 ? false : Broken($"the file ends inside the header of frame {number}");
        }

        var captured = BinaryPrimitives.ReadUInt32BigEndian(Source.Peek(8)[4..]);
        if (captured > CaptureFile.LargestFrame)
        {
            return Broken($"frame {number} claims {captured} bytes; no frame has more than {CaptureFile.LargestFrame}");
        }

        var whole = RecordHeader + (int)captured;
        if (!Source.Need(whole))
        {
            return Broken(
                $"frame {number} has {captured} bytes, but the file ends after {Source.Available - RecordHeader} of them");
        }

        var record = Source.Peek(whole);
        frame = new CapturedFrame
        {
            Number = number,
            TimeNs = unchecked((BinaryPrimitives.ReadInt64BigEndian(record[16..]) - Epoch) * 1_000),
            Link = _link,
            FcsLength = -1,
            Flags = BinaryPrimitives.ReadUInt32BigEndian(record[8..]),
            OriginalLength = Length(BinaryPrimitives.ReadUInt32BigEndian(record)),
            Bytes = record[RecordHeader..],
        };
        Source.Take(whole);
        return true;
    }

    private bool Begin()
    {
        if (!Source.Need(FileHeader)) return Broken("the file ends inside its header");
        var header = Source.Peek(FileHeader);
        var version = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        if (version != 1) return Broken($"btsnoop version {version} is not known; 1 is");
        var datalink = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
        switch (datalink)
        {
            case 1001: _link = LinkType.HciH1; break;
            case 1002: _link = LinkType.HciH4; break;
            case 2001: _link = LinkType.BtsnoopMonitor; break;
            default: return Broken($"btsnoop datalink {datalink} is not known; 1001, 1002 and 2001 are");
        }

        Source.Take(FileHeader);
        _begun = true;
        return true;
    }
}
