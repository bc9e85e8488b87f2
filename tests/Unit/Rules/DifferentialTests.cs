using Presence.Engine;
using Xunit;

namespace Presence.Unit.Rules;

public class DifferentialTests
{
    // A thousand books in four zones take minutes; each build takes the first of them, PRESENCE_LONG=1 takes all.
    private static readonly int Books = Environment.GetEnvironmentVariable("PRESENCE_LONG") == "1" ? 250 : 30;

    /// <summary>What the engine keeps running is what one would find by looking through the whole history each time.</summary>
    [Theory]
    [InlineData("Asia/Shanghai", "2027-02-26", 0)]
    [InlineData("Europe/Berlin", "2027-03-27", 10_000)]
    [InlineData("America/New_York", "2026-10-31", 20_000)]
    [InlineData("Australia/Lord_Howe", "2027-04-03", 30_000)]
    public void The_engine_finds_what_a_reader_of_the_rules_would_find(string zone, string from, int seeds)
    {
        for (var seed = seeds; seed < seeds + Books; seed++)
        {
            var venue = RuleMall.Venue(zone);
            var dice = new RandomRules(seed);
            var book = dice.Book(venue);
            var engine = new RuleEngine(book, venue);
            var reference = new ReferenceRules(book, venue);
            var found = new Found();
            var told = 0;
            foreach (var fact in dice.Days(venue, from, 3).OrderBy(f => f.At))
            {
                engine.Apply(fact, found);
                reference.Apply(fact);
                for (; told < Math.Max(found.Lines.Count, reference.Lines.Count); told++)
                {
                    Assert.True(
                        told < found.Lines.Count && told < reference.Lines.Count && found.Lines[told] == reference.Lines[told],
                        $"seed {seed}, line {told}, after {fact}: engine {found.Lines.ElementAtOrDefault(told)}, reference {reference.Lines.ElementAtOrDefault(told)}");
                }
            }
        }
    }
}
