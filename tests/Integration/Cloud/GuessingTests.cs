using Presence.Cloud.Access;
using Presence.Kit;
using Presence.Offers;

namespace Presence.Integration.Cloud;

/// <summary>A million tries over fifty identities, and a thief with a new name for each: how many get through to a look-up at all, and how many hit.</summary>
public sealed class GuessingTests
{
    private const int Tries = 1_000_000, Live = 10_000;

    [Theory]
    [InlineData(50, true, 100)]
    [InlineData(50, false, 30_100)]
    [InlineData(Tries, true, 100)]
    public void A_million_tries_in_an_hour_find_no_coupon_and_few_are_even_looked_up(int identities, bool shortCodes, int mostAllowed)
    {
        var live = Enumerable.Range(0, Live).Select(i => CodeOf("the venue's own secret, kept well", i)).ToHashSet(StringComparer.Ordinal);
        var clock = new ShopClock(DateTimeOffset.Parse("2026-11-21T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        var guard = new GuessGuard(clock);
        var (allowed, hits) = (0, 0);
        for (var i = 0; i < Tries; i++)
        {
            if (i % 1_000 == 0)
            {
                clock.Advance(TimeSpan.FromSeconds(3.6));
            }

            var till = $"10.0.0.1 thief-{i % identities}";
            if (guard.WaitOf("mall", till, shortCodes) == TimeSpan.Zero)
            {
                allowed++;
                var hit = live.Contains(CodeOf("what the thief can only guess at", i));
                hits += hit ? 1 : 0;
                if (!hit)
                {
                    guard.Missed("mall", till, shortCodes);
                }
            }
        }

        Assert.Equal(0, hits);
        Assert.InRange(allowed, 1, mostAllowed);

        // Codes looked up, times open ones, over all there can be: the chance of one hit in that hour.
        Assert.InRange(allowed * (double)Live / Math.Pow(2, shortCodes ? 40 : 80), 0, 1e-6);

        string CodeOf(string secret, int i)
        {
            var (_, code, shortCode) = CouponCodes.Make(System.Text.Encoding.ASCII.GetBytes(secret), "mall", new MemberId(new Guid(i, 0, 0, new byte[8])), "rule", "offer", 0, 0);
            return shortCodes ? shortCode : code;
        }
    }
}
