using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>What receivers heard of one device in one bucket of time, in sums, so that the order of arrival leaves no trace. One cache line.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EvidenceNode
{
    public int Slot;

    /// <summary>Bucket number since 2000.</summary>
    public int Bucket;

    /// <summary>Next node of the device; 0 for none. Of a free node: the next free one.</summary>
    public int NextOfDevice;

    /// <summary>Next node of the bucket; 0 for none.</summary>
    public int NextOfBucket;

    /// <summary>ms after the begin of the bucket: first and last sighting.</summary>
    public ushort First;

    public ushort Last;

    public EvidenceSources Sources;

    public byte Used;

    public ushort Reserved;

    public EvidenceCells Cells;
}

[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EvidenceCell
{
    public ushort Receiver;

    public ushort Count;

    public int Sum;
}

[InlineArray(Size)]
internal struct EvidenceCells
{
    public const int Size = 5;

    private EvidenceCell _first;
}

/// <summary>All evidence that waits for its bucket to be folded: a pool of nodes, and a ring of buckets.</summary>
internal sealed class PendingEvidence
{
    /// <summary>Nodes; number 0 is none.</summary>
    public EvidenceNode[] Nodes = new EvidenceNode[1024];

    public int Used = 1;

    public int Free;

    /// <summary>First node of each waiting bucket, by bucket number modulo the length, a power of two.</summary>
    public int[] Heads = new int[64];

    /// <summary>Number of the oldest bucket that can still take evidence.</summary>
    public int Oldest;

    /// <summary>Number of the newest bucket with evidence.</summary>
    public int Newest;

    public int Waiting;

    /// <summary>Adds readings to their device's bucket; <c>head</c> is the device's first node, <c>first</c> and <c>last</c> ms after the bucket's begin.</summary>
    public void Add(ref int head, int slot, int bucket, ushort first, ushort last, ushort receiver, ushort count, int sum, EvidenceSources sources)
    {
        // A device's nodes lie newest first, so that a quarter of an hour of them, kept while a gateway is waited for, is not walked
        // through for every sighting.
        var (before, n) = (0, head);
        for (; n != 0 && Nodes[n].Bucket >= bucket; (before, n) = (n, Nodes[n].NextOfDevice))
        {
            ref var node = ref Nodes[n];
            if (node.Bucket == bucket && TryAdd(ref node, receiver, count, sum))
            {
                node.First = Math.Min(node.First, first);
                node.Last = Math.Max(node.Last, last);
                node.Sources |= sources;
                return;
            }
        }

        // Taken first: the pool may grow, and a reference into the old one would be lost.
        var number = Take(bucket);
        ref var fresh = ref Nodes[number];
        fresh.Slot = slot;
        fresh.Bucket = bucket;
        (fresh.First, fresh.Last) = (first, last);
        fresh.Sources = sources;
        fresh.NextOfDevice = n;
        if (before == 0)
        {
            head = number;
        }
        else
        {
            Nodes[before].NextOfDevice = number;
        }

        TryAdd(ref fresh, receiver, count, sum);
    }

    private static bool TryAdd(ref EvidenceNode node, ushort receiver, ushort count, int sum)
    {
        Span<EvidenceCell> cells = node.Cells;
        for (var i = 0; i < node.Used; i++)
        {
            ref var cell = ref cells[i];
            if (cell.Receiver == receiver)
            {
                // A device heard more often than a thousand times a second is a fault; its mean is known well enough.
                if (cell.Count + count <= ushort.MaxValue)
                {
                    cell.Count += count;
                    cell.Sum += sum;
                }

                return true;
            }
        }

        if (node.Used == EvidenceCells.Size)
        {
            return false;
        }

        cells[node.Used++] = new EvidenceCell { Receiver = receiver, Count = count, Sum = sum };
        return true;
    }

    private int Take(int bucket)
    {
        int number;
        var range = Math.Max(bucket, Newest) - Oldest;
        if (range >= Heads.Length)
        {
            Widen(range);
        }

        if (Free != 0)
        {
            number = Free;
            Free = Nodes[number].NextOfDevice;
        }
        else
        {
            if (Used == Nodes.Length)
            {
                Array.Resize(ref Nodes, Used * 2);
            }

            number = Used++;
        }

        ref var head = ref Heads[bucket & (Heads.Length - 1)];
        Nodes[number] = new EvidenceNode { NextOfBucket = head };
        head = number;
        Newest = Math.Max(Newest, bucket);
        Waiting++;
        return number;
    }

    /// <summary>Takes a whole bucket out of the ring.</summary>
    /// <returns>Its first node; 0 for none.</returns>
    public int TakeBucket(int bucket)
    {
        ref var head = ref Heads[bucket & (Heads.Length - 1)];
        var first = head;
        head = 0;
        return first;
    }

    public void Release(int number)
    {
        // Cleared, so that nothing of a device outlives it in a snapshot.
        Nodes[number] = new EvidenceNode { NextOfDevice = Free };
        Free = number;
        Waiting--;
    }

    // At once to the width that holds the whole range: by then the oldest bucket may already be an earlier one than the ring was
    // laid out for, and each list goes where its own bucket belongs.
    private void Widen(int range)
    {
        var wider = new int[BitOperations.RoundUpToPowerOf2((uint)range + 1)];
        foreach (var head in Heads)
        {
            if (head != 0)
            {
                wider[Nodes[head].Bucket & (wider.Length - 1)] = head;
            }
        }

        Heads = wider;
    }
}
