using System.Text.Json;

namespace Presence.Benchmarks;

/// <summary>A promise with its figure, beside the peer or the physical limit taken in the same run.</summary>
/// <param name="What">The promise in words.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Unit">Of value and yardstick.</param>
/// <param name="Yardstick">What it is measured beside; empty if nothing.</param>
/// <param name="YardstickValue">The yardstick's figure in the same unit; null if there is none.</param>
/// <param name="Ratio">Value divided by yardstick; null if there is none.</param>
/// <param name="Target">The target in words, for example <c>&lt;= 15 ns</c>.</param>
/// <param name="Met">Whether the target is met; null for a row that only informs.</param>
public sealed record BenchRow(
    string What, double Value, string Unit, string Yardstick, double? YardstickValue, double? Ratio, string Target, bool? Met)
{
    /// <summary>A row held against a target.</summary>
    public static BenchRow Of(
        string what, double value, string unit, string target, Func<double, bool>? met = null, string yardstick = "", double? beside = null) =>
        new(what, value, unit, yardstick, beside, beside is > 0 ? value / beside : null, target, met?.Invoke(value));
}

/// <summary>A group of promises measured in one run.</summary>
internal interface IBench
{
    /// <summary>As typed after <c>./presence bench</c>.</summary>
    string Name { get; }

    /// <summary>Measures and returns the rows, in the order of the printed table.</summary>
    /// <param name="quick">True for a short look whose figures are not to be kept.</param>
    Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping);
}

/// <summary>Repeats measurements so that noise shows and can be told from change.</summary>
internal static class Measure
{
    /// <summary>Median of the values; the mean of the two middle ones when even.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Value at the share <paramref name="p"/> (0..1) of the sorted values, nearest rank.</summary>
    public static double Percentile(IReadOnlyList<double> sorted, double p) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(p * sorted.Count) - 1, 0, sorted.Count - 1)];

    /// <summary>Runs the candidates in turn (A B A B …) after one warm-up each; returns each one's median nanoseconds per operation.</summary>
    public static double[] Interleaved(int rounds, int operations, params Action[] candidates)
    {
        foreach (var candidate in candidates)
        {
            candidate();
        }

        var taken = candidates.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < candidates.Length; i++)
            {
                var begun = System.Diagnostics.Stopwatch.GetTimestamp();
                candidates[i]();
                taken[i].Add(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalNanoseconds / operations);
            }
        }

        return [.. taken.Select(Median)];
    }

    /// <summary>Bytes the current thread allocates per operation, after a warm-up call.</summary>
    public static double Allocated(int operations, Action candidate)
    {
        candidate();
        var before = GC.GetAllocatedBytesForCurrentThread();
        candidate();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)operations;
    }
}

internal static class BenchTable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints the rows as a Markdown table and keeps them as <c>artifacts/bench/NAME.json</c> under the current folder.</summary>
    public static void Publish(string name, IReadOnlyList<BenchRow> rows, TextWriter to)
    {
        to.WriteLine($"### {name} · {DateTime.UtcNow:yyyy-MM-dd} · {Environment.ProcessorCount} cores, {Cpu()}");
        to.WriteLine();
        to.WriteLine("| what | value | target | met | beside | its value | ratio |");
        to.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var r in rows)
        {
            var met = r.Met switch { true => "yes", false => "**no**", null => "" };
            var beside = r.YardstickValue is { } y ? $"{y:0.###} {r.Unit}" : "";
            to.WriteLine($"| {r.What} | {r.Value:0.###} {r.Unit} | {r.Target} | {met} | {r.Yardstick} | {beside} | {r.Ratio:0.###} |");
        }

        Directory.CreateDirectory(Path.Combine("artifacts", "bench"));
        File.WriteAllText(Path.Combine("artifacts", "bench", name + ".json"), JsonSerializer.Serialize(rows, Json));
    }

    private static string Cpu()
    {
        const string info = "/proc/cpuinfo";
        var line = File.Exists(info) ? File.ReadLines(info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? "unknown processor";
    }
}
