namespace Presence.Visits;

/// <summary>Where one gets to from a zone without passing through another: by the ways that the plan draws, and else where outlines lie close along each other.</summary>
internal static class ZoneReach
{
    /// <summary>How far one walks between two readings, about, metres: outlines farther apart than that are not neighbours.</summary>
    private const double Walk = 1.5;

    /// <summary>Metres within which all parts of a zone are as near to another as the nearest: spots lie so far apart.</summary>
    private const double Near = 3.6;

    /// <summary>Where doors are drawn, the other borders are walls, or doors that were forgotten.</summary>
    private const double Wall = 0.1;

    /// <summary>Not even a zone at the far end is out of reach: outlines are drawn by hand.</summary>
    private const double Least = 0.001;

    /// <summary>By anchor and neighbour: logarithm of the share of those who leave that goes there, beside an even share; 0 for the anchor itself.</summary>
    public static float[] Of(VenueMap map, ZonePart[] zones, bool[,] joined, short[] neighbours)
    {
        var reach = new float[neighbours.Length];
        var doors = HasDoors(map);
        var ways = new double[ZoneModel.Width];
        for (var z = 0; z < zones.Length; z++)
        {
            var drawn = doors[zones[z].Zone];
            double sum = 0, widest = 0;
            for (var i = 1; i < ZoneModel.Width; i++)
            {
                int other = neighbours[(z * ZoneModel.Width) + i];
                ways[i] = other < 0 ? 0 : Border(zones[z], zones[other]);
                widest = Math.Max(widest, ways[i]);
            }

            widest = widest > 0 ? widest : 1;
            for (var i = 1; i < ZoneModel.Width; i++)
            {
                int other = neighbours[(z * ZoneModel.Width) + i];
                if (other >= 0)
                {
                    // A door or an escalator leads as far as an open side.
                    ways[i] = Math.Max(Least * widest, joined[z, other] ? Math.Max(ways[i], widest / 2) : drawn ? Wall * ways[i] : ways[i]);
                    sum += ways[i];
                }
            }

            for (var i = 1; i < ZoneModel.Width; i++)
            {
                reach[(z * ZoneModel.Width) + i] = ways[i] > 0 ? (float)Portable.Log((ZoneModel.Width - 1) * ways[i] / sum) : 0;
            }
        }

        return reach;
    }

    /// <summary>By pair: whether one zone is open towards the other, or the plan draws a way between them. Which parts of them meet is not drawn, so those do that lie nearest.</summary>
    public static bool[,] Joined(VenueMap map, ZonePart[] zones, double[,] apart)
    {
        var joined = new bool[zones.Length, zones.Length];
        foreach (var (one, other) in map.Passages.Where(p => p.To is not null).Select(p => (map.ZoneIndex(p.From), map.ZoneIndex(p.To!)))
            .Concat(zones.GroupBy(p => p.Zone).Where(g => g.Count() > 1).Select(g => (g.Key, g.Key))))
        {
            var pairs = (
                from a in Enumerable.Range(0, zones.Length)
                where zones[a].Zone == one
                from b in Enumerable.Range(0, zones.Length)
                where zones[b].Zone == other && a != b
                select (a, b)).ToList();
            var nearest = pairs.Count > 0 ? pairs.Min(p => apart[p.a, p.b]) : 0;
            foreach (var (a, b) in pairs.Where(p => apart[p.a, p.b] <= nearest + Near))
            {
                joined[a, b] = joined[b, a] = true;
            }
        }

        return joined;
    }

    /// <summary>By pair of zones: whether the plan draws doors of both, but no way between them, so that who goes there passes through a third.</summary>
    public static bool[,] Walled(VenueMap map)
    {
        var walled = new bool[map.Zones.Length, map.Zones.Length];
        var drawn = HasDoors(map);
        for (var a = 0; a < drawn.Length; a++)
        {
            for (var b = 0; b < drawn.Length; b++)
            {
                walled[a, b] = drawn[a] && drawn[b];
            }
        }

        foreach (var way in map.Passages.Where(p => p.To is not null))
        {
            var (one, other) = (map.ZoneIndex(way.From), map.ZoneIndex(way.To!));
            if (one >= 0 && other >= 0)
            {
                walled[one, other] = walled[other, one] = false;
            }
        }

        return walled;
    }

    /// <summary>By zone: whether the plan draws its doors, so that its other borders are walls.</summary>
    public static bool[] HasDoors(VenueMap map)
    {
        var doors = new bool[map.Zones.Length];
        foreach (var way in map.Passages)
        {
            if (way.To is not null && map.ZoneIndex(way.From) is >= 0 and var one && map.ZoneIndex(way.To) is >= 0 and var other)
            {
                // An escalator must be drawn, since it follows from no outline; so must a way out. Neither says what the borders beside it are.
                var door = ZonePart.FloorOf(map, map.Zones[one].Floor) == ZonePart.FloorOf(map, map.Zones[other].Floor);
                (doors[one], doors[other]) = (doors[one] || door, doors[other] || door);
            }
        }

        return doors;
    }

    /// <summary>How long a border two zones share: spots of the one, each by how near the other is.</summary>
    private static double Border(ZonePart one, ZonePart other)
    {
        var sum = 0.0;
        foreach (var p in one.Floor == other.Floor ? one.Points : [])
        {
            var nearest = double.MaxValue;
            foreach (var q in other.Points)
            {
                nearest = Math.Min(nearest, ((p.X - q.X) * (p.X - q.X)) + ((p.Y - q.Y) * (p.Y - q.Y)));
            }

            sum += Portable.Exp(-nearest / (2 * Walk * Walk));
        }

        return sum;
    }
}
