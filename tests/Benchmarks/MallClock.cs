using System.Globalization;

namespace Presence.Benchmarks;

/// <summary>The time of the malls in a benchmark, which may run faster than the wall's; and how long people stay in a zone by it.</summary>
internal sealed class MallClock
{
    private readonly DateTimeOffset _begins = DateTimeOffset.UtcNow;
    private readonly double _scale;
    private readonly ScaledTimeProvider _time;

    /// <param name="scale">Seconds of the malls' in a second of the wall's.</param>
    /// <param name="dwell">How long everybody stays in a zone, by the malls' clock.</param>
    public MallClock(double scale, TimeSpan dwell)
    {
        (_scale, Dwell) = (scale, dwell);
        _time = new ScaledTimeProvider(TimeProvider.System, _begins, _begins, scale);
    }

    public TimeSpan Dwell { get; }

    /// <summary>Unix ms.</summary>
    public long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>How a program is told of it; nothing where it is the wall's.</summary>
    public string[] Arguments => _scale is 1 ? [] :
    [
        "--time-scale", _scale.ToString("R", CultureInfo.InvariantCulture),
        "--time-origin", _begins.ToString("O", CultureInfo.InvariantCulture),
        "--time-anchor", _begins.ToString("O", CultureInfo.InvariantCulture),
    ];

    /// <summary>One in a hundred sightings is the first in a new zone.</summary>
    /// <param name="devices">In all malls.</param>
    /// <param name="rate">Sightings per second of the wall's.</param>
    /// <param name="scale">As in the constructor.</param>
    public static MallClock For(int devices, double rate, double scale) => new(scale, TimeSpan.FromSeconds(devices * 100 / (rate / scale)));
}
