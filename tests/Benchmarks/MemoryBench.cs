namespace Presence.Benchmarks;

/// <summary>Promise: twenty malls with 100,000 devices present fit into a small machine. The row of <c>spine</c> alone, and what it is made of.</summary>
internal sealed class MemoryBench : IBench
{
    public string Name => "memory";

    public async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        var (empty, emptyOwn) = await EmptyAsync(stopping);
        var (full, _) = await SpineBench.ThroughAsync(1_000_000, 0, TimeSpan.FromSeconds(quick ? 6 : 12), stopping);
        return
        [
            BenchRow.Of("memory of the cloud with 100,000 devices present", full.Megabytes, "MB", "<= 300 MB", v => v <= 300),
            BenchRow.Of("of it: that no file stands behind", full.OwnMegabytes, "MB", "informs"),
            BenchRow.Of("sightings taken meanwhile", full.PerSecond / 1e6, "million/s", "about 1 million/s"),
            BenchRow.Of("the same before the first gateway", empty, "MB", "informs"),
            BenchRow.Of("of it: that no file stands behind", emptyOwn, "MB", "informs"),
        ];
    }

    private static async Task<(double All, double Own)> EmptyAsync(CancellationToken stopping)
    {
        var folder = Directory.CreateTempSubdirectory("presence-bench-memory-").FullName;
        try
        {
            using var cloud = CloudProcess.Start(folder, SpineBench.Venues, SpineBench.PerVenue, 0, 0);
            await cloud.ReadyAsync(stopping);
            await Task.Delay(2_000, stopping);
            return (cloud.Megabytes, cloud.OwnMegabytes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
