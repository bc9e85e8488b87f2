namespace Presence.Visits;

/// <summary>How many walls lie between two spots, as far as a plan tells.</summary>
/// <remarks>
/// Where ways are drawn, the other borders of zones are walls (<see cref="ZoneReach"/>), and a signal pays for each that it crosses. Without ways nobody knows what a border is:
/// squares of an open hall have borders, too, and one wall is taken for all.
/// </remarks>
public sealed class Borders
{
    private readonly List<Spot[]>[] _byFloor;

    public Borders(VenueMap map)
    {
        var drawn = map.Passages.Any(p => p.To is not null);
        _byFloor = [.. map.Floors.Select((_, floor) => map.Zones
            .Where(z => drawn && !z.Outline.IsEmpty && ZonePart.FloorOf(map, z.Floor) == floor).Select(z => z.Outline.ToArray()).ToList())];
    }

    /// <summary>Walls between two spots of different zones: at least one.</summary>
    public int Between(int floor, Spot from, Spot to)
    {
        var crossed = 0;
        foreach (var outline in _byFloor[floor])
        {
            for (int i = 0, j = outline.Length - 1; i < outline.Length; j = i++)
            {
                crossed += Cross(outline[j], outline[i], from, to) ? 1 : 0;
            }
        }

        // The zones on both sides of a wall draw it.
        return Math.Max(1, (crossed + 1) / 2);
    }

    private static bool Cross(Spot a, Spot b, Spot from, Spot to) =>
        Math.Max(a.X, b.X) >= Math.Min(from.X, to.X) && Math.Min(a.X, b.X) <= Math.Max(from.X, to.X)
        && Math.Max(a.Y, b.Y) >= Math.Min(from.Y, to.Y) && Math.Min(a.Y, b.Y) <= Math.Max(from.Y, to.Y)
        && Turn(a, b, from) * Turn(a, b, to) < 0 && Turn(from, to, a) * Turn(from, to, b) < 0;

    private static double Turn(Spot a, Spot b, Spot c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
}
