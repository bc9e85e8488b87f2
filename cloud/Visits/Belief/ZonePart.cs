namespace Presence.Visits;

/// <summary>A zone, or a part of a long one, as a handful of spots in it.</summary>
/// <remarks>
/// A hall of sixty metres has no level of its own: each receiver hears one end of it as loud as a shop and the other not at all, and its mean fits nowhere.
/// Its parts do, and whoever walks from one to the next has not changed zone.
/// </remarks>
public sealed record ZonePart(int Zone, int Floor, Spot[] Points)
{
    /// <summary>Metres: no part is longer. Over that way levels fall by about as much as they spread.</summary>
    private const double Longest = 12;

    /// <summary>Parts of one zone, so that a hand that draws in centimetres costs no gigabytes.</summary>
    private const int Most = 8;

    /// <summary>Spots to a side of the box of a zone, and of one of several parts.</summary>
    private const int Side = 7;
    private const int PartSide = 4;

    /// <summary>By zone, in their order; the parts of one lie together.</summary>
    public static ZonePart[] Of(VenueMap map) => [.. map.Zones.SelectMany((zone, index) => Cut(zone, index, FloorOf(map, zone.Floor)))];

    private static IEnumerable<ZonePart> Cut(Zone zone, int index, int floor)
    {
        if (zone.Outline.IsEmpty)
        {
            return [new ZonePart(index, floor, [])];
        }

        var (left, right) = (zone.Outline.Min(c => c.X), zone.Outline.Max(c => c.X));
        var (low, high) = (zone.Outline.Min(c => c.Y), zone.Outline.Max(c => c.Y));
        var (columns, rows) = Pieces(right - left, high - low);
        var side = columns * rows > 1 ? PartSide : Side;
        var parts = (
            from column in Enumerable.Range(0, columns)
            from row in Enumerable.Range(0, rows)
            let inside = (
                from i in Enumerable.Range(column * side, side)
                from j in Enumerable.Range(row * side, side)
                let spot = new Spot(left + ((right - left) * (i + 0.5) / (columns * side)), low + ((high - low) * (j + 0.5) / (rows * side)))
                where Outlines.Contains(zone.Outline, spot)
                select spot).ToArray()
            where inside.Length > 0
            select new ZonePart(index, floor, inside)).ToArray();
        return parts.Length > 0 ? parts : [new ZonePart(index, floor, [.. zone.Outline])];
    }

    private static (int Columns, int Rows) Pieces(double width, double depth)
    {
        var (columns, rows) = (1, 1);
        while (Math.Max(width / columns, depth / rows) > Longest && Math.Max((columns + 1) * rows, columns * (rows + 1)) <= Most)
        {
            (columns, rows) = width / columns >= depth / rows ? (columns + 1, rows) : (columns, rows + 1);
        }

        return (columns, rows);
    }

    /// <summary>The plane through levels at <see cref="Points"/>: how much it rises from the middle to the right end, and to the upper.</summary>
    public Spot SlopeOf(double[] levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        if (Points.Length < 4)
        {
            return default;
        }

        var (x, y, mean) = (Points.Average(p => p.X), Points.Average(p => p.Y), levels.Average());
        double xx = 0, xy = 0, yy = 0, xl = 0, yl = 0;
        foreach (var (at, level) in Points.Zip(levels))
        {
            var (dx, dy) = (at.X - x, at.Y - y);
            (xx, xy, yy) = (xx + (dx * dx), xy + (dx * dy), yy + (dy * dy));
            (xl, yl) = (xl + (dx * (level - mean)), yl + (dy * (level - mean)));
        }

        var whole = (xx * yy) - (xy * xy);
        var (wide, deep) = ((Points.Max(p => p.X) - Points.Min(p => p.X)) / 2, (Points.Max(p => p.Y) - Points.Min(p => p.Y)) / 2);
        return whole <= 1e-6 * xx * yy ? default : new Spot(((xl * yy) - (yl * xy)) / whole * wide, ((yl * xx) - (xl * xy)) / whole * deep);
    }

    /// <summary>The part of a zone nearest to a spot; -1 for no zone.</summary>
    public static short Nearest(ZonePart[] parts, int zone, Spot at)
    {
        var (best, least) = (-1, double.MaxValue);
        for (var i = 0; i < parts.Length && zone >= 0; i++)
        {
            var metres = parts[i].Zone != zone ? double.MaxValue : parts[i].Points.Length == 0 ? double.MaxValue / 2 : parts[i].Points.Min(p => Outlines.Between(p, at));
            (best, least) = metres < least ? (i, metres) : (best, least);
        }

        return (short)best;
    }

    /// <summary>By pair: metres between the nearest spots; a storey counts as thirty.</summary>
    /// <remarks>Plain loops: a mall of two hundred zones has a hundred million pairs of spots, and its loop stands still while a plan is adopted.</remarks>
    public static double[,] Apart(ZonePart[] parts)
    {
        var apart = new double[parts.Length, parts.Length];
        for (var a = 0; a < parts.Length; a++)
        {
            for (var b = 0; b < a; b++)
            {
                apart[a, b] = apart[b, a] = Math.Sqrt(Nearest(parts[a].Points, parts[b].Points)) + (30 * Math.Abs(parts[a].Floor - parts[b].Floor));
            }
        }

        return apart;
    }

    private static double Nearest(Spot[] one, Spot[] other)
    {
        var least = double.MaxValue;
        foreach (var p in one)
        {
            foreach (var q in other)
            {
                least = Math.Min(least, ((p.X - q.X) * (p.X - q.X)) + ((p.Y - q.Y) * (p.Y - q.Y)));
            }
        }

        return least;
    }

    /// <summary>Index of the floor; the lowest where the id is unknown.</summary>
    public static int FloorOf(VenueMap map, string floor)
    {
        for (var i = 0; i < map.Floors.Length; i++)
        {
            if (string.Equals(map.Floors[i].Id, floor, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return 0;
    }
}
