using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Visits;

public sealed partial class VenueVisits
{
    private const uint Magic = 0x38_53_49_56; // "VIS8", little end first

    /// <summary>Writes the state; the same state gives the same bytes. Read again by this version on any little-endian machine.</summary>
    public void Save(IBufferWriter<byte> to)
    {
        ArgumentNullException.ThrowIfNull(to);
        var header = new Header
        {
            Magic = Magic,
            DeviceBytes = Unsafe.SizeOf<DeviceState>(),
            Plan = _plan,
            Watermark = _watermark,
            NewestAllowed = _newest,
            TooLate = TooLate,
            Refused = Refused,
            High = _high,
            Free = _free,
            Moving = _moving ? 1 : 0,
            LiveNext = _liveWheel.Next,
            LiveCount = _liveWheel.Count,
            FinalNext = _finalWheel.Next,
            FinalCount = _finalWheel.Count,
            Evidence = _pending.Lengths,
        };
        to.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Header>(in header)));
        to.Write(MemoryMarshal.AsBytes<int>(_liveWheel.Heads));
        to.Write(MemoryMarshal.AsBytes<int>(_finalWheel.Heads));
        _devices.Save(to, _high);
        _pending.Save(to);
        to.Write(MemoryMarshal.AsBytes<ReceiverTally>(_watch.Tallies));
        _marks.Save(to);
    }

    /// <summary>Reads a state that <see cref="Save"/> wrote under the same plan.</summary>
    /// <exception cref="InvalidDataException">Not such a state, cut off, with numbers that lead nowhere, or of another plan, bucket length or version.</exception>
    public static VenueVisits Load(ReadOnlySpan<byte> from, VenueMap map, VisitPolicy policy) => Load(from, new VenuePlan(map, policy));

    /// <inheritdoc cref="Load(ReadOnlySpan{byte}, VenueMap, VisitPolicy)"/>
    public static VenueVisits Load(ReadOnlySpan<byte> from, VenuePlan plan)
    {
        if (from.Length < Unsafe.SizeOf<Header>())
        {
            throw new InvalidDataException("The snapshot of visits is shorter than its header.");
        }

        var header = MemoryMarshal.Read<Header>(from);
        from = from[Unsafe.SizeOf<Header>()..];
        if (header.Magic != Magic || header.DeviceBytes != Unsafe.SizeOf<DeviceState>())
        {
            throw new InvalidDataException("The snapshot of visits is of another version.");
        }

        var length = (2L * TimerWheel.Seconds * sizeof(int)) + ((long)header.High * Unsafe.SizeOf<DeviceState>()) + PendingEvidence.SavedBytes(header.Evidence);
        if (header.High < 0 || header.Evidence.Lists < 0 || header.Evidence.Waiting < 0 || from.Length < length)
        {
            throw new InvalidDataException($"The snapshot of visits has {from.Length} bytes where {length} were written.");
        }

        var state = new VenueVisits(plan, new DeviceTable(header.High));
        if (header.Plan != state._plan)
        {
            throw new InvalidDataException("The snapshot of visits is of another plan.");
        }

        (state._watermark, state._newest, state._moving) = (header.Watermark, header.NewestAllowed, header.Moving != 0);
        (state.TooLate, state.Refused, state._high, state._free) = (header.TooLate, header.Refused, header.High, header.Free);
        (state._liveWheel.Next, state._liveWheel.Count) = (header.LiveNext, header.LiveCount);
        (state._finalWheel.Next, state._finalWheel.Count) = (header.FinalNext, header.FinalCount);
        Pages.Take(ref from, state._liveWheel.Heads);
        Pages.Take(ref from, state._finalWheel.Heads);
        state._devices.Load(ref from, header.High);
        state.CheckTimes();
        Must(
            state._pending.TryLoad(ref from, header.Evidence, state.WaitsUntil, state._newest == 0 ? 0 : state.BucketOf(state._newest)),
            "its evidence leads nowhere");
        if (from.Length < state._watch.Tallies.Length * Unsafe.SizeOf<ReceiverTally>())
        {
            throw new InvalidDataException("The snapshot of visits is cut off among the receivers.");
        }

        Pages.Take(ref from, state._watch.Tallies.AsSpan());
        state._watch.UseAll();
        state.LearnSilences();
        state._marks.Load(ref from);
        state.CheckSound();
        state.CountAgain();
        return state;
    }

    /// <summary>A number that is equal for equal states; for comparing runs.</summary>
    public ulong StateHash()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Save(buffer);
        var hash = 14695981039346656037UL;
        foreach (var b in buffer.WrittenSpan)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }

    private void CountAgain()
    {
        for (var slot = 0; slot < _high; slot++)
        {
            ref var device = ref _devices[slot];
            if (device.Token == 0)
            {
                continue;
            }

            Must(_table.Find(device.Token, _devices) < 0, $"device {slot} is there twice");
            _table.Add(device.Token, slot, _devices);
            if (device.Is(DeviceFlags.LiveOpen))
            {
                OpenVisits++;
                if (LiveZone(device) is >= 0 and var zone)
                {
                    _zoneCounts[zone]++;
                }
            }
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Header
    {
        public uint Magic;
        public int DeviceBytes;
        public ulong Plan;
        public long Watermark;
        public long NewestAllowed;
        public long TooLate;
        public long Refused;
        public int High;
        public int Free;
        public int Moving;
        public long LiveNext;
        public int LiveCount;
        public long FinalNext;
        public int FinalCount;
        public EvidenceLengths Evidence;
    }
}
