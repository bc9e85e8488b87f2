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
    [InlineData("room-3", 1)]
    [InlineData("room-1", 3)]
    [InlineData("upstairs", 3)]
    [InlineData(null, 3)]
    public void Who_is_back_three_minutes_after_going_through_a_wall_never_left(string? doorsTo, int stays)
    {
        // Both shops have their doors to the fourth room, or one between them. An escalator or a way out from each says nothing of what is between them.
        var map = Mall.Map with
        {
            Floors = Mall.Map.Floors.Add(new Floor("F2", new LocalText("Upper floor"), 40, 10)),
            Zones = Mall.Map.Zones.Add(Mall.Map.Zones[3] with { Id = "upstairs", Floor = "F2" }),
            Passages = [new("room-0", doorsTo), new("room-1", doorsTo == "room-1" ? "room-3" : doorsTo)],
        };
        var (visits, happened) = (new VenueVisits(map, Mall.Policy), new VisitEventList());
        for (var s = 0; s < 1500; s += 5)
        {
            var room = s is >= 600 and < 780 ? 1 : 0;
            visits.Hear(happened, late: false, [.. Enumerable.Range(0, 3).Select(r => new Heard(1, r, -50 - (15 * Math.Abs(r - room)), Mall.Ten + (s * 1000)))]);
        }

        visits.Advance(Mall.Ten + 7_200_000, happened);
        Assert.Equal(stays, happened.Events.ToArray().Count(e => e.Kind == VisitEventKind.StaySettled));
    }

    [Fact]
    public void Who_was_heard_in_the_hall_went_by_its_doors_and_is_believed_as_soon_as_ever()
    {
        // From the first shop through the hall to the second, for three minutes, and back.
        var map = Mall.Map with { Passages = [new("room-0", "room-3"), new("room-1", "room-3")] };
        var (visits, happened) = (new VenueVisits(map, Mall.Policy), new VisitEventList());
        for (var s = 0; s < 1_500; s += 5)
        {
            var room = s switch { < 600 => 0, < 640 => 3, < 820 => 1, < 860 => 3, _ => 0 };
            visits.Hear(happened, late: false, [.. Enumerable.Range(0, 4).Select(r => new Heard(1, r, -50 - (15 * Math.Abs(r - room)), Mall.Ten + (s * 1000)))]);
        }

        visits.Advance(Mall.Ten + 7_200_000, happened);
        var stays = happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.StaySettled).ToArray();
        Assert.Equal(["room-0", "room-1", "room-0"], stays.Select(e => map.Zones[e.Zone].Id));

        // The time in the hall is of neither shop.
        Assert.InRange((stays[0].At - Mall.Ten) / 1000, 580, 605);
        Assert.InRange((stays[1].Since - Mall.Ten) / 1000, 630, 660);
    }
}
