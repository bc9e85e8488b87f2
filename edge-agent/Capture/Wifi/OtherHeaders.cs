using System.Buffers.Binary;

namespace Presence.Capture.Wifi;

/// <summary>Reads Per-Packet Information headers.</summary>
/// <remarks>
/// <code>version 0 | flags | length (2) | link type (4) | fields: type (2) | length (2) | value</code>
/// Source: "PPI Packet Header Format", CACE Technologies, 1.0.10: 3.1 (header), 4.1.2 (802.11-Common), 4.1.3.2 (802.11n MAC+PHY).
/// </remarks>
public static class PerPacketInformation
{
    private const int Common = 2;
    private const int MacPhy = 4;

    public static FrameRefusal Read(ReadOnlySpan<byte> frame, out RadioHeader header)
    {
        header = RadioHeader.Nothing;
        if (frame.Length < 8) return FrameRefusal.RadioHeaderCut;
        if (frame[0] != 0) return FrameRefusal.RadioHeaderUnknown;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]);
        if (length < 8) return FrameRefusal.RadioHeaderWrong;
        if (length > frame.Length) return FrameRefusal.RadioHeaderCut;
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) != (uint)Files.LinkType.Ieee80211) return FrameRefusal.NotWifi;
        header.Length = length;
        var aligned = (frame[1] & 1) != 0;
        for (var fields = frame[8..length]; fields.Length >= 4;)
        {
            var type = BinaryPrimitives.ReadUInt16LittleEndian(fields);
            var size = BinaryPrimitives.ReadUInt16LittleEndian(fields[2..]);
            if (4 + size > fields.Length) break;
            var value = fields.Slice(4, size);
            if (type == Common && size >= 20) ReadCommon(value, ref header);
            if (type == MacPhy && size >= 48) ReadMacPhy(value, ref header);
            fields = fields[Math.Min(fields.Length, 4 + (aligned ? (size + 3) & ~3 : size))..];
        }

        return FrameRefusal.None;
    }

    private static void ReadCommon(ReadOnlySpan<byte> value, ref RadioHeader header)
    {
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(value[8..]);
        header.Tsft = BinaryPrimitives.ReadUInt64LittleEndian(value) * ((flags & 2) != 0 ? 1_000UL : 1UL);
        header.HasTsft = header.Tsft != 0;
        header.Fcs = (flags & 1) != 0 ? FcsPresence.Present : FcsPresence.Absent;
        header.BadFcs = (flags & 4) != 0;
        header.RateBps = BinaryPrimitives.ReadUInt16LittleEndian(value[10..]) * 500_000L;
        header.FrequencyMhz = BinaryPrimitives.ReadUInt16LittleEndian(value[12..]);
        if (value[18] != 0) header.SignalDbm = (sbyte)value[18];
    }

    private static void ReadMacPhy(ReadOnlySpan<byte> value, ref RadioHeader header)
    {
        // Signal and noise of four antennas, a byte each; -128 where an antenna is not there.
        for (byte antenna = 0; antenna < 4; antenna++)
        {
            var dbm = (sbyte)value[24 + (antenna * 2)];
            if (dbm is not (0 or RadioHeader.Unmeasured)) header.AddAntenna(antenna, dbm);
        }
    }
}

/// <summary>Reads Prism headers, and AVS headers, which some drivers put in their place.</summary>
/// <remarks>
/// <code>message code (4) | length (4) | device (16) | ten items: id (4) | status (2) | length (2) | value (4)</code>
/// In the byte order of the machine that captured. Source: the <c>p80211msg</c> layout of linux-wlan-ng; ids end in 44 or 41.
/// AVS is big-endian throughout: <c>linux-wlan.org/docs/specs/capturefrm.txt</c>.
/// </remarks>
public static class PrismAndAvs
{
    private const int PrismLength = 144;
    private const int AvsLength = 64;

    public static FrameRefusal ReadPrism(ReadOnlySpan<byte> frame, out RadioHeader header)
    {
        header = RadioHeader.Nothing;
        if (frame.Length < 8) return FrameRefusal.RadioHeaderCut;
        var mark = BinaryPrimitives.ReadUInt32BigEndian(frame);
        if ((mark & 0xFFFF_F000) == 0x8021_1000) return ReadAvs(frame, out header);
        if (mark is not (0x44 or 0x41 or 0x4400_0000 or 0x4100_0000))
        {
            // Some drivers announce Prism and give bare frames.
            return FrameRefusal.None;
        }

        var big = mark is 0x44 or 0x41;
        var length = U32(frame[4..], big);
        if (length != PrismLength) return FrameRefusal.RadioHeaderWrong;
        if (frame.Length < PrismLength) return FrameRefusal.RadioHeaderCut;
        header.Length = PrismLength;
        for (var at = 24; at < PrismLength; at += 12)
        {
            var id = U32(frame[at..], big);
            var status = big ? BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 4)..]) : BinaryPrimitives.ReadUInt16LittleEndian(frame[(at + 4)..]);
            var item = (id & 0xFF) switch { 0x44 => id >> 16, 0x41 => id >> 12, _ => 0u };
            if (status == 0) ReadItem(item, U32(frame[(at + 8)..], big), ref header);
        }

        return FrameRefusal.None;
    }

    public static FrameRefusal ReadAvs(ReadOnlySpan<byte> frame, out RadioHeader header)
    {
        header = RadioHeader.Nothing;
        if (frame.Length < AvsLength) return FrameRefusal.RadioHeaderCut;
        if ((BinaryPrimitives.ReadUInt32BigEndian(frame) & 0xFFFF_F000) != 0x8021_1000) return FrameRefusal.RadioHeaderUnknown;
        var length = BinaryPrimitives.ReadUInt32BigEndian(frame[4..]);
        if (length < AvsLength) return FrameRefusal.RadioHeaderWrong;
        if (length > frame.Length) return FrameRefusal.RadioHeaderCut;
        header.Length = (int)length;
        header.Tsft = BinaryPrimitives.ReadUInt64BigEndian(frame[8..]);
        header.HasTsft = true;
        header.ChannelNumber = (ushort)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(frame[28..]), ushort.MaxValue);
        header.RateBps = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(frame[32..]), 1_000_000u) * 100_000L;
        var kind = BinaryPrimitives.ReadUInt32BigEndian(frame[44..]);
        var signal = BinaryPrimitives.ReadInt32BigEndian(frame[48..]);

        // Kind 2 is dBm; the others are a maker's own scale, which is no strength.
        if (kind == 2 && signal is > -128 and <= 127) header.SignalDbm = (sbyte)signal;
        return FrameRefusal.None;
    }

    private static void ReadItem(uint item, uint value, ref RadioHeader header)
    {
        switch (item)
        {
            case 2:
                header.Tsft = value;
                header.HasTsft = true;
                break;
            case 3:
                header.ChannelNumber = (ushort)Math.Min(value, ushort.MaxValue);
                break;
            case 6 when (int)value is > -128 and < 0:
                header.SignalDbm = (sbyte)(int)value;
                break;
            case 8:
                header.RateBps = Math.Min(value, 10_000u) * 500_000L;
                break;
        }
    }

    private static uint U32(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
