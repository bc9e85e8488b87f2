using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Presence.Cloud.Trying;
using Presence.Engine;
using Presence.Kit.Simulator;
using Presence.Offers;

namespace Presence.Trials;

/// <summary>Tries draft rules over a simulated month of the demo's mall, beside the rules the product ships, and prints what they would do.</summary>
internal static class BackTestCommand
{
    private static readonly byte[] Key = System.Text.Encoding.ASCII.GetBytes("a secret of a mall that is not");

    /// <summary>The month begins with a Thursday and holds the demo's day.</summary>
    private static readonly DateOnly From = new(2026, 10, 22);

    public static int Run(IReadOnlyList<string> args, TextWriter to, TextWriter progress, CancellationToken stopping)
    {
        if (args.Count == 0 || args[0].StartsWith("--", StringComparison.Ordinal))
        {
            throw new Refused("backtest needs RULES: a rule document, or a folder of them");
        }

        var options = new Arguments([.. args.Skip(1)], ["json"], ["days", "members", "seed", "live"]);
        var (days, members) = (options.Count("days", 30, 1, 366), options.Count("members", 2_000, 1, 1_000_000));
        var map = DemoMall.Map;
        var calendar = map.Calendar();
        var live = options.Text("live", Shipped());
        var offers = ReadOffers(live == "none" ? args[0] : live);
        var rules = Documents(args[0]);
        var drafts = Drafts.Read(
            new RuleVenue(map, calendar, offers, Key), live == "none" ? [] : Documents(live).Select(d => d.Json), rules,
            Path.GetFullPath(args[0]) == Path.GetFullPath(live) ? [] : OwnOffers(args[0]), out var problems);
        if (drafts is null)
        {
            throw new Refused(string.Join('\n', problems));
        }

        var month = new MallMonth(map, calendar, From, days, members, (ulong)options.Count("seed", 1, 0, int.MaxValue));
        var until = calendar.At(From.AddDays(days), new TimeOnly(4, 0));
        var shown = -1;
        var report = drafts.Try(DeskPolicy.Default, month.Facts, calendar.At(From, new TimeOnly(4, 0)), until, done =>
        {
            if ((int)(done * 100) is var now && now != shown)
            {
                progress.Write($"\r{shown = now} %");
            }

            return !stopping.IsCancellationRequested;
        });
        progress.Write("\r      \r");
        if (options.Has("json"))
        {
            to.WriteLine(JsonSerializer.Serialize(Cloud.Endpoints.ForecastView.Of(report, map, drafts), Cloud.VenueFile.Json));
        }
        else
        {
            Print(report, drafts, map, calendar, members, to);
        }

        return report.With.Cut || report.Without.Cut ? 130 : 0;
    }

    private static void Print(TrialReport report, Drafts drafts, VenueMap map, VenueCalendar calendar, int members, TextWriter to)
    {
        var all = report.With;
        to.WriteLine($"{report.Drafts.Count} rules tried over {all.Days} days of {map.Name.En}: {members:N0} members, {all.Facts:N0} facts{(all.Cut ? ", cancelled before the end" : "")}");
        to.WriteLine($"members reached by any rule: {all.MembersReached:N0}; cost if every coupon were redeemed: {Money(all.CostCeiling)}, of it {Money(report.ExtraCost)} by the rules tried");
        to.WriteLine();
        to.WriteLine("offers per day");
        var most = Math.Max(1, all.OffersPerDay.Values.DefaultIfEmpty(0).Max());
        foreach (var (day, offers) in all.OffersPerDay)
        {
            to.WriteLine($"  {VenueCalendar.ToDate(day):ddd MM-dd} {offers,6:N0} {new string('▇', offers * 50 / most)}");
        }

        to.WriteLine();
        to.WriteLine("what each rule tried would do        sent  members held out       cost  stopped by");
        foreach (var rule in report.OfDrafts)
        {
            var gates = string.Join(", ", rule.Blocked.OrderByDescending(b => b.Value).Take(3).Select(b => $"{b.Key} {b.Value:N0}"));
            to.WriteLine($"  {rule.Rule,-32} {rule.Sent,7:N0} {rule.Members,8:N0} {rule.HeldOut,8:N0} {Money(rule.CostCeiling),10}  {(rule.Starved ? "STARVED: " : "")}{gates}");
        }

        foreach (var silent in report.Silent)
        {
            to.WriteLine($"  {silent,-32}       -  never held for anybody");
        }

        Section(to, "collisions with rules in force", report.Collisions.Select(c =>
            $"{c.Rule}: {c.Before:N0} sent alone, {c.After:N0} beside the rules tried{string.Concat(c.LostTo.Select(l => $"; came second to {l.Key} {l.Value:N0} times"))}"));
        Section(to, "doubts before publishing", drafts.Doubts.Where(d => report.Drafts.Contains(d.Document)).Select(d => $"{(d.Blocks ? "MUST BE MENDED " : "")}{d.Document}: {d.Text}"));
        Section(to, "rules that ran away and were stopped", all.Alarms.Select(a => $"{a.Rule}: {a.Why}"));
        to.WriteLine("\nsample members");
        foreach (var sample in all.Examples.Where(e => report.Drafts.Contains(e.Rule)).GroupBy(e => (e.Rule, e.Outcome)).Select(g => g.First()))
        {
            var at = calendar.MinuteOfDay(sample.DecidedAt);
            to.WriteLine($"  {sample.Member} {VenueCalendar.ToDate(calendar.Date(sample.DecidedAt)):MM-dd} {at / 60:00}:{at % 60:00} {sample.Rule}{(sample.Step is { } step ? $"/{step}" : "")}: {sample.Outcome}");
            foreach (var gate in sample.Gates)
            {
                to.WriteLine($"      {(gate.Passed ? "✓" : "✗")} {gate.Gate}: {gate.Observed} ({gate.Threshold}){(gate.Nearest is { } nearest ? $" - {nearest}" : "")}");
            }
        }

        Section(to, "what cannot be known", all.Unknowable.Select(u => u.En));
    }

    private static void Section(TextWriter to, string title, IEnumerable<string> lines)
    {
        to.WriteLine($"\n{title}");
        foreach (var line in lines.DefaultIfEmpty("none"))
        {
            to.WriteLine($"  {line}");
        }
    }

    private static string Money(long cents) => (cents / 100m).ToString("N0", CultureInfo.InvariantCulture);

    private static List<(string Name, string Json)> Documents(string path) =>
        [.. (Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json") : File.Exists(path) ? [path] : throw new Refused($"{path} is neither a rule document nor a folder of them"))
            .Where(f => Path.GetFileName(f) is var name && name != "offers.json" && !name.EndsWith(".schema.json", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), File.ReadAllText(f)))];

    private static ImmutableArray<OfferDefinition> OwnOffers(string path) =>
        Directory.Exists(path) && File.Exists(Path.Combine(path, "offers.json")) ? ReadOffers(path) : [];

    private static ImmutableArray<OfferDefinition> ReadOffers(string path)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var file = Path.Combine(folder, "offers.json");
        try
        {
            return OfferBook.Read(File.ReadAllText(file));
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            throw new Refused($"{file}: {e.Message}");
        }
    }

    private static string Shipped()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (Directory.Exists(Path.Combine(at.FullName, "rules", "definitions")))
            {
                return Path.Combine(at.FullName, "rules", "definitions");
            }
        }

        throw new Refused("the shipped rules are not beside this program; name a folder with --live, or none");
    }
}
