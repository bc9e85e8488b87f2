namespace Presence.Kit.Simulator;

/// <summary>The walls between zones, each once, so that a signal is weakened by what it really crosses.</summary>
public sealed class Walls
{
    private readonly Dictionary<string, (Spot A, Spot B)[]> _byFloor;

    public Walls(VenueMap map)
    {
        ArgumentNullException.ThrowIfNull(map);

        // The hall has none of its own: its sides are the shops' fronts.
        _byFloor = map.Floors.ToDictionary(
            floor => floor.Id,
            floor => map.Zones.Where(zone => DemoMall.IsShop(zone) && zone.Floor == floor.Id).SelectMany(Sides).Distinct().ToArray(),
            StringComparer.Ordinal);
    }

    /// <summary>How many walls of the floor the straight line between two spots crosses.</summary>
    public int Between(string floor, Spot from, Spot to)
    {
        var crossed = 0;
        foreach (var (a, b) in _byFloor[floor])
        {
            if (Turn(a, b, from) * Turn(a, b, to) < 0 && Turn(from, to, a) * Turn(from, to, b) < 0)
            {
                crossed++;
            }
        }

        return crossed;
    }

    private static IEnumerable<(Spot, Spot)> Sides(Zone zone)
    {
        for (var i = 0; i < zone.Outline.Length; i++)
        {
            var (a, b) = (zone.Outline[i], zone.Outline[(i + 1) % zone.Outline.Length]);

            // Neighbours draw their common wall in opposite directions.
            yield return (a.X, a.Y).CompareTo((b.X, b.Y)) < 0 ? (a, b) : (b, a);
        }
    }

    private static double Turn(Spot a, Spot b, Spot c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
}
