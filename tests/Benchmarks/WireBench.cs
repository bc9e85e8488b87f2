using Presence.Kit.Wire;
using Presence.Wire;

namespace Presence.Benchmarks;

/// <summary>Promise: a batch of 200 sightings of 60 devices costs at most 8 bytes a sighting on the wire and 15 ns a sighting to read, with nothing allocated.</summary>
internal sealed class WireBench : IBench
{
    public string Name => "wire";

    public Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        var usual = Batch.Usual(1);
        var payload = usual.Encode();
        var wide = Batch.Usual(1, 200, 60, 400, steps: 4_000).Encode();
        var apart = (Batch.Usual(1, 200, 200, 1) with { Device = [.. Enumerable.Range(0, 200).Select(i => (ushort)i)] }).Encode();
        var four = Batch.Usual(1, 200, 50, 1).Encode();
        var buffers = new SightingBuffers();
        var room = new byte[SightingBatch.MostBodyBytes(usual.Columns)];
        const int batches = 2_000;
        long sum = 0;
        void Ours(byte[] bytes)
        {
            for (var i = 0; i < batches; i++)
            {
                sum += SightingBatch.TryDecode(bytes, buffers, out var header, out _) ? header.Sightings : throw new InvalidOperationException("refused");
            }
        }

        void Judged(byte[] bytes)
        {
            for (var i = 0; i < batches; i++)
            {
                sum += Judge.SightingBatch.Parser.ParseFrom(bytes).Dbm.Length;
            }
        }

        var rounds = quick ? 3 : 15;
        var ns = Measure.Interleaved(rounds, batches * 200, () => Ours(payload), () => Judged(payload), () => Ours(wide), () => Judged(wide), () =>
        {
            for (var i = 0; i < batches; i++)
            {
                sum += SightingBatch.WriteBody(usual.Columns, room);
            }
        });
        var allocated = Measure.Allocated(batches * 200, () => Ours(payload));
        var judgeAllocated = Measure.Allocated(batches * 200, () => Judged(payload));
        IReadOnlyList<BenchRow> rows =
        [
            BenchRow.Of("decode one sighting of a batch of 200", ns[0], "ns", "<= 15 ns", v => v <= 15, "Google.Protobuf, same bytes", ns[1]),
            BenchRow.Of("the same, allocated per sighting", allocated, "B", "0 B", v => v == 0, "Google.Protobuf, same bytes", judgeAllocated),
            BenchRow.Of("size on the wire, 60 devices in 200 sightings", payload.Length / 200.0, "B/sighting", "<= 8 B", v => v <= 8),
            BenchRow.Of("decode with 400 receivers and pauses of seconds", ns[2], "ns", "informs", yardstick: "Google.Protobuf, same bytes", beside: ns[3]),
            BenchRow.Of("encode one sighting of a batch of 200", ns[4], "ns", "informs"),
            BenchRow.Of("size, all 200 tokens different, one receiver", apart.Length / 200.0, "B/sighting", "<= 12 B", v => v <= 12),
            BenchRow.Of("size, four sightings per token, one receiver", four.Length / 200.0, "B/sighting", "<= 6 B", v => v <= 6),
        ];
        return sum == 0 ? throw new InvalidOperationException() : Task.FromResult(rows);
    }
}
