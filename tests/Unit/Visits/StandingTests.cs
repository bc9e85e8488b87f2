using FsCheck;
using FsCheck.Fluent;
using Presence.Kit.Simulator;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>Who has stood in a place for a while is known to stand there: what the radio does is then no change, and a change still is one.</summary>
public sealed class StandingTests
{
    private const int Phones = 20;
    private static readonly VenueMap Map = Mall.Rooms(4);

    [Fact]
    public void Who_stands_at_the_wall_is_seldom_said_to_change_once_it_is_known_where()
    {
        var changes = Follow(_ => new Spot(10.3, 5), minutes: 14, seed: 5).Where(e => e.Kind == VisitEventKind.ZoneEntered).Select(e => (e.At - Mall.Ten) / 60_000).ToArray();
        var (first, later) = (changes.Count(m => m < 2), changes.Count(m => m >= 3));
        Assert.True(first > Phones && later <= Phones * 11 / 20, $"{first} changes in the first two minutes, {later} from the fourth on: more than one in twenty minutes");
    }

    [Fact]
    public void Wherever_one_stood_leaving_is_said_soon() => Prop.ForAll(
        Gen.Choose(1, 9).Two().Two().ToArbitrary(),
        at =>
        {
            var ((x, y), (toX, toY)) = at;
            var said = Follow(minute => minute < 5 ? new Spot(10 + x, y) : new Spot(30 + toX, toY), minutes: 6, seed: 7);
            var late = Enumerable.Range(1, Phones).Select(d => said
                .Where(e => e.Device.Hash == (ulong)d && e.Kind == VisitEventKind.ZoneEntered && e.Zone == 3).Select(e => e.At - Mall.Ten - 300_000)
                .DefaultIfEmpty(60_000).First()).Order().ToArray();
            return (late[Phones / 2] is >= 0 and <= 4_000).Label($"{late[Phones / 2]} ms in the median, {late[^1]} at most, from {x}, {y} to {toX}, {toY}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));

    [Fact]
    public void Who_walks_about_in_a_shop_is_not_taken_for_where_it_was()
    {
        // Round the shop, a metre from its walls, once in half a minute.
        Spot Round(double minute) => new(15 + (4 * Math.Cos(4 * Math.PI * minute)), 5 + (4 * Math.Sin(4 * Math.PI * minute)));
        var changes = Follow(Round, minutes: 12, seed: 9).Where(e => e.Kind == VisitEventKind.ZoneEntered).Select(e => (e.At - Mall.Ten) / 60_000).ToArray();
        Assert.True(changes.Count(m => m >= 7) <= changes.Count(m => m is >= 1 and < 6), $"said to change in the minutes {string.Join(", ", changes)}");
    }

    [Theory]
    [InlineData(-10, 1, 20)]
    [InlineData(-12, 0.1, 6)]
    public void A_phone_that_is_picked_up_or_hidden_by_a_passer_by_is_seldom_said_to_have_gone(int fainter, double minutes, int most)
    {
        var changes = Follow(_ => new Spot(13, 5), minutes: 8, seed: 11, hidden: (m, _) => m >= 6 && m < 6 + minutes ? fainter : 0)
            .Count(e => e.Kind == VisitEventKind.ZoneEntered && e.Zone != 1 && e.At >= Mall.Ten + 360_000);
        Assert.True(changes <= most, $"{changes} of {Phones}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Who_stands_still_stands_when_a_receiver_dies(int dead)
    {
        var changes = Follow(_ => new Spot(12, 5), minutes: 9, seed: 13, hidden: (m, r) => r == dead && m >= 5 ? null : 0)
            .Count(e => e.Kind == VisitEventKind.ZoneEntered && e.Zone != 1 && e.At >= Mall.Ten + 300_000);
        Assert.True(changes <= 4, $"{changes} of {Phones} in four minutes");
    }

    [Fact]
    public void A_restart_forgets_neither_who_stands_nor_where() => Prop.ForAll(Gen.Choose(1, 330).ToArbitrary(), second =>
    {
        Spot At(double minute) => minute < 5 ? new Spot(10.3, 5) : new Spot(34, 2);
        return Follow(At, minutes: 6, seed: 15).SequenceEqual(Follow(At, minutes: 6, seed: 15, restart: second * 1000));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5));

    [Fact]
    public void Who_is_heard_from_outside_all_zones_stands_nowhere()
    {
        var map = Map with { Receivers = [Map.Receivers[0] with { Zone = "street" }] };
        var (visits, happened) = (new VenueVisits(map, Mall.Policy), new VisitEventList());
        for (var s = 0; s < 300; s += 5)
        {
            visits.Hear(happened, late: false, new Heard(1, 0, -60, Mall.Ten + (s * 1000)));
            visits.Advance(Mall.Ten + (s * 1000), happened);
        }

        visits.Advance(Mall.Ten + 7_200_000, happened);
        Assert.Contains(happened.Told(), e => e.StartsWith("VisitSettled", StringComparison.Ordinal));
        Assert.DoesNotContain(happened.Told(), e => e.StartsWith("ZoneEntered", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_stands_where_two_parts_of_a_hall_meet_is_seldom_said_to_change()
    {
        var hall = new Zone("hall", "F1", new LocalText("Hall"), [new Spot(0, 10), new Spot(20, 10), new Spot(20, 20), new Spot(0, 20)], []);
        var map = Map with
        {
            Zones = Map.Zones.Add(hall),
            Receivers = [.. Map.Receivers, new Receiver("gw-4", 0, "F1", new Spot(5, 15), "hall"), new Receiver("gw-5", 0, "F1", new Spot(15, 15), "hall")],
        };
        Assert.Equal(2, ZonePart.Of(map).Count(p => p.Zone == 4));

        // At the corner of two shops besides.
        var later = Follow(_ => new Spot(10, 10.5), minutes: 14, seed: 17, map: map).Count(e => e.Kind == VisitEventKind.ZoneEntered && e.At >= Mall.Ten + 180_000);
        Assert.True(later <= Phones * 11 / 20, $"{later} changes from the fourth minute on: more than one in twenty minutes");
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(50, 50)]
    public void In_a_shop_of_one_room_and_one_receiver_all_stay_wherever_that_hangs(double x, double y)
    {
        var shop = Mall.Rooms(1);
        var said = Follow(minute => new Spot(minute < 3 ? 1 : 9, 8), minutes: 6, seed: 19, map: shop with { Receivers = [shop.Receivers[0] with { At = new Spot(x, y) }] });
        Assert.Equal(Phones, said.Count(e => e.Kind == VisitEventKind.ZoneEntered));
        Assert.DoesNotContain(said, e => e.Kind is VisitEventKind.ZoneLeft or VisitEventKind.VisitEnded);
    }

    // Receivers hear all phones in turn, four a second, with noise of 5.9 dB.
    private static VisitEvent[] Follow(
        Func<double, Spot> at, int minutes, ulong seed, Func<double, int, double?>? hidden = null, int restart = -1, VenueMap? map = null)
    {
        map ??= Map;
        var (visits, happened, dice) = (new VenueVisits(map, Mall.Policy), new VisitEventList(), new Dice(seed));
        for (var ms = 0; ms < minutes * 60_000; ms += 250)
        {
            var (r, minute) = (ms / 250 % map.Receivers.Length, ms / 60_000.0);
            if ((hidden is null ? 0 : hidden(minute, r)) is { } fainter)
            {
                var level = Level(map, at(minute), r) + fainter;
                visits.Hear(happened, late: false, [.. Enumerable.Range(1, Phones).Select(d => new Heard((ulong)d, r, (sbyte)Math.Clamp(dice.Normal(level, 5.9), -120, 0), Mall.Ten + ms))]);
            }

            visits.Advance(Mall.Ten + ms, happened);
            visits = ms == restart ? visits.Reloaded(map) : visits;
        }

        return happened.Events.ToArray();
    }

    private static double Level(VenueMap map, Spot at, int receiver)
    {
        var metres = Outlines.Between(at, map.Receivers[receiver].At);
        return Mall.Policy.NearWifiDbm - (Mall.Policy.FallDb * Math.Log10(Math.Sqrt((metres * metres) + 4))) - (Outlines.Contains(map.Zones[map.ZoneIndex(map.Receivers[receiver].Zone)].Outline, at) ? 0 : Mall.Policy.WallDb);
    }
}
