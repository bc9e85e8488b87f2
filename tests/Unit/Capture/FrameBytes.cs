using System.Buffers.Binary;

namespace Presence.Unit.Capture;

/// <summary>Frames and files, built byte by byte for these tests.</summary>
internal static class FrameBytes
{
    public const ulong Phone = 0xDAA119_010203;
    public const ulong AccessPoint = 0x001122_334455;

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static byte[] Address(ulong address)
    {
        var octets = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, address);
        return octets[2..];
    }

    /// <summary>Radiotap with flags, rate, channel, signal and antenna; then the frame.</summary>
    public static byte[] Radiotap(byte[] frame, sbyte dbm = -60, ushort mhz = 2437, byte flags = 0, byte antenna = 0)
    {
        byte[] header = [0, 0, 15, 0, 0x2E, 0x08, 0, 0, flags, 2, (byte)mhz, (byte)(mhz >> 8), 0xA0, 0, (byte)dbm];
        byte[] tail = [antenna];
        header[2] = 16;
        return [.. header, .. tail, .. frame];
    }

    public static byte[] ProbeRequest(ulong from = Phone, int sequence = 7, byte[]? ssid = null, byte[]? elements = null) =>
        [
            0x40, 0, 0, 0, .. Address(0xFFFF_FFFF_FFFF), .. Address(from), .. Address(0xFFFF_FFFF_FFFF),
            (byte)(sequence << 4), (byte)(sequence >> 4), 0, (byte)(ssid?.Length ?? 0), .. ssid ?? [],
            .. elements ?? Hex("010402040b16 2d1a2d4017ffff0000000000000000000000000000000000000000000000 7f080000080400000040"),
        ];

    public static byte[] Data(ulong from = Phone, ulong to = AccessPoint, byte subtype = 0) =>
        [(byte)(0x08 | subtype << 4), 0x01, 0, 0, .. Address(to), .. Address(from), .. Address(0xFFFF_FFFF_FFFF), 0x50, 0, .. subtype >= 8 ? new byte[2] : []];

    public static byte[] Pcap(int link, params byte[][] frames) => PcapAs(link, big: false, nanoseconds: false, frames);

    public static byte[] PcapAs(int link, bool big, bool nanoseconds, params byte[][] frames)
    {
        var file = new List<byte>();
        U32(file, nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4, big);
        U16(file, 2, big);
        U16(file, 4, big);
        foreach (var word in new uint[] { 0, 0, 65_535, (uint)link }) U32(file, word, big);
        var second = 1_700_000_000u;
        foreach (var frame in frames)
        {
            foreach (var word in new[] { second++, 250u, (uint)frame.Length, (uint)frame.Length }) U32(file, word, big);
            file.AddRange(frame);
        }

        return [.. file];
    }

    public static byte[] Block(uint type, bool big, byte[] body)
    {
        var block = new List<byte>();
        var length = (uint)(12 + ((body.Length + 3) & ~3));
        U32(block, type, big);
        U32(block, length, big);
        block.AddRange(body);
        while (block.Count < length - 4) block.Add(0);
        U32(block, length, big);
        return [.. block];
    }

    public static byte[] Words(bool big, params uint[] words)
    {
        var bytes = new List<byte>();
        foreach (var word in words) U32(bytes, word, big);
        return [.. bytes];
    }

    public static void U16(List<byte> to, ushort value, bool big) =>
        to.AddRange(big ? [(byte)(value >> 8), (byte)value] : new[] { (byte)value, (byte)(value >> 8) });

    public static void U32(List<byte> to, uint value, bool big)
    {
        U16(to, (ushort)(big ? value >> 16 : value), big);
        U16(to, (ushort)(big ? value : value >> 16), big);
    }
}
