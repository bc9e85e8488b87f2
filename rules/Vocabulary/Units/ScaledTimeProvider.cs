namespace Presence;

/// <summary>
/// A clock that runs faster than the wall's, so that a mall day fits into a minute. Every process that is given the same
/// origin, anchor and scale on the same machine shows the same time.
/// </summary>
/// <remarks>
/// Until the anchor time runs at the wall's own pace, so that programs start and connect in calm; at the anchor it is the origin, and
/// from then on it runs at the scale. For what a venue lives by (sightings, visits, rules). What a network or disk lives by
/// (keep-alive, back-off, a linger before a commit) stays on the wall's clock: at 900 times the pace a minute's keep-alive is 67 ms.
/// </remarks>
public sealed class ScaledTimeProvider : TimeProvider
{
    // The system's timers count whole milliseconds and take less for "at once", which would turn a loop that waits into one that spins.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _wall;
    private readonly DateTimeOffset _origin;
    private readonly long _anchor;
    private readonly double _scale;

    /// <param name="wall">The clock of the machine; only its running counter is used after construction.</param>
    /// <param name="origin">What this clock shows at <paramref name="anchor"/>.</param>
    /// <param name="anchor">When by the wall's clock the pace changes; may be past or future.</param>
    /// <param name="scale">Seconds of this clock in a second of the wall's, above 0, at most 100,000.</param>
    public ScaledTimeProvider(TimeProvider wall, DateTimeOffset origin, DateTimeOffset anchor, double scale)
    {
        ArgumentNullException.ThrowIfNull(wall);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, 100_000);
        _wall = wall;
        _origin = origin.ToUniversalTime();
        _scale = scale;
        _anchor = wall.GetTimestamp() + (long)((anchor - wall.GetUtcNow()).TotalSeconds * wall.TimestampFrequency);
    }

    public override TimeZoneInfo LocalTimeZone => _wall.LocalTimeZone;

    public override long TimestampFrequency => _wall.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() =>
        _origin + TimeSpan.FromSeconds(Scaled(_wall.GetTimestamp() - _anchor) / (double)TimestampFrequency);

    public override long GetTimestamp() => _anchor + Scaled(_wall.GetTimestamp() - _anchor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(this, callback, state, dueTime, period);

    /// <summary>How long the wall's clock runs while this one runs for <paramref name="span"/> from now.</summary>
    public TimeSpan OnTheWall(TimeSpan span)
    {
        if (span <= TimeSpan.Zero)
        {
            return span;
        }

        var calm = TimeSpan.FromSeconds(Math.Max(0, (_anchor - _wall.GetTimestamp()) / (double)TimestampFrequency));
        var wait = span <= calm ? span : calm + ((span - calm) / _scale);
        return wait < ShortestWait ? ShortestWait : wait;
    }

    private long Scaled(long sinceAnchor) => sinceAnchor <= 0 ? sinceAnchor : (long)(sinceAnchor * _scale);

    /// <summary>Armed for one tick at a time: a period that began in calm must not stay calm after the anchor.</summary>
    private sealed class ScaledTimer : ITimer
    {
        private readonly ScaledTimeProvider _clock;
        private readonly ITimer _once;
        private readonly Lock _gate = new(); // guards _period together with the arming of _once
        private TimeSpan _period;

        public ScaledTimer(ScaledTimeProvider clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _clock = clock;
            _once = clock._wall.CreateTimer(
                _ =>
                {
                    RearmForThePeriod();
                    callback(state);
                },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                _period = period;
                return _once.Change(_clock.OnTheWall(dueTime), Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose() => _once.Dispose();

#pragma warning disable RS0030 // ITimer asks for it; nothing is started here.
        public ValueTask DisposeAsync() => _once.DisposeAsync();
#pragma warning restore RS0030

        private void RearmForThePeriod()
        {
            lock (_gate)
            {
                if (_period > TimeSpan.Zero)
                {
                    _once.Change(_clock.OnTheWall(_period), Timeout.InfiniteTimeSpan);
                }
            }
        }
    }
}
