using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Presence.Wire;

/// <summary>Packed varint columns to numbers. Nearly all are single bytes, and those go sixteen at a time.</summary>
internal static class Columns
{
    /// <summary>Reads exactly as many numbers as there is room for.</summary>
    /// <param name="packed">The column.</param>
    /// <param name="into">Filled wholly, or the column is refused.</param>
    /// <param name="most">Highest number allowed.</param>
    /// <param name="over">The refusal for a higher one.</param>
    public static Refusal Widen(ReadOnlySpan<byte> packed, Span<ushort> into, uint most, Refusal over)
    {
        if (packed.Length != into.Length)
        {
            return WidenLong(packed, into, most, over);
        }

        var highest = WidenBytes(packed, into);
        return highest >= 0x80 ? WidenLong(packed, into, most, over) : highest > most ? over : Refusal.None;
    }

    /// <summary>Copies bytes to numbers and gives the highest: from 0x80 on they were no single-byte varints.</summary>
    private static byte WidenBytes(ReadOnlySpan<byte> packed, Span<ushort> into)
    {
        var i = 0;
        var highest = Vector128<byte>.Zero;
        ref var from = ref MemoryMarshal.GetReference(packed);
        ref var to = ref MemoryMarshal.GetReference(into);
        for (; i + Vector128<byte>.Count <= packed.Length; i += Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref from, (nuint)i);
            var (lower, upper) = Vector128.Widen(bytes);
            lower.StoreUnsafe(ref to, (nuint)i);
            upper.StoreUnsafe(ref to, (nuint)i + 8);
            highest = Vector128.Max(highest, bytes);
        }

        byte most = 0;
        for (var lane = 0; lane < Vector128<byte>.Count; lane++)
        {
            most = Math.Max(most, highest[lane]);
        }

        for (; i < packed.Length; i++)
        {
            into[i] = packed[i];
            most = Math.Max(most, packed[i]);
        }

        return most;
    }

    private static Refusal WidenLong(ReadOnlySpan<byte> packed, Span<ushort> into, uint most, Refusal over)
    {
        var reader = new ProtoReader(packed);
        for (var i = 0; i < into.Length; i++)
        {
            if (reader.AtEnd)
            {
                return Refusal.ColumnsDiffer;
            }

            if (!reader.TryVarint(out var value))
            {
                return Refusal.Malformed;
            }

            if (value > most)
            {
                return over;
            }

            into[i] = (ushort)value;
        }

        return reader.AtEnd ? Refusal.None : Refusal.ColumnsDiffer;
    }

    /// <summary>Turns steps in ms into times: each is the one before plus its step, the first counts from <paramref name="start"/>.</summary>
    public static Refusal Accumulate(ReadOnlySpan<byte> packed, long start, Span<long> into)
    {
        var at = start;
        if (packed.Length == into.Length && System.Text.Ascii.IsValid(packed))
        {
            for (var i = 0; i < into.Length; i++)
            {
                at += packed[i];
                into[i] = at;
            }

            return at <= SightingBatch.LatestTime ? Refusal.None : Refusal.TimeAbsurd;
        }

        return AccumulateLong(packed, start, into);
    }

    private static Refusal AccumulateLong(ReadOnlySpan<byte> packed, long start, Span<long> into)
    {
        var position = 0;
        var at = start;
        for (var i = 0; i < into.Length; i++)
        {
            if (position >= packed.Length)
            {
                return Refusal.ColumnsDiffer;
            }

            ulong step = packed[position++];
            if (step >= 0x80)
            {
                var reader = new ProtoReader(packed[(position - 1)..]);
                if (!reader.TryVarint(out step))
                {
                    return Refusal.Malformed;
                }

                position += reader.Position - 1;
            }

            // Checked at every step, so that no sum can overflow.
            if (step > (ulong)SightingBatch.MostSpan || (at += (long)step) - start > SightingBatch.MostSpan)
            {
                return Refusal.TimeAbsurd;
            }

            into[i] = at;
        }

        return position != packed.Length ? Refusal.ColumnsDiffer : at <= SightingBatch.LatestTime ? Refusal.None : Refusal.TimeAbsurd;
    }
}
