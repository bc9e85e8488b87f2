namespace Presence.Benchmarks;

/// <summary>Promise: what is heard is on a page before anybody notices the wait. The rows of <c>spine</c> alone.</summary>
internal sealed class PageBench : IBench
{
    public string Name => "page";

    public Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping) => SpineBench.LatencyAsync(quick, stopping);
}
