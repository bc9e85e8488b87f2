using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Presence.Kit.Feeds;

/// <summary>What foreign systems send, in the shapes their documentation shows, about one device at one receiver. Made by us; no recording of anybody.</summary>
public static class FeedSamples
{
    public const string Secret = "a-secret-of-the-shop";

    public static byte[] MerakiVersion3(string mac, string accessPoint, int dbm, long atMs, string? ssid = "Mall") => Encoding.UTF8.GetBytes($$$"""
        {"version":"3.0","secret":"{{{Secret}}}","type":"WiFi","data":{"networkId":"N_1","startTime":"{{{Iso(atMs)}}}","endTime":"{{{Iso(atMs)}}}",
         "reportingAps":[{"serial":"Q2","mac":"{{{accessPoint}}}","name":"Entrance","lat":31.2,"lng":121.4,"tags":[]}],
         "observations":[{"clientMac":"{{{mac}}}","ssid":{{{(ssid is null ? "null" : $"\"{ssid}\"")}}},"ipv4":"10.0.0.7","ipv6":null,"os":"iOS","manufacturer":"Apple","userId":null,
          "locations":[{"x":"5.5","y":"NaN","lat":31.2,"lng":121.4,"variance":"3.2","time":"{{{Iso(atMs)}}}","nearestApTags":[],
            "rssiRecords":[{"apMac":"{{{accessPoint}}}","rssi":"{{{dbm}}}"}]}],
          "latestRecord":{"time":"{{{Iso(atMs)}}}","nearestApMac":"{{{accessPoint}}}","nearestApRssi":"{{{dbm}}}"}}]}}
        """);

    public static byte[] MerakiBeacon(string mac, string accessPoint, int dbm, long atMs, string uuid, int major, int minor) => Encoding.UTF8.GetBytes($$$"""
        {"version":"3.0","secret":"{{{Secret}}}","type":"BLE","data":{"networkId":"N_1","observations":[{"clientMac":"{{{mac}}}","name":"tag","locations":[],
          "bleBeacons":[{"uuid":"{{{uuid}}}","major":{{{major}}},"minor":"{{{minor}}}","txPower":-59,"bleType":"ibeacon"}],
          "latestRecord":{"time":"{{{Iso(atMs)}}}","nearestApMac":"{{{accessPoint}}}","nearestApRssi":{{{dbm}}}}}]}}
        """);

    public static byte[] MerakiVersion2(string mac, string accessPoint, int aboveFloor, long atMs) => Encoding.UTF8.GetBytes($$$"""
        {"version":"2.0","secret":"{{{Secret}}}","type":"DevicesSeen","data":{"apMac":"{{{accessPoint}}}","apTags":["","x"],"apFloors":["1"],
         "observations":[{"clientMac":"{{{mac}}}","ipv4":"/10.0.0.7","ipv6":null,"seenTime":"{{{Iso(atMs)}}}","seenEpoch":{{{atMs / 1000}}},"ssid":"Mall","rssi":{{{aboveFloor}}},
          "manufacturer":"Apple","os":null,"location":{"lat":31.2,"lng":121.4,"unc":2.7,"x":[],"y":[]}}]}}
        """);

    public static byte[] Mist(string mac, string zone, long atMs, string trigger = "enter", string type = "wifi") => Encoding.UTF8.GetBytes($$"""
        {"topic":"zone","events":[{"site_id":"s","map_id":"m","zone_id":"{{zone}}","id":"{{zone}}","mac":"{{mac.Replace(":", "", StringComparison.Ordinal)}}","name":"x","timestamp":{{atMs / 1000}},"trigger":"{{trigger}}","type":"{{type}}"}]}
        """);

    public static string MistSignature(byte[] body) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body));

    public static byte[] Espresense(string mac, string id, int dbm) => Encoding.UTF8.GetBytes(
        $$"""{"mac":"{{mac.Replace(":", "", StringComparison.Ordinal)}}","id":"{{id}}","rssi@1m":-65,"rssi":{{dbm}},"rxAdj":0,"rssiVar":1.2,"distance":1.5,"var":0.2,"int":120}""");

    public static byte[] Theengs(string mac, int dbm) => Encoding.UTF8.GetBytes(
        $$"""{"name":"ATC","id":"{{mac}}","rssi":{{dbm}},"brand":"X","model":"Y","model_id":"Z"}""");

    public static string Firehose(string mac, string map, int dbm, long atMs, string uid, string eventType = "DEVICE_LOCATION_UPDATE") => $$$"""
        {"recordUid":"{{{uid}}}","recordTimestamp":{{{atMs}}},"spacesTenantId":"t","spacesTenantName":"T","partnerTenantId":"p","eventType":"{{{eventType}}}","deviceLocationUpdate":{"device":{"deviceId":"d","macAddress":"{{{mac}}}","manufacturer":"Apple"},"location":{"locationId":"l","name":"x"},"ssid":"Mall","visitId":"v","lastSeen":{{{atMs}}},"mapId":"{{{map}}}","xPos":5.0,"yPos":6.1,"confidenceFactor":80.0,"maxDetectedRssi":{{{dbm}}}}}
        """.Trim();

    /// <summary>A frame with a station, a beacon that was read, and raw advertising.</summary>
    public static byte[] Aruba(string station, string tag, string accessPoint, int dbm, long atMs, string token = Secret) =>
    [
        .. Field(1, [.. Number(1, 1), .. Field(2, Encoding.UTF8.GetBytes(token)), .. Number(3, 4)]),
        .. Field(2, [.. Field(1, "ap"u8.ToArray()), .. Field(2, Bytes(accessPoint)), .. Number(8, (ulong)(atMs / 1000))]),
        .. Field(3, [
            .. Field(1, Bytes(tag)), .. Number(2, 8), .. Number(7, (ulong)(atMs / 1000)), .. Field(10, [.. Number(1, Signed(dbm - 5)), .. Number(2, Signed(dbm))]),
            .. Field(12, Field(1, [.. Field(1, new byte[16]), .. Number(2, 1), .. Number(3, 2), .. Number(4, Signed(-59))]))]),
        .. Field(6, [.. Field(1, Bytes(tag)), .. Number(2, 0), .. Field(3, [2, 1, 6]), .. Number(4, Signed(dbm)), .. Number(5, 3)]),
        .. Field(7, [.. Field(1, Bytes(station)), .. Number(2, 16), .. Number(3, Signed(dbm))]),
    ];

    public static byte[] Bytes(string mac) => Convert.FromHexString(mac.Replace(":", "", StringComparison.Ordinal));

    private static string Iso(long atMs) => DateTimeOffset.FromUnixTimeMilliseconds(atMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static ulong Signed(int value) => (uint)((value << 1) ^ (value >> 31));

    private static byte[] Field(int number, byte[] content) => [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int number, ulong value) => [.. Varint((ulong)number << 3), .. Varint(value)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
