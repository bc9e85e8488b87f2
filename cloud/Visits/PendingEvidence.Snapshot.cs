using System.Buffers;
using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <content>Written and read again.</content>
internal sealed partial class PendingEvidence
{
    /// <summary>Lengths that <see cref="Load"/> is told of.</summary>
    public EvidenceLengths Lengths =>
        new() { Runs = _runs, Free = _free, Ring = _ring.Length, Oldest = Oldest, Newest = Newest, Waiting = Waiting };

    public void Save(IBufferWriter<byte> to)
    {
        to.Write(MemoryMarshal.AsBytes<BucketRuns>(_ring));
        to.Write(MemoryMarshal.AsBytes<int>(_next.AsSpan(0, _runs)));
        to.Write(MemoryMarshal.AsBytes<int>(_bucketOf.AsSpan(0, _runs)));
        _nodes.Save(to, _runs << RunBits);
    }

    /// <summary>Bytes that <see cref="Save"/> writes for such lengths.</summary>
    public static long SavedBytes(in EvidenceLengths lengths) =>
        ((long)lengths.Ring * Unsafe.SizeOf<BucketRuns>()) + ((long)lengths.Runs * ((2 * sizeof(int)) + (Run * Unsafe.SizeOf<EvidenceNode>())));

    /// <summary>Reads what <see cref="Save"/> wrote, and moves <paramref name="from"/> behind it.</summary>
    public void Load(ref ReadOnlySpan<byte> from, in EvidenceLengths lengths)
    {
        (_runs, _free, Oldest, Newest, Waiting) = (lengths.Runs, lengths.Free, lengths.Oldest, lengths.Newest, lengths.Waiting);
        Pages.Take<BucketRuns>(ref from, _ring = new BucketRuns[lengths.Ring]);
        Pages.Take(ref from, (_next = new int[Math.Max(16, _runs)]).AsSpan(0, _runs));
        Pages.Take(ref from, (_bucketOf = new int[_next.Length]).AsSpan(0, _runs));
        _nodes.Load(ref from, _runs << RunBits);
    }

    /// <summary>Whether what was read holds together: every run in one bucket or free, every node of a device and receivers that there are.</summary>
    /// <param name="devices">Places for devices.</param>
    /// <param name="receivers">How many.</param>
    /// <param name="newest">No bucket is later.</param>
    public bool IsSound(int devices, int receivers, int newest)
    {
        var (met, waiting) = (new BitArray(_runs), 0);
        if (Oldest < 0 || Oldest > newest + 2 || Newest < 0 || Newest > newest)
        {
            return false;
        }

        for (var place = 0; place < _ring.Length; place++)
        {
            ref readonly var runs = ref _ring[place];
            for (var run = runs.First; run != 0; run = _next[run - 1])
            {
                if (!Meet(met, run) || runs.Used is < 1 or > Run || !IsOf(_bucketOf[run - 1], place) || (_next[run - 1] == 0) != (run == runs.Last))
                {
                    return false;
                }

                var nodes = _nodes.Part((run - 1) << RunBits, run == runs.Last ? runs.Used : Run);
                waiting += nodes.Length;
                foreach (ref readonly var node in nodes)
                {
                    if (node.IsEmpty || node.Slot >= devices || !AreOf(node.Cells, receivers))
                    {
                        return false;
                    }
                }
            }
        }

        for (var run = _free; run != 0; run = _next[run - 1])
        {
            if (!Meet(met, run) || _bucketOf[run - 1] != 0)
            {
                return false;
            }
        }

        return waiting == Waiting;
    }

    private static bool Meet(BitArray met, int run)
    {
        if (run < 1 || run > met.Length || met[run - 1])
        {
            return false;
        }

        met[run - 1] = true;
        return true;
    }

    private bool IsOf(int bucket, int place) => bucket >= Oldest && bucket <= Newest && bucket - Oldest < _ring.Length && (bucket & (_ring.Length - 1)) == place;

    private static bool AreOf(in EvidenceCells cells, int receivers)
    {
        foreach (ref readonly var cell in (ReadOnlySpan<EvidenceCell>)cells)
        {
            if (cell.Count > 0 && cell.Receiver >= receivers)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What a snapshot says of the evidence before the evidence itself.</summary>
internal struct EvidenceLengths
{
    public int Runs;
    public int Free;
    public int Ring;
    public int Oldest;
    public int Newest;
    public int Waiting;
}
