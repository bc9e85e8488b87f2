using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Presence.Offers;
using Xunit;

namespace Presence.Unit.Rules;

/// <summary>Tiers follow from spend: up in the moment of the purchase, kept to the date, down on the date.</summary>
public class TierTests
{
    private const long Day = 86_400_000;
    private static readonly MemberId Anna = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly TierPolicy Policy = new([new Tier("silver", 1_000), new Tier("gold", 3_000)], TimeSpan.FromDays(30), TimeSpan.FromDays(10));

    [Fact]
    public void Any_shopping_gives_the_tiers_that_looking_at_every_purchase_on_every_day_gives() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Gen.Choose(0, 2_500).Select(cents => cents > 1_200 ? 0 : cents).ArrayOf(120).ToArbitrary(), cents =>
        {
            // One purchase a day at most; the simple book keeps all of them and looks at the tier each day.
            var (book, simple, bought) = (new TierBook { Policy = Policy }, TierState.None, new List<(long, long)>());
            for (var day = 0; day < cents.Length; day++)
            {
                var at = (day * Day) + 1;
                if (simple.Name is not null && simple.Until <= at)
                {
                    simple = simple.Look(Policy, bought, simple.Until);
                }

                _ = book.Review(at).Count();
                if (cents[day] > 0)
                {
                    bought.Add((at, cents[day]));
                    simple = simple.Look(Policy, bought, at);
                    book.Bought(Anna, cents[day], at, at);
                }

                book = Restored(book);
                if (book.Of(Anna) != simple)
                {
                    return false;
                }
            }

            return true;
        }));

    [Fact]
    public void A_tier_is_reviewed_on_its_own_date_however_late_anybody_looks()
    {
        var book = new TierBook { Policy = Policy };
        Assert.True(book.Bought(Anna, 3_500, Day, Day));
        Assert.Equal(new TierState("gold", Day, 11 * Day), book.Of(Anna));
        Assert.Equal(11 * Day, book.NextReview);

        // Kept three times because the spend still counts on the 11th and 21st; on the 31st day it does not.
        Assert.Equal([Anna], book.Review(500 * Day));
        Assert.Equal(TierState.None with { Since = 31 * Day }, book.Of(Anna));
        Assert.Equal(long.MaxValue, book.NextReview);
    }

    [Fact]
    public void Many_small_purchases_of_a_day_count_together_and_goods_that_come_back_do_not()
    {
        var book = new TierBook { Policy = Policy };
        for (var i = 0; i < 9; i++)
        {
            Assert.False(book.Bought(Anna, 100, i, i));
        }

        Assert.False(book.Bought(Anna, -100, 10, 10));
        Assert.False(book.Bought(Anna, 100, 11, 11));
        Assert.True(book.Bought(Anna, 100, 12, 12));
    }

    [Fact]
    public void What_people_of_the_venue_give_by_hand_spend_does_not_take()
    {
        var book = new TierBook { Policy = Policy };
        book.Graded(Anna, "vip", 0);
        Assert.False(book.Bought(Anna, 9_000, 1, 1));
        Assert.Empty(book.Review(900 * Day));
        Assert.Equal("vip", book.Of(Anna).Name);

        // One of the policy's own is kept as if it were earned that day.
        book.Graded(Anna, "silver", 1_000 * Day);
        Assert.Empty(book.Review((1_010 * Day) - 1));
        Assert.Equal([Anna], book.Review(1_010 * Day));
    }

    [Fact]
    public void The_shipped_programme_can_be_used_as_it_is()
    {
        var shipped = LoyaltyProgramme.Read(File.ReadAllText(Path.Combine(RuleMall.Definitions, "loyalty", "programme.json")), Kit.Simulator.DemoMall.Map);
        Assert.Equal(["silver", "gold"], shipped.Tiers!.Tiers.Select(t => t.Name));
        Assert.Equal(2, shipped.Rewards.Length);
    }

    private static TierBook Restored(TierBook book)
    {
        var bytes = new ArrayBufferWriter<byte>();
        book.Save(bytes);
        var again = new TierBook { Policy = book.Policy };
        again.Load(bytes.WrittenSpan);
        return again;
    }
}
