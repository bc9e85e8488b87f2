using System.Buffers.Binary;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Presence.Kit.Fuzz;

namespace Presence.Benchmarks;

/// <summary>Frames for the capture benchmark: kinds in random order, as a radio hears them, so that the processor cannot learn the sequence.</summary>
internal static class CaptureLoad
{
    /// <summary>What shops hear: three kinds of beacon, telemetry, a web address, and twice as many phones and earbuds that are no beacon.</summary>
    private static readonly byte[][] Adverts =
    [
        CaptureSamples.Hex("0201061aff4c0002154142434445464748494041424344454600010002f8"),
        CaptureSamples.Hex("0201061bff1801beac4142434445464748494041424344454600010002f805"),
        CaptureSamples.Hex("0201060303aafe1716aafe00e3123456789012346789010000000000010000"),
        CaptureSamples.Hex("0201060303aafe0d16aafe10e7026578616d706c6507"),
        CaptureSamples.Hex("0201060303aafe1116aafe20000bb8180000000a0000000064"),
        CaptureSamples.Hex("0201060303aafe0d16aafe30e70102030405060708"),
        CaptureSamples.Hex("02011a020a0c0aff4c0010053b1c8f2a10"),
        CaptureSamples.Hex("02011a0bff4c0009060303c0a80117"),
        CaptureSamples.Hex("1eff0600010920021122334455667788990011223344556677889900112233"),
        CaptureSamples.Hex("02010611079ecadc240ee5a9e093f3a3b50100406e0908536d61727454616705"),
        CaptureSamples.Hex("0201040303f3fe0b16f3fe4a17230102030405"),
        CaptureSamples.Hex("0c0954656c65766973696f6e31"),
    ];

    /// <summary>Probe requests of a dozen models: elements repeat, addresses, networks and strengths do not.</summary>
    public static (LinkType Link, byte[] Bytes)[] Probes(int count)
    {
        var dice = new Random(1);
        var sample = CaptureSamples.Frames[0].Bytes;
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var bytes = sample.ToArray();
            bytes[22] = (byte)-dice.Next(30, 95);
            dice.NextBytes(bytes.AsSpan(26 + 11, 5));
            dice.NextBytes(bytes.AsSpan(26 + 26, 4));
            bytes[26 + 24 + 6 + 10 + 6 + 3 + 2] = (byte)(i % 12);
            return (LinkType.Radiotap, bytes);
        })];
    }

    /// <summary>HCI events with one report each, legacy and extended.</summary>
    public static (LinkType Link, byte[] Bytes)[] Reports(int count)
    {
        var dice = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var (data, address, rssi) = (Advert(dice), Address(dice), (byte)-dice.Next(30, 95));
            byte[] report = dice.Next(3) > 0
                ? [2, 1, (byte)dice.Next(5), 1, .. address, (byte)data.Length, .. data, rssi]
                : [0x0D, 1, 0x13, 0, 1, .. address, 1, 0, 0xFF, 127, rssi, .. new byte[9], (byte)data.Length, .. data];
            return (LinkType.HciH4WithDirection, (byte[])[0, 0, 0, 1, 4, 0x3E, (byte)report.Length, .. report]);
        })];
    }

    /// <summary>Packets of an air sniffer that did not check their CRC; each fits.</summary>
    public static (LinkType Link, byte[] Bytes)[] Packets(int count)
    {
        var dice = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            byte[] payload = [.. Address(dice), .. Advert(dice)];
            byte[] pdu = [0x42, (byte)payload.Length, .. payload];
            var crc = LinkLayerCrc.Of(pdu);
            byte[] sniffed = [.. CaptureSamples.Hex("d6be898e"), .. pdu, (byte)crc, (byte)(crc >> 8), (byte)(crc >> 16)];
            return (LinkType.BluetoothLeWithHeader, (byte[])[.. CaptureSamples.Hex("00c49c00d6be898e3700"), .. sniffed]);
        })];
    }

    /// <summary>Every byte of a beacon's id, eight at a time.</summary>
    public static ulong Mix(ReadOnlySpan<byte> id)
    {
        var sum = 0UL;
        for (; id.Length >= 8; id = id[8..]) sum = (sum * 31) + BinaryPrimitives.ReadUInt64LittleEndian(id);
        foreach (var octet in id) sum = (sum * 31) + octet;
        return sum;
    }

    private static byte[] Advert(Random dice)
    {
        var data = Adverts[dice.Next(Adverts.Length)].ToArray();
        data[^1] = (byte)dice.Next(0x20, 0x7F);
        return data;
    }

    private static byte[] Address(Random dice)
    {
        var address = new byte[6];
        dice.NextBytes(address);
        return address;
    }
}
