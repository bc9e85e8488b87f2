using System.Buffers.Binary;
using System.Text;
using Presence.Capture.Ble;
using Presence.Capture.Files;

namespace Presence.Kit.Fuzz;

/// <summary>A sound frame of each kind that is read, and small sound files, for mutation to start from.</summary>
public static class CaptureSamples
{
    private const string Elements =
        "0004636f6666 01088284 8b960c121824 32043048606c 0301062d1a2d4017ffff000000000000000000000000000000000000000000 7f0804000a8201400040" +
        "bf0cb2018033eaff0000eaff0000 ff1c230108080000800020200000000000000000000000000000000000000000 dd09001018020000100000 dd070050f208002400";

    private static readonly byte[] Probe = Hex("40000000ffffffffffffdaa119010203ffffffffffff7000" + Elements);
    private static readonly byte[] Association = Hex("00000000001122334455daa119010203001122334455800031040a00" + Elements);
    private static readonly byte[] QosData = Hex("88010000001122334455daa119010203ffffffffffff50000000aaaa03000000888e0203");
    private static readonly byte[] Uid = Hex("0201060303aafe1716aafe00e3123456789012346789010000000000010000");
    private static readonly byte[] IBeacon = Hex("0201061aff4c0002154142434445464748494041424344454600010002f8");
    private static readonly byte[] Advert = OnAir(0x42, [.. Hex("0102030405c6"), .. Uid]);

    /// <summary>Frames with what their bytes begin with and the flags of their record.</summary>
    public static readonly (LinkType Link, uint Flags, byte[] Bytes)[] Frames =
    [
        (LinkType.Radiotap, 0, [.. Hex("00001a00 2f480000 0000000000000001 0002 8509a000 c400 0000"), .. Probe]),
        (LinkType.Radiotap, 0, [.. Hex("00002e00 2b0800a0 200800a0 200800a0 20080000 00000000 0102030405060708 1000 8509a000 c400 c400 c501 c602"), .. Probe, 1, 2, 3, 4]),
        (LinkType.Radiotap, 0, [.. Hex("00001e00 020000c0 ffff00a0 20000000 0000 001018000500 aabbccddee c3"), .. Probe]),
        (LinkType.Radiotap, 0, [.. Hex("00001000 2e080000 0002 8509a000 c400"), .. Association]),
        (LinkType.Ieee80211, 0, Probe),
        (LinkType.Ieee80211, 0, QosData),
        (LinkType.Ieee80211, 0, Hex("b0000000001122334455daa11901020300112233445560000000010000007f020101")),
        (LinkType.Ieee80211, 0, Hex("d4000000001122334455")),
        (LinkType.Ppi, 0, [.. Hex("00002000 69000000 02001400 0000000000000000 0000 0200 8509 0000 0000c4a1"), .. Probe]),
        (LinkType.Prism, 0, [.. Prism(), .. Probe]),
        (LinkType.Avs, 0, [.. Hex("8021100100000040 0000000000000005 0000000000000000 00000001000000060000006e00000000"), .. Hex("0000000000000002ffffffba00000000 0000000000000000"), .. Probe]),
        (LinkType.HciH4, 0, [4, .. Event([2, 2, .. Legacy(0, IBeacon), .. Legacy(4, Uid)])]),
        (LinkType.HciH4, 0, [4, .. Event([0x0D, 2, .. Extended(0x20, IBeacon[..10]), .. Extended(0, IBeacon[10..])])]),
        (LinkType.HciH4, 0, [4, .. Event([0x0B, 1, .. Hex("0101 010203040506 01 010203040546 c4")])]),
        (LinkType.HciH4WithDirection, 0, [0, 0, 0, 1, 4, .. Event([2, 1, .. Legacy(3, Uid)])]),
        (LinkType.HciH1, 3, Event([2, 1, .. Legacy(3, Uid)])),
        (LinkType.BtsnoopMonitor, 3, Event([2, 1, .. Legacy(3, IBeacon)])),
        (LinkType.LinuxMonitor, 0, [0, 0, 0, 3, .. Event([2, 1, .. Legacy(3, IBeacon)])]),
        (LinkType.BluetoothLe, 0, Advert),
        (LinkType.BluetoothLeWithHeader, 0, [.. Hex("00c49c00d6be898e370c"), .. Advert]),
        (LinkType.BluetoothLeWithHeader, 0, [.. Hex("00c49c00d6be898e3700"), .. OnAir(0x47, [.. Hex("0a 09 0102030405c6 2310"), 5, .. IBeacon])]),
        (LinkType.NordicBle, 0, [.. Hex("0b380002290006 0a01253c0000c1010000"), .. Advert]),
    ];

    /// <summary>Whole files in each format.</summary>
    public static readonly byte[][] Files =
    [
        [.. Hex("d4c3b2a1020004000000000000000000ffff00007f000000 00f15365fa0000006000000060000000"), .. Frames[0].Bytes[..96]],
        [.. Hex("a1b23c4d000200040000000000000000000400000000007f 6553f100000000fa0000002000000040"), .. Frames[0].Bytes[..32]],
        [
            .. Hex("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000 0100000020000000fb00000000000400 0900010006000000 0000000020000000"),
            .. Hex("060000002c000000 0000000001020304 05060708 0b0000000b000000 d6be898e03000102030400 00 2c000000"),
            .. Hex("0300000018000000 05000000 0102030405000000 18000000"),
        ],
        [.. "btsnoop\0"u8, .. Hex("00000001000003ea 0000001200000012 0000000300000000 00e30c1efdf6a1bc"), .. Hex("043e0f02010300010203040506030201 06c4")],
    ];

    private static byte[] Event(byte[] parameters) => [0x3E, (byte)parameters.Length, .. parameters];

    private static byte[] Legacy(byte type, byte[] data) => [type, 1, .. Hex("0102030405c6"), (byte)data.Length, .. data, 0xC4];

    private static byte[] Extended(byte type, byte[] data) =>
        [type, 0, 1, .. Hex("010203040546"), 1, 2, 5, 127, 0xC4, .. new byte[9], (byte)data.Length, .. data];

    private static byte[] OnAir(byte type, byte[] payload)
    {
        byte[] pdu = [type, (byte)payload.Length, .. payload];
        var crc = LinkLayerCrc.Of(pdu);
        return [.. Hex("d6be898e"), .. pdu, (byte)crc, (byte)(crc >> 8), (byte)(crc >> 16)];
    }

    public static byte[] Hex(string hex)
    {
        var clean = hex.Replace(" ", "", StringComparison.Ordinal);
        return Convert.FromHexString(clean);
    }

    private static byte[] Prism()
    {
        var header = new byte[144];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x44);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), 144);
        Encoding.ASCII.GetBytes("wlan0").CopyTo(header, 8);
        for (var i = 0; i < 10; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24 + (i * 12)), (uint)((i + 1) << 16 | 0x44));
            header[24 + (i * 12) + 6] = 4;
            header[24 + (i * 12) + 8] = (byte)(i == 5 ? 0xC4 : i);
            if (i == 5) header.AsSpan(24 + (i * 12) + 9, 3).Fill(0xFF);
        }

        return header;
    }
}
