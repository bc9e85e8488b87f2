using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>One device's belief and visit, live and final, without references, so that a snapshot is a copy.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct DeviceState
{
    public ulong Token;

    /// <summary>Unix ms: begin of the live visit.</summary>
    public long LiveSince;

    /// <summary>Unix ms: begin of the visit that is not settled yet.</summary>
    public long FinalSince;

    /// <summary>ms after <see cref="LiveSince"/>: last heard.</summary>
    public uint LiveLast;

    /// <summary>ms after <see cref="FinalSince"/>: last evidence that has been folded.</summary>
    public uint FinalLast;

    /// <summary>ms after <see cref="FinalSince"/>: begin of the stay in <see cref="FinalZone"/>.</summary>
    public uint StaySince;

    /// <summary>Sum of the stay's confidences, and of how many buckets.</summary>
    public uint StayConfidence;

    public uint VisitConfidence;

    public ushort StayBuckets;

    public ushort VisitBuckets;

    /// <summary>First of the device's nodes of evidence that is not folded yet; 0 for none.</summary>
    public int Pending;

    /// <summary>Next device on the same place of the live wheel: slot + 1.</summary>
    public int NextLive;

    /// <summary>Next device on the same place of the final wheel: slot + 1. Of a free slot: the next free one.</summary>
    public int NextFinal;

    public TokenTraits Traits;

    public DeviceFlags Flags;

    public EvidenceSources LiveSources;

    public EvidenceSources StaySources;

    public EvidenceSources VisitSources;

    /// <summary>Loudest bucket of the visit, dBm.</summary>
    public sbyte Loudest;

    /// <summary>The zone that was said to be entered and not left, -1 for none.</summary>
    public short LiveZone;

    /// <summary>The zone of the stay that is not settled yet, -1 for none.</summary>
    public short FinalZone;

    /// <summary>A zone that was entered for too short a time to be called a stay yet, -1 for none.</summary>
    public short NextZone;

    /// <summary>ms after <see cref="FinalSince"/>: when <see cref="NextZone"/> was entered, and when <see cref="FinalZone"/> was left.</summary>
    public uint NextSince;

    public uint LeftAt;

    /// <summary>In order of arrival.</summary>
    public ZoneBelief Live;

    /// <summary>In order of time.</summary>
    public ZoneBelief Final;

    public readonly bool Is(DeviceFlags any) => (Flags & any) != DeviceFlags.None;
}

[Flags]
internal enum DeviceFlags : byte
{
    None = 0,

    /// <summary>A live visit is open.</summary>
    LiveOpen = 1,

    /// <summary>A visit is open that is not settled yet.</summary>
    FinalOpen = 2,

    OnLiveWheel = 4,

    OnFinalWheel = 8,

    /// <summary>Evidence came too late and was left out; goes into the next settled visit.</summary>
    LeftOut = 16,

    /// <summary>Not a visitor: staff, fixed, or found to stay for ever.</summary>
    Apart = 32,

    /// <summary>A visitor, said so by an operator, however long it stays.</summary>
    Welcome = 64,

    /// <summary>On the way to the next zone it was for a moment in yet another.</summary>
    Through = 128,
}
