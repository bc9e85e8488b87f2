using System.Numerics;
using System.Runtime.CompilerServices;

namespace Presence.Visits;

/// <summary>The runs of nodes of one bucket: run + 1, 0 for none; and how many nodes of the last are used.</summary>
internal struct BucketRuns
{
    public int First;
    public int Last;
    public int Used;
}

/// <summary>All evidence that waits for its bucket to be folded: runs of nodes that lie together, and a ring of buckets that each have some.</summary>
internal sealed partial class PendingEvidence
{
    private const int RunBits = 6;

    /// <summary>Nodes of a run: 2 kB, so that a night's backlog of buckets with a device or two is no burden.</summary>
    private const int Run = 1 << RunBits;

    private readonly Pages<EvidenceNode> _nodes = new();

    /// <summary>By run: the next one of the bucket, or of the free ones: run + 1, 0 for none.</summary>
    private int[] _next = new int[16];

    /// <summary>By run: whose nodes it has, bucket number since 2000; 0 for a free one.</summary>
    private int[] _bucketOf = new int[16];

    /// <summary>Runs that have ever been used, and the first of those that are free again: run + 1.</summary>
    private int _runs;
    private int _free;

    /// <summary>By bucket number modulo the length, a power of two.</summary>
    private BucketRuns[] _ring = new BucketRuns[64];

    /// <summary>Number of the oldest bucket that can still take evidence.</summary>
    public int Oldest { get; set; }

    /// <summary>Number of the newest bucket with evidence.</summary>
    public int Newest { get; private set; }

    /// <summary>Nodes that wait.</summary>
    public int Waiting { get; private set; }

    public long Bytes => _nodes.Bytes + (2L * _next.Length * sizeof(int)) + (_ring.Length * Unsafe.SizeOf<BucketRuns>());

    /// <summary>A node by its link, number + 1.</summary>
    public ref EvidenceNode this[int link] => ref _nodes[link - 1];

    /// <summary>Adds the readings of a burst to their device's bucket; <c>head</c> is the device's first node, <c>begin</c> Unix ms of the bucket's.</summary>
    public void Add(ref int head, int slot, in Burst burst, long begin, EvidenceSources sources)
    {
        var (first, last) = ((ushort)(burst.First - begin), (ushort)(burst.Last - begin));

        // A device's nodes lie newest bucket first, so that a quarter of an hour of them, kept while a gateway is waited for, is not walked
        // through for every sighting; those of one bucket as they came.
        ref var link = ref head;
        var newer = int.MaxValue;
        while (link != 0)
        {
            var bucket = BucketOf(link);
            if (!Belongs(link, bucket, slot, newer))
            {
                link = 0;
                break;
            }

            if (bucket < burst.Bucket)
            {
                break;
            }

            ref var node = ref this[link];
            if (bucket == burst.Bucket && TryAdd(ref node, burst))
            {
                node.First = Math.Min(node.First, first);
                node.Last = Math.Max(node.Last, last);
                node.Sources |= sources;
                return;
            }

            newer = bucket;
            link = ref node.Next;
        }

        var number = Take(burst.Bucket);
        ref var fresh = ref this[number];
        (fresh.Slot, fresh.Sources) = (slot, sources);
        (fresh.First, fresh.Last, fresh.Next) = (first, last, link);
        link = number;
        TryAdd(ref fresh, burst);
    }

    /// <summary>Whether evidence of a device waits.</summary>
    public bool Waits(int head, int slot) => Belongs(head, BucketOf(head), slot, int.MaxValue);

    /// <summary>Takes what is known of a device in a bucket that is folded; its nodes are then empty.</summary>
    /// <param name="node">The first of them.</param>
    /// <param name="cells">Gets what each receiver heard, ascending by receiver. When more hear it than there is room for, the rest would not change the belief.</param>
    /// <param name="heard">First and last, ms after the begin of the bucket, and sources.</param>
    /// <returns>How many cells.</returns>
    public int Gather(ref EvidenceNode node, int bucket, Span<EvidenceSum> cells, out (ushort First, ushort Last, EvidenceSources Sources) heard)
    {
        var (slot, count) = (node.Slot, 0);
        heard = (ushort.MaxValue, 0, EvidenceSources.None);
        while (true)
        {
            heard = (Math.Min(heard.First, node.First), Math.Max(heard.Last, node.Last), heard.Sources | node.Sources);
            foreach (ref readonly var cell in (ReadOnlySpan<EvidenceCell>)node.Cells)
            {
                if (cell.Count > 0)
                {
                    count = Merge(cell, cells, count);
                }
            }

            var next = node.Next;
            node = default;
            if (BucketOf(next) != bucket || this[next].Slot != slot || this[next].IsEmpty)
            {
                return count;
            }

            node = ref this[next];
        }
    }

    private static int Merge(in EvidenceCell cell, Span<EvidenceSum> cells, int count)
    {
        var at = count;
        while (at > 0 && cells[at - 1].Receiver > cell.Receiver)
        {
            at--;
        }

        if (at > 0 && cells[at - 1].Receiver == cell.Receiver)
        {
            cells[at - 1].Count += cell.Count;
            cells[at - 1].Sum += cell.Sum;
            return count;
        }

        if (count == cells.Length)
        {
            return count;
        }

        cells[at..count].CopyTo(cells[(at + 1)..]);
        cells[at] = new EvidenceSum { Receiver = cell.Receiver, Count = cell.Count, Sum = cell.Sum };
        return count + 1;
    }

