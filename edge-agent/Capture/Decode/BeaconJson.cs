using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Presence.Capture.Ble;

namespace Presence.Capture.Decode;

/// <summary>A beacon's fields under the names that its format's own documents use.</summary>
internal static class BeaconJson
{
    public static JsonObject Of(in BeaconReading beacon) => beacon.Kind switch
    {
        BeaconKind.IBeacon => new JsonObject
        {
            ["frame"] = "ibeacon", ["uuid"] = Text.Uuid(beacon.Id[..16]), ["major"] = beacon.Major, ["minor"] = beacon.Minor,
            ["measured_power"] = beacon.Power,
        },
        BeaconKind.AltBeacon => new JsonObject
        {
            ["frame"] = "altbeacon", ["company_id"] = beacon.Company, ["id1"] = Text.Uuid(beacon.Id[..16]), ["id2"] = beacon.Major,
            ["id3"] = beacon.Minor, ["ref_rssi"] = beacon.Power, ["mfg_reserved"] = beacon.Reserved,
        },
        BeaconKind.EddystoneUid => new JsonObject
        {
            ["frame"] = "uid", ["namespace"] = Text.Hex(beacon.Id[..10]), ["instance"] = Text.Hex(beacon.Id[10..]), ["tx_power_0m"] = beacon.Power,
        },
        BeaconKind.EddystoneUrl => new JsonObject
        {
            ["frame"] = "url", ["url"] = EddystoneUrl.Expand(beacon.Id), ["tx_power_0m"] = beacon.Power,
        },
        BeaconKind.EddystoneTlm => Telemetry(beacon.Telemetry),
        BeaconKind.EddystoneEncryptedTlm => new JsonObject
        {
            ["frame"] = "etlm", ["version"] = 1, ["encrypted_hex"] = Text.Hex(beacon.Telemetry[..12]),
            ["salt_hex"] = Text.Hex(beacon.Telemetry[12..14]), ["mic_hex"] = Text.Hex(beacon.Telemetry[14..16]),
        },
        BeaconKind.EddystoneEid => new JsonObject
        {
            ["frame"] = "eid", ["tx_power_0m"] = beacon.Power, ["eid_hex"] = Text.Hex(beacon.Id),
        },
        _ => [],
    };

    /// <summary>Voltage in mV, temperature in 1/256 °C (-128 °C where not measured), counters, uptime in 0.1 s; all big-endian.</summary>
    private static JsonObject Telemetry(ReadOnlySpan<byte> value) => new()
    {
        ["frame"] = "tlm", ["version"] = 0,
        ["battery_mv"] = BinaryPrimitives.ReadUInt16BigEndian(value),
        ["temperature_c"] = BinaryPrimitives.ReadInt16BigEndian(value[2..]) / 256.0,
        ["adv_count"] = BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
        ["uptime_raw"] = BinaryPrimitives.ReadUInt32BigEndian(value[8..]),
    };
}
