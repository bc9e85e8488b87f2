using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Presence.Capture.Privacy;

namespace Presence.Capture.Feeds;

/// <summary>Meraki Scanning API, versions 3 and 2: one POST for each network or access point a minute.</summary>
/// <remarks>
/// Sources: developer.cisco.com/meraki/scanning-api/3-0 and /api-version-2-overview; strengths of version 2 count from the noise floor, 95 below
/// (/api-version-1-deprecated). Numbers come as numbers or as text, "NaN" among them.
/// </remarks>
public static class Meraki
{
    private const int NoiseFloor = 95;

    /// <param name="body">The POST's body.</param>
    /// <param name="secret">What <c>secret</c> in the body must be.</param>
    public static FeedRefusal Read(ReadOnlyMemory<byte> body, string secret, FeedReadings into)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Loose.Options);
            var root = document.RootElement;
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(root.Get("secret").Text() ?? ""), Encoding.UTF8.GetBytes(secret)))
            {
                return FeedRefusal.NotTrusted;
            }

            var (type, data) = (root.Get("type").Text(), root.Get("data"));
            if (type is not ("WiFi" or "BLE" or "Bluetooth" or "DevicesSeen" or "BluetoothDevicesSeen"))
            {
                return FeedRefusal.NotDevices;
            }

            var bluetooth = type is "BLE" or "Bluetooth" or "BluetoothDevicesSeen";
            foreach (var observation in data.Get("observations").Each())
            {
                if (root.Get("version").Text()?.StartsWith('2') == true) ReadVersion2(observation, Loose.MacName(data.Get("apMac").Text()), bluetooth, into);
                else ReadVersion3(observation, bluetooth, into);
            }

            return FeedRefusal.None;
        }
        catch (JsonException)
        {
            return FeedRefusal.Malformed;
        }
    }

    private static void ReadVersion2(JsonElement observation, string? accessPoint, bool bluetooth, FeedReadings into)
    {
        var address = Loose.Mac(observation.Get("clientMac").Text());
        into.Add(accessPoint, SpaceOf(address, bluetooth), address, Strength(observation.Get("rssi")),
            (observation.Get("seenEpoch") is { ValueKind: not JsonValueKind.Undefined } epoch ? epoch : observation.Get("seenTime")).Time(), TraitsOf(observation, bluetooth));
    }

    private static void ReadVersion3(JsonElement observation, bool bluetooth, FeedReadings into)
    {
        var address = Loose.Mac(observation.Get("clientMac").Text());
        var (space, traits) = (SpaceOf(address, bluetooth), TraitsOf(observation, bluetooth));
        byte[]? beacon = null;
        foreach (var told in observation.Get("bleBeacons").Each())
        {
            beacon ??= Loose.IBeacon(told.Get("uuid").Text(), told.Get("major").Number(), told.Get("minor").Number());
        }

        (space, traits) = beacon is null ? (space, traits) : (AddressSpace.IBeacon, traits | TokenTraits.Beacon);
        var heard = 0;
        foreach (var location in observation.Get("locations").Each())
        {
            foreach (var record in location.Get("rssiRecords").Each())
            {
                heard++;
                into.Add(Loose.MacName(record.Get("apMac").Text()), space, address, Strength(record.Get("rssi")), location.Get("time").Time(), traits, beacon);
            }
        }

        if (heard == 0)
        {
            var latest = observation.Get("latestRecord");
            into.Add(Loose.MacName(latest.Get("nearestApMac").Text()), space, address, Strength(latest.Get("nearestApRssi")), latest.Get("time").Time(), traits, beacon);
        }
    }

    private static AddressSpace SpaceOf(ulong? address, bool bluetooth) => bluetooth ? Loose.BluetoothSpace(address ?? 0) : AddressSpace.Wifi;

    // A client has the name of the network it is on; whoever only looks for one has none.
    private static TokenTraits TraitsOf(JsonElement observation, bool bluetooth) => bluetooth ? TokenTraits.Bluetooth
        : observation.Get("ssid").Text() is { Length: > 0 } ? TokenTraits.Associated : TokenTraits.None;

    private static double? Strength(JsonElement rssi) => rssi.Number() is { } number ? number > 0 ? number - NoiseFloor : number : null;
}
