namespace Presence.Kit;

/// <summary>A clock that someone can set, over one that nobody can: only what it shows is wrong, its counter runs on.</summary>
public sealed class SkewedClock(TimeProvider inner) : TimeProvider
{
    /// <summary>How much it is ahead.</summary>
    public TimeSpan Error { get; set; }

    /// <summary>How much it gains in a second, as a share.</summary>
    public double Drift { get; set; }

    private readonly long _since = inner.GetTimestamp();

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Error + (inner.GetElapsedTime(_since) * Drift);

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
}
