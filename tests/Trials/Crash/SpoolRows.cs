using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Spool;

namespace Presence.Trials.Crash;

/// <summary>Batches that can be known again: each holds its place in the order they were given in, and bytes that follow from it.</summary>
internal static class SpoolRows
{
    /// <summary>Most that are given and not yet accepted; one sync takes them together.</summary>
    private const int UnderWay = 256;

    public static SqliteSpool Open(string folder) => new(new() { Folder = folder, Ballast = 0 }, NullLogger<SqliteSpool>.Instance);

    public static byte[] Body(long place)
    {
        var bytes = new byte[40 + (int)((ulong)place * 0x9E37_79B9_7F4A_7C15 >> 56)];
        new Random((int)place).NextBytes(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, place);
        return bytes;
    }

    /// <summary>Gives batches until told to stop or the spool can no more, and says of each that was accepted which it was.</summary>
    /// <param name="from">The first one's place.</param>
    /// <param name="accepted">Told the place once the spool has promised to keep it.</param>
    public static async Task WriteAsync(SqliteSpool spool, long from, Action<long> accepted, CancellationToken stopping)
    {
        var underWay = new Queue<Task<long>>();
        try
        {
            for (var place = from; ; place++)
            {
                underWay.Enqueue(spool.AppendAsync(new(Body(place), 1, 1), stopping));
                if (underWay.Count >= UnderWay)
                {
                    await underWay.Dequeue();
                    accepted(place - UnderWay + 1);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            foreach (var one in underWay)
            {
                _ = one.ContinueWith(static t => t.Exception, TaskScheduler.Default);
            }
        }
    }

    /// <summary>What is kept, in the order it would be sent in.</summary>
    /// <exception cref="InvalidDataException">A batch is not as it was given, is there twice, or is out of order.</exception>
    public static (long First, long Last, long Count) Check(SqliteSpool spool)
    {
        var (first, last, count, number) = (0L, 0L, 0L, 0L);
        while (spool.Read(SpoolStream.Live, number, 4_096, 16 << 20) is { Count: > 0 } batches)
        {
            foreach (var batch in batches)
            {
                var place = BinaryPrimitives.ReadInt64LittleEndian(batch.Body);
                if (place <= last || batch.Sequence <= number || !batch.Body.AsSpan().SequenceEqual(Body(place)))
                {
                    throw new InvalidDataException($"batch {batch.Sequence} holds place {place} after place {last}");
                }

                (first, last, number, count) = (first == 0 ? place : first, place, batch.Sequence, count + 1);
            }
        }

        return (first, last, count);
    }
}
