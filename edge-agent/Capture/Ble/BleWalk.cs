using System.Buffers.Binary;
using Presence.Capture.Files;

namespace Presence.Capture.Ble;

/// <summary>Goes through the reports of one captured Bluetooth frame: none, one, or several of an HCI event.</summary>
/// <remarks>
/// <code>
/// var walk = new BleWalk(frame);
/// while (walk.MoveNext()) Use(walk.Current);
/// if (walk.Refusal != FrameRefusal.None) Count(walk.Refusal);
/// </code>
/// </remarks>
public ref struct BleWalk
{
    private ReadOnlySpan<byte> _rest;
    private byte _subevent;
    private int _left;
    private bool _single;
    private BleReading _current;

    /// <summary>Looks into a frame of one of the Bluetooth link types.</summary>
    public BleWalk(in CapturedFrame frame)
        : this(frame.Link, frame.Bytes, frame.Flags)
    {
    }

    /// <param name="link">What the bytes begin with.</param>
    /// <param name="bytes">As captured.</param>
    /// <param name="flags">The record's flags of a btsnoop file, otherwise 0.</param>
    public BleWalk(LinkType link, ReadOnlySpan<byte> bytes, uint flags)
    {
        switch (link)
        {
            case LinkType.BluetoothLe or LinkType.BluetoothLeWithHeader or LinkType.NordicBle:
                Refusal = LinkLayerPacket.Read(link, bytes, out var packet);
                if (Refusal != FrameRefusal.None) return;
                Refusal = packet.ReadAdvertisement(out _current);
                _single = Refusal == FrameRefusal.None && _current.Kind != BleKind.Other;
                return;
            default:
                Refusal = HciPacket.FindEvent(link, bytes, flags, out var hciEvent);
                if (Refusal == FrameRefusal.None) BeginEvent(hciEvent);
                return;
        }
    }

    /// <summary>Why there are no, or no more, reports; <see cref="FrameRefusal.None"/> where nothing is wrong.</summary>
    public FrameRefusal Refusal { get; private set; }

    /// <summary>The report that <see cref="MoveNext"/> found.</summary>
    public readonly BleReading Current => _current;

    public bool MoveNext()
    {
        if (_single)
        {
            _single = false;
            return true;
        }

        if (_left == 0) return false;
        _left--;
        var read = _subevent switch
        {
            HciPacket.LegacyReport => ReadLegacy(),
            HciPacket.DirectedReport => ReadDirected(),
            _ => ReadExtended(),
        };
        if (read) return true;
        _left = 0;
        Refusal = FrameRefusal.PacketCut;
        return false;
    }

    private void BeginEvent(ReadOnlySpan<byte> hciEvent)
    {
        // code | length | subevent | number of reports | reports
        if (hciEvent.Length < 4 || hciEvent[0] != HciPacket.LeMeta) return;
        if (hciEvent[2] is not (HciPacket.LegacyReport or HciPacket.DirectedReport or HciPacket.ExtendedReport)) return;
        _subevent = hciEvent[2];
        _left = hciEvent[3];
        _rest = hciEvent[4..];
    }

    private bool ReadLegacy()
    {
        // event type | address type | address (6) | data length | data | RSSI
        if (_rest.Length < 10 || _rest.Length < 10 + _rest[8]) return false;
        var length = _rest[8];
        _current = Begin(_rest[1], _rest[2..], (sbyte)_rest[9 + length]);
        _current.Kind = _rest[0] switch
        {
            0 => BleKind.Connectable,
            1 => BleKind.Directed,
            2 => BleKind.Scannable,
            3 => BleKind.NonConnectable,
            4 => BleKind.ScanResponse,
            _ => BleKind.Other,
        };
        _current.IsScanResponse = _rest[0] == 4;
        _current.Data = _rest.Slice(9, length);
        _rest = _rest[(10 + length)..];
        return true;
    }

    private bool ReadDirected()
    {
        // event type | address type | address (6) | direct address type | direct address (6) | RSSI
        if (_rest.Length < 16) return false;
        _current = Begin(_rest[1], _rest[2..], (sbyte)_rest[15]);
        _current.Kind = BleKind.Directed;
        _rest = _rest[16..];
        return true;
    }

    private bool ReadExtended()
    {
        // event type (2) | address type | address (6) | PHY | PHY | set | TX power | RSSI | interval (2) | direct (7) | data length | data
        if (_rest.Length < 24 || _rest.Length < 24 + _rest[23]) return false;
        var type = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        var length = _rest[23];
        _current = Begin(_rest[2], _rest[3..], (sbyte)_rest[13]);
        _current.Kind = KindOfExtended(type);
        _current.IsScanResponse = (type & 8) != 0;
        _current.HasMore = ((type >> 5) & 3) == 1;
        _current.IsTruncated = ((type >> 5) & 3) == 2;
        _current.AdvertisingSet = _rest[11] == 0xFF ? (sbyte)-1 : (sbyte)(_rest[11] & 15);
        if (_rest[12] != 127) _current.TxPowerDbm = (sbyte)_rest[12];
        _current.Data = _rest.Slice(24, length);
        _rest = _rest[(24 + length)..];
        return true;
    }

    /// <summary>Bit 0 connectable, 1 scannable, 2 directed, 3 scan response, 4 legacy PDU (Vol 4 Part E, 7.7.65.13).</summary>
    private static BleKind KindOfExtended(int type) => (type & 0x10) == 0
        ? (type & 8) != 0 ? BleKind.ScanResponse : BleKind.Extended
        : (type & 0x1F) switch
        {
            0x13 => BleKind.Connectable,
            0x15 => BleKind.Directed,
            0x12 => BleKind.Scannable,
            0x10 => BleKind.NonConnectable,
            0x1B or 0x1A => BleKind.ScanResponse,
            _ => BleKind.Other,
        };

    private static BleReading Begin(byte addressType, ReadOnlySpan<byte> address, sbyte rssi)
    {
        var value = BleReading.AddressOf(address);
        return new BleReading
        {
            Address = value,

            // 2 and 3 are identities that the controller itself resolved.
            AddressKind = addressType == 0xFF ? BleAddressKind.Anonymous : BleReading.KindOf((addressType & 1) != 0, value),
            SignalDbm = rssi == 127 ? BleReading.Unmeasured : rssi,
            Channel = -1,
            TxPowerDbm = BleReading.Unmeasured,
            AdvertisingSet = -1,
            DataId = -1,
        };
    }
}
