using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>What one receiver heard of one device in one bucket of time, in sums, so that the order of arrival leaves no trace. 12 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Evidence
{
    /// <summary>Where in <see cref="Pair"/> the receiver begins.</summary>
    public const int ReceiverBits = 16;

    /// <summary>Device and receiver in one number: <see cref="Receiver"/> above, <see cref="Place"/> below.</summary>
    public uint Pair;

    /// <summary>ms after the begin of the bucket: first and last sighting.</summary>
    public ushort First;

    public ushort Last;

    /// <summary>Of the strengths, dBm.</summary>
    public short Sum;

    /// <summary>Never 0. A receiver that hears a device more often than a byte counts has another entry.</summary>
    public byte Count;

    public EvidenceSources Sources;

    /// <summary>Slot of the device within its page of devices.</summary>
    public readonly int Place => (ushort)Pair;

    public readonly ushort Receiver => (ushort)(Pair >> ReceiverBits);

    public static uint PairOf(int place, ushort receiver) => ((uint)receiver << ReceiverBits) | (uint)place;

    /// <summary>Adds what the same receiver heard of the same device.</summary>
    /// <returns>False when the sums have no room for it.</returns>
    public bool TryAdd(in Evidence more)
    {
        if (Count + more.Count > byte.MaxValue)
        {
            return false;
        }

        First = Math.Min(First, more.First);
        Last = Math.Max(Last, more.Last);
        Sum += more.Sum;
        Count += more.Count;
        Sources |= more.Sources;
        return true;
    }
}

/// <summary>All that one receiver heard of a device in a bucket.</summary>
internal struct EvidenceSum
{
    public int Receiver;
    public int Count;
    public int Sum;

    /// <summary>dBm.</summary>
    public float Mean;

    public void Add(in Evidence entry)
    {
        Count += entry.Count;
        Sum += entry.Sum;
        Mean = (float)Sum / Count;
    }
}

/// <summary>Evidence of one bucket for the devices of one page: runs of entries, filled one after the other.</summary>
internal struct EvidenceList
{
    /// <summary>First and last run: run + 1; 0 for none.</summary>
    public int First;

    public int Last;

    public int Count;

    /// <summary>So many of the first entries are of a device and a receiver each.</summary>
    public int Tidy;
}

/// <summary>Evidence of one bucket.</summary>
internal sealed class BucketEvidence
{
    /// <summary>Bucket number since 2000.</summary>
    public int Number { get; set; }

    /// <summary>By page of devices.</summary>
    public EvidenceList[] Lists { get; set; } = [];
}
