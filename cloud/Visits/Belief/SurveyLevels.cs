namespace Presence.Visits;

/// <summary>
/// What a survey walk found beside the plan: for each receiver a level of its own, and a Gaussian process of what is left at the stops
/// (covariance as in <see cref="SourceField"/>). Far from every stop only the receiver's own level remains.
/// </summary>
internal sealed class SurveyLevels
{
    /// <summary>Shadowing about the plan, dB, and the distance over which it is alike, metres; usual indoor figures (Gudmundson 1991, ITU-R P.1238).</summary>
    private const double ShadowDb = 6;
    private const double Length = 5;

    /// <summary>Spread of readings where the level is known, dB: fading and whoever carries the device. What the plan errs by comes on top where it is not.</summary>
    public const double KnownDb = 4;

    /// <summary>What one stop's mean errs by, dB.</summary>
    private const double StopDb = 3;

    /// <summary>A receiver's own level is believed in as much as the plan after this many stops.</summary>
    private const double Held = 2;

    /// <summary>More stops than this are merged by square. The system's solution costs their cube, for each receiver, and the venue's loop waits for it.</summary>
    private const int MostStops = 250;

    /// <summary>Side of the smallest squares, metres; a fifth of the distance over which shadowing is alike.</summary>
    private const double LeastSide = 1;

    /// <summary>No floor is wider, metres; what is still more than can be solved quickly by then has as many floors.</summary>
    private const double WidestSide = 20_000;

    /// <summary>So many stops in a square err apart; what more would add, the square's middle takes away.</summary>
    private const int MostApart = 4;

    private readonly double[] _own;
    private readonly List<(int Floor, Spot At, double Weight)>[] _near;

    // By receiver: how far from a square's middle its stops may lie, metres.
    private readonly double[] _within;

    /// <param name="plan">The survey, and the receivers it speaks of.</param>
    /// <param name="planned">Level that the plan alone expects: receiver, floor, spot.</param>
    public SurveyLevels(VenuePlan plan, Func<int, int, Spot, double> planned)
    {
        var map = plan.Map;
        _own = new double[map.Receivers.Length];
        _within = new double[map.Receivers.Length];
        _near = new List<(int, Spot, double)>[map.Receivers.Length];
        var index = Enumerable.Range(0, map.Receivers.Length).ToDictionary(r => (map.Receivers[r].Gateway, map.Receivers[r].Number));
        var heard = new List<(int Floor, Spot At, double Beside)>[map.Receivers.Length];
        foreach (var stop in plan.Survey)
        {
            var floor = ZonePart.FloorOf(map, stop.Floor);
            foreach (var level in stop.Heard)
            {
                // A receiver that hung there when the survey was walked may be gone by now.
                if (index.TryGetValue((level.Gateway, level.Number), out var r))
                {
                    (heard[r] ??= []).Add((floor, stop.At, level.Dbm - planned(r, floor, stop.At)));
                }
            }
        }

        for (var r = 0; r < heard.Length; r++)
        {
            if (heard[r] is { } stops)
            {
                _own[r] = stops.Sum(s => s.Beside) / (stops.Count + Held);
                var (merged, side) = Merge(stops);
                (_near[r], _within[r]) = (Weigh(merged, _own[r]), side > LeastSide ? side / Math.Sqrt(2) : 0);
            }
        }
    }

    /// <summary>Beside what the plan expects there, dB.</summary>
    public double Beside(int receiver, int floor, Spot at)
    {
        var sum = _own[receiver];
        foreach (var stop in _near[receiver] ?? [])
        {
            sum += stop.Floor == floor ? stop.Weight * Alike(stop.At, at) : 0;
        }

        return sum;
    }

    /// <summary>How much of the plan's error the survey took away there: 0 far from every stop that heard the receiver, 1 at one.</summary>
    public double Known(int receiver, int floor, Spot at)
    {
        var nearest = double.MaxValue;
        foreach (var stop in _near[receiver] ?? [])
        {
            nearest = stop.Floor == floor ? Math.Min(nearest, Outlines.Between(stop.At, at)) : nearest;
        }

        // The process's own variance at a spot, as the nearest stop alone would leave it.
        return Portable.Exp(-2 * Math.Max(0, nearest - _within[receiver]) / Length);
    }

    private static (List<(int Floor, Spot At, double Beside, int Stops)> Stops, double Side) Merge(List<(int Floor, Spot At, double Beside)> stops)
    {
        for (var side = LeastSide; ; side *= 1.5)
        {
            var squares = stops.GroupBy(s => (s.Floor, Math.Floor(s.At.X / side), Math.Floor(s.At.Y / side))).ToList();
            if (squares.Count <= MostStops || side > WidestSide)
            {
                return ([.. squares.Select(q => (q.Key.Floor, new Spot(q.Average(s => s.At.X), q.Average(s => s.At.Y)), q.Average(s => s.Beside), q.Count()))], side);
            }
        }
    }

    private static List<(int, Spot, double)> Weigh(List<(int Floor, Spot At, double Beside, int Stops)> stops, double own)
    {
        var n = stops.Count;
        var k = new double[n, n];
        var left = new double[n];
        for (var i = 0; i < n; i++)
        {
            left[i] = stops[i].Beside - own;
            for (var j = 0; j <= i; j++)
            {
                k[i, j] = k[j, i] = stops[i].Floor == stops[j].Floor ? Alike(stops[i].At, stops[j].At) : 0;
            }

            k[i, i] += StopDb * StopDb / Math.Min(stops[i].Stops, MostApart);
        }

        var weights = Cholesky.Solve(k, left);
        return [.. stops.Select((s, i) => (s.Floor, s.At, weights[i]))];
    }

    private static double Alike(Spot a, Spot b) => ShadowDb * ShadowDb * Portable.Exp(-Outlines.Between(a, b) / Length);
}
