using System.Diagnostics.Metrics;

namespace Presence.EdgeAgent;

/// <summary>What the gateway counts.</summary>
internal static class Instruments
{
    private static readonly Meter Meter = new("Presence.Gateway");

    public static readonly Counter<long> Frames = Meter.CreateCounter<long>("presence.gateway.frames", "{frame}", "Frames read.");

    public static readonly Counter<long> Sightings = Meter.CreateCounter<long>("presence.gateway.sightings", "{sighting}", "Sightings made of them.");

    /// <summary>Frames that became no sighting, by reason.</summary>
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("presence.gateway.refused", "{frame}", "Frames that became no sighting, by reason.");

    /// <summary>Gateways that came with another key than before.</summary>
    public static readonly Counter<long> OtherKeys = Meter.CreateCounter<long>("presence.gateway.peers.other_key", "{gateway}", "Gateways of the venue that came with another key than before.");

    /// <summary>What came by UDP or a serial line and was no frame, by door and reason.</summary>
    public static readonly Counter<long> DoorRefused = Meter.CreateCounter<long>("presence.gateway.door.refused", "{frame}", "What came by UDP or a serial line and was no frame, by door and reason.");

    /// <summary>What foreign systems sent that became no sighting, by system and reason.</summary>
    public static readonly Counter<long> FeedRefused = Meter.CreateCounter<long>("presence.gateway.feed.refused", "{record}", "What foreign systems sent that became no sighting, by system and reason.");

    /// <summary>Sightings lost, by reason.</summary>
    public static readonly Counter<long> Dropped = Meter.CreateCounter<long>("presence.gateway.dropped", "{sighting}", "Sightings lost, by reason.");

    public static readonly Counter<long> Batches = Meter.CreateCounter<long>("presence.gateway.batches", "{batch}", "Batches spooled.");

    public static readonly Counter<long> Bindings = Meter.CreateCounter<long>("presence.gateway.bindings", "{binding}", "Bindings asked for, by outcome.");
}
