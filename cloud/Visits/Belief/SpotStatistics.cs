namespace Presence.Visits;

/// <summary>How loud two receivers hear what lies at one named place: a two-dimensional Gaussian with a heavy tail.</summary>
public sealed class SpotStatistics
{
    private readonly double _one;
    private readonly double _two;
    private readonly double _a;
    private readonly double _b;
    private readonly double _c;
    private readonly double _log;

    private SpotStatistics(double one, double two, double a, double b, double c, double log) =>
        (_one, _two, _a, _b, _c, _log) = (one, two, a, b, c, log);

    /// <param name="readings">Pairs of dBm heard there.</param>
    public static SpotStatistics Of(IReadOnlyCollection<(double One, double Two)> readings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        if (readings.Count == 0)
        {
            return new SpotStatistics(0, 0, 1, 0, 1, double.NegativeInfinity);
        }

        var (one, two) = (readings.Average(r => r.One), readings.Average(r => r.Two));
        // Each tag and battery differs by some dB from those learned from: a variance of 4 dB is added, alike for both receivers.
        var (v1, v2, cov) = (
            readings.Average(r => (r.One - one) * (r.One - one)) + 5,
            readings.Average(r => (r.Two - two) * (r.Two - two)) + 5,
            readings.Average(r => (r.One - one) * (r.Two - two)) + 4);
        var det = (v1 * v2) - (cov * cov);
        return new SpotStatistics(one, two, v2 / det, -cov / det, v1 / det, -0.5 * Math.Log(det));
    }

    /// <summary>Log-likelihood of a pair, Student's t with 4 degrees.</summary>
    public double LogLikelihood(double one, double two)
    {
        var (x, y) = (one - _one, two - _two);
        var square = (_a * x * x) + (2 * _b * x * y) + (_c * y * y);
        return _log - (3 * Math.Log(1 + (square / 4)));
    }
}
