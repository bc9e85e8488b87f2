using Presence.Storage;
using Presence.Visits;

namespace Presence.Cloud.Stages;

/// <summary>
/// What the kept log would have given under another plan: the same inputs through the same code, once under the plan in force and once under
/// the other, so that they can be compared before one is adopted. Changes nothing.
/// </summary>
public sealed class HistoryTrial
{
    private readonly VenueState _now;
    private readonly VenueState _then;
    private readonly TrialSide _before;
    private readonly TrialSide _after;
    private readonly VenueOutput _output = new();

    /// <param name="number">The venue's number.</param>
    /// <param name="inForce">The plan to compare with.</param>
    /// <param name="tried">The plan to be tried.</param>
    /// <param name="settings">How the venue is run.</param>
    public HistoryTrial(int number, VenuePlan inForce, VenuePlan tried, VenueSettings settings)
    {
        tried = tried.KeepingZonesOf(inForce.Map);
        (_now, _then) = (Begin(inForce), Begin(tried));
        (_before, _after) = (new TrialSide(inForce.Map), new TrialSide(tried.Map));

        VenueState Begin(VenuePlan plan) => new(number, plan, settings, new DecisionStage(plan.Map, new byte[32]));
    }

    /// <summary>Runs all that the store has kept.</summary>
    /// <exception cref="OperationCanceledException">The one who asked went away.</exception>
    public TrialResult Run(IEnumerable<LogRow> log, CancellationToken stopping)
    {
        long from = 0;
        long until = 0;
        foreach (var row in log)
        {
            stopping.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> records = row.Records;
            while (!records.IsEmpty)
            {
                Apply(InputRecord.Read(ref records));
            }

            (from, until) = (from == 0 ? row.At : Math.Min(from, row.At), Math.Max(until, row.At));
        }

        // What is under way at the end of the log ends there, on both sides alike.
        _now.Finish(_output);
        _before.Take(_output);
        _then.Finish(_output);
        _after.Take(_output);
        return new TrialResult(from, until, _now.Sightings, _before.Sum(), _after.Sum(), _before.DevicesUnlike(_after));
    }

    private void Apply(in Input input)
    {
        // Members, rules and plans of that time are no part of the question; who was set apart is.
        if (input.Kind == InputKind.Command && VenueCommand.Decode(input.Payload) is not (DeviceMarked or DeviceUnmarked))
        {
            return;
        }

        _now.Apply(input, _output, out _);
        _before.Take(_output);
        _then.Apply(input, _output, out _);
        _after.Take(_output);
    }
}

/// <summary>Two histories of the same inputs.</summary>
/// <param name="From">Unix ms of the first input that is kept.</param>
/// <param name="Until">Unix ms of the last.</param>
/// <param name="Sightings">In between.</param>
/// <param name="Before">Under the plan in force.</param>
/// <param name="After">Under the plan that was tried.</param>
/// <param name="DevicesUnlike">Devices whose stays differ: another zone, or begin or end more than 30 s apart.</param>
public sealed record TrialResult(long From, long Until, long Sightings, TrialSum Before, TrialSum After, int DevicesUnlike);

/// <summary>One history in figures.</summary>
/// <param name="Visits">Settled visits by standing.</param>
/// <param name="MedianDwellSeconds">Of visitors and engaged.</param>
/// <param name="Zones">By zone; those in which nothing was are left out.</param>
public sealed record TrialSum(IReadOnlyDictionary<Standing, int> Visits, double MedianDwellSeconds, IReadOnlyList<TrialZone> Zones);

/// <param name="Zone">Its id.</param>
/// <param name="Devices">That stayed there at least once.</param>
/// <param name="DwellSeconds">Of all together.</param>
/// <param name="MedianStaySeconds">Of one stay.</param>
public sealed record TrialZone(string Zone, int Devices, int Stays, double DwellSeconds, double MedianStaySeconds);

/// <summary>One side's visits as they settle.</summary>
internal sealed class TrialSide(VenueMap map)
{
    private const long Alike = 30_000;
    private readonly List<VisitRow> _visits = [];
    private readonly List<StayRow> _stays = [];

    public void Take(VenueOutput output)
    {
        _visits.AddRange(output.Visits);
        _stays.AddRange(output.Stays);
        output.Clear();
    }

    public TrialSum Sum() => new(
        _visits.GroupBy(v => (Standing)v.Standing).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => g.Count()),
        Median(_visits.Where(v => (Standing)v.Standing is Standing.Visitor or Standing.Engaged).Select(v => v.Until - v.Since)),
        [.. _stays.GroupBy(s => s.Zone).OrderBy(z => z.Key).Select(z => new TrialZone(
            map.Zones[z.Key].Id, z.Select(s => s.Token).Distinct().Count(), z.Count(), z.Sum(s => s.Until - s.Since) / 1000.0,
            Median(z.Select(s => s.Until - s.Since))))]);

    // Zones have one index on both sides, so stays can be held beside each other.
    public int DevicesUnlike(TrialSide other)
    {
        var (mine, theirs) = (ByDevice(_stays), ByDevice(other._stays));
        return mine.Keys.Union(theirs.Keys).Count(t => !Same(mine.GetValueOrDefault(t) ?? [], theirs.GetValueOrDefault(t) ?? []));
    }

    private static bool Same(List<StayRow> a, List<StayRow> b) => a.Count == b.Count && a.Zip(b).All(p =>
        p.First.Zone == p.Second.Zone && Math.Abs(p.First.Since - p.Second.Since) <= Alike && Math.Abs(p.First.Until - p.Second.Until) <= Alike);

    private static Dictionary<ulong, List<StayRow>> ByDevice(List<StayRow> stays) =>
        stays.GroupBy(s => s.Token).ToDictionary(g => g.Key, g => g.OrderBy(s => s.Since).ToList());

    private static double Median(IEnumerable<long> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2000.0;
    }
}
