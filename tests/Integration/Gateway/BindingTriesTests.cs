using System.Net;
using Presence.EdgeAgent.Binding;
using Presence.Kit;

namespace Presence.Integration.Gateway;

/// <summary>How often a device may be tried to be bound.</summary>
public sealed class BindingTriesTests
{
    [Fact]
    public void One_visitor_who_tries_without_end_keeps_nobody_else_from_binding()
    {
        var time = new ShopClock(new(2026, 11, 20, 4, 0, 0, TimeSpan.Zero));
        var tries = new BindingTries(time);
        var (rogue, shopper) = (IPAddress.Parse("10.0.0.7"), IPAddress.Parse("10.0.0.8"));
        Assert.Equal(BindingTries.MostOfOne, Enumerable.Range(0, 10_000).Count(_ => tries.TryCount(rogue)));
        Assert.True(tries.TryCount(shopper));

        // Many together are bounded too, and a minute later all is as before.
        var more = Enumerable.Range(0, 1_000).Count(i => tries.TryCount(new IPAddress([10, 1, (byte)(i >> 8), (byte)i])));
        Assert.Equal(BindingTries.MostOfAll - BindingTries.MostOfOne - 1, more);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(tries.TryCount(rogue));
    }
}
