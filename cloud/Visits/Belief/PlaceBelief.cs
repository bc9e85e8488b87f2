using System.Numerics;

namespace Presence.Visits;

/// <summary>Where one device is believed to be, square by square, carried along in time: a forward filter (Rabiner 1989, III.A).</summary>
public sealed class PlaceBelief
{
    private readonly RadioMap _map;
    private readonly RadioPolicy _policy;
    private readonly PlaceMotion _motion;
    private readonly float[] _log;
    private readonly float[] _product;
    private float[] _belief;
    private float[] _next;

    /// <param name="map">What is expected where.</param>
    /// <param name="motion">How visitors move on the map's grid.</param>
    /// <param name="prior">Where visitors are, before anything is heard: one weight for each square.</param>
    /// <param name="policy">What is taken for granted.</param>
    public PlaceBelief(RadioMap map, PlaceMotion motion, ReadOnlySpan<float> prior, RadioPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(motion);
        ArgumentNullException.ThrowIfNull(policy);
        (_map, _motion, _policy) = (map, motion, policy);
        _belief = prior.ToArray();
        _next = new float[_belief.Length];
        _log = new float[_belief.Length];
        _product = new float[_belief.Length];
        Normalise();
    }

    /// <summary>The chance of each square; they add up to 1.</summary>
    public ReadOnlySpan<float> Belief => _belief;

    /// <summary>Lets time pass: the device may have walked.</summary>
    public void Pass(double seconds)
    {
        for (var left = seconds; left > 0.01; left -= _motion.Step)
        {
            _motion.Move(_belief, _next, Math.Min(1, left / _motion.Step));
            (_belief, _next) = (_next, _belief);
        }

        Normalise();
    }

    /// <summary>Takes in what one scan heard.</summary>
    /// <param name="heard">Sources heard.</param>
    /// <param name="group">The group that was listened for; what of it is not among the heard was silent. -1: silence says nothing.</param>
    /// <param name="gain">How much louder this device is than those of the map, dB.</param>
    /// <param name="beside">Other evidence: a log-likelihood for each square, or empty.</param>
    /// <param name="weight">Of that.</param>
    /// <returns>The log-likelihood of what was heard, for comparing gains.</returns>
    public double Hear(ReadOnlySpan<Loudness> heard, int group, double gain = 0, ReadOnlySpan<float> beside = default, float weight = 0)
    {
        Array.Clear(_log);
        Array.Fill(_product, 1f);
        if (group >= 0)
        {
            _map.Silence[group].CopyTo(_log, 0);
        }

        var waiting = 0;
        foreach (var h in heard)
        {
            if ((uint)h.Source < (uint)_map.Layers.Length && _map.Layers[h.Source] is { } layer)
            {
                Add((float)(h.Dbm - gain), layer);
                waiting = waiting == 15 ? Flush() : waiting + 1;
            }
        }

        Flush();
        for (var c = 0; c < beside.Length; c++)
        {
            _log[c] += weight * beside[c];
        }

        return Bayes();
    }

    // Student's t with 4 degrees: one reading through a door or a body must not overrule all others. Its product over sources is
    // kept as a product, because a logarithm costs more than all the rest; 16 factors of at most 200 fit a float.
    private void Add(float dbm, RadioMap.Layer layer)
    {
        var (log, product, mean, sharp, lead) = (_log, _product, layer.Mean, layer.Sharpness, layer.Lead);
        var at = new Vector<float>(dbm);
        var c = 0;
        for (; c <= log.Length - Vector<float>.Count; c += Vector<float>.Count)
        {
            var e = at - new Vector<float>(mean, c);
            (new Vector<float>(product, c) * (Vector<float>.One + (e * e * new Vector<float>(sharp, c)))).CopyTo(product, c);
            (new Vector<float>(log, c) + new Vector<float>(lead, c)).CopyTo(log, c);
        }

        for (; c < log.Length; c++)
        {
            var e = dbm - mean[c];
            product[c] *= 1 + (e * e * sharp[c]);
            log[c] += lead[c];
        }
    }

    private int Flush()
    {
        for (var c = 0; c < _log.Length; c++)
        {
            _log[c] -= 2.5f * MathF.Log(_product[c]);
            _product[c] = 1;
        }

        return 0;
    }

    private double Bayes()
    {
        var top = float.MinValue;
        for (var c = 0; c < _belief.Length; c++)
        {
            top = _belief[c] > 0 ? Math.Max(top, _log[c]) : top;
        }

        double sum = 0;
        for (var c = 0; c < _belief.Length; c++)
        {
            _belief[c] = (float)(_belief[c] * Math.Exp(_policy.Independence * (_log[c] - top)));
            sum += _belief[c];
        }

        Normalise();
        return (_policy.Independence * top) + Math.Log(Math.Max(sum, 1e-300));
    }

    private void Normalise()
    {
        double sum = 0;
        foreach (var b in _belief)
        {
            sum += b;
        }

        for (var c = 0; c < _belief.Length; c++)
        {
            // A trace of doubt everywhere, so that a device that was carried unseen is found again.
            _belief[c] = (float)((0.9999 * _belief[c] / sum) + (0.0001 / _belief.Length));
        }
    }
}
