namespace Presence.Visits;

/// <summary>Log-distance path loss from one place: near - fall x log10(distance).</summary>
internal readonly record struct PathLoss(Spot From, double Height, double Near, double Fall)
{
    public double At(Spot at)
    {
        var d = Outlines.Between(From, at);
        return Near - (Fall * Math.Log10(Math.Max(1, Math.Sqrt((d * d) + (Height * Height)))));
    }

    /// <summary>Fits near and fall to readings by least squares, held towards the policy's as by a dozen readings; the place itself where none is given.</summary>
    public static PathLoss Fit(ReadOnlySpan<Spot> at, ReadOnlySpan<double> dbm, SourcePlace? place, RadioPolicy policy)
    {
        if (place is { } p)
        {
            return FitFrom(p.At, p.Height, at, dbm, policy, out _);
        }

        // A source of unknown place is near where it was loudest; each of the loudest stops is tried.
        var order = new int[at.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        var keys = dbm.ToArray();
        Array.Sort(keys, order);
        var best = default(PathLoss);
        var least = double.MaxValue;
        for (var i = order.Length - 1; i >= Math.Max(0, order.Length - 8); i--)
        {
            var tried = FitFrom(at[order[i]], 3, at, dbm, policy, out var squares);
            if (squares < least)
            {
                (least, best) = (squares, tried);
            }
        }

        return best;
    }

    private static PathLoss FitFrom(Spot from, double height, ReadOnlySpan<Spot> at, ReadOnlySpan<double> dbm, RadioPolicy policy, out double squares)
    {
        // Ridge: a few imagined readings on the policy's line, one decade apart.
        const double held = 3;
        double n = 2 * held, sx = held, sxx = held, sy = held * ((2 * policy.NearDbm) - policy.FallDb), sxy = held * (policy.NearDbm - policy.FallDb);
        for (var i = 0; i < at.Length; i++)
        {
            var x = Decades(from, height, at[i]);
            (n, sx, sxx, sy, sxy) = (n + 1, sx + x, sxx + (x * x), sy + dbm[i], sxy + (x * dbm[i]));
        }

        var slope = ((n * sxy) - (sx * sy)) / ((n * sxx) - (sx * sx));
        var fall = Math.Clamp(-slope, 10, 45);
        var near = (sy + (fall * sx)) / n;
        squares = 0;
        for (var i = 0; i < at.Length; i++)
        {
            var e = dbm[i] - near + (fall * Decades(from, height, at[i]));
            squares += e * e;
        }

        return new PathLoss(from, height, near, fall);
    }

    private static double Decades(Spot from, double height, Spot at)
    {
        var d = Outlines.Between(from, at);
        return Math.Log10(Math.Max(1, Math.Sqrt((d * d) + (height * height))));
    }
}
