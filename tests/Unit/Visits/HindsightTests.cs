using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>What is heard later tells where somebody was before.</summary>
public sealed class HindsightTests
{
    private static readonly RadioPolicy Policy = new() { Square = 2, Speed = 1 };
    private static readonly PlaceGrid Corridor = PlaceGrid.Inside(2, [(0, [new(0, 0), new(12, 0), new(12, 2), new(0, 2)])]);
    private static readonly ImmutableArray<SourcePlace> Receivers = [new(0, new Spot(1, 1), 2), new(0, new Spot(11, 1), 2)];
    private static readonly RadioMap Map = RadioMap.Learn(Corridor, [0, 0], [], Receivers.AsSpan(), Policy);
    private static readonly PlaceMotion Motion = new(Corridor, Policy, []);

    [Fact]
    public void Hindsight_gives_each_place_the_chance_that_what_followed_gives_it()
    {
        var hearing = from near in Gen.Choose(-85, -55) from far in Gen.Choose(-85, -55) from pause in Gen.Choose(1, 5) select (near, far, pause / 2.0);
        Prop.ForAll(hearing.ListOf(5).ToArbitrary(), heard =>
        {
            // The slow way: for each square somebody who certainly stood there, and how likely what followed is then.
            var belief = New(Even());
            Hear(belief, heard.Take(2));
            var slow = Enumerable.Range(0, Corridor.Count)
                .Select(c => belief.Belief[c] * Math.Exp(Hear(New([.. Enumerable.Range(0, Corridor.Count).Select(o => o == c ? 1f : 0)]), heard.Skip(2)))).ToArray();

            Hear(belief, heard.Skip(2));
            var fast = new float[Corridor.Count];
            belief.Before(3, fast);
            return Enumerable.Range(0, fast.Length).All(c => Math.Abs(fast[c] - (slow[c] / slow.Sum())) < 0.005);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_visitor_who_only_seemed_to_walk_away_stayed()
    {
        var belief = New(Even());
        var stayed = (-58, -78, 0.5);
        Hear(belief, [.. Enumerable.Repeat(stayed, 6), .. Enumerable.Repeat((-82, -52, 0.5), 6)]);
        var atOnce = belief.Belief[0] + belief.Belief[1] + belief.Belief[2];

        Hear(belief, [.. Enumerable.Repeat(stayed, 6)]);
        var later = new float[Corridor.Count];
        belief.Before(6, later);

        Assert.True(atOnce < 0.5 && later[0] + later[1] + later[2] > 0.8, $"{atOnce} at once, {later[0] + later[1] + later[2]} in hindsight");
    }

    [Fact]
    public void No_more_is_looked_back_on_than_is_remembered()
    {
        var belief = new PlaceBelief(Map, Motion, Even(), Policy, remembered: 3);
        Hear(belief, [.. Enumerable.Repeat((-58, -78, 0.5), 8)]);
        var (oldest, beyond) = (new float[Corridor.Count], new float[Corridor.Count]);

        belief.Before(2, oldest);
        belief.Before(7, beyond);

        Assert.Equal(oldest, beyond);
    }

    private static float[] Even() => [.. Enumerable.Repeat(1f, Corridor.Count)];

    private static PlaceBelief New(float[] prior) => new(Map, Motion, prior, Policy, remembered: 16);

    private static double Hear(PlaceBelief belief, IEnumerable<(int Near, int Far, double Pause)> heard)
    {
        var log = 0.0;
        foreach (var (near, far, pause) in heard)
        {
            belief.Pass(pause);
            log += belief.Hear([new Loudness(0, near), new Loudness(1, far)], -1);
        }

        return log;
    }
}
