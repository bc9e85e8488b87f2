namespace Presence.EdgeAgent.Keys;

/// <summary>
/// What time it is in the venue. From the cloud's first word on it is the cloud's clock, carried on by a counter that nobody can set; the
/// gateway's own clock counts only until then.
/// </summary>
internal sealed class VenueClock(TimeProvider time)
{
    private const long Furthest = 7_258_118_400_000; // the year 2200; what is beyond is no time, and some calendars end there
    private readonly Lock _gate = new(); // guards the rest
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private int _changeMinutes = 240;
    private long? _cloud;
    private long _stamp;
    private long? _error;

    /// <summary>Whether the cloud has said what time it is since the program started.</summary>
    public bool IsConfirmed
    {
        get
        {
            lock (_gate)
            {
                return _cloud is not null;
            }
        }
    }

    /// <summary>The gateway's clock less the cloud's, ms: the smallest difference heard lately; null before the first word.</summary>
    public long? ErrorMs
    {
        get
        {
            lock (_gate)
            {
                return _error;
            }
        }
    }

    /// <summary>Unix ms, the best that is known.</summary>
    public long Now
    {
        get
        {
            lock (_gate)
            {
                return _cloud is { } cloud ? cloud + (long)time.GetElapsedTime(_stamp).TotalMilliseconds : time.GetUtcNow().ToUnixTimeMilliseconds();
            }
        }
    }

    /// <summary>The venue's day now, counted from 0001-01-01; it begins at the day change, not at midnight.</summary>
    public int Day
    {
        get
        {
            lock (_gate)
            {
                var now = _cloud is { } cloud ? cloud + (long)time.GetElapsedTime(_stamp).TotalMilliseconds : time.GetUtcNow().ToUnixTimeMilliseconds();
                return DayOf(now, _zone, _changeMinutes);
            }
        }
    }

    /// <summary>The venue's day by the gateway's own clock, whatever the cloud said.</summary>
    public int OwnDay
    {
        get
        {
            lock (_gate)
            {
                return DayOf(time.GetUtcNow().ToUnixTimeMilliseconds(), _zone, _changeMinutes);
            }
        }
    }

    public static int DayOf(long unixMs, TimeZoneInfo zone, int changeMinutes)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(unixMs), zone);
        return DateOnly.FromDateTime(local.DateTime.AddMinutes(-changeMinutes)).DayNumber;
    }

    public void SetPlace(string zone, int changeMinutes)
    {
        lock (_gate)
        {
            _zone = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : _zone;
            _changeMinutes = changeMinutes;
        }
    }

    /// <summary>Takes the cloud's word.</summary>
    public void Heard(long cloud)
    {
        if (cloud is < 0 or > Furthest)
        {
            return;
        }

        lock (_gate)
        {
            (_cloud, _stamp) = (cloud, time.GetTimestamp());
            _error = time.GetUtcNow().ToUnixTimeMilliseconds() - cloud;
        }
    }
}
