using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>What up to four receivers heard of one device in one bucket of time, in sums, so that the order of arrival leaves no trace. Half a cache line.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EvidenceNode
{
    private uint _slotAndSources;

    /// <summary>Next node of the device, in the same bucket or an older one: number + 1; 0 for none. Leads astray once that bucket is folded.</summary>
    public int Next;

    /// <summary>ms after the begin of the bucket: first and last sighting.</summary>
    public ushort First;

    public ushort Last;

    public EvidenceCells Cells;

    public readonly bool IsEmpty => Cells[0].Count == 0;

    /// <summary>Of the device, in 24 bits.</summary>
    public int Slot
    {
        readonly get => (int)(_slotAndSources & 0xFF_FFFF);
        set => _slotAndSources = (_slotAndSources & 0xFF00_0000) | (uint)value;
    }

    public EvidenceSources Sources
    {
        readonly get => (EvidenceSources)(_slotAndSources >> 24);
        set => _slotAndSources = (_slotAndSources & 0xFF_FFFF) | ((uint)value << 24);
    }
}

/// <summary>Empty while nothing was counted. A receiver that hears a device more often goes on in another cell.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EvidenceCell
{
    public ushort Receiver;

    public byte Count;

    public short Sum;
}

[InlineArray(Size)]
internal struct EvidenceCells
{
    public const int Size = 4;

    private EvidenceCell _first;
}

/// <summary>All that one receiver heard of a device in a bucket.</summary>
internal struct EvidenceSum
{
    public int Receiver;
    public int Count;
    public int Sum;

    public readonly float Mean => (float)Sum / Count;
}
