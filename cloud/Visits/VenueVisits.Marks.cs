namespace Presence.Visits;

/// <content>Devices that are set apart, and what they and all others teach about the receivers.</content>
public sealed partial class VenueVisits
{
    /// <summary>Only a zone believed in so surely, 0 to 100, is one that a bucket was spent in, and teaches; and only where a device would well be heard, dBm: at the edge of hearing the faint half is missing.</summary>
    private const int Certain = 80;
    private const float WellHeard = -85;

    private DeviceMarks _marks = new();
    private ReceiverWatch _watch;

    /// <summary>Devices set apart, by number.</summary>
    public IEnumerable<DeviceMark> Marks => _marks.All;

    /// <summary>How each receiver does, by index.</summary>
    public IEnumerable<ReceiverHealth> Receivers => Enumerable.Range(0, _receivers).Select(r => _watch.Look(r, _watermark));

    /// <summary>Sets a device apart from visitors, or says that it is one. A visit of it that is under way ends, and is not settled.</summary>
    /// <param name="device">Its token.</param>
    /// <param name="role">Why.</param>
    /// <param name="zone">Index of the zone a fixed device always is in; -1 where that is not known.</param>
    /// <param name="at">Unix ms.</param>
    /// <param name="bound">The token is that of a binding, and stays when the day changes.</param>
    /// <param name="happened">Gets the live end of its visit.</param>
    public DeviceMark Mark(DeviceToken device, DeviceRole role, int zone, long at, bool bound, VisitEventList happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        ArgumentOutOfRangeException.ThrowIfLessThan(zone, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(zone, _zoneCounts.Length);
        var mark = _marks.Set(device.Hash, role, zone, at, bound);
        if (TryFind(device, out var slot))
        {
            ref var state = ref _devices[slot];
            state.Flags &= ~(DeviceFlags.Apart | DeviceFlags.Welcome);
            state.Flags |= FlagOf(role);
            if (role != DeviceRole.Visitor)
            {
                EndLiveIfOpen(ref state, slot, happened);
                state.Flags &= ~DeviceFlags.FinalOpen;
            }
        }

        return mark;
    }

    /// <summary>Forgets that a device was set apart.</summary>
    /// <returns>False when it was not.</returns>
    public bool Unmark(DeviceToken device)
    {
        if (TryFind(device, out var slot))
        {
            _devices[slot].Flags &= ~(DeviceFlags.Apart | DeviceFlags.Welcome);
        }

        return _marks.Remove(device.Hash);
    }

    private static DeviceFlags FlagOf(DeviceRole role) => role == DeviceRole.Visitor ? DeviceFlags.Welcome : DeviceFlags.Apart;

    // A member is somebody; one who works here says so, or is said to.
    private static bool IsKnown(in DeviceState device) => device.Is(DeviceFlags.Welcome) || (device.Traits & TokenTraits.Bound) != TokenTraits.None;

    private void EndLiveIfOpen(ref DeviceState device, int slot, VisitEventList happened)
    {
        if (device.Is(DeviceFlags.LiveOpen))
        {
            EndLive(ref device, slot, EvidenceSources.None, happened);
        }
    }

    // No visitor stays so long: what was settled of its stays is told as it was, the visit says what it is, and from now on it is set apart.
    private void FindResident(ref DeviceState device, int slot, long at, EvidenceSources mark, VisitEventList happened)
    {
        if (device.FinalLast < _resident || IsKnown(device))
        {
            return;
        }

        SettleVisit(ref device, slot, mark, happened);
        EndLiveIfOpen(ref device, slot, happened);
        device.Flags |= DeviceFlags.Apart;
        _marks.Set(device.Token, DeviceRole.Resident, -1, at, bound: false);
    }

    // What is set apart makes no visit; where its zone is known, its readings tell how the receivers hear.
    private void FoldApart(ref DeviceState device, long last, ReadOnlySpan<EvidenceSum> cells)
    {
        _marks.Heard(device.Token, last);
        var zone = _marks.Find(device.Token)?.Zone ?? -1;
        var part = zone < 0 ? -1 : _model.PartOf(zone, cells, _watch.Offset, device.Final.Gain256 / 256f);
        foreach (var cell in cells)
        {
            _watch.Heard(cell.Receiver);
            if (part >= 0)
            {
                device.Final.LearnGain(_pace, _model.Expected(part, cell.Receiver), Corrected(cell));
            }
        }

        if (part >= 0)
        {
            Teach(device.Final, part, cells);
        }
    }

    private float Corrected(in EvidenceSum cell) => cell.Mean - _watch.Offset[cell.Receiver];

    private void Teach(in ZoneBelief belief, int part, ReadOnlySpan<EvidenceSum> cells)
    {
        var gain = belief.Gain256 / 256f;
        if (_model.OwnOf[part] is >= 0 and var own)
        {
            _watch.Ask(own, Heard(cells, own));
        }

        foreach (var cell in cells)
        {
            var expected = _model.Expected(part, cell.Receiver);
            if (expected + gain > WellHeard)
            {
                _watch.Compare(cell.Receiver, cell.Mean - gain - expected);
            }
        }
    }
}
