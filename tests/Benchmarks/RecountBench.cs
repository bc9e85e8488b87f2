using System.Buffers;
using System.Diagnostics;
using Presence.Cloud.Stages;
using Presence.Kit.Simulator;
using Presence.Kit.Wire;
using Presence.Storage;
using Presence.Visits;

namespace Presence.Benchmarks;

/// <summary>Promise: a day of a mall, 30 million sightings, is recomputed from its log in 20 s, so that another plan can be tried while the operator waits.</summary>
internal sealed class RecountBench : IBench
{
    private const int Batch = 200;
    private const int DevicesInBatch = 60;
    private const int Gateways = 50;
    private const int Crowd = 3_000;
    private const long Opens = 1_795_219_200_000;

    public string Name => "recount";

    public Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        var sightings = quick ? 1_500_000 : 30_000_000;
        var map = VisitsBench.Mall();
        var log = Day(sightings / Batch, stopping);
        var settings = new VenueSettings();
        var plan = new VenuePlan(map, settings.Visits);

        var state = new VenueState(1, map, settings, new DecisionStage(map, new byte[32]));
        var output = new VenueOutput();
        long visits = 0;
        var begun = Stopwatch.GetTimestamp();
        foreach (var row in log)
        {
            ReadOnlySpan<byte> records = row.Records;
            while (!records.IsEmpty)
            {
                state.Apply(InputRecord.Read(ref records), output, out _);
                visits += output.Visits.Count;
                output.Clear();
            }
        }

        var once = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        begun = Stopwatch.GetTimestamp();
        var result = new HistoryTrial(1, plan, plan with { Policy = plan.Policy with { Silence = TimeSpan.FromMinutes(5) } }, settings).Run(log, stopping);
        var both = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return Task.FromResult<IReadOnlyList<BenchRow>>(
        [
            BenchRow.Of($"{sightings:N0} sightings recomputed from the log, {visits:N0} visits", once, "s", quick ? "" : "<= 20", quick ? null : s => s <= 20),
            BenchRow.Of($"the same under two plans and compared, {result.DevicesUnlike:N0} devices unlike", both, "s", ""),
        ]);
    }

    // Fourteen hours: each hour another three thousand devices, which go from gateway to gateway every ten minutes.
    private static List<LogRow> Day(int batches, CancellationToken stopping)
    {
        var (log, dice) = (new List<LogRow>(), new Dice(5));
        var to = new ArrayBufferWriter<byte>();
        var step = 14.0 * 3_600_000 / batches;
        var names = Enumerable.Range(0, Gateways).Select(g => InputRecord.NameOf($"gw-{g}")).ToArray();
        for (var b = 0; b < batches; b++)
        {
            stopping.ThrowIfCancellationRequested();
            var (gateway, at) = (b % Gateways, Opens + (long)(b * step));
            var devices = Enumerable.Range(0, DevicesInBatch).Select(i => ((gateway + Gateways - (int)((at - Opens) / 600_000 % Gateways)) % Gateways * DevicesInBatch) + i).ToArray();
            var batch = new Batch
            {
                Boot = 7,
                Sequence = (ulong)((b / Gateways) + 1),
                Tokens = [.. devices.Select(d => Token(d % Crowd, (at - Opens) / 3_600_000))],
                Traits = new TokenTraits[DevicesInBatch],
                Device = [.. Enumerable.Range(0, Batch).Select(i => (ushort)(i % DevicesInBatch))],
                Receiver = [.. Enumerable.Range(0, Batch).Select(i => (ushort)(i & 1))],
                Dbm = [.. Enumerable.Range(0, Batch).Select(_ => (sbyte)(-55 - dice.Below(30)))],
                At = [.. Enumerable.Range(0, Batch).Select(i => at + (i * 50L))],
            };
            InputRecord.Write(to, new Input(InputKind.Sightings, 0, names[gateway], at + 10_500, batch.Encode()));
            if (b % 100 == 99 || b == batches - 1)
            {
                InputRecord.Write(to, new Input(InputKind.Tick, 0, [], at + 10_600, []));
                log.Add(new LogRow(log.Count, 101, at, to.WrittenSpan.ToArray()));
                to.ResetWrittenCount();
            }
        }

        return log;
    }

    private static ulong Token(int device, long hour) => new Dice((ulong)((device * 100L) + hour)).Bits() | 1;
}
