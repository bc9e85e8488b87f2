using Presence.Engine;
using Xunit;

namespace Presence.Unit.Rules;

/// <summary>Every shipped rule keeps what its own examples say.</summary>
public class ShippedRuleTests
{
    public static TheoryData<string, string> Examples()
    {
        var data = new TheoryData<string, string>();
        foreach (var document in All())
        {
            foreach (var example in document.Examples)
            {
                data.Add(document.Id, example.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_shipped_rule_does_what_its_example_says(string id, string name)
    {
        var document = All().Single(d => d.Id == id);
        var example = document.Examples.Single(e => e.Name == name);
        var book = RuleBook.Read(RuleMall.Documents(), RuleMall.Venue());

        // A rule's example is about that rule: the others are put away, with what they need kept.
        var alone = book with { Rules = [.. book.Rules.Where(r => r.Id == id)], Journeys = [.. book.Journeys.Where(j => j.Id == id)] };
        Assert.Equal(example.Expect, new Told(alone, example).Lines);
    }

    [Fact]
    public void Every_shipped_document_has_an_example_where_it_acts_and_one_where_it_does_not()
    {
        foreach (var document in All())
        {
            Assert.True(document.Examples.Any(e => !e.Expect.IsEmpty), $"{document.Id} never acts");
            Assert.True(document.Examples.Any(e => e.Expect.IsEmpty), $"{document.Id} always acts");
        }
    }

    private static List<Document> All()
    {
        var book = RuleBook.Read(RuleMall.Documents(), RuleMall.Venue());
        return [.. book.Rules, .. book.Journeys];
    }
}
