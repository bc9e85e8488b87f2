using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>One device's belief and visit, live and final, without references, so that a snapshot is a copy. 116 bytes.</summary>
/// <remarks>What a sighting touches lies together at the front, for of 100,000 devices hardly one is in a near cache.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct DeviceState
{
    public ulong Token;

    /// <summary>ms after <see cref="LiveSince"/>: last heard.</summary>
    public uint LiveLast;

    private Moment _liveSince;

    public EvidenceSources LiveSources;

    /// <summary>Loudest bucket of the visit, dBm.</summary>
    public sbyte Loudest;

    // Slots are numbered in 24 bits, see DeviceTable; what says little about a device shares a word with one.
    private uint _nextLiveAndFlags;
    private uint _nextFinalAndTraits;

    /// <summary>Number of the newest bucket with evidence of the device, which waits until that is folded; 0 for none.</summary>
    public int Pending;

    /// <summary>In order of arrival.</summary>
    public ZoneBelief Live;

    /// <summary>Where in the part that <see cref="Final"/> believes in.</summary>
    public ZonePlace Place;

    /// <summary>ms after <see cref="FinalSince"/>: last evidence that has been folded.</summary>
    public uint FinalLast;

    /// <summary>ms after <see cref="FinalSince"/>: begin of the stay in <see cref="FinalZone"/>.</summary>
    public uint StaySince;

    /// <summary>While another zone than <see cref="FinalZone"/> is believed in: when that was left, the other entered, and first believed in. See <see cref="Lately"/>.</summary>
    public ushort LeftAt;

    public ushort NextSince;

    public ushort TurnedAt;

    /// <summary>Of <see cref="Final"/>.</summary>
    public Arrivals Arrived;

    public MeanConfidence StayConfidence;

    public MeanConfidence VisitConfidence;

    private Moment _finalSince;

    /// <summary>The zone of the stay that is not settled yet, -1 for none.</summary>
    public short FinalZone;

    public EvidenceSources StaySources;

    public EvidenceSources VisitSources;

    /// <summary>In order of time.</summary>
    public ZoneBelief Final;

    /// <summary>Unix ms: begin of the live visit.</summary>
    public long LiveSince
    {
        readonly get => _liveSince.UnixMs;
        set => _liveSince = new Moment(value);
    }

    /// <summary>Unix ms: begin of the visit that is not settled yet.</summary>
    public long FinalSince
    {
        readonly get => _finalSince.UnixMs;
        set => _finalSince = new Moment(value);
    }

    /// <summary>Next device on the same place of the live wheel: slot + 1.</summary>
    public int NextLive
    {
        readonly get => (int)(_nextLiveAndFlags & 0xFF_FFFF);
        set => _nextLiveAndFlags = (_nextLiveAndFlags & 0xFF00_0000) | (uint)value;
    }

    /// <summary>Next device on the same place of the final wheel: slot + 1. Of a free slot: the next free one.</summary>
    public int NextFinal
    {
        readonly get => (int)(_nextFinalAndTraits & 0xFF_FFFF);
        set => _nextFinalAndTraits = (_nextFinalAndTraits & 0xFF00_0000) | (uint)value;
    }

    public DeviceFlags Flags
    {
        readonly get => (DeviceFlags)(_nextLiveAndFlags >> 24);
        set => _nextLiveAndFlags = (_nextLiveAndFlags & 0xFF_FFFF) | ((uint)value << 24);
    }

    public TokenTraits Traits
    {
        readonly get => (TokenTraits)(_nextFinalAndTraits >> 24);
        set => _nextFinalAndTraits = (_nextFinalAndTraits & 0xFF_FFFF) | ((uint)value << 24);
    }

    /// <summary>The part of a zone that the device is believed to be in, -1 for none.</summary>
    public readonly int LivePart => Is(DeviceFlags.LiveOpen) ? Live.Anchor : -1;

    /// <summary>ms after <see cref="FinalSince"/> of a time in the eighteen hours before <see cref="FinalLast"/>, of which the low bits of its seconds are kept.</summary>
    public readonly uint Lately(ushort seconds) => ((FinalLast / 1000) - (ushort)((FinalLast / 1000) - seconds)) * 1000;

    public readonly bool Is(DeviceFlags any) => (Flags & any) != DeviceFlags.None;
}

/// <summary>A time in six bytes: ms since 2000, up to the year 10900.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal readonly struct Moment(long unixMs)
{
    private readonly uint _low = (uint)(unixMs - Times.Epoch);
    private readonly ushort _high = (ushort)((unixMs - Times.Epoch) >> 32);

    public long UnixMs => Times.Epoch + (((long)_high << 32) | _low);
}

/// <summary>The mean of the confidences of buckets, 0 to 100, in three bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MeanConfidence
{
    private ushort _sum;

    /// <summary>Up to forty minutes of buckets; from then on each takes the place of an average one.</summary>
    private byte _count;

    public void Add(byte confidence)
    {
        if (_count == byte.MaxValue)
        {
            _sum -= Mean;
            _count--;
        }

        _sum += confidence;
        _count++;
    }

    public readonly byte Mean => _count == 0 ? (byte)0 : (byte)(_sum / _count);
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
