namespace Presence.Visits;

/// <summary>One source's strength over the grid: path loss plus a Gaussian process of what the survey found beside it.</summary>
internal sealed class SourceField
{
    private SourceField(float[] mean, float[] spread)
    {
        Mean = mean;
        Spread = spread;
    }

    public float[] Mean { get; }

    public float[] Spread { get; }

    /// <returns>Null for a source that neither the survey nor the plan knows.</returns>
    public static SourceField? Fit(PlaceGrid grid, FloorSurvey[] floors, int source, SourcePlace place, RadioPolicy policy)
    {
        // Heard at a single stop, in a single scan: more likely a passing phone's hot spot than a part of the house.
        var scans = floors.Sum(f => f.Stops.Sum(s => s.Heard.TryGetValue(source, out var h) ? h.Scans : 0));
        if (place.Floor < 0 && scans < 2)
        {
            return null;
        }

        var field = new SourceField(new float[grid.Count], new float[grid.Count]);
        foreach (var floor in floors)
        {
            var heard = Enumerable.Range(0, floor.Stops.Length).Where(i => floor.Stops[i].Heard.ContainsKey(source)).ToArray();
            if (heard.Length > 0)
            {
                field.FitFloor(grid, floor, heard, source, place, policy);
            }
            else
            {
                field.Guess(grid, floor, place, policy, surveyed: scans > 0);
            }
        }

        return field;
    }

    /// <summary>Chance of being heard in a scan: what nearby stops found, and where there are none, what the strength makes of it.</summary>
    public static float[] HeardShare(
        PlaceGrid grid, List<BinnedStop> stops, int source, SourceField field, (int Stop, float Weight)[][] nearby, RadioPolicy policy)
    {
        var share = new float[grid.Count];
        var counts = stops.Select(s => s.Heard.TryGetValue(source, out var h) ? (float)h.Scans / s.Scans : 0f).ToArray();
        for (var c = 0; c < share.Length; c++)
        {
            var expected = 0.95 / (1 + Math.Exp((policy.FloorDbm + 8 - field.Mean[c]) / 4));
            double sum = 0.5 * Math.Max(expected, 0.01), weight = 0.5;
            foreach (var (stop, w) in nearby[c])
            {
                sum += w * counts[stop];
                weight += w;
            }

            share[c] = (float)Math.Clamp(sum / weight, 0.01, 0.98);
        }

        return share;
    }

    private void FitFloor(PlaceGrid grid, FloorSurvey floor, int[] heard, int source, SourcePlace place, RadioPolicy policy)
    {
        var n = heard.Length;
        var at = heard.Select(i => floor.Stops[i].At).ToArray();
        var y = heard.Select(i => floor.Stops[i].Heard[source].Sum / floor.Stops[i].Heard[source].Scans).ToArray();
        var loss = PathLoss.Fit(at, y, place.Floor == floor.Floor ? place : null, policy);
        var residual = new double[n];
        for (var i = 0; i < n; i++)
        {
            residual[i] = y[i] - loss.At(at[i]);
        }

        var (signal, noise) = (policy.ShadowDb * policy.ShadowDb, policy.NoiseDb * policy.NoiseDb);
        var k = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                k[i, j] = k[j, i] = signal * floor.StopsAlike[heard[i]][heard[j]];
            }

            k[i, i] += noise / Math.Min(16, floor.Stops[heard[i]].Heard[source].Scans);
        }

        var weights = Cholesky.Solve(k, residual);
        for (var i = 0; i < floor.Squares.Length; i++)
        {
            double sum = 0, nearest = 0;
            for (var j = 0; j < n; j++)
            {
                double alike = floor.SquaresAlike[heard[j]][i];
                sum += weights[j] * alike;
                nearest = Math.Max(nearest, alike);
            }

            var c = floor.Squares[i];
            Mean[c] = (float)(loss.At(grid.Places[c].At) + (signal * sum));
            // The process's own variance, bounded by what the nearest stop alone would leave.
            var left = signal * (1 - (nearest * nearest * signal / (signal + (noise / 4))));
            Spread[c] = (float)Math.Sqrt(noise + left);
        }
    }

    /// <summary>Without a stop that heard it on this floor: path loss from its place, or far away.</summary>
    private void Guess(PlaceGrid grid, FloorSurvey floor, SourcePlace place, RadioPolicy policy, bool surveyed)
    {
        foreach (var c in floor.Squares)
        {
            var d = Outlines.Between(place.At, grid.Places[c].At);
            Mean[c] = (float)(place.Floor == floor.Floor
                ? policy.NearDbm - (policy.FallDb * Math.Log10(Math.Max(1, Math.Sqrt((d * d) + (place.Height * place.Height)))))
                : policy.FloorDbm - (surveyed ? 5 : 0));
            Spread[c] = (float)Math.Sqrt((policy.NoiseDb * policy.NoiseDb) + (policy.ShadowDb * policy.ShadowDb));
        }
    }
}

/// <summary>One floor's stops, and how alike shadowing is between them and at the floor's squares.</summary>
internal sealed record FloorSurvey(int Floor, BinnedStop[] Stops, int[] Squares, float[][] StopsAlike, float[][] SquaresAlike)
{
    public static FloorSurvey[] Split(PlaceGrid grid, List<BinnedStop> stops, RadioPolicy policy) =>
        [.. Enumerable.Range(0, grid.Count).GroupBy(c => grid.Places[c].Floor).OrderBy(f => f.Key).Select(floor =>
        {
            var here = stops.Where(s => s.Floor == floor.Key).ToArray();
            var squares = floor.ToArray();
            return new FloorSurvey(
                floor.Key, here, squares,
                [.. here.Select(a => here.Select(b => Alike(a.At, b.At, policy)).ToArray())],
                [.. here.Select(a => squares.Select(c => Alike(a.At, grid.Places[c].At, policy)).ToArray())]);
        })];

    // Gudmundson 1991: shadowing decorrelates like exp(-d / length).
    private static float Alike(Spot a, Spot b, RadioPolicy policy) => (float)Math.Exp(-Outlines.Between(a, b) / policy.ShadowLength);
}
