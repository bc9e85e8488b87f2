using FsCheck;
using FsCheck.Fluent;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>How many walls a signal goes through.</summary>
public sealed class BordersTests
{
    [Theory]
    [InlineData(15, 5, 1)]
    [InlineData(35, 5, 3)]
    [InlineData(12, 13, 1)]
    public void A_signal_crosses_every_wall_on_its_way_once_where_the_plan_draws_doors(double x, double y, int walls)
    {
        var open = Mall.Map with { Zones = Mall.Map.Zones.Add(Box("hall", 0, 10, 40, 6)) };
        Assert.Equal(walls, Drawn(open).Between(0, new Spot(5, 5), new Spot(x, y)));
        Assert.Equal(1, new Borders(open).Between(0, new Spot(5, 5), new Spot(x, y)));
    }

    [Fact]
    public void A_stall_that_stands_in_a_hall_has_all_its_walls()
    {
        var stalls = Drawn(Of([Box("hall", 0, 0, 60, 20), Box("left", 5, 5, 10, 10), Box("middle", 25, 5, 10, 10), Box("right", 45, 5, 10, 10)]));
        Assert.Equal(1, stalls.Between(0, new Spot(10, 10), new Spot(20, 10)));
        Assert.Equal(2, stalls.Between(0, new Spot(10, 10), new Spot(30, 10)));
        Assert.Equal(4, stalls.Between(0, new Spot(10, 10), new Spot(50, 10)));
    }

    [Theory]
    [InlineData(5, 5, 35, 35)]
    [InlineData(5, 10, 35, 10)]
    public void A_signal_through_corners_and_along_a_wall_crosses_what_lies_across_its_way(double x, double y, double toX, double toY)
    {
        var rooms = Drawn(Of([.. from i in Enumerable.Range(0, 4) from j in Enumerable.Range(0, 4) select Box($"room-{i}-{j}", 10 * i, 10 * j, 10, 10)]));
        Assert.Equal(3, rooms.Between(0, new Spot(x, y), new Spot(toX, toY)));
    }

    [Fact]
    public void A_wall_that_each_side_draws_where_it_sees_it_is_one() => Assert.Equal(
        1, Drawn(Of([Box("left", 0, 0, 9.9, 10), Box("right", 10.1, 0, 9.9, 10)])).Between(0, new Spot(5, 5), new Spot(15, 6)));

    [Fact]
    public void Asking_only_the_borders_near_a_way_finds_as_many_walls_as_asking_all() => Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), seed =>
    {
        var dice = new System.Random(seed);
        // Half of the plans are drawn in whole metres, where corners meet.
        var round = dice.Next(2) == 0;
        double Roll(double most) => round ? dice.Next((int)most) : dice.NextDouble() * most;
        Spot Somewhere() => new(Roll(120) - 10, Roll(60) - 10);
        var map = Of([.. Enumerable.Range(0, 1 + dice.Next(30)).Select(i => dice.Next(3) == 0
            ? new Zone($"z{i}", "F1", new LocalText("z"), [.. Enumerable.Range(0, 3 + dice.Next(6)).Select(_ => Somewhere())], [])
            : Box($"z{i}", Roll(90), Roll(30), 1 + Roll(20), 1 + Roll(20)))]);
        var borders = Drawn(map);
        return Enumerable.Range(0, 100).Select(_ => (From: Somewhere(), To: Somewhere())).All(w => borders.Between(0, w.From, w.To) == Plain(map, w.From, w.To));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void On_a_floor_without_doors_nobody_knows_which_borders_are_walls()
    {
        var rooms = Enumerable.Range(0, 4).Select(i => Box($"room-{i}", 10 * i, 0, 10, 10)).ToArray();
        var upper = rooms.Select(r => r with { Id = $"upper-{r.Id}", Floor = "F2" });
        var map = Of([.. rooms, .. upper]) with { Floors = Mall.Map.Floors.Add(new Floor("F2", new LocalText("Upper floor"), 40, 10)) };
        int[] Walls(params Passage[] ways) => [.. Enumerable.Range(0, 2).Select(f => new Borders(map with { Passages = [.. ways] }).Between(f, new Spot(5, 5), new Spot(35, 5)))];

        Assert.Equal([1, 1], Walls(new("room-0", "upper-room-0"), new("room-1")));
        Assert.Equal([3, 1], Walls(new("room-0", "room-1"), new("room-1", "upper-room-1")));
        Assert.Equal([1, 3], Walls(new Passage("upper-room-2", "upper-room-3")));
    }

    private static int Plain(VenueMap map, Spot from, Spot to)
    {
        (from, to) = from.X <= to.X ? (from, to) : (to, from);
        var places = new List<double>();
        foreach (var zone in map.Zones)
        {
            foreach (var (i, corner) in zone.Outline.Index())
            {
                var next = zone.Outline[(i + 1) % zone.Outline.Length];
                var (a, b) = (corner.X, corner.Y).CompareTo((next.X, next.Y)) < 0 ? (corner, next) : (next, corner);
                var (begin, end) = (Turn(a, b, from), Turn(a, b, to));
                if (Turn(from, to, a) * Turn(from, to, b) <= 0 && Turn(from, to, a) != Turn(from, to, b) && begin * end < 0)
                {
                    places.Add(begin / (begin - end));
                }
            }
        }

        places.Sort();
        return Math.Max(1, places.Where((p, i) => i == 0 || (p - places[i - 1]) * Outlines.Between(from, to) > 0.5).Count());

        static double Turn(Spot a, Spot b, Spot c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
    }

    private static VenueMap Of(Zone[] zones) => Mall.Map with { Zones = [.. zones], Receivers = [] };

    private static Borders Drawn(VenueMap map) => new(map with { Passages = [new Passage(map.Zones[0].Id, map.Zones[^1].Id)] });

    private static Zone Box(string id, double x, double y, double width, double depth) =>
        new(id, "F1", new LocalText(id), [new Spot(x, y), new Spot(x + width, y), new Spot(x + width, y + depth), new Spot(x, y + depth)], []);
}
