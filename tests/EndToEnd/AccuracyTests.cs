using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Presence.EndToEnd;

/// <summary>
/// Accuracy on recordings of real radios is a golden file: what changes the model shows here. A short part of what <c>./presence eval</c> can do: the
/// tasks that take seconds. The recordings are not in the repository; <c>GOLDEN=write</c> rewrites the file where they are.
/// </summary>
public sealed class AccuracyTests(ITestOutputHelper told)
{
    private static readonly string Data = Path.Combine(Programs.Root, "..", "shared", "data");
    private static readonly string Golden = Path.Combine(Programs.Root, "tests", "golden", "accuracy", "recordings.txt");

    [SkippableFact]
    public async Task Recordings_are_read_as_well_as_the_golden_file_says()
    {
        Skip.IfNot(Directory.Exists(Path.Combine(Data, "truth")), "../shared/data is not here");
        var lines = new List<string>();
        foreach (var (task, truth, column, more) in new (string, string, string, string[])[]
        {
            ("zones-calib", "calib2021_zone.csv", "room", []),
            ("zones-calib", "calib2021_zone.csv", "room", ["--no-survey"]),
            ("zones-tetam", "tetam_zone.csv", "z9", []),
            ("zones-tetam", "tetam_zone.csv", "z9", ["--no-survey"]),
            ("zones-calib", "calib2021_zone.csv", "room", ["--loop"]),
            ("zones-calib", "calib2021_zone.csv", "room", ["--loop", "--no-survey"]),
            ("zones-tetam", "tetam_zone.csv", "z9", ["--loop"]),
            ("zones-tetam", "tetam_zone.csv", "z9", ["--loop", "--no-survey"]),
            ("door", "door_zone.csv", "label", []),
        })
        {
            lines.Add($"{string.Join(' ', [task, .. more])} {await ShareRightAsync(task, truth, column, more)}");
        }

        foreach (var (task, truth) in new[] { ("visits-calib", "calib2021_visits.csv"), ("visits-tetam", "tetam_visits.csv") })
        {
            lines.Add($"{task} {await VisitsFoundAsync(task, truth)}");
        }

        lines.Add($"devices {await DevicesAsync()}");
        var now = string.Join('\n', lines) + "\n";
        told.WriteLine(now);
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Golden)!);
            await File.WriteAllTextAsync(Golden, now);
        }

        Assert.Equal(await File.ReadAllTextAsync(Golden), now);
    }

    // To two places: the last bits of a sum may differ from processor to processor.
    private static async Task<string> ShareRightAsync(string task, string truth, string column, string[] more)
    {
        var file = Path.GetTempFileName();
        try
        {
            var (code, said, _) = await Programs.TrialAsync(TimeSpan.FromMinutes(2), ["eval", task, "--data", Data, "--out", file, .. more]);
            Assert.True(code == 0, said);
            var (right, answers) = (Column(Path.Combine(Data, "truth", truth), column), Column(file, column));
            return ((double)right.Count(r => answers.TryGetValue(r.Key, out var answer) && answer == r.Value) / right.Count).ToString("f2", CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // F1 as in the data's own score: a visit is found by one of the same zone that shares three tenths of the time that either takes; the best first.
    private static async Task<string> VisitsFoundAsync(string task, string truth)
    {
        var file = Path.GetTempFileName();
        try
        {
            var (code, said, _) = await Programs.TrialAsync(TimeSpan.FromMinutes(2), ["eval", task, "--data", Data, "--out", file]);
            Assert.True(code == 0, said);
            var (real, told) = (Visits(Path.Combine(Data, "truth", truth)), Visits(file));
            var pairs =
                from r in real
                from t in told
                where r.Who == t.Who && r.Zone == t.Zone
                let share = (Math.Min(r.To, t.To) - Math.Max(r.From, t.From)) / (Math.Max(r.To, t.To) - Math.Min(r.From, t.From))
                where share >= 0.3
                orderby share descending
                select (r, t);
            var (foundReal, foundTold) = (new HashSet<(string, string, double, double)>(), new HashSet<(string, string, double, double)>());
            var found = 0;
            foreach (var (r, t) in pairs)
            {
                if (!foundReal.Contains(r) && !foundTold.Contains(t))
                {
                    foundReal.Add(r);
                    foundTold.Add(t);
                    found++;
                }
            }

            return (2.0 * found / (real.Count + told.Count)).ToString("f2", CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<(string Who, string Zone, double From, double To)> Visits(string file) =>
        [.. File.ReadLines(file).Skip(1).Select(l => l.Split(','))
            .Select(c => (c[0], c[1], double.Parse(c[2], CultureInfo.InvariantCulture), double.Parse(c[3], CultureInfo.InvariantCulture)))];

    // Relative error of the number of devices, averaged over the mixes; the data's own script makes them.
    private static async Task<string> DevicesAsync()
    {
        var folder = Directory.CreateTempSubdirectory("presence-mixes-");
        try
        {
            using (var mix = Process.Start("python3", [Path.Combine(Data, "make_mix.py"), Path.Combine(Data, "truth", "mix_manifest.csv"), Path.Combine(Data, "probes"), folder.FullName]))
            {
                await mix.WaitForExitAsync();
                Assert.Equal(0, mix.ExitCode);
            }

            var (clusters, counts) = (Path.Combine(folder.FullName, "clusters.csv"), Path.Combine(folder.FullName, "counts.csv"));
            var (code, said, _) = await Programs.TrialAsync(TimeSpan.FromMinutes(2), ["eval", "devices", "--data", folder.FullName, "--out", clusters, "--counts", counts]);
            Assert.True(code == 0, said);
            return File.ReadLines(counts).Select(l => l.Split(',')).Where(r => r[1] == "-1").Average(r =>
            {
                var devices = Column(Path.Combine(folder.FullName, r[0] + "_truth.csv"), "device").Values.Distinct(StringComparer.Ordinal).Count();
                return Math.Abs(int.Parse(r[2], CultureInfo.InvariantCulture) - devices) / (double)devices;
            }).ToString("f2", CultureInfo.InvariantCulture);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Dictionary<string, string> Column(string file, string name)
    {
        var rows = File.ReadLines(file).Select(l => l.Split(',')).ToList();
        var at = Array.IndexOf(rows[0], name);
        return rows.Skip(1).ToDictionary(r => r[0], r => r[at], StringComparer.Ordinal);
    }
}
