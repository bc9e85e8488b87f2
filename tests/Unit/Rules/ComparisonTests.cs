using Presence.Offers;
using Xunit;

namespace Presence.Unit.Rules;

/// <summary>The statistics keep their word, shown by experiments with known truth.</summary>
public class ComparisonTests
{
    private const int Experiments = 2_000;

    [Theory]
    [InlineData("minutes", 0)]
    [InlineData("minutes", 4)]
    [InlineData("spend", 0)]
    [InlineData("returned", 0.03)]
    public void The_fixed_interval_covers_the_truth_95_times_of_100(string outcome, double effect)
    {
        var dice = new Random(7);
        var covered = 0;
        for (var i = 0; i < Experiments; i++)
        {
            var (served, held) = Draw(dice, outcome, effect, 1_000);
            var found = Comparison.Of(served, held, 20);
            covered += found.Low <= effect && effect <= found.High ? 1 : 0;
        }

        Assert.InRange(covered / (double)Experiments, 0.93, 0.97);
    }

    [Theory]
    [InlineData("minutes")]
    [InlineData("spend")]
    [InlineData("returned")]
    public void Looking_every_day_at_a_rule_that_does_nothing_raises_few_false_alarms(string outcome)
    {
        var dice = new Random(11);
        int alarms = 0, fixedAlarms = 0;
        for (var i = 0; i < Experiments; i++)
        {
            Sample served = default, held = default;
            bool alarmed = false, fixedAlarmed = false;
            for (var day = 0; day < 60; day++)
            {
                (served, held) = Draw(dice, outcome, 0, 50, served, held);
                var found = Comparison.Of(served, held, 20);
                alarmed |= found.Verdict is Verdict.Better or Verdict.Worse;
                fixedAlarmed |= found.Low > 0 || found.High < 0;
            }

            alarms += alarmed ? 1 : 0;
            fixedAlarms += fixedAlarmed ? 1 : 0;
        }

        Assert.InRange(alarms / (double)Experiments, 0, 0.05);

        // The reason for the other interval: who looks every day at the fixed one is fooled far more often.
        Assert.True(fixedAlarms > Experiments * 0.15, $"{fixedAlarms} of {Experiments}");
    }

    [Fact]
    public void A_rule_that_works_is_shown_to_work()
    {
        var (served, held) = Draw(new Random(3), "minutes", 12, 4_000);
        Assert.Equal(Verdict.Better, Comparison.Of(served, held, 20).Verdict);
    }

    [Fact]
    public void Few_members_say_nothing()
    {
        var (served, held) = Draw(new Random(3), "minutes", 100, 300);
        Assert.Equal(Verdict.NotEnoughData, Comparison.Of(served, held, 20).Verdict);
    }

    [Fact]
    public void Groups_of_the_wrong_size_are_said_to_be_broken()
    {
        var (served, held) = Draw(new Random(3), "minutes", 12, 4_000);
        Assert.Equal(Verdict.GroupsBroken, Comparison.Of(served, held, 30).Verdict);
    }

    [Fact]
    public void Quantiles_agree_with_the_tables()
    {
        // Two groups of equal size and variance 1: the half width is t(2n-2) * sqrt(2/n). t(0.975, 198) = 1.972017 by the usual tables.
        Sample sample = new(100, 0, 99);
        Assert.Equal(1.972017 * Math.Sqrt(0.02), Comparison.Of(sample, sample, 50).High, 5);
    }

    private static (Sample Served, Sample Held) Draw(Random dice, string outcome, double effect, int members, Sample served = default, Sample held = default)
    {
        for (var i = 0; i < members; i++)
        {
            var out_ = dice.Next(100) < 20;
            var extra = out_ ? 0 : effect;
            var value = outcome switch
            {
                "minutes" => 40 + (30 * Normal(dice)) + extra,
                "spend" => dice.Next(100) < 60 ? 0 : Math.Exp(3 + Normal(dice)) + extra,
                _ => dice.NextDouble() < 0.3 + extra ? 1 : 0,
            };
            (served, held) = out_ ? (served, held.With(value)) : (served.With(value), held);
        }

        return (served, held);
    }

    private static double Normal(Random dice) => Math.Sqrt(-2 * Math.Log(1 - dice.NextDouble())) * Math.Cos(2 * Math.PI * dice.NextDouble());
}
