using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>A hall that is much longer than a shop, and phones that are much louder than the plan takes for granted.</summary>
public sealed class LongZoneTests
{
    /// <summary>Six shops of 10 m in a row, and before them a hall as long as all of them, with a receiver at either end.</summary>
    private static readonly VenueMap Map = Mall.Rooms(6) with
    {
        Zones = Mall.Rooms(6).Zones.Add(new Zone("hall", "F1", new LocalText("Hall"), [new Spot(0, 10), new Spot(60, 10), new Spot(60, 16), new Spot(0, 16)], [])),
        Receivers = [.. Mall.Rooms(6).Receivers, new Receiver("gw-6", 0, "F1", new Spot(5, 13), "hall"), new Receiver("gw-7", 0, "F1", new Spot(55, 13), "hall")],
        Passages = [.. Enumerable.Range(0, 6).Select(i => new Passage($"room-{i}", "hall"))],
    };

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(-10)]
    public void Who_walks_along_a_hall_is_in_it_all_the_way_and_changes_no_zone(int louder)
    {
        var (visits, happened) = (new VenueVisits(Map, Mall.Policy), new VisitEventList());

        // To and fro for ten minutes, half a metre a second.
        for (var s = 0; s < 600; s += 2)
        {
            var along = s / 2.0 % 110;
            Hear(visits, happened, s, new Spot(along < 55 ? 2.5 + along : 112.5 - along, 13), louder);
        }

        visits.Advance(Mall.Ten + 7_200_000, happened);
        var stays = happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.StaySettled).ToArray();
        Assert.Equal("hall", Map.Zones[Assert.Single(stays).Zone].Id);
        Assert.InRange(stays[0].Confidence, 80, 100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(-10)]
    public void However_loud_a_phone_is_it_is_in_the_shop_where_it_is_louder_than_elsewhere(int louder)
    {
        var (visits, happened) = (new VenueVisits(Map, Mall.Policy), new VisitEventList());
        for (var s = 0; s < 600; s += 5)
        {
            Hear(visits, happened, s, new Spot(s < 300 ? 15 : 45, 3), louder);
        }

        visits.Advance(Mall.Ten + 7_200_000, happened);
        var stays = happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.StaySettled).ToArray();
        Assert.Equal(["room-1", "room-4"], stays.Select(e => Map.Zones[e.Zone].Id));
        Assert.InRange(stays[1].Since - Mall.Ten, 280_000, 320_000);
    }

    [Fact]
    public void A_zone_drawn_in_centimetres_is_cut_into_few_parts()
    {
        var far = Enumerable.Range(0, 4).Select(i => new Spot(i is 1 or 2 ? 600_000 : 0, i > 1 ? 400_000 : 0));
        var map = Map with { Zones = [.. Map.Zones.Select(z => z with { Outline = [.. far] })] };
        Assert.InRange(ZonePart.Of(map).Length, map.Zones.Length, 8 * map.Zones.Length);
        Assert.All(map.Zones.Index(), z => Assert.Contains(ZonePart.Of(map), p => p.Zone == z.Index));
    }

    private static void Hear(VenueVisits visits, VisitEventList happened, int second, Spot at, int louder)
    {
        var policy = Mall.Policy;
        for (var r = 0; r < Map.Receivers.Length; r++)
        {
            var own = Outlines.Contains(Map.Zones[Map.ZoneIndex(Map.Receivers[r].Zone)].Outline, at);
            var metres = Math.Sqrt(Math.Pow(Outlines.Between(at, Map.Receivers[r].At), 2) + 4);
            var dbm = policy.NearWifiDbm - (policy.FallDb * Math.Log10(metres)) - (own ? 0 : policy.WallDb) + louder;
            // What is fainter than this is not heard.
            if (dbm > -92)
            {
                visits.Hear(happened, late: false, new Heard(7, r, (int)Math.Round(dbm), Mall.Ten + (second * 1_000L)));
            }
        }

        visits.Advance(Mall.Ten + (second * 1_000L), happened);
    }
}
