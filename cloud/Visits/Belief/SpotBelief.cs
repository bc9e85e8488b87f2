namespace Presence.Visits;

/// <summary>Which of a few learned spots a device is at, by two receivers, carried along in time.</summary>
public sealed class SpotBelief
{
    private readonly SpotStatistics[] _spots;
    private readonly double _stayMs;
    private readonly double[] _chance;
    private long _last = long.MinValue;

    /// <param name="spots">What the receivers hear at each spot.</param>
    /// <param name="meanStay">How long a device stays at one spot, about.</param>
    public SpotBelief(IReadOnlyList<SpotStatistics> spots, TimeSpan meanStay)
    {
        ArgumentNullException.ThrowIfNull(spots);
        _spots = [.. spots];
        _stayMs = meanStay.TotalMilliseconds;
        _chance = new double[_spots.Length];
        Array.Fill(_chance, 1.0 / _spots.Length);
    }

    /// <summary>Chance of each spot.</summary>
    public ReadOnlySpan<double> Chances => _chance;

    public int Likeliest => Array.IndexOf(_chance, _chance.Max());

    /// <summary>Takes in one pair of readings. Readings a second apart err together, so each counts for a third.</summary>
    public void Hear(double one, double two, long atMs)
    {
        var moved = _last == long.MinValue ? 0 : 1 - Math.Exp(-Math.Max(0, atMs - _last) / _stayMs);
        _last = Math.Max(_last, atMs);
        double sum = 0;
        for (var i = 0; i < _chance.Length; i++)
        {
            var stayed = ((1 - moved) * _chance[i]) + (moved / _chance.Length);
            sum += _chance[i] = stayed * Math.Exp(_spots[i].LogLikelihood(one, two) / 3);
        }

        for (var i = 0; i < _chance.Length; i++)
        {
            _chance[i] = sum > 0 ? _chance[i] / sum : 1.0 / _chance.Length;
        }
    }
}
