namespace Presence.Visits;

/// <content>Stays and visits as they are settled: when one zone was left for another, and what is told of it.</content>
public sealed partial class VenueVisits
{
    /// <summary>ms: a longer silence is not shared out between the zones before and after it.</summary>
    private const uint MostGuessed = 120_000;

    // Nothing is known of the time between two pieces of evidence, and the middle errs least; of a long silence nothing is taken.
    private static (uint Left, uint Next) Between(uint prior, uint first) =>
        first - prior <= MostGuessed ? (prior + ((first - prior) / 2), prior + ((first - prior) / 2)) : (prior, first);

    private void Arrive(ref DeviceState device, int before, uint came, long begin, uint prior, uint first)
    {
        if (device.Final.Anchor < 0)
        {
            return;
        }

        device.Arrived.Pass((uint)Math.Max(0, begin - prior + _bucketMs - 1) / (uint)_bucketMs);
        if (came == 0 && before == device.Final.Anchor)
        {
            return;
        }

        // By buckets as they lie in time: what is heard once a minute came halfway between two.
        var fresh = (begin - Between(prior, first).Next + (_bucketMs / 2)) / _bucketMs;
        device.Arrived.Follow(_model, before, device.Final.Anchor, came, (uint)Math.Clamp(fresh, 0, Arrivals.Most));
    }

    // Passing a door, or a reading that lied for a moment, is no stay: another zone is entered when it has been believed in for long enough, and then from when the likeliest
    // way came there.
    private void Stay(ref DeviceState device, int slot, short before, uint prior, uint first, EvidenceSources mark, VisitEventList happened)
    {
        var zone = device.Final.LikeliestZone(_model);
        if (device.FinalZone < 0)
        {
            (device.FinalZone, device.StaySince) = (zone, first);
        }

        if (zone == device.FinalZone)
        {
            return;
        }

        if (zone != before)
        {
            Turn(ref device, zone, before, prior, first);
        }

        // Nobody walks through a wall: who seems to is believed twice as late.
        var walled = _walled[device.FinalZone, zone] && !device.Is(DeviceFlags.Through);
        if (device.FinalLast - device.Lately(device.TurnedAt) >= (walled ? 2 * _shortest : _shortest))
        {
            GoOn(ref device, slot, zone, mark, happened);
        }
    }

    private void Turn(ref DeviceState device, short zone, short before, uint prior, uint first)
    {
        var age = device.Arrived[device.Final.LikeliestPart(_model, zone)];
        var (left, next) = Between(prior, first);
        if (age > 0)
        {
            var came = BeginOf(BucketOf(device.FinalSince + first)) - (age * _bucketMs) - device.FinalSince;
            left = next = (uint)Math.Max(came, 0);
        }

        // On the way it may have been in yet another; where it came from was left when that was entered.
        var through = before != device.FinalZone;
        device.Flags = through ? device.Flags | DeviceFlags.Through : device.Flags & ~DeviceFlags.Through;
        left = Math.Max(device.StaySince, through ? Math.Min(left, device.Lately(device.LeftAt)) : left);
        (device.LeftAt, device.NextSince, device.TurnedAt) = ((ushort)(left / 1000), (ushort)(Math.Max(left, next) / 1000), (ushort)(Between(prior, first).Next / 1000));
    }

    private void GoOn(ref DeviceState device, int slot, short zone, EvidenceSources mark, VisitEventList happened)
    {
        var (left, next) = (device.Lately(device.LeftAt), device.Lately(device.NextSince));
        SettleStay(ref device, slot, device.FinalSince + Math.Max(left, device.StaySince), mark, happened);
        (device.FinalZone, device.StaySince) = (zone, Math.Max(next, device.StaySince));
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
        if (device.Final.LikeliestZone(_model) is >= 0 and var zone && zone != device.FinalZone)
        {
            // Short or not, it is where the visit ended; it is known from the same buckets as the stay before, of which it was a part until now.
            var (confidence, sources) = (device.StayConfidence, device.StaySources);
            GoOn(ref device, slot, zone, mark, happened);
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
