using System.Diagnostics.Metrics;

namespace Presence.Cloud.Stages;

/// <summary>What is counted in the venues' loop; once a group or less, never by sighting.</summary>
internal static class Instruments
{
    private static readonly Meter Meter = new("Presence.Venues");

    /// <summary>From taking a group to having it on disk.</summary>
    public static readonly Histogram<double> Commit = Meter.CreateHistogram<double>("presence.venues.commit", "ms", "From taking a group of batches to having it on disk");

    public static readonly Histogram<int> Group = Meter.CreateHistogram<int>("presence.venues.group", "{batch}", "Batches committed together");

    /// <summary>Commits that the store refused; nothing is acknowledged until one succeeds.</summary>
    public static readonly Counter<long> StoreFailures = Meter.CreateCounter<long>("presence.venues.store.failures", "{commit}", "Commits that the store refused");

    /// <summary>Members' devices found in two places at once.</summary>
    public static readonly Counter<long> Copies = Meter.CreateCounter<long>("presence.venues.copied_devices", "{device}", "Members' devices found in two places at once");

    /// <summary>Requests that failed by a mistake of ours.</summary>
    public static readonly Counter<long> RequestFailures = Meter.CreateCounter<long>("presence.venues.request.failures", "{request}", "Requests that failed by a mistake of ours");
}
