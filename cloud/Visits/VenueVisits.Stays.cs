namespace Presence.Visits;

/// <content>Stays and visits as they are settled: when one zone was left for another, and what is told of it.</content>
public sealed partial class VenueVisits
{
    /// <summary>ms: a longer silence is not shared out between the zones before and after it.</summary>
    private const uint MostGuessed = 120_000;

    /// <summary>ms: how finely arrivals are kept. The shortest stay must be much less than <see cref="Arrivals.Longest"/> steps.</summary>
    private const long LeastStep = 8_000;

    // Time passes up to the next bucket. Between the evidence before and the evidence now nothing is known, and the middle errs least; of a long silence nothing is taken.
    private Change Pass(ref DeviceState device, long first, long last)
    {
        var (before, begin, now) = (device.FinalLast, (uint)(first - device.FinalSince), (uint)(last - device.FinalSince));
        var unheard = Math.Max(begin, before) - before;
        var at = unheard <= MostGuessed ? before + (unheard / 2) : begin;
        var change = new Change(at, unheard <= MostGuessed ? 0 : unheard, (int)((now / _step) - (at / _step)));
        device.Arrivals.Pass((int)((now / _step) - (before / _step)), device.Final.Walk(_model, _settling, last), change.Ago);
        return change;
    }

    /// <summary>ms after the visit began: since when the likeliest way has been in the zone believed in.</summary>
    private uint ArrivedAt(in DeviceState device) =>
        Math.Min(device.FinalLast, (_step / 2) + (_step * (uint)Math.Max(0, (int)(device.FinalLast / _step) - device.Arrivals[0])));

    // Passing a door, or a reading that lied for a moment, is no stay: another zone is entered when it has lasted, and then from when the likeliest way came
    // there, which is long before the belief turned. Who is back by a way that never left was not away.
    private void Stay(ref DeviceState device, int slot, uint arrived, in Change change, EvidenceSources mark, VisitEventList happened)
    {
        var zone = device.Final.Anchor;
        if (zone < 0 || device.FinalZone < 0)
        {
            (device.FinalZone, device.StaySince) = (zone, change.At);
            return;
        }

        var since = device.Arrivals[0] == change.Ago ? change.At : ArrivedAt(device);
        if (zone != (device.NextZone < 0 ? device.FinalZone : device.NextZone))
        {
            Turn(ref device, slot, arrived, since, change, mark, happened);
        }

        if (device.NextZone >= 0 && device.FinalLast - since >= _shortest && !MayHaveStayed(device))
        {
            GoOn(ref device, slot, since, mark, happened);
        }
    }

    // The way on leads through the zone believed in before, or it does not.
    private void Turn(ref DeviceState device, int slot, uint arrived, uint since, in Change change, EvidenceSources mark, VisitEventList happened)
    {
        var passing = since == change.At ? change.Unheard : 0;
        if (device.NextZone >= 0 && since >= arrived + _shortest)
        {
            GoOn(ref device, slot, arrived, mark, happened);
        }
        else if (device.NextZone >= 0 && since >= arrived)
        {
            passing = (device.Passing * 100u) + (since - arrived);
        }

        var zone = device.Final.Anchor;
        device.NextZone = zone == device.FinalZone ? (short)-1 : zone;
        device.Passing = (ushort)Math.Min(ushort.MaxValue, passing / 100);
    }

    // While a way that never left the zone of the stay explains what was heard nearly as well, it is too early to say that it ended.
    private bool MayHaveStayed(in DeviceState device)
    {
        var there = _model.About(device.Final.Anchor).IndexOf(device.FinalZone);
        return there >= 0 && device.Arrivals[there] > device.Arrivals[0];
    }

    private void GoOn(ref DeviceState device, int slot, uint since, EvidenceSources mark, VisitEventList happened)
    {
        var left = Math.Max(0, (long)since - (device.Passing * 100));
        if (left > device.StaySince)
        {
            SettleStay(ref device, slot, device.FinalSince + left, mark, happened);
            device.StaySince = since;
        }

        (device.FinalZone, device.NextZone, device.Passing) = (device.NextZone, -1, 0);
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
            // Short or not, it is where the visit ended.
            GoOn(ref device, slot, ArrivedAt(device), mark, happened);
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

    /// <summary>What is known of a change of zone that would have come with a bucket.</summary>
    /// <param name="At">ms after the visit began: when it would have been.</param>
    /// <param name="Unheard">ms before it of which nothing is told.</param>
    /// <param name="Ago">Steps since then.</param>
    private readonly record struct Change(uint At, uint Unheard, int Ago);
}
