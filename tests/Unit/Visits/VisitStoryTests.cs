using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public class VisitStoryTests
{
    private const ulong Phone = 0xC0FFEE0012345678;
    private readonly VenueVisits _visits = new(Mall.Map, Mall.Policy);
    private readonly VisitEventList _happened = new();

    [Fact]
    public void A_long_silence_ends_the_visit_at_the_last_sighting()
    {
        Hear("10:00", 0);
        Hear("10:08", 0);
        Until("10:30");
        Assert.Equal(
            ["VisitStarted 10:00", "ZoneEntered room-0 10:00", "ZoneLeft room-0 10:08", "VisitEnded 10:00-10:08",
             "StaySettled room-0 10:00-10:08", "VisitSettled 10:00-10:08"],
            _happened.Told());
    }

    [Fact]
    public void A_silent_film_is_one_visit_and_a_silent_passage_soon_its_end()
    {
        var map = Mall.Map with { Zones = [.. Mall.Map.Zones.Select((z, i) => z with { Tags = i == 0 ? ["cinema"] : [], Silence = i == 3 ? TimeSpan.FromMinutes(2) : null })] };
        var policy = Mall.Policy with { SilenceByTag = new Dictionary<string, TimeSpan> { ["cinema"] = TimeSpan.FromHours(2) } };
        var (visits, happened) = (new VenueVisits(map, policy), new VisitEventList());
        foreach (var clock in new[] { "10:00", "11:30" })
        {
            visits.Advance(Mall.At(clock), happened);
            visits.Hear(happened, late: false, new Heard(1, 0, -45, Mall.At(clock)), new Heard(2, 3, -45, Mall.At(clock)), new Heard(3, 1, -45, Mall.At(clock)));
        }

        visits.Advance(Mall.At("11:33"), happened);
        Assert.Equal(["2 10:00", "2 11:30", "3 10:00"], happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.VisitEnded).Select(e => $"{e.Device.Hash} {Mall.Clock(e.At)}").Order(StringComparer.Ordinal));
        visits.Advance(Mall.At("14:00"), happened);
        Assert.Equal(["VisitSettled 10:00-11:30"], happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.VisitSettled && e.Device.Hash == 1).Select(Mall.Tell));
    }

    [Fact]
    public void Who_comes_back_after_a_long_silence_makes_a_second_visit()
    {
        Hear("10:00", 0);
        Hear("10:30", 0);
        Until("10:50");
        Assert.Equal(["VisitSettled 10:00", "VisitSettled 10:30"], _happened.Told().Where(e => e.StartsWith("VisitSettled", StringComparison.Ordinal)));
    }

    [Fact]
    public void Walking_to_the_next_room_leaves_one_and_enters_the_other()
    {
        for (var s = 0; s < 60; s += 5)
        {
            var inNext = s >= 30;
            Hear($"10:00:{s:d2}", 0, inNext ? -75 : -50);
            Hear($"10:00:{s:d2}", 1, inNext ? -50 : -75);
        }

        Until("10:30");
        var told = _happened.Told();
        Assert.Equal("ZoneLeft room-0", told.First(e => e.StartsWith("ZoneLeft", StringComparison.Ordinal))[..15]);
        Assert.Equal(["StaySettled room-0", "StaySettled room-1"], told.Where(e => e.StartsWith("Stay", StringComparison.Ordinal)).Select(e => e[..18]));
    }

    [Fact]
    public void A_last_stay_too_short_to_be_sure_of_is_told_with_what_it_is_known_from()
    {
        for (var s = 0; s < 240; s += 5)
        {
            Hear($"10:0{s / 60}:{s % 60:d2}", s < 180 ? 0 : 1, -50);
        }

        Until("10:30");
        var stays = _happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.StaySettled).ToArray();
        Assert.Equal([0, 1], stays.Select(e => e.Zone));
        Assert.All(stays, e => Assert.InRange(e.Confidence, 50, 100));
        Assert.All(stays, e => Assert.NotEqual(EvidenceSources.None, e.Sources));
    }

    [Fact]
    public void A_flickering_reading_does_not_change_the_room()
    {
        for (var s = 0; s < 60; s++)
        {
            Hear($"10:00:{s:d2}", s % 2, -60 + (s % 3));
        }

        Assert.Single(_happened.Told(), e => e.StartsWith("ZoneEntered", StringComparison.Ordinal));
    }

    [Fact]
    public void A_silent_gateway_ends_nobodys_visit()
    {
        Hear("10:00", 0);
        // The gateway is cut off, so venue time, its watermark, stands still; others are heard on.
        Until("10:00:02");
        _visits.Hear(_happened, late: false, new Heard(2, 1, -60, Mall.At("10:40")));
        Until("10:00:03");
        Assert.DoesNotContain(_happened.Told(), e => e.StartsWith("VisitEnded", StringComparison.Ordinal));
        Assert.Equal(2, _visits.OpenVisits);
    }

    [Fact]
    public void A_visit_that_the_limit_ends_is_marked()
    {
        Hear("10:00", 0);
        _visits.Advance(Mall.At("10:30"), _happened, cutShort: true);
        Assert.All(
            _happened.Events.ToArray().Where(e => e.Kind is VisitEventKind.VisitEnded or VisitEventKind.VisitSettled),
            e => Assert.True(e.Sources.HasFlag(EvidenceSources.CutShort)));
    }

    [Fact]
    public void Backlog_completes_the_visit_and_makes_nothing_happen_live()
    {
        _visits.Hear(_happened, late: true, new Heard(Phone, 2, -50, Mall.At("10:00")));
        Assert.Equal(0, _happened.Count);
        Until("10:30");
        Assert.Equal(["StaySettled room-2 10:00", "VisitSettled 10:00"], _happened.Told());
        Assert.True(_happened.Events[1].Sources.HasFlag(EvidenceSources.Late));
    }

    [Fact]
    public void What_comes_after_the_lateness_is_left_out_and_the_visit_says_so()
    {
        Hear("10:00", 0);
        Until("10:05");
        Hear("10:06", 0);
        Hear("10:03", 0);
        Until("10:30");
        Assert.Equal(1, _visits.TooLate);
        var settled = Assert.Single(_happened.Events.ToArray(), e => e.Kind == VisitEventKind.VisitSettled);
        Assert.True(settled.Sources.HasFlag(EvidenceSources.Incomplete));
    }

    [Theory]
    [InlineData(-50, 20, Standing.Engaged)]
    [InlineData(-80, 20, Standing.Visitor)]
    [InlineData(-50, 5, Standing.Visitor)]
    [InlineData(-50, 0, Standing.PasserBy)]
    [InlineData(-95, 20, Standing.PasserBy)]
    public void How_loud_and_how_long_makes_a_passer_by_a_visitor_or_an_engaged_one(int dbm, int minutes, Standing expected)
    {
        for (var m = 0; m <= minutes; m += 5)
        {
            _visits.Hear(_happened, late: false, new Heard(Phone, 0, dbm, Mall.Ten + (m * 60_000)));
        }

        Until("10:59");
        Assert.Equal(expected, Assert.Single(_happened.Events.ToArray(), e => e.Kind == VisitEventKind.VisitSettled).Standing);
    }

    [Fact]
    public void A_radio_that_never_falls_silent_makes_visits_of_a_day_at_most()
    {
        var visits = new VenueVisits(Mall.Map, Mall.Policy with { Longest = TimeSpan.FromHours(5) });
        for (var m = 0; m < 12 * 60; m += 5)
        {
            visits.Hear(_happened, late: false, new Heard(Phone, 0, -50, Mall.Ten + (m * 60_000L)));
            visits.Advance(Mall.Ten + (m * 60_000L), _happened);
        }

        Assert.All(_happened.Events.ToArray(), e => Assert.InRange(e.At - e.Since, 0, 5 * 3_600_000));
        Assert.Equal(2, _happened.Told().Count(e => e.StartsWith("VisitSettled", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_crowd_that_comes_at_once_is_all_let_in()
    {
        var crowd = Enumerable.Range(0, 5_000).Select(i => new Heard((ulong)(i + 1) * 0x9E3779B97F4A7C15, i % 4, -50, Mall.Ten + i)).ToArray();
        _visits.Hear(_happened, late: false, crowd);
        Assert.Equal((5_000, 5_000), (_visits.OpenVisits, _visits.Devices));
        Assert.Equal([1_250, 1_250, 1_250, 1_250], _visits.ZoneCounts.ToArray());
        _happened.Clear();
        Until("10:30");
        Assert.Equal(5_000, _happened.Events.ToArray().Count(e => e.Kind == VisitEventKind.VisitSettled));
        Assert.Equal(0, _visits.Devices);
    }

    [Fact]
    public void Who_has_left_leaves_nothing_behind()
    {
        Hear("10:00", 0);
        Until("10:30");
        Assert.Equal(0, _visits.Devices);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        _visits.Save(bytes);
        Assert.Equal(-1, bytes.WrittenSpan.IndexOf(BitConverter.GetBytes(Phone)));
    }

    [Fact]
    public void A_sighting_of_the_day_after_tomorrow_or_an_unknown_receiver_is_refused()
    {
        Hear("10:00", 0);
        Until("10:00:01");
        _visits.Hear(_happened, late: false, new Heard(Phone, 0, -50, Mall.Ten + (2 * 86_400_000)), new Heard(Phone, 99, -50, Mall.Ten), new Heard(Phone, 0, -50, 0));
        Assert.Equal(3, _visits.Refused);
    }

    [Theory]
    [InlineData(2700, 10)]
    [InlineData(2100, 1)]
    public void Time_beyond_what_buckets_can_be_numbered_for_is_refused_and_stops_nothing(int year, int bucket)
    {
        var policy = Mall.Policy with { Bucket = TimeSpan.FromSeconds(bucket) };
        var (visits, happened) = (new VenueVisits(Mall.Map, policy), new VisitEventList());
        var far = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        visits.Hear(happened, late: false, new Heard(7, 1, -50, far), new Heard(7, 2, -50, far + 20_000));
        Assert.Equal((2, 0), (visits.Refused, visits.Devices));

        visits.Hear(happened, late: false, new Heard(7, 1, -50, Mall.Ten));
        visits.Advance(far, happened);
        visits.Advance(long.MaxValue, happened);
        Assert.Equal([new DeviceToken(7)], happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.VisitSettled).Select(e => e.Device));

        var next = visits.ChangePlan(new VenuePlan(Mall.Map, Mall.Policy with { Bucket = TimeSpan.FromSeconds(1) }), happened);
        next.Hear(happened, late: false, new Heard(7, 1, -50, far));
        Assert.Equal((3, 0), (next.Refused, next.Devices));
    }

    [Fact]
    public void A_snapshot_of_another_plan_or_a_broken_one_is_not_read()
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        _visits.Save(bytes);
        var whole = bytes.WrittenMemory;
        Assert.Throws<InvalidDataException>(() => VenueVisits.Load(whole.Span, Mall.Rooms(5), Mall.Policy));
        Assert.Throws<InvalidDataException>(() => VenueVisits.Load(whole.Span[..^1], Mall.Map, Mall.Policy));
        Assert.Throws<InvalidDataException>(() => VenueVisits.Load(whole.Span[1..], Mall.Map, Mall.Policy));
        Assert.Throws<InvalidDataException>(() => VenueVisits.Load([], Mall.Map, Mall.Policy));
    }

    private void Hear(string clock, int receiver, int dbm = -50) =>
        _visits.Hear(_happened, late: false, new Heard(Phone, receiver, dbm, Mall.At(clock)));

    private void Until(string clock) => _visits.Advance(Mall.At(clock), _happened);

    [Fact]
    public void Old_evidence_before_the_first_watermark_is_settled_with_the_new()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        foreach (var clock in new[] { "10:00:00", "10:20:00", "09:00:00", "10:20:05", "09:00:05", "10:25:00", "09:30:00" })
        {
            visits.Hear(happened, late: false, new Heard(7, 1, -50, Mall.At(clock)), new Heard(8, 2, -50, Mall.At(clock)));
        }

        visits.Advance(Mall.At("12:00:00"), happened);
        var settled = happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.VisitSettled && e.Device.Hash == 7)
            .Select(e => $"{Mall.Clock(e.Since)} to {Mall.Clock(e.At)}");
        Assert.Equal(["09:00 to 09:00:05", "09:30 to 09:30", "10:00 to 10:00", "10:20 to 10:25"], settled);
        Assert.Equal(0, visits.Devices);
    }

    [Fact]
    public void Who_was_silent_for_minutes_may_have_walked_further_than_who_was_for_seconds()
    {
        // How loud the room next door must hear a device before that is where it is.
        var policy = Mall.Policy with { MeanStay = TimeSpan.FromMinutes(5), Silence = TimeSpan.FromHours(1) };
        var least = new[] { "10:00:45", "10:09:00", "10:40:00" }.Select(clock => Enumerable.Range(-90, 50).First(dbm =>
        {
            var (visits, happened) = (new VenueVisits(Mall.Map, policy), new VisitEventList());
            visits.Hear(happened, late: false, [.. Enumerable.Range(0, 8).Select(i => new Heard(1, 0, -55, Mall.At("10:00") + (i * 600)))]);
            visits.Hear(happened, late: false, new Heard(1, 1, dbm, Mall.At(clock)));
            return visits.ZoneCounts[1] == 1;
        })).ToArray();
        Assert.True(least[0] > least[1] && least[1] > least[2], string.Join(", ", least));
    }
}