    // A link into a bucket that was folded is not mended: that would be a walk through all of a device's nodes each time. It is known by
    // what it leads to: nothing, another device's, or a newer one.
    private bool Belongs(int link, int bucket, int slot, int newer) =>
        bucket != 0 && bucket >= Oldest && bucket <= newer && this[link].Slot == slot && !this[link].IsEmpty;

    /// <summary>Of a node by its link; 0 where there is none.</summary>
    private int BucketOf(int link)
    {
        var run = (uint)(link - 1) >> RunBits;
        return run < _runs ? _bucketOf[run] : 0;
    }

    /// <summary>Sends for a device's second node when the first is full.</summary>
    public void TouchBehind(int head)
    {
        if (BucketOf(head) != 0 && this[head].Cells[EvidenceCells.Size - 1].Count > 0)
        {
            Touch(this[head].Next);
        }
    }

    /// <summary>Sends for a device's first node.</summary>
    public void Touch(int head)
    {
        if (BucketOf(head) != 0)
        {
            Soon.Touch(ref this[head]);
        }
    }

    private static bool TryAdd(ref EvidenceNode node, in Burst burst)
    {
        foreach (ref var cell in (Span<EvidenceCell>)node.Cells)
        {
            if (cell.Count == 0)
            {
                cell = new EvidenceCell { Receiver = burst.Receiver, Count = (byte)burst.Count, Sum = (short)burst.Sum };
                return true;
            }

            if (cell.Receiver == burst.Receiver && cell.Count + burst.Count <= byte.MaxValue)
            {
                cell.Count += (byte)burst.Count;
                cell.Sum += (short)burst.Sum;
                return true;
            }
        }

        return false;
    }

    private int Take(int bucket)
    {
        var range = Math.Max(bucket, Newest) - Oldest;
        if (range >= _ring.Length)
        {
            Widen(range);
        }

        ref var runs = ref _ring[bucket & (_ring.Length - 1)];
        if (runs.First == 0 || runs.Used == Run)
        {
            var run = TakeRun();
            _bucketOf[run - 1] = bucket;
            (runs.First == 0 ? ref runs.First : ref _next[runs.Last - 1]) = run;
            (runs.Last, runs.Used) = (run, 0);
        }

        Newest = Math.Max(Newest, bucket);
        Waiting++;
        return ((runs.Last - 1) << RunBits) + ++runs.Used;
    }

    private int TakeRun()
    {
        var run = _free;
        if (run != 0)
        {
            _free = _next[run - 1];
            _next[run - 1] = 0;
            return run;
        }

        if (_runs == _next.Length)
        {
            Array.Resize(ref _next, _runs * 2);
            Array.Resize(ref _bucketOf, _runs * 2);
        }

        _nodes.Reserve(++_runs << RunBits);
        return _runs;
    }

    /// <summary>True when the bucket has evidence.</summary>
    public bool Has(int bucket) => _ring[bucket & (_ring.Length - 1)].First != 0;

    /// <summary>The nodes of a bucket, run by run, to be walked through before <see cref="Release"/>.</summary>
    /// <param name="run">0 before the first; goes to the next one.</param>
    /// <returns>The run's nodes; empty behind the last.</returns>
    public Span<EvidenceNode> NextRun(int bucket, ref int run)
    {
        ref var runs = ref _ring[bucket & (_ring.Length - 1)];
        run = run == 0 ? runs.First : _next[run - 1];
        return run == 0 ? [] : _nodes.Part((run - 1) << RunBits, run == runs.Last ? runs.Used : Run);
    }

    /// <summary>Gives a bucket's nodes back, which are all gathered, so that nothing of a device outlives it in a snapshot.</summary>
    public void Release(int bucket)
    {
        for (var run = 0; NextRun(bucket, ref run) is { IsEmpty: false } nodes;)
        {
            Waiting -= nodes.Length;
            _bucketOf[run - 1] = 0;
        }

        ref var runs = ref _ring[bucket & (_ring.Length - 1)];
        if (runs.First != 0)
        {
            (_next[runs.Last - 1], _free) = (_free, runs.First);
            runs = default;
        }

        if (Waiting == 0 && _runs > 0)
        {
            // The last one is gone: what a crowd once needed is not kept for the night.
            _nodes.Shrink();
            Array.Clear(_next);
            Array.Clear(_bucketOf);
            (_runs, _free) = (0, 0);
        }
    }

    // At once to the width that holds the whole range: by then the oldest bucket may already be an earlier one than the ring was
    // laid out for, and each list goes where its own bucket belongs.
    private void Widen(int range)
    {
        var wider = new BucketRuns[BitOperations.RoundUpToPowerOf2((uint)range + 1)];
        foreach (var runs in _ring)
        {
            if (runs.First != 0)
            {
                wider[_bucketOf[runs.First - 1] & (wider.Length - 1)] = runs;
            }
        }

        _ring = wider;
    }
}
