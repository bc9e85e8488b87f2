using Presence.Wire;

namespace Presence.EdgeAgent;

/// <summary>Says how far the clock can be trusted, by comparing it with one that cannot be set.</summary>
internal sealed class ClockWatch(TimeProvider time)
{
    private static readonly TimeSpan Jump = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new(); // guards the rest
    private DateTimeOffset _at = time.GetUtcNow();
    private long _stamp = time.GetTimestamp();
    private long? _jumped;

    public ClockState State
    {
        get
        {
            lock (_gate)
            {
                var (now, stamp) = (time.GetUtcNow(), time.GetTimestamp());
                if ((now - _at - time.GetElapsedTime(_stamp, stamp)).Duration() > Jump)
                {
                    _jumped = stamp;
                }

                (_at, _stamp) = (now, stamp);
                var doubtful = now < Earliest || (_jumped is { } jumped && time.GetElapsedTime(jumped, stamp) < TimeSpan.FromHours(1));
                return doubtful ? ClockState.Doubtful : ClockState.Trusted;
            }
        }
    }
}
