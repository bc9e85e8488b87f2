using System.Globalization;
using System.Text.Json;
using Presence.Capture.Privacy;

namespace Presence.Capture.Feeds;

/// <summary>What ESP32 receivers of the home world publish over MQTT: ESPresense, and OpenMQTTGateway or Theengs.</summary>
/// <remarks>
/// Sources: ESPresense/ESPresense.com configuration/mqtt.md and ESPresense/ESPresense src/BleFingerprint.cpp; theengs/gateway docs/use/use.md.
/// <code>
/// espresense/devices/{id}/{room}       {"mac":"…","id":"iBeacon:uuid-major-minor","rssi":-61,…}
/// espresense/rooms/{room}              the same, by older firmware
/// home/{gateway}/BTtoMQTT/{MAC}        {"id":"AA:BB:…","rssi":-61,…}
/// </code>
/// </remarks>
public static class RoomTopics
{
    /// <summary>What to subscribe to.</summary>
    public static readonly string[] Filters = ["espresense/devices/+/+", "espresense/rooms/+", "home/+/BTtoMQTT/+"];

    public static FeedRefusal Read(string topic, ReadOnlyMemory<byte> payload, FeedReadings into)
    {
        try
        {
            switch (topic.Split('/'))
            {
                case ["espresense", "devices", var id, var room]:
                    return Espresense(Parse(payload), id, room, into);
                case ["espresense", "rooms", var room]:
                    return Espresense(Parse(payload), null, room, into);
                case ["home", var gateway, "BTtoMQTT", var mac] when mac != "undecoded":
                    var told = Parse(payload);
                    var address = Loose.Mac(told.Get("id").Text()) ?? Loose.Mac(mac);
                    into.Add(gateway, Loose.BluetoothSpace(address ?? 0), address, told.Get("rssi").Number(), 0, TokenTraits.Bluetooth);
                    return FeedRefusal.None;
                default:
                    return FeedRefusal.NotDevices;
            }
        }
        catch (JsonException)
        {
            return FeedRefusal.Malformed;
        }
    }

    private static FeedRefusal Espresense(JsonElement told, string? idInTopic, string room, FeedReadings into)
    {
        var id = told.Get("id").Text() ?? idInTopic ?? "";

        // A name made of advertised services ("apple:1005:9-26") is of a kind of device and not of one: only addresses and beacons count.
        var beacon = id.StartsWith("iBeacon:", StringComparison.OrdinalIgnoreCase) && id[8..].Split('-') is { Length: >= 3 } parts
            ? Loose.IBeacon(string.Concat(parts[..^2]), Whole(parts[^2]), Whole(parts[^1])) : null;
        var address = Loose.Mac(told.Get("mac").Text()) ?? Loose.Mac(id.StartsWith("known:", StringComparison.Ordinal) ? id[6..] : id);
        into.Add(room, beacon is null ? Loose.BluetoothSpace(address ?? 0) : AddressSpace.IBeacon, address, told.Get("rssi").Number(), 0,
            TokenTraits.Bluetooth | (beacon is null ? TokenTraits.None : TokenTraits.Beacon), beacon);
        return FeedRefusal.None;
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload, Loose.Options);
        return document.RootElement.Clone();
    }

    private static double? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
