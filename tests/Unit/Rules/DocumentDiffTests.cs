using Presence.Engine;
using Xunit;

namespace Presence.Unit.Rules;

/// <summary>What changed from one version of a document to the next.</summary>
public class DocumentDiffTests
{
    [Fact]
    public void A_shipped_document_differs_from_itself_nowhere()
    {
        foreach (var (_, json) in RuleMall.Documents())
        {
            Assert.Empty(DocumentDiff.Between(json, json));
        }
    }

    [Theory]
    [InlineData("""{"a": 1}""", """{"a": 2}""", "$.a: 1 > 2")]
    [InlineData("""{"a": 1}""", """{"b": 1}""", "$.b:  > 1; $.a: 1 > ")]
    [InlineData("""{"a": [1, 2]}""", """{"a": [1, 3, 4]}""", "$.a[1]: 2 > 3; $.a[2]:  > 4")]
    [InlineData("""{"a": {"b": null}}""", """{"a": {}}""", "$.a.b: null > ")]
    [InlineData("""{"a": 1.0}""", """{"a": 1}""", "")]
    public void Each_place_that_differs_is_named_with_what_was_and_what_is(string was, string now, string changes) =>
        Assert.Equal(changes, string.Join("; ", DocumentDiff.Between(was, now).Select(c => $"{c.Path}: {c.Was} > {c.Is}")));
}
