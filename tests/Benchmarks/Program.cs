using Presence.Benchmarks;

if (args is [NullEndpoint.Alone, var port])
{
    await using var alone = await NullEndpoint.StartAsync(int.Parse(port));
    await Task.Delay(Timeout.Infinite);
}

// Every IBench of this program is found by itself, so that a new one needs no list to be kept.
var benches = typeof(IBench).Assembly.GetTypes()
    .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IBench)))
    .Select(t => (IBench)Activator.CreateInstance(t)!)
    .OrderBy(b => b.Name, StringComparer.Ordinal)
    .ToList();

var names = args.Where(a => !a.StartsWith('-')).ToList();
var unknown = names.Where(n => benches.All(b => b.Name != n)).ToList();
if (unknown.Count > 0)
{
    Console.Error.WriteLine($"bench: no benchmark is called {string.Join(", ", unknown)}; there are {string.Join(", ", benches.Select(b => b.Name))}");
    return 2;
}

using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stopping.Cancel();
};

foreach (var bench in benches.Where(b => names.Count == 0 || names.Contains(b.Name)))
{
    BenchTable.Publish(bench.Name, await bench.RunAsync(args.Contains("--quick"), stopping.Token), Console.Out);
    Console.WriteLine();
}

return 0;
