namespace Presence.Visits;

/// <content>Stays and visits as they are settled: when one zone was left for another, and what is told of it.</content>
public sealed partial class VenueVisits
{
    /// <summary>ms: a longer silence is not shared out between the zones before and after it.</summary>
    private const uint MostGuessed = 120_000;

    // Passing a door, or a reading that lied for a moment, is no stay: another zone is entered when it has lasted, and then from when it began.
    private void Stay(ref DeviceState device, int slot, int zone, byte confidence, uint first, EvidenceSources mark, VisitEventList happened)
    {
        if (zone == device.FinalZone)
        {
            device.NextZone = -1;
            if (confidence >= Certain)
            {
                (device.LeftAt, device.NextSince) = (device.FinalLast, uint.MaxValue);
            }
            else
            {
                device.NextSince = Math.Min(device.NextSince, first);
            }

            return;
        }

        if (device.FinalZone < 0)
        {
            (device.FinalZone, device.StaySince, device.LeftAt, device.NextSince) = ((short)zone, first, first, uint.MaxValue);
            return;
        }

        if (zone != device.NextZone)
        {
            // The belief turns some buckets after the visitor did: the stay ended when it was last certain, the next began when doubt did.
            device.Flags = device.NextZone < 0 ? device.Flags & ~DeviceFlags.Through : device.Flags | DeviceFlags.Through;
            device.NextSince = device.NextZone < 0 ? Math.Min(device.NextSince, first) : first;
            device.NextZone = (short)zone;
        }

        // Nobody walks through a wall: who seems to is believed twice as late.
        var walled = _walled[device.FinalZone, zone] && !device.Is(DeviceFlags.Through);
        if (device.FinalLast - device.NextSince >= (walled ? 2 * _shortest : _shortest))
        {
            GoOn(ref device, slot, mark, happened);
        }
    }

    // Between the last certain and the first doubtful evidence nothing is known, and the middle errs least; of a long silence nothing is taken.
    private void GoOn(ref DeviceState device, int slot, EvidenceSources mark, VisitEventList happened)
    {
        var gap = device.NextSince - device.LeftAt;
        var half = gap <= MostGuessed && !device.Is(DeviceFlags.Through) ? gap / 2 : 0;
        SettleStay(ref device, slot, device.FinalSince + device.LeftAt + half, mark, happened);
        (device.FinalZone, device.StaySince, device.NextZone) = (device.NextZone, device.NextSince - half, -1);
        (device.LeftAt, device.NextSince) = (device.FinalLast, uint.MaxValue);
    }

    private void SettleStay(ref DeviceState device, int slot, long until, EvidenceSources mark, VisitEventList happened)
    {
        if (device.FinalZone >= 0)
        {
            happened.Add(new VisitEvent(
                VisitEventKind.StaySettled, slot, new DeviceToken(device.Token), device.Traits, device.FinalZone,
                device.FinalSince + device.StaySince, until, device.StayConfidence.Mean, device.StaySources | mark));
        }

        device.StayConfidence = default;
        device.StaySources = EvidenceSources.None;
    }

    private void SettleVisit(ref DeviceState device, int slot, EvidenceSources mark, VisitEventList happened)
    {
        if (device.Is(DeviceFlags.LeftOut))
        {
            mark |= EvidenceSources.Incomplete;
        }

        var last = device.FinalSince + device.FinalLast;
        if (device.NextZone >= 0)
        {
            // Short or not, it is where the visit ended; it is known from the same buckets as the stay before, of which it was a part until now.
            var (confidence, sources) = (device.StayConfidence, device.StaySources);
            GoOn(ref device, slot, mark, happened);
            (device.StayConfidence, device.StaySources) = (confidence, sources);
        }

        SettleStay(ref device, slot, last, mark, happened);
        happened.Add(new VisitEvent(
            VisitEventKind.VisitSettled, slot, new DeviceToken(device.Token), device.Traits, -1,
            device.FinalSince, last, device.VisitConfidence.Mean, device.VisitSources | mark)
        {
            Standing = StandingOf(device),
        });
        device.Flags &= ~(DeviceFlags.FinalOpen | DeviceFlags.LeftOut);
    }

    private Standing StandingOf(in DeviceState device) =>
        device.FinalLast >= _resident && !IsKnown(device) ? Standing.Resident
        : device.Loudest < _policy.VisitorDbm || device.FinalLast < _policy.VisitorDwell.TotalMilliseconds ? Standing.PasserBy
        : device.Loudest < _policy.EngagedDbm || device.FinalLast < _policy.EngagedDwell.TotalMilliseconds ? Standing.Visitor
        : Standing.Engaged;
}
