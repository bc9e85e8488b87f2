using System.Text.Json;
using Presence.Capture.Privacy;

namespace Presence.Capture.Feeds;

/// <summary>One line of the Cisco Spaces Firehose.</summary>
/// <remarks>
/// Source: developer.cisco.com/docs/cisco-spaces-firehose (http-streaming, sample-events, best-practices). The system has placed the device: its map
/// is taken for a receiver, and the strength for what is told or, where nothing is, for somebody's who stands beside one.
/// </remarks>
public static class Firehose
{
    /// <param name="line">A JSON object.</param>
    /// <param name="uid">By which a repeat is known; empty when there is none.</param>
    /// <param name="recordAt">Unix ms, what to resume from; 0 when there is none.</param>
    public static FeedRefusal Read(ReadOnlyMemory<byte> line, FeedReadings into, out string uid, out long recordAt)
    {
        (uid, recordAt) = ("", 0);
        try
        {
            using var document = JsonDocument.Parse(line, Loose.Options);
            var root = document.RootElement;
            (uid, recordAt) = (root.Get("recordUid").Text() ?? "", root.Get("recordTimestamp").Time() ?? 0);
            if (root.Get("eventType").Text() != "DEVICE_LOCATION_UPDATE")
            {
                return FeedRefusal.NotDevices;
            }

            var update = root.Get("deviceLocationUpdate");
            var address = Loose.Mac(update.Get("device").Get("macAddress").Text());
            var place = update.Get("mapId").Text() ?? update.Get("location").Get("locationId").Text();
            into.Add(place, AddressSpace.Wifi, address, update.Get("maxDetectedRssi").Number() ?? Mist.Beside, update.Get("lastSeen").Time() ?? recordAt,
                update.Get("ssid").Text() is { Length: > 0 } ? TokenTraits.Associated : TokenTraits.None);
            return FeedRefusal.None;
        }
        catch (JsonException)
        {
            return FeedRefusal.Malformed;
        }
    }
}
