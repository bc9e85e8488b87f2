using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>Staff and fixed devices are no visitors.</summary>
public class ApartTests
{
    [Fact]
    public void Staff_make_no_visit_and_are_not_counted()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        visits.Mark(new(5), DeviceRole.Staff, -1, Mall.Ten, bound: true, happened);
        Hours(visits, happened, 1, 5, 6);
        Assert.Equal(1, visits.OpenVisits);
        visits.Advance(Mall.At("14:00"), happened);
        Assert.DoesNotContain(happened.Events.ToArray(), e => e.Device.Hash == 5);
        Assert.Single(happened.Events.ToArray(), e => e.Kind == VisitEventKind.VisitSettled);
        Assert.Equal(DeviceRole.Staff, Assert.Single(visits.Marks).Role);
    }

    [Fact]
    public void A_visit_under_way_ends_when_its_device_turns_out_to_be_of_staff()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        Hours(visits, happened, 1, 5);
        visits.Mark(new(5), DeviceRole.Staff, -1, Mall.At("11:00"), bound: false, happened);
        Assert.Equal(VisitEventKind.VisitEnded, happened.Events[^1].Kind);
        Assert.Equal(0, visits.OpenVisits);
        Assert.Equal(0, visits.ZoneCounts[0]);
        happened.Clear();
        visits.Advance(Mall.At("14:00"), happened);
        Assert.Equal(0, happened.Count);
        Assert.Equal(0, visits.Devices);
    }

    [Fact]
    public void A_device_that_never_leaves_is_found_by_itself_and_stands_on_the_list()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy with { Resident = TimeSpan.FromHours(6) }), new VisitEventList());
        Hours(visits, happened, 7, 5, 6);
        Assert.Equal(0, visits.OpenVisits);
        Assert.Equal([DeviceRole.Resident, DeviceRole.Resident], visits.Marks.Select(m => m.Role));
        Assert.All(happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.VisitSettled), e => Assert.Equal(Standing.Resident, e.Standing));
    }

    [Fact]
    public void One_who_is_said_to_be_a_visitor_may_stay_all_day()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        visits = new VenueVisits(Mall.Map, Mall.Policy with { Resident = TimeSpan.FromHours(6) });
        visits.Mark(new(5), DeviceRole.Visitor, -1, Mall.Ten, bound: false, happened);
        Hours(visits, happened, 9, 5);
        Assert.Equal(1, visits.OpenVisits);
        visits.Advance(Mall.At("23:00"), happened);
        Assert.Equal(Standing.Engaged, happened.Events.ToArray().Single(e => e.Kind == VisitEventKind.VisitSettled).Standing);
    }

    [Fact]
    public void Who_is_set_apart_is_known_after_a_restart_and_forgotten_when_not_heard_for_days()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        visits.Mark(new(5), DeviceRole.Staff, -1, Mall.Ten, bound: true, happened);
        visits.Mark(new(6), DeviceRole.Fixed, 2, Mall.Ten, bound: false, happened);
        Hours(visits, happened, 1, 5, 6);
        visits = visits.Reloaded();
        Assert.Equal([(5UL, -1), (6UL, 2)], visits.Marks.Select(m => (m.Device.Hash, m.Zone)));
        var days = Mall.Ten + (3 * 86_400_000L);
        visits.Hear(happened, late: false, new Heard(9, 0, -60, days));
        visits.Advance(days + 7_200_000, happened);
        Assert.Equal([5UL], visits.Marks.Select(m => m.Device.Hash));
    }

    [Fact]
    public void Another_plan_ends_visits_at_their_last_evidence_and_keeps_who_is_set_apart()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        visits.Mark(new(6), DeviceRole.Staff, -1, Mall.Ten, bound: true, happened);
        Hours(visits, happened, 1, 5, 6);
        happened.Clear();
        var next = visits.ChangePlan(new VenuePlan(Mall.Rooms(5), Mall.Policy), happened);
        var settled = happened.Events.ToArray().Single(e => e.Kind == VisitEventKind.VisitSettled);
        Assert.Equal((Mall.Ten, Mall.At("10:59:50")), (settled.Since, settled.At));
        Assert.True(settled.Sources.HasFlag(EvidenceSources.PlanChanged));
        Assert.Equal((0, 0, 1), (next.Devices, next.OpenVisits, next.Marks.Count()));
        next.Hear(happened, late: false, new Heard(5, 4, -50, Mall.At("11:00:00")));
        Assert.Equal(1, next.ZoneCounts[4] + next.ZoneCounts[3]);
    }

    [Fact]
    public void Zones_keep_their_place_in_the_list_when_the_plan_is_redrawn()
    {
        var redrawn = Mall.Rooms(4) with { Zones = [Mall.Map.Zones[3], Mall.Map.Zones[0] with { Id = "new" }, Mall.Map.Zones[1]] };
        var plan = new VenuePlan(redrawn, Mall.Policy).KeepingZonesOf(Mall.Map);
        Assert.Equal(["room-0", "room-1", "room-2", "room-3", "new"], plan.Map.Zones.Select(z => z.Id));
        Assert.Equal([0, 4, 0, 4, 4], plan.Map.Zones.Select(z => z.Outline.Length));
        _ = new VenueVisits(plan with { Map = plan.Map with { Receivers = [] } });
    }

    private static void Hours(VenueVisits visits, VisitEventList happened, int hours, params ulong[] tokens)
    {
        for (var at = Mall.Ten; at < Mall.Ten + (hours * 3_600_000L); at += 10_000)
        {
            visits.Hear(happened, late: false, [.. tokens.Select(t => new Heard(t, 0, -60, at))]);
            visits.Advance(at, happened);
        }
    }
}
