using System.Numerics;

namespace Presence.Visits;

/// <summary>Token to slot: open addressing, linear probing. A token is a keyed hash, so it is its own hash code.</summary>
/// <remarks>An entry is the token's upper half and the slot + 1, so that most probes touch one word; 0 is empty.</remarks>
internal sealed class DeviceTable
{
    private ulong[] _entries;
    private int _mask;

    public DeviceTable(int capacity)
    {
        // At most three quarters full, so that a run of neighbours stays within a cache line or two.
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, (long)capacity * 4 / 3 + 1));
        _entries = new ulong[size];
        _mask = size - 1;
    }

    public int Count { get; private set; }

    public int Bytes => _entries.Length * sizeof(ulong);

    public ref ulong Home(ulong token) => ref _entries[(int)token & _mask];

    /// <returns>The slot, or -1.</returns>
    public int Find(ulong token, DeviceState[] devices)
    {
        var entries = _entries;
        var tag = token >> 32 << 32;
        for (var i = (int)token & _mask; ; i = (i + 1) & _mask)
        {
            var entry = entries[i];
            if (entry == 0)
            {
                return -1;
            }

            if ((entry ^ tag) >> 32 == 0 && devices[(int)(uint)entry - 1].Token == token)
            {
                return (int)(uint)entry - 1;
            }
        }
    }

    /// <summary>Adds a token that is not there.</summary>
    public void Add(ulong token, int slot, DeviceState[] devices)
    {
        if ((Count + 1) * 4L > entriesLength() * 3L)
        {
            Grow(devices);
        }

        Put(token, slot);
        Count++;

        long entriesLength() => _entries.Length;
    }

    /// <summary>Takes out a token that is there; those behind it move up, so that no run is broken.</summary>
    public void Remove(ulong token, DeviceState[] devices)
    {
        var i = (int)token & _mask;
        while (_entries[i] == 0 || devices[(int)(uint)_entries[i] - 1].Token != token)
        {
            i = (i + 1) & _mask;
        }

        for (var j = (i + 1) & _mask; _entries[j] != 0; j = (j + 1) & _mask)
        {
            var home = (int)devices[(int)(uint)_entries[j] - 1].Token & _mask;
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

        _entries[i] = (token >> 32 << 32) | (uint)(slot + 1);
    }

    private void Grow(DeviceState[] devices)
    {
        var old = _entries;
        _entries = new ulong[old.Length * 2];
        _mask = _entries.Length - 1;
        foreach (var entry in old)
        {
            if (entry != 0)
            {
                var slot = (int)(uint)entry - 1;
                Put(devices[slot].Token, slot);
            }
        }
    }
}
