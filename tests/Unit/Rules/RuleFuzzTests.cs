using System.Text;
using Presence.Engine;
using Xunit;

namespace Presence.Unit.Rules;

/// <summary>A rule file is a stranger's input: it gets an answer, never an exception, and costs no more than its size.</summary>
public class RuleFuzzTests
{
    [Fact]
    public void Damaged_rule_files_are_refused_or_read_and_never_fall_over()
    {
        var venue = RuleMall.Venue();
        var shipped = RuleMall.Documents().Select(d => d.Json).ToArray();
        var dice = new Random(17);
        var read = 0;
        for (var i = 0; i < 1_500; i++)
        {
            if (RuleBook.TryRead([("f", Damage(dice, shipped[dice.Next(shipped.Length)], shipped))], venue, out var book, out var problems))
            {
                read++;
                RuleLint.Check(book, venue);
                var engine = new RuleEngine(book, venue);
                var found = new Found();
                engine.Apply(Fact.Joined(RuleMall.Member(), 1_800_000_000_000), found);
                engine.Apply(Fact.VisitStarted(RuleMall.Anna, 1_800_000_001_000), found);
                engine.Apply(Fact.Entered(RuleMall.Anna, 3, 1_800_000_002_000), found);
                engine.Advance(1_800_090_000_000, found);
            }
            else
            {
                Assert.NotEmpty(problems);
            }
        }

        // Near misses: some must get past the first check, and most must not.
        Assert.InRange(read, 1, 1_400);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void Conditions_nested_beyond_reason_are_refused(int depth)
    {
        var nested = new StringBuilder().Insert(0, "{\"not\":", depth).Append("{\"tag\":\"x\"}").Append('}', depth);
        Assert.False(RuleBook.TryRead([("n", $$"""{"id": "n", "if": [{{nested}}]}""")], null, out _, out var problems));
        Assert.NotEmpty(problems);
    }

    private static string Damage(Random dice, string json, string[] others)
    {
        var text = new StringBuilder(json);
        for (var n = 1 + dice.Next(3); n > 0 && text.Length > 10; n--)
        {
            var at = dice.Next(text.Length - 8);
            switch (dice.Next(5))
            {
                case 0:
                    text[at] = (char)(text[at] ^ (1 << dice.Next(7)));
                    break;
                case 1:
                    text.Remove(at, 1 + dice.Next(6));
                    break;
                case 2:
                    var other = others[dice.Next(others.Length)];
                    var from = dice.Next(other.Length - 8);
                    text.Insert(at, other.AsSpan(from, Math.Min(other.Length - from, 1 + dice.Next(60))));
                    break;
                case 3:
                    text.Replace(dice.Next(10).ToString(), dice.Next(100_000).ToString(), at, 8);
                    break;
                default:
                    text.Replace("a", "b", at, 8);
                    break;
            }
        }

        return text.ToString();
    }
}
