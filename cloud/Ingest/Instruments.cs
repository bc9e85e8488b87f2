using System.Diagnostics.Metrics;

namespace Presence.Ingest;

/// <summary>What is counted at the door.</summary>
public static class Instruments
{
    private static readonly Meter Meter = new("Presence.Ingest");

    /// <summary>Connections refused, by reason.</summary>
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("presence.ingest.refused", "{connection}", "Connections refused, by reason");

    /// <summary>Batches that came again and changed nothing.</summary>
    public static readonly Counter<long> Repeats = Meter.CreateCounter<long>("presence.ingest.repeats", "{batch}", "Batches that were committed before");

    /// <summary>Payloads that could not be read, by reason.</summary>
    public static readonly Counter<long> Unreadable = Meter.CreateCounter<long>("presence.ingest.unreadable", "{message}", "Payloads that could not be read, by reason");
}
