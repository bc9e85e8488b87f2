namespace Presence.Visits;

/// <summary>Ten minutes in which somebody counted heads.</summary>
/// <param name="Day">When: windows of one day resemble each other and err together, so that none is judged by its own.</param>
/// <param name="Signs">What was heard then, and in the window before; see <see cref="PeopleEstimate.Joined"/>.</param>
/// <param name="People">Heads, on average.</param>
public sealed record CountedWindow(string Day, double[] Signs, double People);

/// <summary>People in a room: the best guess, and a range that holds nine times of ten.</summary>
public readonly record struct PeopleRange(double People, double Low, double High);

/// <summary>How many people are in a room, from what was heard: learned from windows whose heads were counted.</summary>
/// <remarks>
/// Two guesses, after each sign is scaled by its spread: the mean of the counted windows most like this one, nearer ones counting more (Fix and Hodges
/// 1951), and a smooth surface through the roots of all of them (Gaussian process regression, Rasmussen and Williams 2006, 2.2). The nearest are heeded as far as they are near:
/// on a day that no lesson is like, the surface errs less. The range is that of its own errors: each counted window is guessed from the other days, and the guess's error, relative to the
/// root of the guess, gives the quantiles (split conformal prediction, Vovk 2005, here by day). See <c>MODEL.md</c>.
/// </remarks>
public sealed class PeopleEstimate
{
    /// <summary>How many windows speak. On the published recordings 3 to 8 differ little, 12 and more are worse.</summary>
    private const int Nearest = 5;

    /// <summary>Beside the root of the number of signs: how far apart windows still resemble each other; and how near the nearest must be to be heeded by half.</summary>
    private const double Smooth = 1.2;
    private const double Close = 0.35;

    /// <summary>Share of the heads' variance that no sign explains.</summary>
    private const double Noise = 0.05;

    /// <summary>Share of it that all of a day have in common: which phones came, how many left theirs at home. From 0.03 to 0.5 it makes no difference.</summary>
    private const double OfTheDay = 0.1;

    private readonly CountedWindow[] _learned;
    private readonly Surface _whole;
    private readonly Dictionary<string, Surface> _surfaces;
    private readonly double[][] _scaled;
    private readonly double[] _mean;
    private readonly double[] _spread;
    private readonly double _low;
    private readonly double _high;

    /// <param name="learned">Windows of at least two days.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public PeopleEstimate(IReadOnlyList<CountedWindow> learned)
    {
        _learned = [.. learned];
        if (_learned.Select(w => w.Day).Distinct(StringComparer.Ordinal).Count() < 2)
        {
            throw new ArgumentException("Counted windows of at least two days are needed to tell how sure an estimate is.", nameof(learned));
        }

        var width = _learned[0].Signs.Length;
        _mean = [.. Enumerable.Range(0, width).Select(i => _learned.Average(w => w.Signs[i]))];
        _spread = [.. Enumerable.Range(0, width).Select(i => Math.Max(1e-6, Math.Sqrt(_learned.Average(w => Square(w.Signs[i] - _mean[i])))))];
        _scaled = [.. _learned.Select(w => Scaled(w.Signs))];
        _whole = Fit(null);
        _surfaces = _learned.Select(w => w.Day).Distinct(StringComparer.Ordinal).ToDictionary(d => d, Fit, StringComparer.Ordinal);
        var errors = _learned.Select((w, i) =>
        {
            var guess = Guess(_scaled[i], w.Day);
            return (w.People - guess) / Math.Sqrt(1 + guess);
        }).Order().ToArray();
        _low = errors[(int)(0.05 * (errors.Length - 1))];
        _high = errors[(int)Math.Ceiling(0.95 * (errors.Length - 1))];
    }

    /// <summary>A window's signs with those of the window before: who was there ten minutes ago mostly still is.</summary>
    /// <param name="before">Null for the first window.</param>
    public static double[] Joined(double[] signs, double[]? before) => [.. signs, .. before ?? signs];

    /// <param name="signs">See <see cref="Joined"/>.</param>
    /// <param name="except">A day that must not speak; null for none.</param>
    public PeopleRange Of(double[] signs, string? except = null)
    {
        var guess = Guess(Scaled(signs), except);
        var root = Math.Sqrt(1 + guess);
        return new(guess, Math.Max(0, guess + (_low * root)), guess + (_high * root));
    }

    private static double Square(double value) => value * value;

    private double[] Scaled(double[] signs) => [.. signs.Select((sign, i) => (sign - _mean[i]) / _spread[i])];

    private double Guess(double[] scaled, string? except)
    {
        // A day that nothing was learned from takes nothing away.
        var surface = except is not null && _surfaces.TryGetValue(except, out var without) ? without : _whole;
        var (near, far) = Near(scaled, except);
        var heeded = 1 / (1 + Math.Pow(far / (Close * Math.Sqrt(scaled.Length)), 4));
        return (heeded * near) + ((1 - heeded) * At(surface, scaled));
    }

    /// <summary>The mean of the nearest, and how far the very nearest is.</summary>
    private (double People, double Far) Near(double[] scaled, string? except)
    {
        var nearest = _scaled.Select((other, i) => (Far: Far(scaled, other), Index: i))
            .Where(w => !string.Equals(_learned[w.Index].Day, except, StringComparison.Ordinal))
            .OrderBy(w => w.Far).ThenBy(w => w.Index).Take(Nearest).ToArray();
        return (nearest.Sum(w => _learned[w.Index].People / (1 + w.Far)) / nearest.Sum(w => 1 / (1 + w.Far)), Math.Sqrt(nearest[0].Far));
    }

    private Surface Fit(string? except)
    {
        int[] heard = [.. Enumerable.Range(0, _learned.Length).Where(i => !string.Equals(_learned[i].Day, except, StringComparison.Ordinal))];
        var roots = heard.Select(i => Math.Sqrt(_learned[i].People)).ToArray();
        var mean = roots.Average();
        var alike = new double[heard.Length, heard.Length];
        for (var i = 0; i < heard.Length; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var (one, other) = (heard[i], heard[j]);
                var day = string.Equals(_learned[one].Day, _learned[other].Day, StringComparison.Ordinal) ? OfTheDay : 0;
                alike[i, j] = alike[j, i] = Alike(_scaled[one], _scaled[other]) + day;
            }

            alike[i, i] += Noise;
        }

        return new Surface(heard, Cholesky.Solve(alike, [.. roots.Select(r => r - mean)]), mean);
    }

    private double At(Surface surface, double[] scaled)
    {
        var root = surface.Mean;
        for (var i = 0; i < surface.Heard.Length; i++)
        {
            root += surface.Weights[i] * Alike(scaled, _scaled[surface.Heard[i]]);
        }

        return Square(Math.Max(0, root));
    }

    private static double Alike(double[] one, double[] other) => Math.Exp(-Far(one, other) / (2 * Square(Smooth) * one.Length));

    private static double Far(double[] one, double[] other)
    {
        var far = 0.0;
        for (var i = 0; i < one.Length; i++)
        {
            far += Square(one[i] - other[i]);
        }

        return far;
    }

    private sealed record Surface(int[] Heard, double[] Weights, double Mean);
}
