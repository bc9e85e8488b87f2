using Presence.Cloud.Stages;
using Presence.EdgeAgent;
using Presence.EdgeAgent.Keys;
using Presence.Kit;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>Clocks that jump, drift, or were never set, from the gateway's word to the times the cloud reckons with (fault 3).</summary>
public sealed class ClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 4, 0, 0, TimeSpan.Zero);

    private readonly ShopClock _true = new(Noon);
    private readonly SkewedClock _gateways;

    public ClockTests() => _gateways = new(_true);

    [Theory]
    [InlineData(-1.0, 0)]
    [InlineData(1.0, 0)]
    [InlineData(-20_770.0, 0)] // 1970
    [InlineData(4_200.0, 0)] // 2038
    [InlineData(0.0, 0.01)]
    [InlineData(0.0, -0.01)]
    public void What_a_gateway_hears_is_dated_right_whatever_its_clock_shows(double daysWrong, double drift)
    {
        (_gateways.Error, _gateways.Drift) = (TimeSpan.FromDays(daysWrong), drift);
        var cloud = new GatewayClock("gw-1");
        var venue = new VenueClock(_gateways);
        for (var minute = 0; minute < 120; minute++)
        {
            for (var i = 0; i < 12; i++)
            {
                _true.Advance(TimeSpan.FromSeconds(5));
                cloud.Heard(new() { Boot = 1, Online = true, At = Math.Max(Ms(_gateways), 1) }, Ms(_true), tolerance: 2_000);
                venue.Heard(Ms(_true));
            }

            // The next sighting, some seconds after a status.
            _true.Advance(TimeSpan.FromSeconds(3));
            var dated = Ms(_gateways) + cloud.Correction;
            Assert.InRange(dated - Ms(_true), -2_500, 2_500);
            Assert.InRange(venue.Now - Ms(_true), -100, 100);
        }

        Assert.InRange(venue.ErrorMs!.Value + cloud.ClockError, -2_500, 2_500);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_jump_in_the_middle_of_the_day_is_seen_said_and_over_within_a_minute(int days)
    {
        var watch = new ClockWatch(_gateways);
        var cloud = new GatewayClock("gw-1");
        void Live(int seconds)
        {
            for (var i = 0; i < seconds; i += 5)
            {
                _true.Advance(TimeSpan.FromSeconds(5));
                cloud.Heard(new() { Boot = 1, Online = true, At = Ms(_gateways), Clock = watch.State }, Ms(_true), tolerance: 2_000);
            }
        }

        Live(60);
        Assert.Equal((ClockState.Trusted, 0), (watch.State, cloud.Correction));
        _gateways.Error = TimeSpan.FromDays(days);
        Assert.Equal(ClockState.Doubtful, watch.State);
        Live(60);
        Assert.InRange(Ms(_gateways) + cloud.Correction - Ms(_true), -2_500, 2_500);

        // Said for an hour; then it is a clock like any other again.
        Live(3_400);
        Assert.Equal(ClockState.Doubtful, watch.State);
        Live(300);
        Assert.Equal(ClockState.Trusted, watch.State);
    }

    [Fact]
    public void A_clock_that_was_never_set_is_not_trusted()
    {
        _gateways.Error = DateTimeOffset.UnixEpoch - Noon;
        Assert.Equal(ClockState.Doubtful, new ClockWatch(_gateways).State);
    }

    [Fact]
    public void Visits_wait_for_what_lies_in_a_backlog()
    {
        var cloud = new GatewayClock("gw-1");
        var oldest = Noon.AddHours(-2).ToUnixTimeMilliseconds();
        cloud.Heard(new() { Boot = 1, Online = true, At = Ms(_true), CompleteTo = Ms(_true), BacklogWaiting = 5, OldestAt = oldest }, Ms(_true), tolerance: 2_000);
        Assert.True(cloud.SettleMark < oldest);
        cloud.Heard(new() { Boot = 1, Online = true, At = Ms(_true), CompleteTo = Ms(_true) }, Ms(_true), tolerance: 2_000);
        Assert.Equal(Ms(_true), cloud.SettleMark);
    }

    private static long Ms(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
