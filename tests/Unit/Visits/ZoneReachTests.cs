using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>Where somebody can have gone.</summary>
public sealed class ZoneReachTests
{
    [Theory]
    [InlineData("room-0", -66, -65)]
    [InlineData("room-2", -65, -66)]
    public void Who_sounds_to_be_in_two_rooms_is_in_the_one_that_a_door_leads_to(string behindTheDoor, int left, int right)
    {
        var map = Mall.Rooms(3) with { Passages = [new Passage("room-1", behindTheDoor)] };
        var (visits, happened) = (new VenueVisits(map, Mall.Policy), new VisitEventList());
        Hear(visits, happened, 0, (1, -55), (0, -75), (2, -75));
        happened.Clear();

        // Left and right nearly alike, and hardly in the middle.
        Hear(visits, happened, 60, (0, left), (2, right), (1, -80));

        var entered = happened.Events.ToArray().First(e => e.Kind == VisitEventKind.ZoneEntered);
        Assert.Equal(behindTheDoor, map.Zones[entered.Zone].Id);
    }

    [Fact]
    public void A_room_without_a_door_on_the_plan_is_entered_all_the_same()
    {
        var map = Mall.Rooms(3) with { Passages = [new Passage("room-1", "room-0")] };
        var (visits, happened) = (new VenueVisits(map, Mall.Policy), new VisitEventList());
        Hear(visits, happened, 0, (1, -55), (0, -75), (2, -75));
        Hear(visits, happened, 60, (1, -75), (0, -85), (2, -50));

        Assert.Equal("room-2", map.Zones[happened.Events.ToArray().Last(e => e.Kind == VisitEventKind.ZoneEntered).Zone].Id);
    }

    [Theory]
    [InlineData(15, 5, 1)]
    [InlineData(35, 5, 3)]
    [InlineData(12, 13, 1)]
    public void A_signal_crosses_every_wall_on_its_way_once_where_the_plan_draws_doors(double x, double y, int walls)
    {
        var hall = new Zone("hall", "F1", new LocalText("Hall"), [new Spot(0, 10), new Spot(40, 10), new Spot(40, 16), new Spot(0, 16)], []);
        var open = Mall.Map with { Zones = Mall.Map.Zones.Add(hall) };
        Assert.Equal(walls, new Borders(open with { Passages = [new Passage("room-0", "hall")] }).Between(0, new Spot(5, 5), new Spot(x, y)));
        Assert.Equal(1, new Borders(open).Between(0, new Spot(5, 5), new Spot(x, y)));
    }

    private static void Hear(VenueVisits visits, VisitEventList happened, int second, params (int Receiver, int Dbm)[] readings)
    {
        for (var s = second; s < second + 30; s += 2)
        {
            foreach (var (i, (receiver, dbm)) in readings.Index())
            {
                visits.Hear(happened, late: false, new Heard(7, receiver, dbm, Mall.Ten + (s * 1_000L) + (i * 20)));
            }
        }
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public void Who_is_back_three_minutes_after_going_through_a_wall_never_left(bool walled, int stays)
    {
        // Both shops have their doors to the fourth room.
        var map = Mall.Map with { Passages = walled ? [new("room-0", "room-3"), new("room-1", "room-3")] : [] };
        var (visits, happened) = (new VenueVisits(map, Mall.Policy), new VisitEventList());
        for (var s = 0; s < 1500; s += 5)
        {
            var room = s is >= 600 and < 780 ? 1 : 0;
            visits.Hear(happened, late: false, [.. Enumerable.Range(0, 3).Select(r => new Heard(1, r, -50 - (15 * Math.Abs(r - room)), Mall.Ten + (s * 1000)))]);
        }

        visits.Advance(Mall.Ten + 7_200_000, happened);
        Assert.Equal(stays, happened.Events.ToArray().Count(e => e.Kind == VisitEventKind.StaySettled));
    }
}
