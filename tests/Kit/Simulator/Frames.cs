using System.Buffers.Binary;

namespace Presence.Kit.Simulator;

/// <summary>Frames as radios send them, without what a receiver adds.</summary>
internal static class Frames
{
    /// <summary>What kinds of phones say of themselves when they ask for networks: same for all of a model, different between models.</summary>
    private static readonly byte[][] Models =
    [
        Elements([0x02, 0x04, 0x0B, 0x16], [0x0C, 0x12, 0x18, 0x24, 0x30, 0x48, 0x60, 0x6C], 0x402D, 0x17, [0, 0, 8, 4, 0, 0, 0, 0x40], [0x00, 0x17, 0xF2, 0x0A, 0x00, 0x01, 0x04]),
        Elements([0x02, 0x04, 0x0B, 0x16, 0x0C, 0x12, 0x18, 0x24], [0x30, 0x48, 0x60, 0x6C], 0x01AD, 0x03, [0, 0, 0, 0x80, 1, 0, 0, 0x20], [0x00, 0x50, 0xF2, 0x08, 0x00, 0x02]),
        Elements([0x82, 0x84, 0x8B, 0x96], [0x0C, 0x12, 0x18, 0x24, 0x30, 0x48, 0x60, 0x6C], 0x19EF, 0x1B, [4, 0, 0x48, 0, 0, 0, 0, 0x40, 0, 0x08], [0x50, 0x6F, 0x9A, 0x16, 0x03, 0x01]),
        Elements([0x02, 0x04, 0x0B, 0x16], [0x0C, 0x12, 0x18, 0x24, 0x30, 0x48, 0x60, 0x6C], 0x002C, 0x17, [0, 0, 8, 0x84, 0, 0, 0, 0x40], [0x00, 0x10, 0x18, 0x02, 0x00, 0x00, 0x1C]),
        Elements([0x02, 0x04, 0x0B, 0x16], [0x0C, 0x12, 0x18, 0x24, 0x30, 0x48, 0x60, 0x6C], 0x0163, 0x1F, [1], [0x00, 0x90, 0x4C, 0x04, 0x08, 0xBF]),
        Elements([0x82, 0x84, 0x0B, 0x16], [0x24, 0x30, 0x48, 0x6C], 0x016E, 0x17, [0, 0, 0x08, 0, 0, 0, 0, 0xC0, 0, 0x09], [0x8C, 0xFD, 0xF0, 0x01, 0x01, 0x02]),
    ];

    public static int ModelCount => Models.Length;

    /// <summary>A phone asks which networks there are: for one it knows by name, or (empty) for any.</summary>
    public static byte[] ProbeRequest(ReadOnlySpan<byte> address, int sequence, int channel, int model, ReadOnlySpan<byte> ssid)
    {
        var elements = Models[model];
        var frame = new byte[24 + 2 + ssid.Length + elements.Length];
        frame[0] = 0x40;
        frame.AsSpan(4, 6).Fill(0xFF);
        address.CopyTo(frame.AsSpan(10));
        frame.AsSpan(16, 6).Fill(0xFF);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(22), (ushort)(sequence << 4));
        (frame[24], frame[25]) = (0, (byte)ssid.Length);
        ssid.CopyTo(frame.AsSpan(26));
        elements.CopyTo(frame.AsSpan(26 + ssid.Length));

