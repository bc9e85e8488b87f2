using System.Numerics;

namespace Presence.Visits;

/// <content>What one receiver heard of one device is put together, and a list brought in order when it is folded.</content>
internal sealed partial class PendingEvidence
{
    /// <summary>Entries below which a list is let be: 24 kB, some four for each of a page's devices.</summary>
    private const int Untidy = 2048;

    /// <summary>Bits of a pair that are sorted by at a time: a place within its page, or half of a receiver.</summary>
    private const int DigitBits = Pages<DeviceState>.Bits;

    /// <summary>By digit: where the next entry with it goes.</summary>
    private readonly int[] _goes = new int[1 << DigitBits];

    /// <summary>A list while it is sorted, to and fro.</summary>
    private Evidence[] _one = [];
    private Evidence[] _other = [];

    /// <summary>While a list is tidied, by receiver: which row of <see cref="_known"/> is its, counted from 1; 0 for none yet.</summary>
    private readonly int[] _rowOf = new int[receivers];

    /// <summary>By row and place: number of the entry + 1, 0 for none.</summary>
    private ushort[] _known = [];

    /// <summary>By row: the receiver.</summary>
    private ushort[] _met = [];

    /// <summary>Takes the evidence of a page of devices in a bucket that is folded.</summary>
    /// <returns>By device and receiver, ascending; of a pair seldom more than one entry. Valid until the next call.</returns>
    public ReadOnlySpan<Evidence> Take(int bucket, int page)
    {
        ref var list = ref _buckets[Find(bucket)].Lists[page];
        if (list.Count == 0)
        {
            return [];
        }

        var sorted = PutTogether(list);
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
            if (count == 0 || cells[count - 1].Receiver != entry.Receiver)
            {
                if (count == cells.Length)
                {
                    continue;
                }

                cells[count++] = new EvidenceSum { Receiver = entry.Receiver };
            }

            cells[count - 1].Add(entry);
        }

        of = of[i..];
        return count;
    }

    // Who stays near a receiver is heard by it dozens of times in a bucket. Each receiver has a row, and each place a cell in it.
    private void TidyUp(ref EvidenceList list)
    {
        if (list.Count > ushort.MaxValue)
        {
            // More than a hundred receivers hear each of a page's devices: let them be.
            return;
        }

        MakeRoom(list.Count);
        var all = _one.AsSpan(0, list.Count);
        Copy(list, all);
        var (rows, count) = (0, 0);
        for (var i = 0; i < all.Length; i++)
        {
            ref var row = ref _rowOf[all[i].Receiver];
            if (row == 0)
            {
                row = BeginRow(rows++, all[i].Receiver);
            }

            ref var known = ref _known[((row - 1) << Pages<DeviceState>.Bits) + all[i].Place];
            if (known == 0 || !all[known - 1].TryAdd(all[i]))
            {
                all[count] = all[i];
                known = (ushort)++count;
            }
        }

        foreach (var receiver in _met.AsSpan(0, rows))
        {
            _rowOf[receiver] = 0;
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

    private int BeginRow(int row, ushort receiver)
    {
        var begin = row << Pages<DeviceState>.Bits;
        if (begin == _known.Length)
        {
            Array.Resize(ref _known, Math.Max(8 << Pages<DeviceState>.Bits, 2 * begin));
            Array.Resize(ref _met, _known.Length >> Pages<DeviceState>.Bits);
        }

        Array.Clear(_known, begin, 1 << Pages<DeviceState>.Bits);
        _met[row] = receiver;
        return row + 1;
    }

    // By device and receiver, the last digit first: counting has no branch that nobody can foretell, where searching a table or a few neighbours has one for each entry.
    private Span<Evidence> PutTogether(in EvidenceList list)
    {
        MakeRoom(list.Count);
        var from = _one.AsSpan(0, list.Count);
        var to = _other.AsSpan(0, list.Count);
        Copy(list, from);
        Deal(from, to, Evidence.ReceiverBits, Math.Min(receivers, 1 << DigitBits));
        if (receivers > 1 << DigitBits)
        {
            Deal(to, from, Evidence.ReceiverBits + DigitBits, (receivers >> DigitBits) + 1);
            from.CopyTo(to);
        }

        Deal(to, from, 0, 1 << DigitBits);
        return from[..Merge(from)];
    }

    private void MakeRoom(int entries)
    {
        if (_one.Length < entries)
        {
            var room = (int)BitOperations.RoundUpToPowerOf2((uint)entries);
            (_one, _other) = (new Evidence[room], new Evidence[room]);
        }
    }

    private void Copy(in EvidenceList list, Span<Evidence> to)
    {
        var run = list.First;
        for (var i = 0; i < to.Length; i += Run)
        {
            _entries.Part((run - 1) << RunBits, Math.Min(Run, to.Length - i)).CopyTo(to[i..]);
            run = _next[run - 1];
        }
    }

    // Sorts by one digit, and leaves what is alike in its order.
    private void Deal(ReadOnlySpan<Evidence> from, Span<Evidence> to, int shift, int values)
    {
        var goes = _goes.AsSpan(0, values);
        goes.Clear();
        foreach (ref readonly var entry in from)
        {
            goes[DigitOf(entry, shift)]++;
        }

        var sum = 0;
        foreach (ref var place in goes)
        {
            (place, sum) = (sum, sum + place);
        }

        foreach (ref readonly var entry in from)
        {
            to[goes[DigitOf(entry, shift)]++] = entry;
        }
    }

    private static int DigitOf(in Evidence entry, int shift) => (int)(entry.Pair >> shift) & ((1 << DigitBits) - 1);

    private static int Merge(Span<Evidence> sorted)
    {
        var last = 0;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[last].Pair != sorted[i].Pair || !sorted[last].TryAdd(sorted[i]))
            {
                sorted[++last] = sorted[i];
            }
        }

        return last + 1;
    }
}
