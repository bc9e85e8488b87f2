using Presence.EdgeAgent.Listening;

namespace Presence.Integration.Gateway;

/// <summary>A gateway says how its radios are while they come up.</summary>
public sealed class RadioCountsTests
{
    [Fact]
    public void A_radio_that_comes_up_while_the_gateway_says_how_it_is_disturbs_nobody()
    {
        for (var tries = 0; tries < 300; tries++)
        {
            var radios = new RadioCounts();
            var coming = Task.Run(() =>
            {
                for (ushort number = 0; number < 64; number++)
                {
                    radios.Count(number);
                }
            });
            while (!coming.IsCompleted)
            {
                Assert.InRange(radios.Look().Length, 0, 64);
            }

            Assert.Equal(64, radios.Look().Length);
        }
    }
}
