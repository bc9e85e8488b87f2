using System.Diagnostics.Metrics;

namespace Presence.Uplink;

/// <summary>What the uplink counts.</summary>
internal static class Instruments
{
    private static readonly Meter Meter = new("Presence.Uplink");

    /// <summary>Batches published, by stream; a batch sent again counts again.</summary>
    public static readonly Counter<long> Sent = Meter.CreateCounter<long>("presence.uplink.sent", "{batch}", "Batches published, by stream.");

    public static readonly Counter<long> SentBytes = Meter.CreateCounter<long>("presence.uplink.sent_bytes", "By", "Payload bytes published.");

    public static readonly Counter<long> Connects = Meter.CreateCounter<long>("presence.uplink.connects", "{connection}", "Connections made.");

    public static readonly Counter<long> Breaks = Meter.CreateCounter<long>("presence.uplink.breaks", "{connection}", "Connections lost or not made.");

    /// <summary>Publishes the cloud refused, by its reason.</summary>
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("presence.uplink.refused", "{batch}", "Batches the cloud refused, by reason.");

    /// <summary>Messages from above that were not understood, by reason.</summary>
    public static readonly Counter<long> Strange = Meter.CreateCounter<long>("presence.uplink.strange", "{message}", "Messages from above not understood.");
}
