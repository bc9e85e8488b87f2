using System.Globalization;

namespace Presence.Trials.Eval;

/// <summary>Turns zones said at times into visits.</summary>
internal static class Runs
{
    /// <summary>Writes one row for each run of one zone; runs shorter than <paramref name="least"/> seconds belong to the one before.</summary>
    public static void Write(TextWriter to, string entity, IEnumerable<(double At, string Zone)> said, double least)
    {
        var runs = new List<(string Zone, double From, double To)>();
        foreach (var (at, zone) in said)
        {
            // What was not heard for so long was somewhere else meanwhile.
            if (runs.Count > 0 && at - runs[^1].To < 15)
            {
                var last = runs[^1] with { To = at };
                runs[^1] = last;
                if (string.Equals(last.Zone, zone, StringComparison.Ordinal))
                {
                    continue;
                }

                if (last.To - last.From < least && runs.Count > 1)
                {
                    runs.RemoveAt(runs.Count - 1);
                    runs[^1] = runs[^1] with { To = at };
                    if (string.Equals(runs[^1].Zone, zone, StringComparison.Ordinal))
                    {
                        continue;
                    }
                }
            }

            runs.Add((zone, at, at));
        }

        foreach (var (zone, from, until) in runs)
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entity},{zone},{from:f3},{until:f3}"));
        }
    }
}
