namespace Presence.Visits;

/// <summary>
/// What was believed lately, kept so that it can be seen again in the light of what was heard since: the backward half of a
/// forward-backward pass (Rabiner 1989, III.A.2) over a fixed number of hearings.
/// </summary>
internal sealed class PlaceTrail
{
    private readonly PlaceMotion _motion;
    private readonly Hearing[] _hearings;
    private float[] _since;
    private float[] _next;
    private long _count;

    /// <param name="motion">The same that the belief moves by.</param>
    /// <param name="squares">Of the belief.</param>
    /// <param name="kept">Hearings that are remembered.</param>
    public PlaceTrail(PlaceMotion motion, int squares, int kept)
    {
        _motion = motion;
        _hearings = new Hearing[kept];
        for (var i = 0; i < kept; i++)
        {
            _hearings[i] = new Hearing(new float[squares], new float[squares], 0);
        }

        (_since, _next) = (new float[squares], new float[squares]);
    }

    /// <param name="passed">Seconds since the hearing before.</param>
    /// <param name="belief">After this hearing.</param>
    /// <param name="told">How likely what was heard is in each square, in any one unit.</param>
    public void Add(double passed, ReadOnlySpan<float> belief, ReadOnlySpan<float> told)
    {
        ref var hearing = ref _hearings[_count++ % _hearings.Length];
        belief.CopyTo(hearing.Belief);
        told.CopyTo(hearing.Told);
        hearing = hearing with { Passed = passed };
    }

    /// <summary>Where the device was so many hearings ago, by what was heard before and since.</summary>
    /// <param name="ago">0 for the last hearing; no further back than is remembered.</param>
    /// <param name="to">Gets a chance for each square.</param>
    public void Before(int ago, Span<float> to)
    {
        var at = _count - 1 - Math.Min(ago, Math.Min(_count, _hearings.Length) - 1);
        Array.Fill(_since, 1f);
        for (var i = _count - 1; i > at; i--)
        {
            Unhear(_hearings[i % _hearings.Length]);
        }

        double sum = 0;
        var then = _hearings[at % _hearings.Length].Belief;
        for (var c = 0; c < then.Length; c++)
        {
            sum += to[c] = then[c] * _since[c];
        }

        for (var c = 0; c < then.Length; c++)
        {
            to[c] = (float)(to[c] / sum);
        }
    }

    // One hearing earlier: what is still to be heard is as likely as from all squares that one may walk to from here.
    private void Unhear(Hearing hearing)
    {
        for (var c = 0; c < _since.Length; c++)
        {
            _since[c] *= hearing.Told[c];
        }

        for (var left = hearing.Passed; left > 0.01; left -= _motion.Step)
        {
            _motion.MoveBack(_since, _next, Math.Min(1, left / _motion.Step));
            (_since, _next) = (_next, _since);
        }

        double sum = 0;
        foreach (var s in _since)
        {
            sum += s;
        }

        for (var c = 0; c < _since.Length; c++)
        {
            // The same trace of doubt as the way forward has.
            _since[c] = (float)((PlaceBelief.Certain * _since[c] / sum * _since.Length) + (1 - PlaceBelief.Certain));
        }
    }

    private record struct Hearing(float[] Belief, float[] Told, double Passed);
}
