using System.Text.Json;
using Presence.Cloud.Access;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Cloud.Live;

/// <summary>Tells signs and dashboards over MQTT how full the building is, where a venue lets any listen.</summary>
public sealed class FloorEvents(MqttEndpoint endpoint, Integrations integrations)
{
    /// <summary>
    /// Counts that leave for others' screens are in tens, rounded down: fewer than ten people cannot be told, nor found by subtracting zones
    /// from the whole or one second from the next.
    /// </summary>
    private const int Least = 10;

    private sealed record FloorEvent(string Venue, DateTimeOffset At, int Visitors, IEnumerable<ZoneEvent> Zones);

    private sealed record ZoneEvent(string Zone, int Visitors);

    /// <summary>The floor has changed.</summary>
    public void Tell(Venue venue, LiveFloorView floor)
    {
        ArgumentNullException.ThrowIfNull(venue);
        ArgumentNullException.ThrowIfNull(floor);
        var topic = EventTopics.Of(new(venue.Map.Tenant), new(venue.Map.Venue), EventTopics.Floor);
        if (!integrations.MayHear(topic)) return;
        var told = new FloorEvent(floor.Venue, floor.VenueTime, Tens(floor.Visitors), floor.Zones.Select(z => new ZoneEvent(z.Zone, Tens(z.Now))));
        endpoint.Publish(topic, JsonSerializer.SerializeToUtf8Bytes(told, VenueFile.Json), MqttQos.AtMostOnce, retain: true);
    }

    private static int Tens(int count) => count / Least * Least;
}
