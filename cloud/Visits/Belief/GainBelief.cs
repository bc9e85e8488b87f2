namespace Presence.Visits;

/// <summary>A place belief for a device whose loudness is not known: one filter for each gain, weighted by how well each foretells what is heard.</summary>
public sealed class GainBelief
{
    private readonly PlaceBelief[] _filters;
    private readonly double[] _gains;
    private readonly double[] _log;
    private readonly float[] _belief;
    private readonly float[] _one;

    /// <param name="map">What is expected where.</param>
    /// <param name="motion">How visitors move.</param>
    /// <param name="prior">One weight for each square.</param>
    /// <param name="policy">What is taken for granted.</param>
    /// <param name="remembered">How many hearings <see cref="Before"/> may look back.</param>
    /// <param name="gains">Gains to be told apart, dB; one of 0 for a known device.</param>
    public GainBelief(
        RadioMap map, PlaceMotion motion, ReadOnlySpan<float> prior, RadioPolicy policy, int remembered, params ReadOnlySpan<double> gains)
    {
        _gains = gains.ToArray();
        _filters = new PlaceBelief[_gains.Length];
        _log = new double[_gains.Length];
        _belief = prior.ToArray();
        _one = new float[_belief.Length];
        for (var i = 0; i < _gains.Length; i++)
        {
            _filters[i] = new PlaceBelief(map, motion, prior, policy, remembered);
            // Phones differ by a standard deviation of about 6 dB from the policy's near strength.
            _log[i] = -_gains[i] * _gains[i] / (2 * 36);
        }
    }

    /// <summary>The chance of each square.</summary>
    public ReadOnlySpan<float> Belief => _belief;

    /// <summary>The gain now believed in, dB.</summary>
    public double Gain { get; private set; }

    public void Pass(double seconds)
    {
        foreach (var filter in _filters)
        {
            filter.Pass(seconds);
        }

        Mix();
    }

    /// <inheritdoc cref="PlaceBelief.Hear"/>
    public void Hear(ReadOnlySpan<Loudness> heard, int group)
    {
        for (var i = 0; i < _filters.Length; i++)
        {
            _log[i] += _filters[i].Hear(heard, group, _gains[i]);
        }

        Mix();
    }

    /// <inheritdoc cref="PlaceBelief.Before"/>
    public void Before(int ago, Span<float> to)
    {
        var sum = _log.Sum(Math.Exp);
        to.Clear();
        for (var i = 0; i < _filters.Length; i++)
        {
            var weight = (float)(Math.Exp(_log[i]) / sum);
            _filters[i].Before(ago, _one);
            for (var c = 0; c < to.Length; c++)
            {
                to[c] += weight * _one[c];
            }
        }
    }

    private void Mix()
    {
        var top = _log.Max();
        double sum = 0;
        for (var i = 0; i < _log.Length; i++)
        {
            // Never certain for good: a phone goes into a bag.
            _log[i] = Math.Max(_log[i] - top, -12);
            sum += Math.Exp(_log[i]);
        }

        Array.Clear(_belief);
        Gain = 0;
        for (var i = 0; i < _filters.Length; i++)
        {
            var weight = (float)(Math.Exp(_log[i]) / sum);
            Gain += weight * _gains[i];
            var filter = _filters[i].Belief;
            for (var c = 0; c < filter.Length; c++)
            {
                _belief[c] += weight * filter[c];
            }
        }
    }
}
