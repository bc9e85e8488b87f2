namespace Presence.Visits;

/// <summary>Chances of zones out of chances of squares.</summary>
public static class Zones
{
    /// <summary>Sums a belief by zone.</summary>
    /// <param name="belief">Chance of each square.</param>
    /// <param name="zoneOf">Zone of each square, -1 for none.</param>
    /// <param name="zones">Gets the chance of each zone.</param>
    public static void Sum(ReadOnlySpan<float> belief, ReadOnlySpan<int> zoneOf, Span<double> zones)
    {
        zones.Clear();
        for (var c = 0; c < belief.Length; c++)
        {
            if (zoneOf[c] >= 0)
            {
                zones[zoneOf[c]] += belief[c];
            }
        }
    }

    /// <summary>
    /// The zone to say: the likeliest, but the one said before as long as the other is not clearly likelier. The hysteresis is the
    /// belief's own: a device at a border keeps both zones likely, and nothing is said anew until one of them is.
    /// </summary>
    /// <param name="zones">Chance of each zone.</param>
    /// <param name="said">The zone said before, -1 for none.</param>
    /// <param name="sure">Chance that the other must have against the one said before, 0.5 to 1.</param>
    public static int Say(ReadOnlySpan<double> zones, int said, double sure)
    {
        var best = 0;
        for (var z = 1; z < zones.Length; z++)
        {
            best = zones[z] > zones[best] ? z : best;
        }

        return said >= 0 && said != best && zones[best] < sure * (zones[best] + zones[said]) ? said : best;
    }
}