        // The template keeps room for the channel the request is sent on (element 3).
        var at = frame.AsSpan().LastIndexOf<byte>([3, 1, 0]);
        frame[at + 2] = (byte)channel;
        return frame;
    }

    /// <summary>A station tells its access point that it sleeps or wakes.</summary>
    public static byte[] Null(ReadOnlySpan<byte> station, ReadOnlySpan<byte> accessPoint, int sequence, bool sleeps)
    {
        var frame = new byte[24];
        ToAccessPoint(frame, 0x48, (byte)(sleeps ? 0x11 : 0x01), station, accessPoint, accessPoint, sequence);
        return frame;
    }

    /// <summary>A station sends something through its access point; what it is, is encrypted.</summary>
    public static byte[] Data(ReadOnlySpan<byte> station, ReadOnlySpan<byte> accessPoint, int sequence, ReadOnlySpan<byte> sealedBytes)
    {
        var frame = new byte[24 + 2 + sealedBytes.Length];
        ToAccessPoint(frame, 0x88, 0x41, station, accessPoint, accessPoint, sequence);
        sealedBytes.CopyTo(frame.AsSpan(26));
        return frame;
    }

    /// <summary>Puts what a receiver knows of a frame before it: a radiotap header of 24 bytes.</summary>
    public static byte[] Received(ReadOnlySpan<byte> frame, long microseconds, int channel, int dbm)
    {
        var heard = new byte[24 + frame.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(heard.AsSpan(2), 24);
        BinaryPrimitives.WriteUInt32LittleEndian(heard.AsSpan(4), 0x82F); // TSFT, flags, rate, channel, signal, antenna
        BinaryPrimitives.WriteUInt64LittleEndian(heard.AsSpan(8), (ulong)microseconds);
        heard[17] = 0x02; // 1 Mb/s
        BinaryPrimitives.WriteUInt16LittleEndian(heard.AsSpan(18), (ushort)(2407 + (5 * channel)));
        BinaryPrimitives.WriteUInt16LittleEndian(heard.AsSpan(20), 0x00A0); // CCK, 2 GHz
        heard[22] = (byte)(sbyte)dbm;
        frame.CopyTo(heard.AsSpan(24));
        return heard;
    }

    /// <summary>A Bluetooth tag says that it is there (ADV_NONCONN_IND) under a random static address.</summary>
    public static byte[] Advertisement(ReadOnlySpan<byte> address, ReadOnlySpan<byte> data)
    {
        var frame = new byte[4 + 2 + 6 + data.Length + 3];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0x8E89BED6);
        (frame[4], frame[5]) = (0x42, (byte)(6 + data.Length));
        for (var i = 0; i < 6; i++)
        {
            frame[6 + i] = address[5 - i];
        }

        data.CopyTo(frame.AsSpan(12));
        var check = Crc24(frame.AsSpan(4, 8 + data.Length));
        (frame[^3], frame[^2], frame[^1]) = ((byte)check, (byte)(check >> 8), (byte)(check >> 16));
        return frame;
    }

    /// <summary>Puts a receiver's pseudo-header before an advertisement (link type 256).</summary>
    public static byte[] Received(ReadOnlySpan<byte> advertisement, int channel, int dbm)
    {
        var heard = new byte[10 + advertisement.Length];
        (heard[0], heard[1]) = ((byte)channel, (byte)(sbyte)dbm);
        BinaryPrimitives.WriteUInt32LittleEndian(heard.AsSpan(4), 0x8E89BED6);
        BinaryPrimitives.WriteUInt16LittleEndian(heard.AsSpan(8), 0x0C13); // dewhitened, signal and address valid, check done and good
        advertisement.CopyTo(heard.AsSpan(10));
        return heard;
    }

    /// <summary>iBeacon: flags, then Apple's manufacturer data with UUID, major, minor and strength at 1 m.</summary>
    public static byte[] IBeacon(Guid uuid, ushort major, ushort minor, sbyte atOneMetre)
    {
        var data = new byte[30];
        ((ReadOnlySpan<byte>)[2, 0x01, 0x06, 26, 0xFF, 0x4C, 0x00, 0x02, 0x15]).CopyTo(data);
        uuid.TryWriteBytes(data.AsSpan(9), bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(25), major);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(27), minor);
        data[29] = (byte)atOneMetre;
        return data;
    }

    // Bluetooth's check of a link-layer packet, bits in the order they are sent; advertising begins with 0x555555.
    private static uint Crc24(ReadOnlySpan<byte> bytes)
    {
        var check = 0xAAAAAAu;
        foreach (var value in bytes)
        {
            check ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                check = (check & 1) != 0 ? (check >> 1) ^ 0xDA6000u : check >> 1;
            }
        }

        return check;
    }

    private static void ToAccessPoint(
        Span<byte> frame, byte kind, byte flags, ReadOnlySpan<byte> station, ReadOnlySpan<byte> accessPoint, ReadOnlySpan<byte> target, int sequence)
    {
        (frame[0], frame[1], frame[2]) = (kind, flags, 0x2C);
        accessPoint.CopyTo(frame[4..]);
        station.CopyTo(frame[10..]);
        target.CopyTo(frame[16..]);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[22..], (ushort)(sequence << 4));
    }

    // Rates, extended rates, channel, HT capabilities, extended capabilities, vendor's own: in the usual order.
    private static byte[] Elements(byte[] rates, byte[] moreRates, ushort ht, byte streams, byte[] extended, byte[] vendor)
    {
        var highThroughput = new byte[26];
        BinaryPrimitives.WriteUInt16LittleEndian(highThroughput, ht);
        (highThroughput[2], highThroughput[3]) = (streams, 0xFF);
        return
        [
            1, (byte)rates.Length, .. rates,
            50, (byte)moreRates.Length, .. moreRates,
            45, 26, .. highThroughput,
            127, (byte)extended.Length, .. extended,
            221, (byte)vendor.Length, .. vendor,
            3, 1, 0,
        ];
    }
}
