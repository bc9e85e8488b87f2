using System.Numerics;
using System.Runtime.CompilerServices;

namespace Presence.Visits;

/// <summary>All evidence that waits for its bucket to be folded, by bucket and page of devices, in the order in which it came.</summary>
/// <remarks>
/// Taking in writes behind what came last and looks nothing up; what belongs together is found when a list is tidied, where all of a page's
/// entries and devices are in a near cache.
/// </remarks>
/// <param name="receivers">How many there are.</param>
internal sealed partial class PendingEvidence(int receivers)
{
    private const int RunBits = 5;

    /// <summary>Entries of a run: 384 bytes, so that a night's backlog of buckets with a device or two is no burden.</summary>
    private const int Run = 1 << RunBits;

    private readonly Pages<Evidence> _entries = new();

    /// <summary>Buckets that have evidence, oldest first, and empty ones to be used again.</summary>
    private readonly List<BucketEvidence> _buckets = [];
    private readonly Stack<BucketEvidence> _spare = new();

    /// <summary>By run: the next one of the list, or of the free ones: run + 1, 0 for none.</summary>
    private int[] _next = new int[16];

    /// <summary>Runs that have ever been used, and the first of those that are free again: run + 1.</summary>
    private int _runs;
    private int _free;

    /// <summary>The bucket that was added to last; mostly the next one is the same.</summary>
    private BucketEvidence? _latest;

    /// <summary>Number of the oldest bucket that can still take evidence.</summary>
    public int Oldest { get; set; }

    /// <summary>Number of the newest bucket with evidence.</summary>
    public int Newest { get; private set; }

    /// <summary>Entries that wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>Number of the oldest bucket that has evidence; <see cref="int.MaxValue"/> when none has.</summary>
    public int First => _buckets.Count == 0 ? int.MaxValue : _buckets[0].Number;

    public long Bytes
    {
        get
        {
            var lists = 0L;
            foreach (var bucket in _buckets)
            {
                lists += bucket.Lists.Length;
            }

            return _entries.Bytes + (_next.Length * sizeof(int)) + (lists * Unsafe.SizeOf<EvidenceList>());
        }
    }

    /// <summary>Adds the readings of a burst to their device's bucket.</summary>
    public void Add(int slot, in Burst burst, EvidenceSources sources)
    {
        ref var list = ref ListOf(burst.Bucket, slot >> Pages<DeviceState>.Bits);
        if ((list.Count & (Run - 1)) == 0)
        {
            Lengthen(ref list, burst.Bucket, slot >> Pages<DeviceState>.Bits);
        }

        Waiting++;
        _entries[((list.Last - 1) << RunBits) + (list.Count++ & (Run - 1))] = new Evidence
        {
            Pair = Evidence.PairOf(slot & (Pages<DeviceState>.Size - 1), burst.Receiver),
            First = burst.InBucket,
            Last = (ushort)(burst.InBucket + burst.Last),
            Sum = (short)burst.Sum,
            Count = (byte)burst.Count,
            Sources = sources,
        };
    }

    /// <summary>How many pages of devices there are lists for; 0 when the bucket has no evidence.</summary>
    public int PagesOf(int bucket) => Find(bucket) is >= 0 and var at ? _buckets[at].Lists.Length : 0;

    /// <summary>Gives a bucket back, whose lists are all taken, so that nothing of a device outlives it in a snapshot.</summary>
    public void Release(int bucket)
    {
        if (Find(bucket) is >= 0 and var at)
        {
            _spare.Push(_buckets[at]);
            _buckets.RemoveAt(at);
            _latest = null;
        }

        if (Waiting == 0 && _runs > 0)
        {
            // The last one is gone: what a crowd once needed is not kept for the night.
            _entries.Shrink();
            _spare.Clear();
            Array.Clear(_next);
            (_runs, _free) = (0, 0);
            (_one, _other, _known, _met) = ([], [], [], []);
        }
    }

    private ref EvidenceList ListOf(int bucket, int page)
    {
        var latest = _latest;
        if (latest is null || latest.Number != bucket)
        {
            _latest = latest = BucketOf(bucket);
        }

        if (page >= latest.Lists.Length)
        {
            var lists = latest.Lists;
            Array.Resize(ref lists, (int)BitOperations.RoundUpToPowerOf2((uint)page + 1));
            latest.Lists = lists;
        }

        return ref latest.Lists[page];
    }

    private BucketEvidence BucketOf(int number)
    {
        var at = Find(number);
        if (at < 0)
        {
            at = ~at;
            var fresh = _spare.TryPop(out var spare) ? spare : new BucketEvidence();
            fresh.Number = number;
            _buckets.Insert(at, fresh);
            Newest = Math.Max(Newest, number);
        }

        return _buckets[at];
    }

    // Most that comes is of the newest.
    private int Find(int number)
    {
        var (low, high) = (0, _buckets.Count);
        if (high > 0 && _buckets[high - 1].Number == number)
        {
            return high - 1;
        }

        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_buckets[middle].Number == number)
            {
                return middle;
            }

            (low, high) = _buckets[middle].Number < number ? (middle + 1, high) : (low, middle);
        }

        return ~low;
    }

    // A list is tidied before it grows to three times what was left the last time, and a long one when its page's next bucket begins: mostly it is whole then.
    private void Lengthen(ref EvidenceList list, int bucket, int page)
    {
        if (list.Count == 0)
        {
            var at = Find(bucket) - 1;
            if (at >= 0 && page < _buckets[at].Lists.Length && _buckets[at].Lists[page].Count - _buckets[at].Lists[page].Tidy >= Untidy / 2)
            {
                TidyUp(ref _buckets[at].Lists[page]);
            }
        }
        else if (list.Count >= Math.Max(Untidy, 3 * list.Tidy))
        {
            TidyUp(ref list);
        }

        if ((list.Count & (Run - 1)) == 0)
        {
            var run = TakeRun();
            (list.Count == 0 ? ref list.First : ref _next[list.Last - 1]) = run;
            list.Last = run;
        }
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
        }

        _entries.Reserve(++_runs << RunBits);
        return _runs;
    }

    // Gives the runs behind the first so many back.
    private void Cut(ref EvidenceList list, int runs)
    {
        var last = list.First;
        for (var i = 1; i < runs; i++)
        {
            last = _next[last - 1];
        }

        var rest = runs == 0 ? list.First : _next[last - 1];
        if (rest != 0)
        {
            (_next[list.Last - 1], _free) = (_free, rest);
            if (runs > 0)
            {
                _next[last - 1] = 0;
            }
        }

        list.Last = last;
    }
}
