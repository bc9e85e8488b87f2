using System.Numerics;
using System.Runtime.Intrinsics;

namespace Presence.Visits;

/// <summary>Token to slot: open addressing, linear probing. A token is a keyed hash, so it is its own hash code.</summary>
/// <remarks>An entry is the token's top byte and the slot + 1 in 24 bits, so that a probe seldom touches a device in vain; 0 is empty.</remarks>
internal sealed class DeviceTable
{
    /// <summary>As many as 24 bits number.</summary>
    public const int MostDevices = (1 << 24) - 2;

    private uint[] _entries;
    private int _mask;

    public DeviceTable(int capacity)
    {
        // At most three quarters full, so that a run of neighbours stays within a cache line or two.
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, (long)capacity * 4 / 3 + 1));
        _entries = new uint[size];
        _mask = size - 1;
    }

    public int Count { get; private set; }

    public int Bytes => _entries.Length * sizeof(uint);

    public ref uint Home(ulong token) => ref _entries[(int)token & _mask];

    /// <returns>The slot, or -1.</returns>
    public int Find(ulong token, Pages<DeviceState> devices)
    {
        var entries = _entries;
        var tag = Tag(token);
        for (var i = (int)token & _mask; ; i = (i + 1) & _mask)
        {
            var entry = entries[i];
            if (entry == 0)
            {
                return -1;
            }

            if ((entry ^ tag) >> 24 == 0 && devices[Slot(entry)].Token == token)
            {
                return Slot(entry);
            }
        }
    }

    /// <summary>Where the token most likely is, without looking at a device; -1 when it is nowhere.</summary>
    public int Guess(ulong token)
    {
        var entries = _entries;
        var tag = Tag(token);
        var i = (int)token & _mask;
        if (i + Vector256<uint>.Count <= entries.Length)
        {
            // Most runs end within eight: one comparison of all of them instead of a branch for each that nobody can foretell.
            var near = Vector256.LoadUnsafe(ref entries[i]);
            var empty = Vector256.Equals(near, Vector256<uint>.Zero).ExtractMostSignificantBits();
            var alike = Vector256.Equals(near & Vector256.Create(0xFF00_0000), Vector256.Create(tag)).ExtractMostSignificantBits();
            alike &= (empty - 1) & ~empty;
            if (alike != 0)
            {
                return Slot(entries[i + BitOperations.TrailingZeroCount(alike)]);
            }

            if (empty != 0)
            {
                return -1;
            }
        }

        for (; entries[i] != 0; i = (i + 1) & _mask)
        {
            if ((entries[i] ^ tag) >> 24 == 0)
            {
                return Slot(entries[i]);
            }
        }

        return -1;
    }

    /// <summary>Adds a token that is not there.</summary>
    public void Add(ulong token, int slot, Pages<DeviceState> devices)
    {
        if (slot >= MostDevices)
        {
            throw new InvalidOperationException($"A venue holds {MostDevices:N0} devices at most.");
        }

        if ((Count + 1) * 4L > _entries.Length * 3L)
        {
            Grow(devices);
        }

        Put(token, slot);
        Count++;
    }

    /// <summary>Takes out a token that is there; those behind it move up, so that no run is broken.</summary>
    public void Remove(ulong token, Pages<DeviceState> devices)
    {
        var i = (int)token & _mask;
        while (_entries[i] == 0 || devices[Slot(_entries[i])].Token != token)
        {
            i = (i + 1) & _mask;
        }

        for (var j = (i + 1) & _mask; _entries[j] != 0; j = (j + 1) & _mask)
        {
            var home = (int)devices[Slot(_entries[j])].Token & _mask;
            if (((j - home) & _mask) >= ((j - i) & _mask))
            {
                _entries[i] = _entries[j];
                i = j;
            }
        }

        _entries[i] = 0;
        Count--;
    }

    private void Put(ulong token, int slot)
    {
        var i = (int)token & _mask;
        while (_entries[i] != 0)
        {
            i = (i + 1) & _mask;
        }

        _entries[i] = Tag(token) | (uint)(slot + 1);
    }

    private static uint Tag(ulong token) => (uint)(token >> 56) << 24;

    private static int Slot(uint entry) => (int)(entry & 0xFF_FFFF) - 1;

    private void Grow(Pages<DeviceState> devices)
    {
        var old = _entries;
        _entries = new uint[old.Length * 2];
        _mask = _entries.Length - 1;
        foreach (var entry in old)
        {
            if (entry != 0)
            {
                var slot = Slot(entry);
                Put(devices[slot].Token, slot);
            }
        }
    }
}
