using System.Collections.Immutable;

namespace Presence.Visits;

/// <summary>The places a belief is spread over: squares of a floor where a visitor can be, and how one is reached from another.</summary>
public sealed class PlaceGrid
{
    private readonly Dictionary<(int Floor, int Column, int Row), int> _index = [];

    /// <param name="size">Side of a square, metres.</param>
    /// <param name="squares">Floor and middle of each square where a visitor can be; those that fall together count once.</param>
    public PlaceGrid(double size, IEnumerable<(int Floor, Spot At)> squares)
    {
        ArgumentNullException.ThrowIfNull(squares);
        Size = size;
        var places = ImmutableArray.CreateBuilder<(int Floor, Spot At)>();
        foreach (var (floor, at) in squares)
        {
            var (column, row) = Cell(at);
            if (_index.TryAdd((floor, column, row), places.Count))
            {
                places.Add((floor, new Spot((column + 0.5) * size, (row + 0.5) * size)));
            }
        }

        Places = places.ToImmutable();
    }

    /// <summary>Side of a square, metres.</summary>
    public double Size { get; }

    public ImmutableArray<(int Floor, Spot At)> Places { get; }

    public int Count => Places.Length;

    /// <summary>The square a spot lies in, or -1 where nobody can be.</summary>
    public int Find(int floor, Spot at)
    {
        var (column, row) = Cell(at);
        return _index.GetValueOrDefault((floor, column, row), -1);
    }

    /// <summary>Squares within a distance of each square on its floor, itself included, flattened: those of square i are at [start[i], start[i+1]).</summary>
    /// <param name="reach">Metres.</param>
    /// <param name="open">Whether one can walk from one spot straight to another; null when nothing is in the way.</param>
    internal (int[] Start, int[] To, float[] Distance) Neighbours(double reach, Func<int, Spot, Spot, bool>? open = null)
    {
        var steps = (int)(reach / Size);
        var start = new int[Count + 1];
        var to = new List<int>();
        var distance = new List<float>();
        for (var i = 0; i < Count; i++)
        {
            var (floor, at) = Places[i];
            var (column, row) = Cell(at);
            for (var dx = -steps; dx <= steps; dx++)
            {
                for (var dy = -steps; dy <= steps; dy++)
                {
                    var metres = Math.Sqrt((dx * dx) + (dy * dy)) * Size;
                    if (metres <= reach && _index.TryGetValue((floor, column + dx, row + dy), out var other)
                        && (open is null || open(floor, at, Places[other].At)))
                    {
                        to.Add(other);
                        distance.Add((float)metres);
                    }
                }
            }

            start[i + 1] = to.Count;
        }

        return (start, [.. to], [.. distance]);
    }

    /// <summary>All squares whose middle is within a distance of one of the spots.</summary>
    public static PlaceGrid Around(double size, IEnumerable<(int Floor, Spot At)> spots, double reach)
    {
        var steps = (int)(reach / size);
        var squares =
            from spot in spots
            from dx in Enumerable.Range(-steps, (2 * steps) + 1)
            from dy in Enumerable.Range(-steps, (2 * steps) + 1)
            where (dx * dx) + (dy * dy) <= steps * steps
            select (spot.Floor, new Spot(spot.At.X + (dx * size), spot.At.Y + (dy * size)));
        return new PlaceGrid(size, squares);
    }

    /// <summary>All squares whose middle lies in one of the outlines.</summary>
    public static PlaceGrid Inside(double size, IEnumerable<(int Floor, ImmutableArray<Spot> Outline)> outlines)
    {
        var squares =
            from o in outlines
            let left = (int)Math.Floor(o.Outline.Min(c => c.X) / size)
            let right = (int)Math.Ceiling(o.Outline.Max(c => c.X) / size)
            let low = (int)Math.Floor(o.Outline.Min(c => c.Y) / size)
            let high = (int)Math.Ceiling(o.Outline.Max(c => c.Y) / size)
            from column in Enumerable.Range(left, right - left)
            from row in Enumerable.Range(low, high - low)
            let at = new Spot((column + 0.5) * size, (row + 0.5) * size)
            where Outlines.Contains(o.Outline, at)
            select (o.Floor, at);
        return new PlaceGrid(size, squares);
    }

    private (int Column, int Row) Cell(Spot at) => ((int)Math.Floor(at.X / Size), (int)Math.Floor(at.Y / Size));
}
