using Presence.Kit;
using Xunit;

namespace Presence.Unit.Simulator;

public class ScaledTimeTests
{
    private static readonly DateTimeOffset Wall = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Origin = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    private readonly ShopClock _wall = new(Wall);

    [Fact]
    public void Until_the_anchor_it_runs_at_the_walls_pace_and_then_at_its_own()
    {
        var clock = new ScaledTimeProvider(_wall, Origin, Wall.AddSeconds(10), scale: 600);

        Assert.Equal(Origin.AddSeconds(-10), clock.GetUtcNow());
        _wall.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Origin, clock.GetUtcNow());
        _wall.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(Origin.AddHours(1), clock.GetUtcNow());
    }

    [Fact]
    public void Two_programs_started_at_different_moments_show_the_same_time()
    {
        var first = new ScaledTimeProvider(_wall, Origin, Wall.AddSeconds(3), scale: 850);
        _wall.Advance(TimeSpan.FromSeconds(5));
        var second = new ScaledTimeProvider(_wall, Origin, Wall.AddSeconds(3), scale: 850);
        _wall.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(first.GetUtcNow(), second.GetUtcNow());
    }

    [Fact]
    public void A_timer_set_in_calm_rings_at_its_time_by_this_clock()
    {
        var clock = new ScaledTimeProvider(_wall, Origin, Wall.AddSeconds(10), scale: 100);
        DateTimeOffset? rang = null;
        using var timer = clock.CreateTimer(_ => rang = clock.GetUtcNow(), null, TimeSpan.FromSeconds(110), Timeout.InfiniteTimeSpan);

        _wall.Advance(TimeSpan.FromSeconds(10.9));
        Assert.Null(rang);
        _wall.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(Origin.AddSeconds(100), rang);
    }

    [Fact]
    public void A_periodic_timer_follows_the_pace_when_it_changes()
    {
        var clock = new ScaledTimeProvider(_wall, Origin, Wall.AddSeconds(2), scale: 10);
        var rang = new List<double>();
        using var timer = clock.CreateTimer(_ => rang.Add((clock.GetUtcNow() - Origin).TotalSeconds), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        _wall.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal([-1, 0, 1, 2, 3, 4, 5], rang);
    }

    [Fact]
    public void A_short_wait_at_a_great_pace_is_still_a_wait()
    {
        var clock = new ScaledTimeProvider(_wall, Origin, Wall, scale: 5000);

        Assert.Equal(TimeSpan.FromMilliseconds(1), clock.OnTheWall(TimeSpan.FromMilliseconds(100)));
        Assert.Equal(TimeSpan.Zero, clock.OnTheWall(TimeSpan.Zero));
        Assert.Equal(Timeout.InfiniteTimeSpan, clock.OnTheWall(Timeout.InfiniteTimeSpan));
    }
}
