using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>Two phones at a vestibule hear tags that lie inside, in it, or outside.</summary>
internal static class DoorTask
{
    private static readonly string[] Labels = ["INSIDE", "IN_VESTIBULE", "OUTSIDE"];

    private sealed record Reading(string Name, string Label, long At, double One, double Two);

    /// <summary>Learns the three places from tags other than the one asked about, and carries a belief per tag along; with <c>--window-only</c> nothing older than ten seconds counts.</summary>
    public static void Run(Settings settings, TextWriter to)
    {
        var folder = settings.Folder("door_uci586");
        var readings = Read(folder).ToList();
        var known = settings.Surveys("door_uci586").SelectMany(Read).Where(r => Labels.Contains(r.Label, StringComparer.Ordinal)).ToList();
        to.WriteLine("query_id,label");
        foreach (var tag in Csv.Rows(Path.Combine(folder, "queries.csv")).GroupBy(q => q["name"], StringComparer.Ordinal))
        {
            // Never from the tag itself: its label is what is asked.
            var others = known.Where(r => !string.Equals(r.Name, tag.Key, StringComparison.Ordinal)).ToList();
            var places = Labels.Select(l => SpotStatistics.Of(
                others.Where(r => string.Equals(r.Label, l, StringComparison.Ordinal)).Select(r => (r.One, r.Two)).ToList())).ToArray();
            var mine = readings.Where(r => string.Equals(r.Name, tag.Key, StringComparison.Ordinal)).OrderBy(r => r.At).ToList();
            var carried = new SpotBelief(places, settings.MeanStay);
            var heard = 0;
            foreach (var query in tag.OrderBy(q => q.Whole("t_ms")))
            {
                var at = query.Whole("t_ms");
                if (settings.WindowOnly)
                {
                    carried = new SpotBelief(places, settings.MeanStay);
                    heard = mine.FindIndex(r => r.At > at - 10_000);
                }

                for (; heard >= 0 && heard < mine.Count && mine[heard].At <= at; heard++)
                {
                    carried.Hear(mine[heard].One, mine[heard].Two, mine[heard].At);
                }

                to.WriteLine($"{query["query_id"]},{Labels[carried.Likeliest]}");
            }
        }
    }

    // One level that no radio can tell would make all that is learned from it worth nothing.
    private static IEnumerable<Reading> Read(string folder)
    {
        var files = Directory.GetFiles(folder, "filtered_rssi*.csv");
        if (files.Length == 0)
        {
            throw new IOException($"{folder} has no filtered_rssi*.csv");
        }

        foreach (var r in files.Order(StringComparer.Ordinal).SelectMany(Csv.Rows))
        {
            if (r.Level("rssiOne") is { } one && r.Level("rssiTwo") is { } two)
            {
                yield return new Reading(r["name"], r.Find("locationStatus") ?? string.Empty, (long)r.Number("timestamp"), one, two);
            }
        }
    }
}
