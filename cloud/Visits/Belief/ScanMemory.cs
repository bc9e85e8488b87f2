using System.Collections.Immutable;

namespace Presence.Visits;

/// <summary>
/// The survey's scans themselves: where a scan like this one was taken before. A radio map takes sources one by one; scans remember what goes
/// together, such as a crowd that hides three access points at once.
/// </summary>
/// <remarks>
/// Cosine likeness, as usual for fingerprints (weighted nearest neighbours), of strengths on an exponential scale (Torres-Sospedra et al. 2015,
/// "Comprehensive analysis of distance and similarity measures for Wi-Fi fingerprinting indoor positioning systems"): what is loud is near, and
/// tells more of the place than many that are barely heard. On that scale the likeness does not depend on how loud the phone hears. A kernel about
/// each like scan.
/// </remarks>
public sealed class ScanMemory
{
    /// <summary>Ten times as much is made of a source that is so much louder, dB; by the amplitude of its wave it would be 20.</summary>
    private const double Scale = 25;

    /// <summary>Scans taken into account.</summary>
    private const int Most = 40;

    /// <summary>Metres about a scan within which it speaks.</summary>
    private const double Reach = 5;

    /// <summary>Share of doubt that any scan knows the place.</summary>
    private const float Doubt = 0.01f;

    /// <summary>Scans that a place wants about it before its own count for most: where hardly any was taken, one says little.</summary>
    private const float Few = 0.3f;

    private readonly PlaceGrid _grid;
    private readonly double _width;
    private readonly List<(int Floor, Spot At)> _places = [];
    private readonly List<(int Scan, float Value)>[] _bySource;
    private readonly float[] _likeness;
    private readonly float[] _density;
    private readonly float[] _taken;

    /// <param name="grid">Where a device can be.</param>
    /// <param name="sources">Number of sources.</param>
    /// <param name="scans">With their places.</param>
    /// <param name="width">Likeness falls to 1/e over this much.</param>
    public ScanMemory(PlaceGrid grid, int sources, ImmutableArray<SurveyStop> scans, double width)
    {
        ArgumentNullException.ThrowIfNull(grid);
        (_grid, _width) = (grid, width);
        _bySource = [.. Enumerable.Range(0, sources).Select(_ => new List<(int, float)>())];
        foreach (var scan in scans)
        {
            var length = Length(scan.Heard.AsSpan());
            foreach (var h in scan.Heard)
            {
                _bySource[h.Source].Add((_places.Count, Value(h.Dbm) / length));
            }

            _places.Add((scan.Floor, scan.At));
        }

        _likeness = new float[_places.Count];
        _density = new float[grid.Count];
        _taken = new float[grid.Count];
        foreach (var place in _places)
        {
            Spread(place, 1, _taken);
        }
    }

    /// <summary>For each square the logarithm of how well scans taken about there are like this one; 0 for the best.</summary>
    public void Compare(ReadOnlySpan<Loudness> heard, Span<float> log)
    {
        Array.Clear(_likeness);
        Array.Clear(_density);
        var length = Length(heard);
        foreach (var h in heard)
        {
            if ((uint)h.Source < (uint)_bySource.Length)
            {
                var value = Value(h.Dbm) / length;
                foreach (var (scan, other) in _bySource[h.Source])
                {
                    _likeness[scan] += value * other;
                }
            }
        }

        var order = Enumerable.Range(0, _likeness.Length).OrderByDescending(i => _likeness[i]).Take(Most).ToArray();
        if (order.Length == 0 || _likeness[order[0]] <= 0)
        {
            // Nothing of it was ever heard here: no place is told apart by it.
            log.Clear();
            return;
        }

        foreach (var scan in order)
        {
            Spread(_places[scan], (float)Math.Exp((_likeness[scan] - _likeness[order[0]]) / _width), _density);
        }

        // How many of the scans taken here are like this one: a place that was walked past ten times has ten times as many, and is no likelier for it.
        for (var c = 0; c < log.Length; c++)
        {
            _density[c] /= _taken[c] + Few;
        }

        var top = Math.Max(_density.Max(), 1e-9f);
        for (var c = 0; c < log.Length; c++)
        {
            log[c] = MathF.Log(((_density[c] / top) + Doubt) / (1 + Doubt));
        }
    }

    private void Spread((int Floor, Spot At) place, float weight, float[] to)
    {
        var steps = (int)(2.5 * Reach / _grid.Size);
        for (var dx = -steps; dx <= steps; dx++)
        {
            for (var dy = -steps; dy <= steps; dy++)
            {
                var c = _grid.Find(place.Floor, new Spot(place.At.X + (dx * _grid.Size), place.At.Y + (dy * _grid.Size)));
                if (c >= 0)
                {
                    var d = Outlines.Between(_grid.Places[c].At, place.At);
                    to[c] += weight * (float)Math.Exp(-d * d / (2 * Reach * Reach));
                }
            }
        }
    }

    // In units of a source at -70 dBm, for the sake of the floats.
    private static float Value(float dbm) => (float)Math.Pow(10, (dbm + 70) / Scale);

    private static float Length(ReadOnlySpan<Loudness> heard)
    {
        var sum = 1e-12f;
        foreach (var h in heard)
        {
            sum += Value(h.Dbm) * Value(h.Dbm);
        }

        return MathF.Sqrt(sum);
    }
}
