namespace Presence.Visits;

/// <summary>How many walls lie between two spots, as far as a plan tells.</summary>
/// <remarks>
/// On a floor where doors are drawn, the other borders of zones are walls (<see cref="ZoneReach"/>), and a signal pays for each that it crosses. Without doors nobody knows what a border is:
/// squares of an open hall have borders, too, and one wall is taken for all. Not for two threads at once.
/// </remarks>
public sealed class Borders
{
    /// <summary>Metres: borders crossed closer together are one wall. The zones on both its sides draw it, by hand, and at a corner there are more.</summary>
    private const double Thick = 0.5;

    private readonly BorderGrid?[] _byFloor;
    private double[] _places = new double[64];
    private int _count;

    /// <summary>Takes the borders of all zones on the plan; one on a floor that the plan does not have is on the lowest, as everywhere (<see cref="ZonePart.FloorOf"/>).</summary>
    public Borders(VenueMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var edges = Enumerable.Range(0, Math.Max(1, map.Floors.Length)).Select(_ => new HashSet<Border>()).ToArray();
        var drawn = map.Zones.Zip(ZoneReach.HasDoors(map)).Where(z => z.Second).Select(z => ZonePart.FloorOf(map, z.First.Floor)).ToHashSet();
        foreach (var zone in map.Zones.Where(z => drawn.Contains(ZonePart.FloorOf(map, z.Floor))))
        {
            for (int i = 0, j = zone.Outline.Length - 1; i < zone.Outline.Length; j = i++)
            {
                // Exactly shared, it is kept once.
                var (a, b) = (zone.Outline[j], zone.Outline[i]);
                edges[ZonePart.FloorOf(map, zone.Floor)].Add((a.X, a.Y).CompareTo((b.X, b.Y)) < 0 ? new Border(a, b) : new Border(b, a));
            }
        }

        _byFloor = [.. edges.Select(e => e.Count > 0 ? new BorderGrid([.. e]) : null)];
    }

    /// <summary>Walls between two spots of different zones: at least one.</summary>
    /// <param name="floor">Index into <see cref="VenueMap.Floors"/>.</param>
    /// <param name="from">Either of them; a border that it lies on is not crossed.</param>
    /// <param name="to">The other, on the same floor.</param>
    public int Between(int floor, Spot from, Spot to)
    {
        if (_byFloor[floor] is not { } grid)
        {
            return 1;
        }

        // From left to right, as the grid is asked.
        (from, to) = from.X <= to.X ? (from, to) : (to, from);
        _count = 0;
        var rise = BorderGrid.Rise(from, to);
        for (int column = grid.ColumnOf(from.X), last = grid.ColumnOf(to.X); column <= last; column++)
        {
            var (first, highest) = grid.RowsIn(column, from, to, rise);
            foreach (ref readonly var border in grid.In(column, first, highest))
            {
                if (border.IsCrossed(from, to, out var place))
                {
                    Keep(place);
                }
            }
        }

        return Walls(Outlines.Between(from, to));
    }

    // In order along the way, which is nearly how they come.
    private void Keep(double place)
    {
        if (_count == _places.Length)
        {
            Array.Resize(ref _places, 2 * _count);
        }

        var i = _count++;
        for (; i > 0 && _places[i - 1] > place; i--)
        {
            _places[i] = _places[i - 1];
        }

        _places[i] = place;
    }

    // A border that runs through two squares of the way is there twice, and counts once as well.
    private int Walls(double metres)
    {
        var (walls, before) = (0, double.MinValue);
        foreach (var place in _places.AsSpan(0, _count))
        {
            walls += (place - before) * metres > Thick ? 1 : 0;
            before = place;
        }

        return Math.Max(1, walls);
    }
}
