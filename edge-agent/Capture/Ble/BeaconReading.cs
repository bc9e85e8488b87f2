using System.Buffers.Binary;

namespace Presence.Capture.Ble;

/// <summary>The kinds of beacon that are told apart.</summary>
public enum BeaconKind : byte
{
    None,
    IBeacon,
    AltBeacon,
    EddystoneUid,
    EddystoneUrl,

    /// <summary>Telemetry of the beacon itself: battery, temperature, counters.</summary>
    EddystoneTlm,

    /// <summary>The same, encrypted for its owner.</summary>
    EddystoneEncryptedTlm,

    /// <summary>An identity that changes and that only its owner can resolve.</summary>
    EddystoneEid,
}

/// <summary>What a beacon says in its advertising data. Valid as long as the data.</summary>
/// <remarks>
/// Sources: Apple, "Proximity Beacon Specification" R1; AltBeacon 1.0; google/eddystone, <c>protocol-specification.md</c> and one
/// page per frame. Positions below count from the value of the AD structure.
/// </remarks>
public ref struct BeaconReading
{
    public BeaconKind Kind;

    /// <summary>
    /// Who the beacon is. iBeacon: UUID (16), major (2), minor (2). AltBeacon: its 20 bytes. UID: namespace (10), instance (6). EID: its
    /// 8 bytes. URL: scheme and encoded text. TLM: empty.
    /// </summary>
    public ReadOnlySpan<byte> Id;

    /// <summary>Strength in dBm at 1 m (iBeacon, AltBeacon) or at 0 m (Eddystone UID, URL, EID); 0 where there is none.</summary>
    public sbyte Power;

    /// <summary>The maker's number (AltBeacon).</summary>
    public ushort Company;

    /// <summary>The byte that AltBeacon leaves to the maker; 0 where it was left out.</summary>
    public byte Reserved;

    /// <summary>Everything behind the frame's version (TLM): 12 bytes plain, or 12 encrypted, salt (2) and check (2).</summary>
    public ReadOnlySpan<byte> Telemetry;

    /// <summary>The middle two bytes of an iBeacon's or AltBeacon's id.</summary>
    public readonly ushort Major => Id.Length == 20 ? BinaryPrimitives.ReadUInt16BigEndian(Id[16..]) : (ushort)0;

    /// <summary>The last two bytes of an iBeacon's or AltBeacon's id.</summary>
    public readonly ushort Minor => Id.Length == 20 ? BinaryPrimitives.ReadUInt16BigEndian(Id[18..]) : (ushort)0;

    /// <summary>Finds the beacon in advertising data.</summary>
    /// <returns>False where there is none, or only something that resembles one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out BeaconReading beacon)
    {
        for (var walk = new AdWalk(data); walk.MoveNext();)
        {
            var value = walk.Current.Value;
            if (walk.Current.Type == AdStructure.Maker && TryReadMaker(value, out beacon)) return true;
            if (walk.Current.Type != AdStructure.ServiceData) continue;

            // Encrypted telemetry is four bytes longer than plain; there are beacons that send it under the plain one's length.
            if (value.Length == 16 && value is [0xAA, 0xFE, 0x20, 0x01, ..] && walk.Rest.Length >= 4)
            {
                value = data[(data.Length - walk.Rest.Length - 16)..][..20];
            }

            if (TryReadEddystone(value, out beacon)) return true;
        }

        beacon = default;
        return false;
    }

    private static bool TryReadMaker(ReadOnlySpan<byte> value, out BeaconReading beacon)
    {
        beacon = default;
        if (value.Length < 25) return false;
        switch (BinaryPrimitives.ReadUInt32BigEndian(value))
        {
            // company 4C 00 | 02 15 | id (20) | power
            case 0x4C000215:
                beacon = new BeaconReading { Kind = BeaconKind.IBeacon, Id = value.Slice(4, 20), Power = (sbyte)value[24] };
                return true;

            // company (2) | BE AC | id (20) | power | reserved, which some leave out
            case var mark when (mark & 0xFFFF) == 0xBEAC:
                beacon = new BeaconReading
                {
                    Kind = BeaconKind.AltBeacon, Id = value.Slice(4, 20), Power = (sbyte)value[24],
                    Company = BinaryPrimitives.ReadUInt16LittleEndian(value), Reserved = value.Length > 25 ? value[25] : (byte)0,
                };
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadEddystone(ReadOnlySpan<byte> value, out BeaconReading beacon)
    {
        // AA FE | frame | …
        beacon = default;
        if (value.Length < 4 || BinaryPrimitives.ReadUInt16LittleEndian(value) != 0xFEAA) return false;
        var body = value[3..];
        switch (value[2])
        {
            // power | namespace (10) | instance (6) | reserved (2), which some leave out
            case 0x00 when body.Length >= 17:
                beacon = new BeaconReading { Kind = BeaconKind.EddystoneUid, Power = (sbyte)body[0], Id = body.Slice(1, 16) };
                return true;

            // power | scheme | text
            case 0x10 when body.Length >= 2 && EddystoneUrl.IsValid(body[1..]):
                beacon = new BeaconReading { Kind = BeaconKind.EddystoneUrl, Power = (sbyte)body[0], Id = body[1..] };
                return true;

            // version 0 | voltage (2) | temperature (2) | advertisements (4) | uptime (4)
            case 0x20 when body[0] == 0 && body.Length >= 13:
                beacon = new BeaconReading { Kind = BeaconKind.EddystoneTlm, Telemetry = body.Slice(1, 12) };
                return true;

            // version 1 | encrypted (12) | salt (2) | check (2)
            case 0x20 when body[0] == 1 && body.Length >= 17:
                beacon = new BeaconReading { Kind = BeaconKind.EddystoneEncryptedTlm, Telemetry = body.Slice(1, 16) };
                return true;

            // power | identity (8)
            case 0x30 when body.Length >= 9:
                beacon = new BeaconReading { Kind = BeaconKind.EddystoneEid, Power = (sbyte)body[0], Id = body.Slice(1, 8) };
                return true;
            default:
                return false;
        }
    }
}
