using System.Diagnostics;
using System.IO.Compression;
using Presence.Kit.Wire;
using Presence.Wire;

namespace Presence.Benchmarks;

/// <summary>What a sighting takes on the wire, and whether compressing would pay.</summary>
internal static class GatewayBytes
{
    // As one MQTT 5 message on a topic that has its alias: fixed header 3, alias 5, identifier 2.
    private const int Mqtt = 10;

    private static readonly SightingBuffers Buffers = new();

    public static IEnumerable<BenchRow> OnTheWire(IReadOnlyList<byte[]> live)
    {
        var (different, repeated) = (Batches(200), Batches(50));
        yield return BenchRow.Of("on the wire, 200 sightings of 200 tokens, one receiver", PerSighting(different), "B/sighting", "<= 12 B", v => v <= 12);
        yield return BenchRow.Of("on the wire, 200 sightings of 50 tokens, one receiver", PerSighting(repeated), "B/sighting", "<= 6 B", v => v <= 6);
        foreach (var (what, batches) in new[] { ("200 sightings of 200 tokens", different), ("200 sightings of 50 tokens", repeated), ("what 2,000 frames/s make", live) })
        {
            // Each is a message of its own: what one holds helps none of the others.
            var (deflate, brotli) = (Pack(batches, Deflate), Pack(batches, to => new BrotliStream(to, CompressionLevel.Optimal)));
            yield return BenchRow.Of($"left by deflate at its best, {what}", deflate.Left, "% of the bytes", "informs: pays below 80 %", null, "brotli", brotli.Left);
            yield return BenchRow.Of($"work of deflate, {what}", deflate.Microseconds, "us/batch", "informs", null, "brotli", brotli.Microseconds);
        }

        // What the cloud would do for each sighting of every gateway, beside what it does now.
        yield return BenchRow.Of(
            "inflating 200 sightings of 50 tokens", NanosecondsASighting(repeated.ConvertAll(batch => Packed(batch, Deflate)), Inflate), "ns/sighting", "informs", null,
            "decoding them", NanosecondsASighting(repeated, Decode));
    }

    private static double NanosecondsASighting(List<byte[]> batches, Action<byte[]> take)
    {
        const int rounds = 200;
        batches.ForEach(take);
        var from = Stopwatch.GetTimestamp();
        for (var round = 0; round < rounds; round++)
        {
            batches.ForEach(take);
        }

        return Stopwatch.GetElapsedTime(from).TotalNanoseconds / (rounds * batches.Count * 200);
    }

    private static DeflateStream Deflate(Stream to) => new(to, CompressionLevel.SmallestSize);

    private static byte[] Packed(byte[] batch, Func<Stream, Stream> packer)
    {
        using var to = new MemoryStream();
        using (var pack = packer(to))
        {
            pack.Write(batch);
        }

        return to.ToArray();
    }

    private static void Inflate(byte[] packed)
    {
        using var unpack = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
        unpack.CopyTo(Stream.Null);
    }

    private static void Decode(byte[] batch) => _ = SightingBatch.TryDecode(batch, Buffers, out _, out _) ? 0 : throw new InvalidOperationException("refused");

    private static List<byte[]> Batches(int tokens) =>
        [.. Enumerable.Range(1, 50).Select(seed => (Batch.Usual(seed, 200, tokens, receivers: 1) with { Device = [.. Enumerable.Range(0, 200).Select(i => (ushort)(i % tokens))] }).Encode())];

    private static double PerSighting(List<byte[]> batches) => batches.Average(b => b.Length + Mqtt) / 200.0;

    private static (double Left, double Microseconds) Pack(IReadOnlyList<byte[]> batches, Func<Stream, Stream> packer)
    {
        if (batches.Count == 0)
        {
            return (100, 0);
        }

        var packed = 0L;
        var from = Stopwatch.GetTimestamp();
        foreach (var batch in batches)
        {
            packed += Packed(batch, packer).Length;
        }

        return (100.0 * packed / batches.Sum(b => (long)b.Length), Stopwatch.GetElapsedTime(from).TotalMicroseconds / batches.Count);
    }
}
