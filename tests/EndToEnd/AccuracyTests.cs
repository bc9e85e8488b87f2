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
            ("zones-tetam", "tetam_zone.csv", "z9", ["--loop"]),
            ("zones-tetam", "tetam_zone.csv", "z9", ["--loop", "--no-survey"]),
            ("door", "door_zone.csv", "label", []),
        })
        {
            lines.Add($"{string.Join(' ', [task, .. more])} {await ShareRightAsync(task, truth, column, more)}");
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
