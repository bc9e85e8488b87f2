using System.Buffers;
using Presence.Engine;
using Presence.Offers;
using Xunit;

namespace Presence.Unit.Rules;

public class RestartTests
{
    [Fact]
    public void A_restart_at_any_point_changes_nothing()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var venue = RuleMall.Venue();
            var dice = new RandomRules(seed);
            var book = dice.Book(venue);
            var facts = dice.Days(venue, "2027-02-26", 4);
            var cut = dice.Next(facts.Count);
            Assert.Equal(Play(book, facts, -1), Play(book, facts, cut));
        }
    }

    [Fact]
    public void A_snapshot_of_a_restored_state_has_the_same_bytes()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var venue = RuleMall.Venue();
            var dice = new RandomRules(seed);
            var book = dice.Book(venue);
            var decider = Decider(book);
            var lines = new Lines();
            foreach (var fact in dice.Days(venue, "2027-02-26", 3))
            {
                decider.Apply(fact, lines);
            }

            var first = Save(decider);
            var again = Decider(book);
            again.Load(first);
            Assert.True(first.AsSpan().SequenceEqual(Save(again)), $"seed {seed}");
        }
    }

    [Fact]
    public void A_broken_snapshot_is_refused_without_harm()
    {
        var venue = RuleMall.Venue();
        var dice = new RandomRules(1);
        var book = dice.Book(venue);
        var decider = Decider(book);
        foreach (var fact in dice.Days(venue, "2027-02-26", 1))
        {
            decider.Apply(fact, new Lines());
        }

        var bytes = Save(decider);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.ThrowsAny<Exception>(() => Decider(book).Load(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_rule_that_no_longer_exists_is_forgotten_with_what_waited_for_it()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var venue = RuleMall.Venue();
            var dice = new RandomRules(seed);
            var decider = Decider(dice.Book(venue));
            var facts = dice.Days(venue, "2027-02-26", 3);
            foreach (var fact in facts)
            {
                decider.Apply(fact, new Lines());
            }

            var empty = Decider(RuleBook.Empty);
            empty.Load(Save(decider));
            var lines = new Lines();
            empty.Advance(facts[^1].At + 864_000_000, lines);
            Assert.Empty(lines.Text);
        }
    }

    private static List<string> Play(RuleBook book, List<Fact> facts, int cut)
    {
        var decider = Decider(book);
        var lines = new Lines();
        foreach (var (i, fact) in facts.Index())
        {
            decider.Apply(fact, lines);
            if (i == cut)
            {
                var saved = Save(decider);
                decider = Decider(book);
                decider.Load(saved);
            }
        }

        decider.Advance(facts[^1].At + 172_800_000, lines);
        return lines.Text;
    }

    private static Decider Decider(RuleBook book) => new(new RuleEngine(book, RuleMall.Venue()), new OfferDesk(RuleMall.Desk()));

    private static byte[] Save(Decider decider)
    {
        var bytes = new ArrayBufferWriter<byte>();
        decider.Save(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private sealed class Lines : IDecisionSink
    {
        public List<string> Text { get; } = [];

        public void Decided(RuleDecision decision, Coupon? coupon) =>
            Text.Add($"{decision.Number} {decision.DecidedAt} {decision.Member} {decision.Rule}/{decision.Step} {decision.Outcome} {coupon?.Code} {string.Join("; ", decision.Gates)}");

        public void Stopped(RuleAlarm alarm) => Text.Add(alarm.ToString());
    }
}
