using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>Where in a room somebody stands is learned from who hears them louder than its middle is heard, and only a change is a surprise then.</summary>
public sealed class ZonePlaceTests
{
    // Rooms, and their receivers.
    private const int Left = 3;
    private const int Middle = 4;
    private const int Right = 5;
    private const int Above = 7;

    // Nine rooms of 10 x 10 m, a receiver in the middle of each.
    private static readonly VenueMap Map = Mall.Map with
    {
        Floors = [new Floor("F1", new LocalText("Ground floor"), 30, 30)],
        Zones = [.. Enumerable.Range(0, 9).Select(i => new Zone($"room-{i}", "F1", new LocalText($"Room {i}"), Box(i % 3 * 10, i / 3 * 10), []))],
        Receivers = [.. Enumerable.Range(0, 9).Select(i => new Receiver($"gw-{i}", 0, "F1", new Spot((i % 3 * 10) + 5, (i / 3 * 10) + 5), $"room-{i}"))],
    };

    private static readonly ZoneModel Model = new(new VenuePlan(Map, Mall.Policy));

    private static readonly Arbitrary<Spot> Spots = Gen.Choose(105, 195).Two().Select(at => new Spot(at.Item1 / 10.0, at.Item2 / 10.0)).ToArbitrary();

    [Fact]
    public void Who_stands_right_of_the_middle_is_expected_louder_to_the_right() => Prop.ForAll(Spots, at =>
    {
        var place = Learned(r => Level(at, r));
        bool Leans(int receiver, double by) => Math.Abs(by) < 1.5 || Math.Sign(Louder(place, receiver)) == Math.Sign(by);
        return Leans(Right, at.X - 15) && Leans(Left, 15 - at.X) && Leans(Above, at.Y - 15);
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void What_is_heard_there_is_expected_better_than_from_anywhere_in_the_room() => Prop.ForAll(Spots, at =>
    {
        var place = Learned(r => Level(at, r), buckets: 40);
        double Missed(ZonePlace of) => Enumerable.Range(0, 9).Where(r => r != Middle).Sum(r => Math.Abs(Level(at, r) - Model.Expected(Middle, r) - Louder(of, r)));
        return (Outlines.Between(at, new Spot(15, 15)) < 2.5 || Missed(place) < 0.35 * Missed(default)).Label($"{Missed(place)} dB missed instead of {Missed(default)}");
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_loud_phone_stands_where_a_quiet_one_does() => Prop.ForAll(Spots, Gen.Choose(-20, 20).ToArbitrary(), (at, gain) =>
        Same(Learned(r => Level(at, r)), Learned(r => Level(at, r) + gain, gain)))
        .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void However_much_louder_one_side_hears_nobody_stands_beyond_the_wall() => Prop.ForAll(
        Gen.Choose(-60, 60).Two().ToArbitrary(), Gen.Choose(1, 30).ToArbitrary(), (tilt, buckets) =>
        {
            var place = Learned(r => Model.Expected(Middle, r) + (tilt.Item1 * ((r % 3) - 1)) + (tilt.Item2 * ((r / 3) - 1)), buckets: buckets);
            bool Leans(int receiver, int by) => Math.Abs(by) < 4 || Math.Sign(Louder(place, receiver)) == Math.Sign(by);
            return Leans(Right, tilt.Item1) && Leans(Above, tilt.Item2) && Enumerable.Range(0, 9).All(r => Math.Abs(Louder(place, r)) <= (Most(r) / 2) + 0.2);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void One_receiver_through_a_body_or_a_door_moves_nobody_far() => Prop.ForAll(Gen.Choose(12, 50).ToArbitrary(), Gen.Elements(-1, 1).ToArbitrary(), (off, way) =>
    {
        ZonePlace Heard(double beside) => Learned(r => Model.Expected(Middle, r) + (r == Right ? beside : 0), buckets: 1);
        return Same(Heard(12 * way), Heard(off * way)) && !Same(Heard(6 * way), Heard(12 * way));
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Nothing_is_learned_from_silence_from_receivers_not_trusted_or_from_what_was_expected()
    {
        var (place, still) = (Learned(r => Level(new Spot(19, 12), r)), default(ZonePlace));
        Assert.NotEqual(0, Louder(place, Right));
        var moved = place;
        moved.Learn(Model, Belief(0), [], new ReceiverWatch(9, Mall.Policy));
        Assert.True(Same(place, moved));

        var watch = new ReceiverWatch(9, Mall.Policy);
        watch.Trust.AsSpan().Clear();
        moved.Learn(Model, Belief(0), [Cell(Left, -30)], watch);
        Assert.True(Same(place, moved));
        Assert.True(Same(still, Learned(r => Model.Expected(Middle, r))));
    }

    [Fact]
    public void A_plane_of_levels_is_found_as_steep_as_it_is() => Prop.ForAll(Gen.Choose(-40, 40).Two().ToArbitrary(), Gen.Choose(1, 40).Two().ToArbitrary(), (rise, size) =>
    {
        var (width, depth) = size;
        var corner = from i in Enumerable.Range(0, 5) from j in Enumerable.Range(0, 4) where (3 * i) + (4 * j) <= 12 select new Spot(7 + (width * i / 4.0), 3 + (depth * j / 3.0));
        var part = new ZonePart(0, 0, [.. corner]);
        var slope = part.SlopeOf([.. part.Points.Select(p => -70 + (rise.Item1 * (p.X - 7) / width) + (rise.Item2 * (p.Y - 3) / depth))]);
        return Math.Abs(slope.X - (rise.Item1 / 2.0)) < 1e-6 && Math.Abs(slope.Y - (rise.Item2 / 2.0)) < 1e-6;
    }).Check(Config.QuickThrowOnFailure);

    private static ZonePlace Learned(Func<int, double> level, double gain = 0, int buckets = 12)
    {
        var (place, watch, cells) = (default(ZonePlace), new ReceiverWatch(9, Mall.Policy), Enumerable.Range(0, 9).Select(r => Cell(r, level(r))).ToArray());
        for (var b = 0; b < buckets; b++)
        {
            place.Learn(Model, Belief(gain), cells, watch);
        }

        return place;
    }

    private static ZoneBelief Belief(double gain) => ZoneBelief.Nowhere with { Anchor = Middle, Gain256 = (short)(gain * 256) };

    private static EvidenceSum Cell(int receiver, double dbm) => new() { Receiver = receiver, Count = 1, Mean = (float)dbm };

    private static float Louder(ZonePlace place, int receiver) => place.Louder(ref Model.LineOf(Middle, receiver));

    private static bool Same(ZonePlace one, ZonePlace other) => Enumerable.Range(0, 9).All(r => Math.Abs(Louder(one, r) - Louder(other, r)) < 0.1);

    // From the corner where a receiver hears best to the one where it hears worst.
    private static double Most(int receiver) => Corners.Max(at => Level(at, receiver)) - Corners.Min(at => Level(at, receiver));

    private static IEnumerable<Spot> Corners => [new(10, 10), new(20, 10), new(20, 20), new(10, 20)];

    private static double Level(Spot at, int receiver)
    {
        var metres = Outlines.Between(at, Map.Receivers[receiver].At);
        return Mall.Policy.NearWifiDbm - (Mall.Policy.FallDb * Math.Log10(Math.Sqrt((metres * metres) + 4))) - (receiver == Middle ? 0 : Mall.Policy.WallDb);
    }

    private static ImmutableArray<Spot> Box(double x, double y) => [new(x, y), new(x + 10, y), new(x + 10, y + 10), new(x, y + 10)];
}
