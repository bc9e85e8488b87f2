using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Presence.Integration.Cloud;

/// <summary>A document looked over while it is written.</summary>
public sealed class RuleCheckTests
{
    private const string Rules = $"/api/v1/venues/{RunningCloud.Venue}/rules";

    [Fact]
    public async Task A_document_is_looked_over_and_nothing_of_it_is_kept()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var good = await CheckAsync(cloud, Document("gift", "coffee-free"));
        Assert.Empty(good.GetProperty("errors").EnumerateArray());
        Assert.Contains("买", good.GetProperty("sentence").GetProperty("zh").GetString(), StringComparison.Ordinal);

        var bad = await CheckAsync(cloud, Document("gift", "no-such-offer"));
        Assert.Equal(JsonValueKind.Null, bad.GetProperty("sentence").ValueKind);
        Assert.StartsWith("$.then", Assert.Single(bad.GetProperty("errors").EnumerateArray()).GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.SendAsync(HttpMethod.Post, $"{Rules}/check", JsonNode.Parse("[]"))).Status);
        Assert.Empty((await cloud.GetAsync(Rules)).EnumerateArray());
    }

    [Fact]
    public async Task A_doubt_is_told_to_the_one_who_brings_it_also_when_the_other_rule_is_named_first()
    {
        // "a" stands first in the book, so the finding names it; "b" is the one that makes it dearer for some.
        await using var cloud = await RunningCloud.StartAsync([Document("a", "lunch-20")]);
        var priced = Document("b", "lunch-set", """[{"declared": {"attribute": "gender", "is": "woman"}}]""");
        var doubts = (await CheckAsync(cloud, priced)).GetProperty("doubts").EnumerateArray().ToList();
        Assert.Contains(doubts, d => d.GetProperty("doubt").GetString() == "PriceByTrait" && d.GetProperty("rule").GetString() == "a" && d.GetProperty("blocks").GetBoolean());
        Assert.Equal(HttpStatusCode.Conflict, (await cloud.SendAsync(HttpMethod.Put, $"{Rules}/b", JsonNode.Parse(priced))).Status);
    }

    private static async Task<JsonElement> CheckAsync(RunningCloud cloud, string document)
    {
        var (status, body) = await cloud.SendAsync(HttpMethod.Post, $"{Rules}/check", JsonNode.Parse(document));
        Assert.Equal(HttpStatusCode.OK, status);
        return body;
    }

    private static string Document(string id, string offer, string conditions = "[]") => $$"""
        {
          "id": "{{id}}", "version": 1, "state": "published", "author": "Wei", "title": "A gift",
          "when": {"purchases": {"category": "books"} }, "if": {{conditions}}, "then": [{"offer": "{{offer}}"}], "limits": {"once": "ever"}
        }
        """;
}
