namespace Presence.Visits;

/// <summary>
/// Devices of different fingerprints that are one: a phone in another mode leaves elements out, or says other values, under addresses that never meet. They are
/// joined when the fingerprints can be of one phone and the receivers hear both equally loud.
/// </summary>
internal static class Kin
{
    /// <summary>Bits of a fingerprint below the family: the gateway's <c>ElementPrint</c> puts the family's hash into the upper half, 0 where a frame says nothing of the hardware.</summary>
    private const int FamilyShift = 32;

    /// <summary>Nats beyond which two are joined. 0.5 to 1 was best on either half of the recorded phones.</summary>
    private const double Sure = 0.5;

    /// <summary>With more to choose from, levels that agree say next to nothing; and who makes up fingerprints by the thousand must not cost us all their pairs.</summary>
    private const int MostCompared = 256;

    /// <param name="heard">Devices and their fingerprints, in an order of its own; those of one fingerprint have been told apart already.</param>
    /// <returns>The same, in groups of one device each.</returns>
    public static List<List<(ulong Print, Track Track)>> Groups(IReadOnlyList<(ulong Print, Track Track)> heard)
    {
        // What says nothing of the hardware can be any of all: among too many, only those of one family are compared.
        var group = Enumerable.Range(0, heard.Count).Select(i => new List<int> { i }).ToArray();
        foreach (var compared in Enumerable.Range(0, heard.Count).GroupBy(i => heard.Count <= MostCompared ? 0 : heard[i].Print >> FamilyShift).Select(g => g.ToArray()))
        {
            foreach (var (one, other) in compared.Length <= MostCompared ? Alike(heard, compared) : [])
            {
                var (into, from) = (group[one], group[other]);
                if (into != from && into.TrueForAll(a => from.TrueForAll(b => CanBeOne(heard[a].Print, heard[b].Print))))
                {
                    into.AddRange(from);
                    from.ForEach(i => group[i] = into);
                }
            }
        }

        return [.. group.Distinct().Select(g => g.ConvertAll(i => heard[i]))];
    }

    /// <summary>Pairs that are sure to be one device, the surest first.</summary>
    private static IEnumerable<(int One, int Other)> Alike(IReadOnlyList<(ulong Print, Track Track)> heard, int[] compared)
    {
        var pairs = (from one in compared from other in compared where one < other && CanBeOne(heard[one].Print, heard[other].Print) select (one, other)).ToArray();
        var choices = pairs.SelectMany(p => (int[])[p.one, p.other]).CountBy(i => i).ToDictionary();

        // Among many, one is as loud by chance: the levels must say more than that.
        return from p in pairs
               let nats = heard[p.one].Track.Alike(heard[p.other].Track)
               where nats > Sure + Portable.Log(Math.Max(choices[p.one], choices[p.other]))
               orderby nats descending, p.one, p.other
               select p;
    }

    private static bool CanBeOne(ulong one, ulong other) =>
        one != other && (one >> FamilyShift == other >> FamilyShift || one >> FamilyShift == 0 || other >> FamilyShift == 0);
}
