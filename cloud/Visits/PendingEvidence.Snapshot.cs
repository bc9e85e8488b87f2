using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <content>Written and read again.</content>
internal sealed partial class PendingEvidence
{
    /// <summary>Lengths that <see cref="TryLoad"/> is told of.</summary>
    public EvidenceLengths Lengths
    {
        get
        {
            var lists = 0;
            foreach (var bucket in _buckets)
            {
                foreach (ref readonly var list in bucket.Lists.AsSpan())
                {
                    lists += list.Count > 0 ? 1 : 0;
                }
            }

            return new() { Lists = lists, Oldest = Oldest, Newest = Newest, Waiting = Waiting };
        }
    }

    /// <summary>Writes the lists as they are, by bucket and page; where in memory they lay leaves no trace.</summary>
    public void Save(IBufferWriter<byte> to)
    {
        foreach (var bucket in _buckets)
        {
            for (var page = 0; page < bucket.Lists.Length; page++)
            {
                var list = bucket.Lists[page];
                if (list.Count > 0)
                {
                    var head = new ListHead { Bucket = bucket.Number, Page = page, Count = list.Count, Tidy = list.Tidy };
                    to.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ListHead>(in head)));
                    var run = list.First;
                    for (var i = 0; i < list.Count; i += Run)
                    {
                        to.Write(MemoryMarshal.AsBytes(_entries.Part((run - 1) << RunBits, Math.Min(Run, list.Count - i))));
                        run = _next[run - 1];
                    }
                }
            }
        }
    }

    /// <summary>Bytes that <see cref="Save"/> writes for such lengths.</summary>
    public static long SavedBytes(in EvidenceLengths lengths) =>
        ((long)lengths.Lists * Unsafe.SizeOf<ListHead>()) + ((long)lengths.Waiting * Unsafe.SizeOf<Evidence>());

    /// <summary>Reads what <see cref="Save"/> wrote, and moves <paramref name="from"/> behind it, which is at least as long as such lengths need.</summary>
    /// <param name="devices">Says until which bucket evidence of a slot waits; 0 for one that has none or is no device.</param>
    /// <param name="newest">No bucket is later.</param>
    /// <returns>False when it does not hold together: a list out of order, an entry of no device or no receiver.</returns>
    public bool TryLoad(ref ReadOnlySpan<byte> from, in EvidenceLengths lengths, Func<int, int> devices, int newest)
    {
        (Oldest, Newest) = (lengths.Oldest, lengths.Newest);
        if (Oldest < 0 || Oldest > newest + 2 || Newest < 0 || Newest > newest)
        {
            return false;
        }

        var (bucket, page) = (Oldest, -1);
        for (var left = lengths.Lists; left > 0; left--)
        {
            var head = MemoryMarshal.Read<ListHead>(from);
            from = from[Unsafe.SizeOf<ListHead>()..];
            var inOrder = head.Bucket > bucket || (head.Bucket == bucket && head.Page > page);
            if (!inOrder || head.Bucket > lengths.Newest || head.Page < 0 || head.Count < 1 || head.Count > lengths.Waiting - Waiting
                || head.Tidy < 0 || head.Tidy > head.Count || head.Page > DeviceTable.MostDevices >> Pages<DeviceState>.Bits)
            {
                return false;
            }

            (bucket, page) = (head.Bucket, head.Page);
            if (!TryLoadList(ref from, head, devices))
            {
                return false;
            }
        }

        return Waiting == lengths.Waiting && (Waiting == 0 || Newest >= bucket);
    }

    private bool TryLoadList(ref ReadOnlySpan<byte> from, in ListHead head, Func<int, int> devices)
    {
        var bytes = head.Count * Unsafe.SizeOf<Evidence>();
        var entries = MemoryMarshal.Cast<byte, Evidence>(from[..bytes]);
        from = from[bytes..];
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries[i];
            if (entry.Count == 0 || entry.Receiver >= receivers || entry.Place >= Pages<DeviceState>.Size || entry.Last < entry.First
                || devices((head.Page << Pages<DeviceState>.Bits) + entry.Place) < head.Bucket)
            {
                return false;
            }
        }

        var list = default(EvidenceList);
        for (var i = 0; i < entries.Length; i += Run)
        {
            var run = TakeRun();
            (i == 0 ? ref list.First : ref _next[list.Last - 1]) = run;
            list.Last = run;
            entries[i..Math.Min(i + Run, entries.Length)].CopyTo(_entries.Part((run - 1) << RunBits, Run));
        }

        (list.Count, list.Tidy) = (head.Count, head.Tidy);
        ListOf(head.Bucket, head.Page) = list;
        Waiting += head.Count;
        return true;
    }

    private struct ListHead
    {
        public int Bucket;
        public int Page;
        public int Count;
        public int Tidy;
    }
}

/// <summary>What a snapshot says of the evidence before the evidence itself.</summary>
internal struct EvidenceLengths
{
    public int Lists;
    public int Oldest;
    public int Newest;
    public int Waiting;
}
