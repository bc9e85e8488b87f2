using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Presence.Capture.Ble;
using Presence.Capture.Privacy;

namespace Presence.Capture.Feeds;

/// <summary>Aruba IoT telemetry: a frame of a WebSocket is one message of Protobuf 2, with the token in each.</summary>
/// <remarks>
/// Field numbers: aruba-iot-nb*.proto of AOS 8.11 (published with reelyactive/barnowl-aruba, proto/aos8v1).
/// <code>
/// Telemetry: meta 1 {version 1, access_token 2} · reporter 2 {name 1, mac 2, time 8} · reported 3 · bleData 6 · wifiData 7
/// Reported:  mac 1 · lastSeen 7 · rssi 10 {last 1, avg 2, max 3, smooth 5} · beacons 12 {ibeacon 1 {uuid 1, major 2, minor 3}}
/// BleData:   mac 1 · data 3 · rssi 4 · addrType 5        WiFiData: mac 1 · deviceClass 2 · rssi 3
/// </code>
/// </remarks>
public static class Aruba
{
    private const ulong AssociatedStation = 16;

    /// <param name="frame">A whole frame.</param>
    /// <param name="token">What <c>access_token</c> must be.</param>
    public static FeedRefusal Read(ReadOnlySpan<byte> frame, string token, FeedReadings into)
    {
        string? reporter = null;
        long at = 0;
        var trusted = false;
        for (var fields = new Fields(frame); ;)
        {
            switch (fields.Next())
            {
                case Step.End:
                    return !trusted ? FeedRefusal.NotTrusted : ReadDevices(frame, reporter, at, into);
                case Step.Broken:
                    return FeedRefusal.Malformed;
                case Step.Bytes when fields.Number == 1:
                    for (var meta = new Fields(fields.Bytes); meta.Next() is not (Step.End or Step.Broken);)
                    {
                        trusted |= meta.Number == 2 && CryptographicOperations.FixedTimeEquals(meta.Bytes, Encoding.UTF8.GetBytes(token));
                    }

                    break;
                case Step.Bytes when fields.Number == 2:
                    for (var told = new Fields(fields.Bytes); told.Next() is not (Step.End or Step.Broken);)
                    {
                        reporter = told.Number == 2 && told.Bytes.Length == 6 ? Name(told.Bytes) : reporter;
                        at = told.Number == 8 ? Milliseconds(told.Value) : at;
                    }

                    break;
            }
        }
    }

    private static FeedRefusal ReadDevices(ReadOnlySpan<byte> frame, string? reporter, long at, FeedReadings into)
    {
        var devices = 0;
        for (var fields = new Fields(frame); fields.Next() is not (Step.End or Step.Broken);)
        {
            switch (fields.Number)
            {
                case 3: devices++; Reported(fields.Bytes, reporter, at, into); break;
                case 6: devices++; Raw(fields.Bytes, reporter, at, into); break;
                case 7: devices++; Wifi(fields.Bytes, reporter, at, into); break;
            }
        }

        return devices > 0 ? FeedRefusal.None : FeedRefusal.NotDevices;
    }

    private static void Reported(ReadOnlySpan<byte> message, string? reporter, long at, FeedReadings into)
    {
        ulong? address = null;
        long? dbm = null;
        byte[]? beacon = null;
        for (var fields = new Fields(message); fields.Next() is not (Step.End or Step.Broken);)
        {
            switch (fields.Number)
            {
                case 1: address = Address(fields.Bytes); break;
                case 7: at = Milliseconds(fields.Value); break;
                case 10:
                    // The mean of the interval is steadier than the last; where there is none, whatever there is.
                    long? last = null, mean = null;
                    for (var rssi = new Fields(fields.Bytes); rssi.Next() is not (Step.End or Step.Broken);)
                    {
                        mean = rssi.Number == 2 ? rssi.Signed : mean;
                        last = rssi.Number is 1 or 3 or 5 ? last ?? rssi.Signed : last;
                    }

                    dbm = mean ?? last;
                    break;
                case 12:
                    for (var beacons = new Fields(fields.Bytes); beacons.Next() is not (Step.End or Step.Broken);)
                    {
                        beacon ??= beacons.Number == 1 ? IBeacon(beacons.Bytes) : null;
                    }

                    break;
            }
        }

        into.Add(reporter, beacon is null ? Loose.BluetoothSpace(address ?? 0) : AddressSpace.IBeacon, address, dbm, at,
            TokenTraits.Bluetooth | (beacon is null ? TokenTraits.None : TokenTraits.Beacon), beacon);
    }

