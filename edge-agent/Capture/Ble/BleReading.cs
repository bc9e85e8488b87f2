namespace Presence.Capture.Ble;

/// <summary>What was heard of a Bluetooth LE device.</summary>
public enum BleKind : byte
{
    /// <summary>Anything that is no sighting.</summary>
    Other,

    /// <summary>Advertising that anyone may connect to.</summary>
    Connectable,

    /// <summary>Advertising meant for one device, without data.</summary>
    Directed,

    /// <summary>Advertising that nobody may connect to or ask; what most beacons do.</summary>
    NonConnectable,

    /// <summary>Advertising that may be asked for more.</summary>
    Scannable,

    /// <summary>More, given when asked.</summary>
    ScanResponse,

    /// <summary>A device asking; its address is the asker's.</summary>
    ScanRequest,

    /// <summary>A device connecting; its address is the connecting one's.</summary>
    ConnectRequest,

    /// <summary>Extended advertising (Bluetooth 5).</summary>
    Extended,
}

/// <summary>What a Bluetooth address is worth.</summary>
/// <remarks>Source: Bluetooth Core 5.4, Vol 6 Part B, 1.3: the two highest bits of a random address.</remarks>
public enum BleAddressKind : byte
{
    /// <summary>None was sent.</summary>
    Anonymous,

    /// <summary>Given by the maker; stays for life.</summary>
    Public,

    /// <summary>Random (11), stays at least until the device is switched off.</summary>
    Static,

    /// <summary>Random (01), changes about every 15 minutes; who has the identity key knows whose it is.</summary>
    Resolvable,

    /// <summary>Random (00), changes as it likes and leads nowhere.</summary>
    NonResolvable,
}

/// <summary>One report of one Bluetooth LE device. Valid as long as the frame's bytes.</summary>
public ref struct BleReading
{
    /// <summary>Value of a strength that was not measured.</summary>
    public const sbyte Unmeasured = sbyte.MinValue;

    public BleKind Kind;

    public BleAddressKind AddressKind;

    /// <summary>Who sent it: 48 bits, as it is written, the most significant octet first.</summary>
    public ulong Address;

    /// <summary>Strength in dBm, or <see cref="Unmeasured"/>.</summary>
    public sbyte SignalDbm;

    /// <summary>Link-layer channel 0-39, or -1 where the receiver does not say (HCI).</summary>
    public sbyte Channel;

    /// <summary>Transmit power in dBm that an extended report carries, or <see cref="Unmeasured"/>.</summary>
    public sbyte TxPowerDbm;

    /// <summary>Advertising set 0-15 of an extended report, or -1.</summary>
    public sbyte AdvertisingSet;

    /// <summary>The number of the data that an extended packet on the air belongs to, 0-4095, or -1.</summary>
    public short DataId;

    /// <summary>Whether the data is a response to a scan.</summary>
    public bool IsScanResponse;

    /// <summary>Whether more of the data comes in a later report; see <see cref="AdvertisementAssembler"/>.</summary>
    public bool HasMore;

    /// <summary>Whether the receiver lost the rest of the data.</summary>
    public bool IsTruncated;

    /// <summary>The advertising data: AD structures, from a stranger.</summary>
    public ReadOnlySpan<byte> Data;

    /// <summary>Whether the address changes by itself, so that a device may have many.</summary>
    public readonly bool IsRandomAddress => AddressKind is BleAddressKind.Resolvable or BleAddressKind.NonResolvable;

    /// <summary>Whether there is an address and a kind that make a sighting.</summary>
    public readonly bool IsSighting => Kind != BleKind.Other && AddressKind != BleAddressKind.Anonymous;

    internal static BleAddressKind KindOf(bool random, ulong address) => !random
        ? BleAddressKind.Public
        : (address >> 46) switch
        {
            3 => BleAddressKind.Static,
            1 => BleAddressKind.Resolvable,
            0 => BleAddressKind.NonResolvable,
            _ => BleAddressKind.Static, // 10 is reserved; it does not say that it changes.
        };

    /// <summary>Six octets in the air's order, the least significant first.</summary>
    internal static ulong AddressOf(ReadOnlySpan<byte> octets) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(octets)
        | ((ulong)System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(octets[4..]) << 32);
}
