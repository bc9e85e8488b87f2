using Presence.Offers;
using Xunit;

namespace Presence.Unit.Rules;

public class LoyaltyTests
{
    private const long Day = 86_400_000;

    [Fact]
    public void Points_move_and_are_never_made_or_lost()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var dice = new Random(seed);
            var ledger = PointsLedger.Empty;
            long at = 0;
            for (var i = 0; i < 60; i++)
            {
                at += dice.Next((int)(3 * Day));
                switch (dice.Next(4))
                {
                    case 0:
                        ledger = ledger.Give($"g{dice.Next(30)}", 1 + dice.Next(100), at, at + (dice.Next(3) * Day), at + (10 * Day));
                        break;
                    case 1:
                        var before = ledger.Pass(at).Spendable;
                        var points = 1 + dice.Next(150);
                        var known = ledger.Entries.Any(e => e.Key == $"s{i}");
                        Assert.Equal(known || before >= points, ledger.TrySpend($"s{i}", points, at, out ledger));
                        break;
                    case 2:
                        ledger = ledger.TakeBack($"b{i}", $"g{dice.Next(30)}", at);
                        break;
                    default:
                        ledger = ledger.Pass(at);
                        break;
                }

                Assert.Equal(0, Enum.GetValues<PointsAccount>().Sum(ledger.Balance));
                Assert.Equal(ledger.Spendable, ledger.Balance(PointsAccount.Member));
                Assert.Equal(ledger.Pending, ledger.Balance(PointsAccount.Pending));
                Assert.True(ledger.Spendable >= 0 && ledger.Pending >= 0);
            }
        }
    }

    [Fact]
    public void The_same_cause_gives_and_spends_once()
    {
        var ledger = PointsLedger.Empty.Give("sale-1", 50, 0, 0, 9 * Day).Give("sale-1", 50, 1, 1, 9 * Day);
        Assert.Equal(50, ledger.Spendable);
        Assert.True(ledger.TrySpend("gift-1", 30, 2, out ledger));
        Assert.True(ledger.TrySpend("gift-1", 30, 3, out ledger));
        Assert.Equal(20, ledger.Spendable);
        Assert.False(ledger.TrySpend("gift-2", 21, 4, out _));
    }

    [Fact]
    public void What_lapses_first_is_spent_first_and_what_is_pending_waits()
    {
        var ledger = PointsLedger.Empty.Give("late", 10, 0, 0, 9 * Day).Give("soon", 10, 0, 0, 2 * Day).Give("held", 5, 0, 3 * Day, 30 * Day);
        Assert.True(ledger.TrySpend("x", 8, Day, out ledger));
        Assert.Equal((12, 5), (ledger.Spendable, ledger.Pending));
        Assert.Equal((10, 5), (ledger.Pass(2 * Day).Spendable, ledger.Pass(2 * Day).Pending));
        Assert.Equal(15, ledger.Pass(3 * Day).Spendable);
        Assert.Equal(5, ledger.Pass(9 * Day).Spendable);
    }

    [Fact]
    public void Calling_off_an_order_keeps_no_points_from_lapsing_and_the_malls_grace_is_for_what_was_paid()
    {
        var book = new PointsBook { Policy = LoyaltyPolicy.Default with { Keeps = TimeSpan.FromDays(10) } };
        book.Give(RuleMall.Anna, "sale", 100, 0, pending: false);
        Assert.True(book.TrySpend(RuleMall.Anna, "order 1", 1, 9 * Day, out _, out var paid));
        book.GiveBack(RuleMall.Anna, "back 1", paid, 9 * Day, byMember: true);
        Assert.True(book.TrySpend(RuleMall.Anna, "order 2", 30, 9 * Day, out _, out paid));
        book.GiveBack(RuleMall.Anna, "back 2", paid, 9 * Day, byMember: false);
        Assert.Equal([100L, 30, 0], new[] { 9, 11, 39 }.Select(day => book.SpendableAt(RuleMall.Anna, day * Day)));
        Assert.True(book.TrySpend(RuleMall.Anna, "order 3", 30, 11 * Day, out _, out paid));
        Assert.Equal(30, book.GiveBack(RuleMall.Anna, "back 3", paid, 40 * Day, byMember: true).Single(e => e.To == PointsAccount.Expired).Points);
    }

    [Fact]
    public void Members_rise_at_once_and_fall_when_the_time_is_over()
    {
        var policy = new TierPolicy([new Tier("silver", 100_000), new Tier("gold", 500_000)], TimeSpan.FromDays(365), TimeSpan.FromDays(180));
        var bought = new List<(long, long)> { (0, 120_000) };
        var tier = TierState.None.Look(policy, bought, 0);
        Assert.Equal(new TierState("silver", 0, 180 * Day), tier);
        bought.Add((10 * Day, 400_000));
        tier = tier.Look(policy, bought, 10 * Day);
        Assert.Equal(new TierState("gold", 10 * Day, 190 * Day), tier);
        tier = tier.Look(policy, bought, 190 * Day);
        Assert.Equal(new TierState("gold", 10 * Day, 370 * Day), tier);
        Assert.Equal("gold", tier.Look(policy, bought, 369 * Day).Name);
        tier = tier.Look(policy, bought, 370 * Day);
        Assert.Equal("silver", tier.Name);
        Assert.Null(tier.Look(policy, bought, 560 * Day).Name);
    }
}
