using System.Numerics;

namespace Presence.Visits;

/// <summary>Where one device is believed to be, square by square, carried along in time: a forward filter (Rabiner 1989, III.A).</summary>
public sealed class PlaceBelief
{
    /// <summary>Seconds: who was not heard for longer may be anywhere, and need not be followed step by step.</summary>
    private const double LongestWalk = 3_600;

    private readonly RadioMap _map;
    private readonly RadioPolicy _policy;
    private readonly PlaceMotion _motion;
    private readonly float[] _log;
    private readonly float[] _product;
    private readonly PlaceTrail? _trail;
    private float[] _belief;
    private float[] _next;
    private double _passed;

    /// <summary>All but a trace of doubt that is spread over all squares, so that a device that was carried unseen is found again.</summary>
    internal const double Certain = 0.9999;

    /// <param name="map">What is expected where.</param>
    /// <param name="motion">How visitors move on the map's grid.</param>
    /// <param name="prior">Where visitors are, before anything is heard: one weight for each square.</param>
    /// <param name="policy">What is taken for granted.</param>
    /// <param name="remembered">How many hearings <see cref="Before"/> may look back.</param>
    public PlaceBelief(RadioMap map, PlaceMotion motion, ReadOnlySpan<float> prior, RadioPolicy policy, int remembered = 0)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(motion);
        ArgumentNullException.ThrowIfNull(policy);
        (_map, _motion, _policy) = (map, motion, policy);
        _belief = prior.ToArray();
        _next = new float[_belief.Length];
        _log = new float[_belief.Length];
        _product = new float[_belief.Length];
        _trail = remembered > 0 ? new PlaceTrail(motion, _belief.Length, remembered) : null;
        Normalise();
    }

    /// <summary>The chance of each square; they add up to 1.</summary>
    public ReadOnlySpan<float> Belief => _belief;

    /// <summary>Lets time pass: the device may have walked.</summary>
    public void Pass(double seconds)
    {
        seconds = Math.Min(seconds, LongestWalk);
        _passed += seconds;
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
        var independence = (float)(group == 1 ? _policy.BeaconIndependence : _policy.Independence);
        foreach (var h in heard)
        {
            if ((uint)h.Source < (uint)_map.Layers.Length && _map.Layers[h.Source] is { } layer)
            {
                Add((float)(h.Dbm - gain), layer);
                waiting = waiting == 15 ? Flush() : waiting + 1;
            }
        }

        Flush();
        for (var c = 0; c < _log.Length; c++)
        {
            _log[c] *= independence;
        }

        for (var c = 0; c < beside.Length; c++)
        {
            _log[c] += weight * beside[c];
        }

        return Bayes();
    }

    /// <summary>Where the device was so many hearings ago, by what was heard before and since; what was remembered at construction is as far as it goes.</summary>
    /// <param name="ago">0 for the last hearing.</param>
    /// <param name="to">Gets a chance for each square.</param>
    public void Before(int ago, Span<float> to)
    {
        if (ago == 0 || _trail is null)
        {
            Belief.CopyTo(to);
            return;
        }

        _trail.Before(ago, to);
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
            var told = (float)Math.Exp(_log[c] - top);
            _log[c] = told;
            _belief[c] *= told;
            sum += _belief[c];
        }

        Normalise();
        _trail?.Add(_passed, _belief, _log);
        _passed = 0;
        return top + Math.Log(Math.Max(sum, 1e-300));
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
            _belief[c] = (float)((Certain * _belief[c] / sum) + ((1 - Certain) / _belief.Length));
        }
    }
}
