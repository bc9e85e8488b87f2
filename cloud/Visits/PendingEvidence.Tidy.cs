using System.Numerics;

namespace Presence.Visits;

/// <content>What one receiver heard of one device is put together, and a list brought in order when it is folded.</content>
internal sealed partial class PendingEvidence
{
    /// <summary>Entries below which a list is let be: 24 kB, some four for each of a page's devices.</summary>
    private const int Untidy = 2048;

    /// <summary>By place: where its next entry goes.</summary>
    private readonly int[] _goes = new int[Pages<DeviceState>.Size];

    private Evidence[] _sorted = [];

    /// <summary>By hash of device and receiver: number of the entry + 1; twice as long as <see cref="_sorted"/>, and what of a hash is left out.</summary>
    private ushort[] _known = [];
    private int _hashShift;

    /// <summary>Takes the evidence of a page of devices in a bucket that is folded.</summary>
    /// <returns>By device and receiver, ascending; of a pair seldom more than one entry. Valid until the next call.</returns>
    public ReadOnlySpan<Evidence> Take(int bucket, int page)
    {
        ref var list = ref _buckets[Find(bucket)].Lists[page];
        if (list.Count == 0)
        {
            return [];
        }

        var sorted = Sorted(list);
        Waiting -= list.Count;
        Cut(ref list, 0);
        list = default;
        return sorted;
    }

    /// <summary>Takes what is known of the first device of a page's evidence.</summary>
    /// <param name="of">As <see cref="Take"/> gave it; goes on behind the device.</param>
    /// <param name="cells">Gets what each receiver heard, ascending by receiver. When more hear it than there is room for, the rest would not change the belief.</param>
    /// <param name="heard">First and last, ms after the begin of the bucket, and sources.</param>
    /// <returns>How many cells.</returns>
    public static int Gather(ref ReadOnlySpan<Evidence> of, Span<EvidenceSum> cells, out (ushort First, ushort Last, EvidenceSources Sources) heard)
    {
        var (place, count, i) = (of[0].Place, 0, 0);
        heard = (ushort.MaxValue, 0, EvidenceSources.None);
        for (; i < of.Length && of[i].Place == place; i++)
        {
            ref readonly var entry = ref of[i];
            heard = (Math.Min(heard.First, entry.First), Math.Max(heard.Last, entry.Last), heard.Sources | entry.Sources);
            if (count > 0 && cells[count - 1].Receiver == entry.Receiver)
            {
                cells[count - 1].Count += entry.Count;
                cells[count - 1].Sum += entry.Sum;
            }
            else if (count < cells.Length)
            {
                cells[count++] = new EvidenceSum { Receiver = entry.Receiver, Count = entry.Count, Sum = entry.Sum };
            }
        }

        of = of[i..];
        return count;
    }

    // Who stays near a receiver is heard by it dozens of times in a bucket. A pair is found by its hash; the table is new each time.
    private void TidyUp(ref EvidenceList list)
    {
        if (list.Count > ushort.MaxValue)
        {
            // More than a hundred receivers hear each of a page's devices: let them be.
            return;
        }

        var all = Copy(list);
        var (known, shift, count) = (_known, _hashShift, 0);
        Array.Clear(known);
        for (var i = 0; i < all.Length; i++)
        {
            var pair = all[i].Pair;
            var at = (int)((pair * 0x9E37_79B1) >> shift);

            // Of those that are tidy none is like another.
            while (known[at] != 0 && (i < list.Tidy || all[known[at] - 1].Pair != pair || !all[known[at] - 1].TryAdd(all[i])))
            {
                at = (at + 1) & (known.Length - 1);
            }

            if (known[at] == 0)
            {
                all[count] = all[i];
                known[at] = (ushort)++count;
            }
        }

        Waiting -= list.Count - count;
        Cut(ref list, (count + Run - 1) >> RunBits);
        (list.Count, list.Tidy) = (count, count);
        var run = list.First;
        for (var i = 0; i < count; i += Run)
        {
            all[i..Math.Min(i + Run, count)].CopyTo(_entries.Part((run - 1) << RunBits, Run));
            run = _next[run - 1];
        }
    }

    private Span<Evidence> Copy(in EvidenceList list)
    {
        MakeRoom(list.Count);
        var run = list.First;
        for (var i = 0; i < list.Count; i += Run)
        {
            _entries.Part((run - 1) << RunBits, Math.Min(Run, list.Count - i)).CopyTo(_sorted.AsSpan(i));
            run = _next[run - 1];
        }

        return _sorted.AsSpan(0, list.Count);
    }

    // Counts, sends each entry to its place, and puts the few of a place in order as they come.
    private ReadOnlySpan<Evidence> Sorted(in EvidenceList list)
    {
        MakeRoom(list.Count);
        var goes = _goes;
        Array.Clear(goes);
        var run = list.First;
        for (var i = 0; i < list.Count; i += Run)
        {
            foreach (ref readonly var entry in _entries.Part((run - 1) << RunBits, Math.Min(Run, list.Count - i)))
            {
                goes[entry.Place]++;
            }

            run = _next[run - 1];
        }

        var sum = 0;
        foreach (ref var place in goes.AsSpan())
        {
            (place, sum) = (sum, sum + place);
        }

        var sorted = _sorted;
        run = list.First;
        for (var i = 0; i < list.Count; i += Run)
        {
            foreach (ref readonly var entry in _entries.Part((run - 1) << RunBits, Math.Min(Run, list.Count - i)))
            {
                sorted[goes[entry.Place]++] = entry;
            }

            run = _next[run - 1];
        }

        return sorted.AsSpan(0, Merge(sorted.AsSpan(0, list.Count)));
    }

    private static int Merge(Span<Evidence> sorted)
    {
        var (begin, count) = (0, 0);
        for (var i = 0; i < sorted.Length; i++)
        {
            var entry = sorted[i];
            if (count > 0 && sorted[count - 1].Place != entry.Place)
            {
                begin = count;
            }

            var at = count;
            while (at > begin && sorted[at - 1].Receiver > entry.Receiver)
            {
                at--;
            }

            if (at > begin && sorted[at - 1].Receiver == entry.Receiver && sorted[at - 1].TryAdd(entry))
            {
                continue;
            }

            for (var j = count; j > at; j--)
            {
                sorted[j] = sorted[j - 1];
            }

            sorted[at] = entry;
            count++;
        }

        return count;
    }

    private void MakeRoom(int entries)
    {
        if (_sorted.Length < entries)
        {
            var room = (int)BitOperations.RoundUpToPowerOf2((uint)entries);
            (_sorted, _known, _hashShift) = (new Evidence[room], new ushort[2 * room], 31 - BitOperations.Log2((uint)room));
        }
    }
}