    private static void Raw(ReadOnlySpan<byte> message, string? reporter, long at, FeedReadings into)
    {
        ulong? address = null;
        long? dbm = null;
        ReadOnlySpan<byte> data = default;
        var random = false;
        for (var fields = new Fields(message); fields.Next() is not (Step.End or Step.Broken);)
        {
            switch (fields.Number)
            {
                case 1: address = Address(fields.Bytes); break;
                case 3: data = fields.Bytes; break;
                case 4: dbm = fields.Signed; break;
                case 5: random = fields.Value != 0; break;
            }
        }

        BeaconReading.TryRead(data, out var beacon);
        AddressSpace? identity = beacon.Kind switch
        {
            BeaconKind.IBeacon => AddressSpace.IBeacon, BeaconKind.AltBeacon => AddressSpace.AltBeacon, BeaconKind.EddystoneUid => AddressSpace.EddystoneUid,
            BeaconKind.EddystoneEid => AddressSpace.EddystoneEid, BeaconKind.EddystoneUrl => AddressSpace.EddystoneUrl, _ => null,
        };
        into.Add(reporter, identity ?? (random ? AddressSpace.BluetoothRandom : AddressSpace.BluetoothPublic), address, dbm, at,
            TokenTraits.Bluetooth | (identity is null ? TokenTraits.None : TokenTraits.Beacon), identity is null ? default : beacon.Id.ToArray());
    }

    private static void Wifi(ReadOnlySpan<byte> message, string? reporter, long at, FeedReadings into)
    {
        ulong? address = null;
        long? dbm = null;
        var traits = TokenTraits.None;
        for (var fields = new Fields(message); fields.Next() is not (Step.End or Step.Broken);)
        {
            switch (fields.Number)
            {
                case 1: address = Address(fields.Bytes); break;
                case 2: traits |= fields.Value == AssociatedStation ? TokenTraits.Associated : TokenTraits.None; break;
                case 3: dbm = fields.Signed; break;
            }
        }

        into.Add(reporter, AddressSpace.Wifi, address, dbm, at, traits);
    }

    private static byte[]? IBeacon(ReadOnlySpan<byte> message)
    {
        string? uuid = null;
        ulong? major = null, minor = null;
        for (var fields = new Fields(message); fields.Next() is not (Step.End or Step.Broken);)
        {
            uuid = fields.Number == 1 ? Convert.ToHexString(fields.Bytes) : uuid;
            major = fields.Number == 2 ? fields.Value : major;
            minor = fields.Number == 3 ? fields.Value : minor;
        }

        return Loose.IBeacon(uuid, major, minor);
    }

    private static ulong? Address(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 6 ? ((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]) : null;

    private static string Name(ReadOnlySpan<byte> bytes) => Address(bytes)!.Value.ToString("x12", CultureInfo.InvariantCulture);

    // Seconds since 1970, as the access point counts them.
    private static long Milliseconds(ulong value) => value is > 0 and < 100_000_000_000 ? (long)value * 1_000 : 0;

    private enum Step
    {
        End,
        Broken,
        Number,
        Bytes,
    }

    /// <summary>Walks the fields of a message; what it is at is valid until the next step.</summary>
    private ref struct Fields(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _rest = message;

        public int Number { get; private set; }

        public ulong Value { get; private set; }

        public ReadOnlySpan<byte> Bytes { get; private set; }

        /// <summary>A value of type sint32.</summary>
        public readonly long Signed => (long)(Value >> 1) ^ -(long)(Value & 1);

        public Step Next()
        {
            Value = 0;
            Bytes = default;
            if (_rest.IsEmpty)
            {
                Number = 0;
                return Step.End;
            }

            if (!TryVarint(out var tag) || tag >> 3 is 0 or > 536_870_911)
            {
                return Break();
            }

            Number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0 when TryVarint(out var value):
                    Value = value;
                    return Step.Number;
                case 2 when TryVarint(out var length) && length <= (ulong)_rest.Length:
                    Bytes = _rest[..(int)length];
                    _rest = _rest[(int)length..];
                    return Step.Bytes;
                case 1 when _rest.Length >= 8:
                    _rest = _rest[8..];
                    return Step.Number;
                case 5 when _rest.Length >= 4:
                    _rest = _rest[4..];
                    return Step.Number;
                default:
                    return Break();
            }
        }

        private Step Break()
        {
            _rest = default;
            Number = 0;
            return Step.Broken;
        }

        private bool TryVarint(out ulong value)
        {
            value = 0;
            for (var i = 0; i < 10 && i < _rest.Length; i++)
            {
                value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
                if (_rest[i] < 0x80)
                {
                    _rest = _rest[(i + 1)..];
                    return true;
                }
            }

            return false;
        }
    }
}
