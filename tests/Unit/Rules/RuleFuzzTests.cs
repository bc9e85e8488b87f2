using System.Text;
using Presence.Engine;
using Presence.Kit.Fuzz;
using Xunit;

namespace Presence.Unit.Rules;

/// <summary>A rule file is a stranger's input: it gets an answer, never an exception, and costs no more than its size.</summary>
public class RuleFuzzTests
{
    [Fact]
    public void Damaged_rule_files_are_refused_or_read_and_never_fall_over()
    {
        // A hundred thousand with PRESENCE_LONG=1; each build takes the first of them.
        var documents = Environment.GetEnvironmentVariable("PRESENCE_LONG") == "1" ? 100_000 : 1_500;
        var (tried, read, _) = RuleFuzz.Run(documents, 17);

        // Near misses: some must get past the first check, and most must not.
        Assert.Equal(documents, tried);
        Assert.InRange(read, 1, documents * 9 / 10);
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
}
