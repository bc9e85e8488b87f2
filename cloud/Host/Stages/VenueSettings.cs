using System.ComponentModel.DataAnnotations;
using Presence.Visits;

namespace Presence.Cloud.Stages;

/// <summary>How venues are run. A change takes effect at the next start.</summary>
public sealed class VenueSettings
{
    /// <summary>How often gateways say how they are. Default 5 s: a quiet gateway holds up the venue's time no longer than this.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan StatusEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which a gateway counts as off line. Default 30 s, six missed words.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00")]
    public TimeSpan OfflineAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Clock error that is left alone. Default 2 s: below it the way to the cloud cannot be told from the clock.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "06:00:00")]
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest a sighting may wait at the gateway for its batch. Default 3 s: a second more than a gateway's own linger.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Age from which a sighting is history, whatever stream it came on: it completes visits and sends nothing. Default 45 s: half as long again as a gateway calls its own sightings live.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00")]
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long visits wait for a gateway that is cut off or has backlog, before they are settled without it and marked. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan WaitForGateway { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often time itself is an input. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan TickEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How much of the log a restart may have to read: a snapshot is taken after this many sightings. Default 5 million, about half a second of reading.</summary>
    [Range(1_000, 1_000_000_000)]
    public long SnapshotEvery { get; set; } = 5_000_000;

    /// <summary>How long the log of sightings and the visits of strangers are kept. Default 24 h, which is also the longest allowed.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "1.00:00:00")]
    public TimeSpan KeepStrangers { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long what the rules were told of members is kept, to try drafts over. Default 90 days; an erased member's goes at once.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "800.00:00:00")]
    public TimeSpan KeepFacts { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Drop devices that only probe at the gateway. Default true, the strictest region profile.</summary>
    public bool DropUnassociated { get; set; } = true;

    /// <summary>What counts as a visit.</summary>
    public VisitPolicy Visits { get; set; } = new();

    /// <summary>
    /// Fits the settings to a clock that runs faster. What is meant for networks and processes does not shrink with it: a message
    /// takes its milliseconds however fast the service's time passes.
    /// </summary>
    /// <param name="scale">Seconds of the service's time in a second.</param>
    /// <param name="given">Says which settings, by name, a person has set and are left alone; null for none.</param>
    public VenueSettings RunAt(double scale, Func<string, bool>? given = null)
    {
        TimeSpan AtLeast(string name, TimeSpan set, double wallSeconds) => scale <= 1 || given?.Invoke(name) == true
            ? set : TimeSpan.FromSeconds(Math.Max(set.TotalSeconds, wallSeconds * scale));
        StatusEvery = AtLeast(nameof(StatusEvery), StatusEvery, 0.2);
        OfflineAfter = AtLeast(nameof(OfflineAfter), OfflineAfter, 3);
        ClockTolerance = AtLeast(nameof(ClockTolerance), ClockTolerance, 1);
        Linger = AtLeast(nameof(Linger), Linger, 0.1);
        LateAfter = AtLeast(nameof(LateAfter), LateAfter, 2);
        TickEvery = AtLeast(nameof(TickEvery), TickEvery, 0.1);
        WaitForGateway = AtLeast(nameof(WaitForGateway), WaitForGateway, 5);
        return this;
    }
}
