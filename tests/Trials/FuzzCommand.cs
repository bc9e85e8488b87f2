using System.Diagnostics;
using System.Reflection;

namespace Presence.Trials;

/// <summary>
/// Gives every decoder broken input for a while: each class of a namespace <c>Fuzz</c> with a <c>Run(TimeSpan, int)</c> is one. One that
/// reads several formats says how many in <c>Formats</c>; each has its equal share.
/// </summary>
internal static class FuzzCommand
{
    /// <summary>How much memory may stay taken, and how much larger the process may become, once a decoder has run for a tenth of its time.</summary>
    private const long MostGrowth = 50L * 1024 * 1024;

    public static int Run(IReadOnlyList<string> args)
    {
        var given = new Arguments(args, [], ["seconds", "seed", "only"]);
        var only = given.Text("only", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var targets = typeof(Kit.Simulator.MallDay).Assembly.GetTypes().Concat(typeof(FuzzCommand).Assembly.GetTypes())
            .Where(type => type.Namespace is "Presence.Kit.Fuzz" or "Presence.Trials.Fuzz" && (only.Length == 0 || only.Contains(type.Name)))
            .Select(type => (type.Name, Formats: type.GetField("Formats")?.GetRawConstantValue() as int? ?? 1, Method: type.GetMethod("Run", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(TimeSpan), typeof(int)])))
            .Where(target => target.Method?.ReturnType == typeof(long))
            .OrderBy(target => target.Name, StringComparer.Ordinal).ToArray();
        if (targets.Length == 0)
        {
            throw new Refused($"there is no decoder '{given.Text("only", "")}' to give broken input");
        }

        var share = TimeSpan.FromSeconds(given.Number("seconds", 30, 1, 86_400) / targets.Length);
        var (seed, failed, tried) = (given.Count("seed", Environment.TickCount & 0xFFFF, 0, int.MaxValue), 0, 0L);
        foreach (var (name, formats, method) in targets)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                // The first inputs compile the code and fill caches and pools; what grows after them grows with the input.
                var run = method!.CreateDelegate<Func<TimeSpan, int, long>>();
                var inputs = run(share / 10, seed);
                var (held, resident) = Taken();
                inputs += run(share * 0.9, seed + 1);
                var (heldAfter, residentAfter) = Taken();
                var (growth, larger) = (heldAfter - held, residentAfter - resident);
                var tooMuch = Math.Max(growth, larger) > MostGrowth;
                tried += inputs;
                failed += tooMuch ? 1 : 0;
                Console.WriteLine(
                    $"{name}: {inputs:N0} inputs{(formats > 1 ? $" ({inputs / formats:N0} to each of {formats} formats)" : "")} in {watch.Elapsed.TotalSeconds:F1} s; after the warm-up {Megabytes(growth)} held, process {Megabytes(larger)} to {residentAfter >> 20} MB"
                    + (tooMuch ? ": too much" : ""));
            }
            catch (Exception e)
            {
                failed++;
                Console.WriteLine($"{name}: FAILED with seed {seed}: {e}");
            }
        }

        Console.WriteLine($$"""{"targets":{{targets.Length}},"inputs":{{tried}},"failed":{{failed}},"seed":{{seed}}}""");
        return failed == 0 && targets.Length > 0 ? 0 : 1;
    }

    /// <summary>Bytes that are held after a collection, and bytes that the process takes of the machine.</summary>
    private static (long Held, long Resident) Taken()
    {
        var held = GC.GetTotalMemory(forceFullCollection: true);
        return (held, Environment.WorkingSet);
    }

    private static string Megabytes(long bytes) => $"{Math.Round(bytes / 1048576.0, 1) + 0.0:+0.0;-0.0} MB";
}
