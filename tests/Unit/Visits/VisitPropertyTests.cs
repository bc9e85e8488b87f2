using FsCheck;
using FsCheck.Fluent;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public class VisitPropertyTests
{
    /// <summary>A day's worth of sightings in small: some devices in bursts, with gaps around the silence, by several receivers.</summary>
    private static readonly Gen<Heard[]> Days =
        from heard in (
            from gap in Gen.Elements(0, 7, 1_000, 9_999, 10_000, 61_000, 599_999, 600_000, 600_001, 700_000)
            from token in Gen.Elements(1UL, 2UL, 0x1_0000_0001UL, 0x4001UL)
            from receiver in Gen.Choose(0, 3)
            from dbm in Gen.Choose(-95, -40)
            select (gap, token, receiver, dbm)).ListOf()
        let times = heard.Aggregate((At: Mall.Ten, All: new List<Heard>()), (sum, h) =>
        {
            sum.All.Add(new Heard(h.token, h.receiver, h.dbm, sum.At + h.gap));
            return (sum.At + h.gap, sum.All);
        }).All
        select times.ToArray();

    private static readonly Arbitrary<(Heard[] Day, int Seed)> DaysAndSeeds =
        (from day in Days from seed in Gen.Choose(0, int.MaxValue) select (day, seed)).ToArbitrary();

    [Fact]
    public void Any_order_of_arrival_within_the_lateness_settles_the_same_visits() => Prop.ForAll(DaysAndSeeds, c =>
    {
        var ordered = Settled(c.Day, batches: 1, c.Seed, jitterMs: 0, reload: false);
        var mixed = Settled(c.Day, batches: 7, c.Seed, jitterMs: 29_000, reload: false);
        return ordered.SequenceEqual(mixed);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_restart_at_any_point_changes_nothing() => Prop.ForAll(DaysAndSeeds, c =>
        Run(c.Day, 3, c.Seed, 20_000, reload: false).Events.SequenceEqual(Run(c.Day, 3, c.Seed, 20_000, reload: true).Events)
        && Run(c.Day, 3, c.Seed, 20_000, reload: false).Hash == Run(c.Day, 3, c.Seed, 20_000, reload: true).Hash)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Zones_with_silences_of_their_own_settle_the_same_in_any_order() => Prop.ForAll(DaysAndSeeds, c =>
    {
        // One shorter and one longer than usual, where the days have gaps around each.
        TimeSpan?[] silences = [null, TimeSpan.FromSeconds(61), TimeSpan.FromSeconds(690), TimeSpan.FromSeconds(20)];
        var map = Mall.Map with { Zones = [.. Mall.Map.Zones.Select((z, i) => z with { Silence = silences[i] })] };
        return Settled(c.Day, 1, c.Seed, 0, reload: false, map).SequenceEqual(Settled(c.Day, 7, c.Seed, 29_000, reload: true, map));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void A_burst_whose_sightings_came_in_any_order_ends_where_its_last_one_was_heard()
    {
        var (visits, events) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        visits.Hear(events, late: false, [.. new[] { 0, 7, 0 }.Select(ms => new Heard(1, 3, -50, Mall.Ten + ms))]);
        visits.Advance(Mall.Ten + 3_600_000, events);
        Assert.Equal(Mall.Ten + 7, Assert.Single(events.Events.ToArray(), e => e.Kind == VisitEventKind.VisitSettled).At);
    }

    [Fact]
    public void A_shop_that_was_closed_for_days_hears_whoever_comes_first()
    {
        var (visits, events) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        visits.Hear(events, late: false, new Heard(1, 3, -50, Mall.Ten));
        for (var now = Mall.Ten; now <= Mall.Ten + (60 * 3_600_000L); now += 1_000_000)
        {
            // As the venue's loop does: only when there may be something to do.
            if (now >= visits.NextDueMs)
            {
                visits.Advance(now, events);
            }
        }

        visits.Hear(events, late: false, new Heard(2, 3, -50, Mall.Ten + (60 * 3_600_000L)));
        Assert.Equal(0, visits.Refused);
        Assert.Equal(2, events.Events.ToArray().Count(e => e.Kind == VisitEventKind.VisitStarted));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public void Steps_of_another_length_are_a_change_of_plan_like_any_other(int seconds)
    {
        var (visits, events) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        visits.Hear(events, late: false, new Heard(1, 3, -50, Mall.Ten));
        visits.Advance(Mall.Ten + 60_000, events);
        visits = visits.ChangePlan(new VenuePlan(Mall.Map, Mall.Policy with { Bucket = TimeSpan.FromSeconds(seconds) }), events);
        visits.Hear(events, late: false, new Heard(2, 3, -50, Mall.Ten + 90_000));
        visits.Advance(Mall.Ten + 3_600_000, events);
        Assert.Equal((0, 0), (visits.TooLate, visits.Refused));
        Assert.Equal(2, events.Events.ToArray().Count(e => e.Kind == VisitEventKind.VisitSettled));
        Assert.InRange(visits.Bytes, 0, 16L * 1024 * 1024);
    }

    [Fact]
    public void Hearing_everything_twice_tells_the_same_story() => Prop.ForAll(DaysAndSeeds, c =>
    {
        var twice = c.Day.SelectMany(h => new[] { h, h }).ToArray();
        return Settled(c.Day, 1, c.Seed, 0, reload: false).Select(Place).SequenceEqual(Settled(twice, 1, c.Seed, 0, reload: false).Select(Place));

        static (VisitEventKind, ulong, int, long, long) Place(VisitEvent e) => (e.Kind, e.Device.Hash, e.Zone, e.Since, e.At);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_live_visit_ends_where_its_evidence_ended_and_the_zones_count_who_is_there() => Prop.ForAll(DaysAndSeeds, c =>
    {
        var (events, visits) = (new VisitEventList(), new VenueVisits(Mall.Map, Mall.Policy));
        var inside = new Dictionary<int, int>();
        foreach (var h in c.Day)
        {
            visits.Hear(events, late: false, h);
            visits.Advance(h.At, events);
        }

        foreach (var e in events.Events)
        {
            inside[e.Zone] = inside.GetValueOrDefault(e.Zone) + (e.Kind == VisitEventKind.ZoneEntered ? 1 : e.Kind == VisitEventKind.ZoneLeft ? -1 : 0);
        }

        for (var zone = 0; zone < 4; zone++)
        {
            Assert.Equal(inside.GetValueOrDefault(zone), visits.ZoneCounts[zone]);
        }

        visits.Advance(Mall.Ten + (48L * 3_600_000), events);
        var times = c.Day.Select(h => h.At).ToHashSet();
        return visits.OpenVisits == 0 && visits.Devices == 0
            && events.Events.ToArray().Where(e => e.Kind == VisitEventKind.VisitEnded).All(e => times.Contains(e.Since) && times.Contains(e.At));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_happens_before_it_is_due() => Prop.ForAll(DaysAndSeeds, c =>
    {
        var visits = new VenueVisits(Mall.Map, Mall.Policy);
        var events = new VisitEventList();
        foreach (var h in c.Day)
        {
            visits.Hear(events, late: false, h);
        }

        var happened = 0;
        while (visits.Devices > 0)
        {
            var due = visits.NextDueMs;
            var before = events.Count;
            visits.Advance(due - 1, events);
            Assert.Equal(before, events.Count);
            visits.Advance(due, events);
            Assert.True(++happened < 5_000);
        }

        return visits.Devices == 0;
    }).QuickCheckThrowOnFailure();

    private static VisitEvent[] Settled(Heard[] day, int batches, int seed, int jitterMs, bool reload, VenueMap? map = null) =>
        [.. Run(day, batches, seed, jitterMs, reload, map).Events
            .Where(e => e.Kind is VisitEventKind.VisitSettled or VisitEventKind.StaySettled).Select(e => e with { Slot = 0 })];

    /// <summary>Lets the day arrive with delays of up to <paramref name="jitterMs"/>, in batches, venue time following the slowest.</summary>
    private static (VisitEvent[] Events, ulong Hash) Run(Heard[] day, int batches, int seed, int jitterMs, bool reload, VenueMap? map = null)
    {
        var dice = new System.Random(seed);
        map ??= Mall.Map;
        var visits = new VenueVisits(map, Mall.Policy);
        var events = new VisitEventList();
        var arrivals = day.Select(h => (Heard: h, Arrives: h.At + dice.Next(jitterMs + 1))).OrderBy(a => a.Arrives).ToArray();
        foreach (var batch in arrivals.Chunk(batches))
        {
            visits.Hear(events, late: false, batch.Select(a => a.Heard).ToArray());
            // By then all that was heard a lateness ago has come, batch or not.
            visits.Advance(batch[0].Arrives, events);
            if (reload && dice.Next(3) == 0)
            {
                visits = visits.Reloaded(map);
            }
        }

        var hash = visits.StateHash();
        visits.Advance(Mall.Ten + (48L * 3_600_000), events);
        return (events.Events.ToArray(), hash);
    }
}
