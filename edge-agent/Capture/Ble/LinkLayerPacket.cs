using System.Buffers.Binary;
using Presence.Capture.Files;

namespace Presence.Capture.Ble;

/// <summary>A packet of the LE link layer as a sniffer heard it.</summary>
/// <remarks>
/// <code>
/// access address (4) | header (2) | payload | CRC (3)
/// header: type (4) | reserved | channel selection | sender's address is random | receiver's is | length (8)
/// </code>
/// Source: Bluetooth Core 5.4, Vol 6 Part B, 2.1 and 2.3; pseudo-headers: the LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR and
/// LINKTYPE_NORDIC_BLE pages of tcpdump.org.
/// </remarks>
internal ref struct LinkLayerPacket
{
    /// <summary>All advertising uses this access address, so that everyone can hear it.</summary>
    public const uint Advertising = 0x8E89BED6;

    public uint AccessAddress;
    public sbyte Channel;
    public sbyte SignalDbm;
    public bool CrcOk;

    /// <summary>The two bytes of header and the payload; at least the header.</summary>
    public ReadOnlySpan<byte> Pdu;

    /// <summary>Bytes captured behind <see cref="Pdu"/>.</summary>
    public int Rest;

    /// <summary>Whether all of the payload that the header announces is there.</summary>
    public readonly bool IsWhole => Pdu.Length == 2 + Pdu[1];

    public readonly byte Type => (byte)(Pdu[0] & 15);

    public static FrameRefusal Read(LinkType link, ReadOnlySpan<byte> bytes, out LinkLayerPacket packet)
    {
        packet = new LinkLayerPacket { Channel = -1, SignalDbm = BleReading.Unmeasured };
        bool? crcSaid = null;
        var coded = false;
        var header = 0;
        var refusal = link switch
        {
            LinkType.BluetoothLeWithHeader => ReadHeader(bytes, ref packet, out crcSaid, out coded, out header),
            LinkType.NordicBle => ReadNordicHeader(bytes, ref packet, out crcSaid, out coded, out header),
            _ => FrameRefusal.None,
        };
        if (refusal != FrameRefusal.None) return refusal;
        bytes = bytes[header..];
        if (bytes.Length < 4) return FrameRefusal.PacketCut;
        packet.AccessAddress = BinaryPrimitives.ReadUInt32LittleEndian(bytes);

        // The coded PHY puts a byte that tells its coding behind the access address.
        bytes = bytes[(coded ? Math.Min(5, bytes.Length) : 4)..];
        if (bytes.Length < 2) return FrameRefusal.PacketCut;
        packet.Pdu = bytes[..Math.Min(bytes.Length, 2 + bytes[1])];
        packet.Rest = bytes.Length - packet.Pdu.Length;
        packet.CrcOk = crcSaid ?? HasRightCrc(packet, bytes);
        return FrameRefusal.None;
    }

    /// <summary>Reads the report that an advertising packet is.</summary>
    /// <param name="reading">What could be read, also of a packet that is refused.</param>
    public readonly FrameRefusal ReadAdvertisement(out BleReading reading)
    {
        reading = new BleReading { SignalDbm = SignalDbm, Channel = Channel, TxPowerDbm = BleReading.Unmeasured, AdvertisingSet = -1, DataId = -1 };
        if (AccessAddress != Advertising) return FrameRefusal.None;
        if (!CrcOk) return FrameRefusal.BadCrc;
        if (!IsWhole) return FrameRefusal.PacketCut;
        var payload = Pdu[2..];
        if (Type == 7) return ExtendedHeader.Read(Pdu, ref reading);

        // Who asks and who connects comes first in those two; in the others the advertiser does.
        var kind = Type switch
        {
            0 => BleKind.Connectable,
            1 => BleKind.Directed,
            2 => BleKind.NonConnectable,
            3 => BleKind.ScanRequest,
            4 => BleKind.ScanResponse,
            5 => BleKind.ConnectRequest,
            6 => BleKind.Scannable,
            _ => BleKind.Other,
        };
        if (kind == BleKind.Other) return FrameRefusal.None;
        if (payload.Length < 6) return FrameRefusal.PacketWrong;
        reading.Kind = kind;
        reading.IsScanResponse = kind == BleKind.ScanResponse;
        reading.Address = BleReading.AddressOf(payload);
        reading.AddressKind = BleReading.KindOf((Pdu[0] & 0x40) != 0, reading.Address);
        if (kind is BleKind.Connectable or BleKind.NonConnectable or BleKind.Scannable or BleKind.ScanResponse) reading.Data = payload[6..];
        return FrameRefusal.None;
    }

    private static bool HasRightCrc(in LinkLayerPacket packet, ReadOnlySpan<byte> rest)
    {
        // Each connection has its own start value; only advertising's is known.
        if (packet.AccessAddress != Advertising) return false;
        var length = packet.Pdu.Length;
        if (!packet.IsWhole || rest.Length < length + 3) return false;
        var sent = rest[length] | (uint)rest[length + 1] << 8 | (uint)rest[length + 2] << 16;
        return LinkLayerCrc.Of(packet.Pdu) == sent;
    }

    private static FrameRefusal ReadHeader(
        scoped ReadOnlySpan<byte> bytes, ref LinkLayerPacket packet, out bool? crc, out bool coded, out int length)
    {
        // channel | signal | noise | offences | reference access address (4) | flags (2)
        (crc, coded, length) = (null, false, 10);
        if (bytes.Length < 10) return FrameRefusal.RadioHeaderCut;
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        packet.Channel = RfToIndex(bytes[0]);
        if ((flags & 0x0002) != 0) packet.SignalDbm = (sbyte)bytes[1];
        if ((flags & 0x0400) != 0) crc = (flags & 0x0800) != 0;
        coded = flags >> 14 == 2;
        return FrameRefusal.None;
    }

    private static FrameRefusal ReadNordicHeader(
        scoped ReadOnlySpan<byte> bytes, ref LinkLayerPacket packet, out bool? crc, out bool coded, out int length)
    {
        // board | header length or low byte | payload length or high byte | version | counter (2) | id
        // then: length | flags | channel | strength, positive | event counter (2) | time (4)
        (crc, coded, length) = (null, false, 0);
        if (bytes.Length < 17) return FrameRefusal.RadioHeaderCut;
        var version = bytes[3];
        if (version is 0 or > 3) return FrameRefusal.RadioHeaderUnknown;
        length = 7 + bytes[7];
        if (length < 17) return FrameRefusal.RadioHeaderWrong;
        if (bytes.Length < length) return FrameRefusal.RadioHeaderCut;
        packet.Channel = bytes[9] <= 39 ? (sbyte)bytes[9] : (sbyte)-1;
        if (bytes[10] is > 0 and <= 127) packet.SignalDbm = (sbyte)-bytes[10];
        crc = (bytes[8] & 1) != 0;
        coded = version >= 3 && ((bytes[8] >> 4) & 7) == 2;
        return FrameRefusal.None;
    }

    /// <summary>RF channel k is 2402 + 2k MHz; the three that advertise first are numbered 37 to 39 (Vol 6 Part B, 1.4.1).</summary>
    private static sbyte RfToIndex(byte rf) => rf switch
    {
        0 => 37,
        12 => 38,
        39 => 39,
        < 12 => (sbyte)(rf - 1),
        < 39 => (sbyte)(rf - 2),
        _ => -1,
    };
}
