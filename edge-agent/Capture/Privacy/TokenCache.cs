using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Presence.Capture.Privacy;

/// <summary>Remembers what was computed for a key, in a fixed amount of memory that can be wiped; the oldest of a set goes first.</summary>
/// <remarks>
/// Sets of four fill a cache line, so that a look costs one visit to memory. Somebody who floods us with invented addresses only
/// makes us compute again. The array is pinned: the collector never leaves a copy of an address behind.
/// </remarks>
internal sealed class TokenCache
{
    private const int Ways = 4;
    private const ulong Mix = 0x9E37_79B9_7F4A_7C15;
    private readonly Entry[] _entries;
    private readonly int _shift;

    /// <param name="entries">Rounded up to a power of two.</param>
    public TokenCache(int entries)
    {
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, entries / Ways));
        _entries = GC.AllocateArray<Entry>(sets * Ways, pinned: true);
        _shift = 64 - Math.Max(1, BitOperations.Log2((uint)sets));
        if (sets == 1) _shift = 63;
    }

    private struct Entry
    {
        public ulong Key;
        public ulong Value;
    }

    /// <param name="key">Any but 0.</param>
    /// <param name="value">What was remembered.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(ulong key, out ulong value)
    {
        ref var set = ref Set(key);
        for (var way = 0; way < Ways; way++)
        {
            ref var entry = ref Unsafe.Add(ref set, way);
            if (entry.Key != key) continue;
            value = entry.Value;
            return true;
        }

        value = 0;
        return false;
    }

    public void Add(ulong key, ulong value)
    {
        ref var set = ref Set(key);
        for (var way = Ways - 1; way > 0; way--) Unsafe.Add(ref set, way) = Unsafe.Add(ref set, way - 1);
        set = new Entry { Key = key, Value = value };
    }

    /// <summary>Forgets everything, for good.</summary>
    public void Wipe() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_entries.AsSpan()));

    private ref Entry Set(ulong key) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_entries), (nint)(((key * Mix) >> _shift) * Ways) & (_entries.Length - Ways));
}
