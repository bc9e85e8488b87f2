namespace Presence.Visits;

/// <summary>What counts as a visit. Immutable; a change is an input of the venue's log.</summary>
public sealed record VisitPolicy
{
    /// <summary>Silence after which a visit is over, back-dated to the last evidence. Default 10 min: phones that only probe are silent for minutes at a time.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How late a sighting may come and still give the same visits as in order. Default 30 s: fifteen times the linger of a gateway's batch.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Final visits are decided in steps of this length. Default 10 s: shorter than any stay that a rule may speak of.</summary>
    public TimeSpan Bucket { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest visit; what is heard longer is settled and begun anew, so that a till's radio does not make a visit of weeks. Default 24 h.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A device is believed to have changed zone when the new one is this much louder. Default 6 dB, about the spread of one receiver's readings of a still device.</summary>
    public double HysteresisDb { get; init; } = 6;

    /// <summary>A visit whose loudest ten seconds were fainter than this was outside. Default -85 dBm.</summary>
    public int VisitorDbm { get; init; } = -85;

    /// <summary>A visit shorter than this was passing by. Default 1 min.</summary>
    public TimeSpan VisitorDwell { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An engaged visitor was heard at least this loud. Default -75 dBm.</summary>
    public int EngagedDbm { get; init; } = -75;

    /// <summary>An engaged visitor stayed at least this long. Default 10 min.</summary>
    public TimeSpan EngagedDwell { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Stops at the first setting that makes no sense, by its name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    internal void Check()
    {
        // A bucket's times are kept in 16 bits of milliseconds, a visit's in 32.
        ArgumentOutOfRangeException.ThrowIfLessThan(Bucket, TimeSpan.FromSeconds(1), nameof(Bucket));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Bucket, TimeSpan.FromSeconds(60), nameof(Bucket));
        ArgumentOutOfRangeException.ThrowIfLessThan(Silence, Bucket * 2, nameof(Silence));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Silence, TimeSpan.FromHours(4), nameof(Silence));
        ArgumentOutOfRangeException.ThrowIfLessThan(Lateness, TimeSpan.Zero, nameof(Lateness));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Lateness, TimeSpan.FromHours(1), nameof(Lateness));
        ArgumentOutOfRangeException.ThrowIfLessThan(Longest, TimeSpan.FromHours(5), nameof(Longest));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Longest, TimeSpan.FromDays(30), nameof(Longest));
        ArgumentOutOfRangeException.ThrowIfLessThan(HysteresisDb, 0, nameof(HysteresisDb));
    }
}
