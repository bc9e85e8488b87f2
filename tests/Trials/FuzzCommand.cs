using System.Diagnostics;
using System.Reflection;

namespace Presence.Trials;

/// <summary>Gives every decoder broken input for a while: each class of the kit's <c>Fuzz</c> with a <c>Run(TimeSpan, int)</c> is one.</summary>
internal static class FuzzCommand
{
    /// <summary>How much memory may stay taken afterwards.</summary>
    private const long MostGrowth = 50L * 1024 * 1024;

    public static int Run(IReadOnlyList<string> args)
    {
        var given = new Arguments(args, [], ["seconds", "seed"]);
        var targets = typeof(Kit.Simulator.MallDay).Assembly.GetTypes()
            .Where(type => string.Equals(type.Namespace, "Presence.Kit.Fuzz", StringComparison.Ordinal))
            .Select(type => (type.Name, Method: type.GetMethod("Run", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(TimeSpan), typeof(int)])))
            .Where(target => target.Method?.ReturnType == typeof(long))
            .OrderBy(target => target.Name, StringComparer.Ordinal).ToArray();
        var share = TimeSpan.FromSeconds(given.Number("seconds", 30, 1, 86_400) / targets.Length);
        var (seed, failed, tried) = (given.Count("seed", Environment.TickCount & 0xFFFF, 0, int.MaxValue), 0, 0L);
        foreach (var (name, method) in targets)
        {
            var (before, watch) = (GC.GetTotalMemory(forceFullCollection: true), Stopwatch.StartNew());
            try
            {
                var inputs = method!.CreateDelegate<Func<TimeSpan, int, long>>()(share, seed);
                var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
                tried += inputs;
                failed += growth > MostGrowth ? 1 : 0;
                Console.WriteLine($"{name}: {inputs:N0} inputs in {watch.Elapsed.TotalSeconds:F1} s, memory {growth / 1048576.0:+0.0;-0.0} MB{(growth > MostGrowth ? ": too much" : "")}");
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
}
