using System.Buffers.Binary;

namespace Presence.Capture.Files;

/// <summary>pcapng: several sections, each in its own byte order and with its own interfaces; unknown blocks are passed over.</summary>
/// <remarks>Source: <c>draft-ietf-opsawg-pcapng</c>, section 4; block numbers as there.</remarks>
internal sealed class PcapNgReader(ByteSource source) : FrameReader(source)
{
    private const uint SectionHeader = 0x0A0D0D0A;

    /// <summary>A packet with all its options; larger ones than this are not believed.</summary>
    private const uint LargestBlock = CaptureFile.LargestFrame + 65_536;

    /// <summary>Interfaces of one section that are believed; each costs memory, and a file may name millions.</summary>
    private const int MostInterfaces = 65_536;

    private readonly List<Interface> _interfaces = [];

    private readonly record struct Interface(LinkType Link, uint SnapLength, byte Resolution, long OffsetSeconds, int FcsLength);

    public override bool TryRead(long number, out CapturedFrame frame)
    {
        frame = default;
        while (Source.Need(8))
        {
            var type = U32(Source.Peek(4));
            if (type == SectionHeader)
            {
                if (!BeginSection()) return false;
                continue;
            }

            // A length that is no multiple of four is a known writer's mistake; what follows is aligned all the same.
            var length = U32(Source.Peek(8)[4..]);
            if (length < 12) return Broken($"a block claims {length} bytes; the smallest has 12");
            var padded = ((long)length + 3) & ~3L;
            if (type is not (1 or 2 or 3 or 6))
            {
                var begin = Source.Offset;
                if (!Source.Skip(padded)) return Broken(begin, $"a block has {length} bytes, but the file ends before");
                continue;
            }

            if (length > LargestBlock) return Broken($"a block claims {length} bytes; more than {LargestBlock} is not believed");
            if (!Source.Need((int)padded)) return Broken($"a block has {length} bytes, but the file ends after {Source.Available} of them");
            var block = Source.Peek((int)padded);
            var again = U32(block[^4..]);
            if (again != length) return Broken($"a block says {length} bytes at its beginning and {again} at its end");
            var body = block[8..^4];
            if (type == 1)
            {
                if (!AddInterface(body)) return false;
                Source.Take((int)padded);
                continue;
            }

            var read = type switch
            {
                2 => Packet(number, body, old: true, out frame),
                3 => SimplePacket(number, body, out frame),
                _ => Packet(number, body, old: false, out frame),
            };
            if (read) Source.Take((int)padded);
            return read;
        }

        return Source.Available == 0 ? false : Broken("the file ends inside the header of a block");
    }

    private bool BeginSection()
    {
        if (!Source.Need(28)) return Broken("the file ends inside the header of a section");
        var header = Source.Peek(28);
        switch (BinaryPrimitives.ReadUInt32BigEndian(header[8..]))
        {
            case 0x1A2B3C4D: BigEndian = true; break;
            case 0x4D3C2B1A: BigEndian = false; break;
            default: return Broken(Source.Offset + 8, "the section's byte order mark is neither of the two");
        }

        if (U16(header[12..]) != 1) return Broken(Source.Offset + 12, $"pcapng version {U16(header[12..])} is not known; 1 is");
        var length = U32(header[4..]);
        if (length < 28) return Broken(Source.Offset + 4, $"the section's header claims {length} bytes; the smallest has 28");
        var begin = Source.Offset;
        if (!Source.Skip(((long)length + 3) & ~3L)) return Broken(begin, "the file ends inside the header of a section");
        _interfaces.Clear();
        return true;
    }

    private bool AddInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8) return Broken("an interface's block is too short");
        if (_interfaces.Count >= MostInterfaces) return Broken($"more than {MostInterfaces} interfaces in a section are not believed");
        byte resolution = 6;
        long offset = 0;
        var fcs = -1;
        for (var options = body[8..]; options.Length >= 4;)
        {
            var (code, size) = (U16(options), U16(options[2..]));
            if (code == 0 || 4 + size > options.Length) break;
            var value = options.Slice(4, size);
            if (code == 9 && size >= 1) resolution = value[0];
            if (code == 13 && size >= 1) fcs = value[0];
            if (code == 14 && size >= 8) offset = (long)U64(value);
            options = options[Math.Min(options.Length, 4 + ((size + 3) & ~3))..];
        }

        _interfaces.Add(new Interface((LinkType)U16(body), U32(body[4..]), resolution, offset, fcs));
        return true;
    }

    private bool Packet(long number, ReadOnlySpan<byte> body, bool old, out CapturedFrame frame)
    {
        frame = default;
        if (body.Length < 20) return Broken($"the block of frame {number} is too short");
        var index = old ? U16(body) : U32(body);
        if (index >= _interfaces.Count) return Broken($"frame {number} names interface {index}; the section has {_interfaces.Count}");
        var captured = U32(body[12..]);
        if (captured > CaptureFile.LargestFrame || captured > body.Length - 20)
        {
            return Broken($"frame {number} claims {captured} bytes; its block has room for {body.Length - 20}");
        }

        var from = _interfaces[(int)index];
        frame = new CapturedFrame
        {
            Number = number,
            TimeNs = Nanoseconds(((ulong)U32(body[4..]) << 32) | U32(body[8..]), from),
            Link = from.Link,
            FcsLength = from.FcsLength,
            OriginalLength = Length(U32(body[16..])),
            Bytes = body.Slice(20, (int)captured),
        };
        return true;
    }

    private bool SimplePacket(long number, ReadOnlySpan<byte> body, out CapturedFrame frame)
    {
        frame = default;
        if (body.Length < 4) return Broken($"the block of frame {number} is too short");
        if (_interfaces.Count == 0) return Broken($"frame {number} comes before any interface");
        var from = _interfaces[0];
        var original = U32(body);
        var captured = Math.Min(original, from.SnapLength == 0 ? uint.MaxValue : from.SnapLength);
        if (captured > body.Length - 4)
        {
            return Broken($"frame {number} claims {captured} bytes; its block has room for {body.Length - 4}");
        }

        frame = new CapturedFrame
        {
            Number = number,
            Link = from.Link,
            FcsLength = from.FcsLength,
            OriginalLength = Length(original),
            Bytes = body.Slice(4, (int)captured),
        };
        return true;
    }

    private static long Nanoseconds(ulong ticks, in Interface from)
    {
        // The highest bit chooses: a negative power of two or of ten. Past 10^-27 or 2^-63 nothing is left of a 64-bit count.
        var power = from.Resolution & 0x7F;
        UInt128 ns = (from.Resolution & 0x80) != 0
            ? power > 63 ? 0 : ((UInt128)ticks * 1_000_000_000) >> power
            : power <= 9 ? (UInt128)ticks * PowerOfTen(9 - power)
            : power - 9 > 19 ? 0 : ticks / PowerOfTen(power - 9);
        return unchecked((long)(ulong)ns + (from.OffsetSeconds * 1_000_000_000));
    }

    private static ulong PowerOfTen(int power)
    {
        ulong value = 1;
        while (power-- > 0) value *= 10;
        return value;
    }
}
