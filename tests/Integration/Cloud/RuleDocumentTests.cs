using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Storage;

namespace Presence.Integration.Cloud;

/// <summary>The life of a rule document over HTTP, and whether a rule worked.</summary>
public sealed class RuleDocumentTests
{
    private const string Rules = $"/api/v1/venues/{RunningCloud.Venue}/rules";

    [Fact]
    public async Task A_rule_for_holidays_knows_those_of_the_plan()
    {
        const string rule = """
            {"id": "feast", "version": 1, "state": "published", "author": "test", "title": {"en": "feast"}, "when": {"purchases": {"category": "books"} }, "if": [{"holiday": "National Day"}],
             "then": [{"message": {"text": {"en": "A happy National Day", "zh": "国庆节快乐"}, "theme": "feast"} }], "limits": {"once": "none"} }
            """;
        await using var cloud = await RunningCloud.StartAsync([rule], settings: ["--time-scale", "1", "--time-origin", "2026-10-01T04:00:00Z"]);
        var (member, secret) = await cloud.JoinAsync();
        await BuyAsync();
        var map = JsonSerializer.SerializeToNode(cloud.Map, Presence.Cloud.VenueFile.Json)!;
        map["holidays"] = new JsonObject { ["2026-10-01"] = "National Day" };
        Assert.Equal(HttpStatusCode.OK, (await cloud.SendAsync(HttpMethod.Put, $"/api/v1/venues/{RunningCloud.Venue}/plan", new { map })).Status);
        Assert.Equal("National Day", (await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/plan")).GetProperty("map").GetProperty("holidays").GetProperty("2026-10-01").GetString());
        await BuyAsync();
        Assert.True(await RunningCloud.EventuallyAsync(async () => (await cloud.GetAsync("/api/v1/me/inbox", secret)).GetArrayLength() > 0));
        Assert.Equal(1, (await cloud.GetAsync("/api/v1/me/inbox", secret)).GetArrayLength());

        async Task BuyAsync() => Assert.Equal(
            HttpStatusCode.Accepted, (await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/purchases", new { member, zone = "page-one", category = "books", cents = 50 })).Status);
    }

    [Fact]
    public async Task A_rule_is_drafted_published_paused_and_archived_and_every_step_is_kept()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(cloud, Document())).Status);
        var (member, secret) = await cloud.JoinAsync();
        await BuyAsync(cloud, member);
        Assert.Empty(await cloud.CouponsAsync(secret, 0));

        Assert.Equal(HttpStatusCode.OK, (await MoveAsync(cloud, "published")).Status);
        await BuyAsync(cloud, member);
        Assert.Single(await cloud.CouponsAsync(secret));
        Assert.Equal(HttpStatusCode.OK, (await MoveAsync(cloud, "paused")).Status);
        await BuyAsync(cloud, member);
        Assert.Single(await cloud.CouponsAsync(secret));
        Assert.Equal(HttpStatusCode.Conflict, (await MoveAsync(cloud, "draft")).Status);
        Assert.Equal(HttpStatusCode.OK, (await MoveAsync(cloud, "archived")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await MoveAsync(cloud, "published")).Status);

        var versions = (await cloud.GetAsync($"{Rules}/gift/versions")).EnumerateArray().ToList();
        Assert.Equal(["archived Lan", "paused Lan", "published Lan", "draft Wei"], versions.Select(v => $"{v.GetProperty("state").GetString()} {v.GetProperty("author").GetString()}"));
        var diff = (await cloud.GetAsync($"{Rules}/gift/diff?from=1&to=2")).EnumerateArray().ToList();
        Assert.Equal(["$.state", "$.author"], diff.Select(d => d.GetProperty("path").GetString()));
        Assert.Equal(("draft", "published"), (diff[0].GetProperty("was").GetString(), diff[0].GetProperty("is").GetString()));
    }

    [Fact]
    public async Task What_was_in_force_changes_its_words_only_with_a_new_version()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        await PutAsync(cloud, Document(state: "published"));
        Assert.Equal(HttpStatusCode.Conflict, (await PutAsync(cloud, Document(state: "published", offer: "coffee-cake"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(cloud, Document(state: "published", offer: "coffee-cake", version: 2))).Status);
        var read = await cloud.GetAsync($"{Rules}/gift");
        Assert.Contains("When a member", read.GetProperty("sentence").GetProperty("en").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, read.GetProperty("document").GetProperty("version").GetInt32());
        var changed = Assert.Single((await cloud.GetAsync($"{Rules}/gift/diff")).EnumerateArray(), d => d.GetProperty("path").GetString() == "$.then[0].offer");
        Assert.Equal(("coffee-free", "coffee-cake"), (changed.GetProperty("was").GetString(), changed.GetProperty("is").GetString()));
        Assert.Contains((await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/offers")).EnumerateArray(), o => o.GetProperty("id").GetString() == "coffee-cake");
    }

    [Fact]
    public async Task A_mistake_is_refused_with_its_place_and_what_feeds_itself_is_not_published()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (status, body) = await PutAsync(cloud, Document(offer: "no-such-offer"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("$.then", body.GetProperty("errors")[0].GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.SendAsync(HttpMethod.Put, $"{Rules}/another", JsonNode.Parse(Document()))).Status);
        var loop = Document(limits: """{"once": "none"}""").Replace("""{"purchases": {"category": "books"} }""", """{"notRedeemed": {"offer": "coffee-free", "after": "1 h"}}""", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(cloud, loop)).Status);
        (status, body) = await MoveAsync(cloud, "published");
        Assert.Equal((HttpStatusCode.Conflict, "Loop"), (status, body.GetProperty("doubts")[0].GetProperty("doubt").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await cloud.SendAsync(HttpMethod.Post, $"{Rules}/none/state", new { state = "paused", by = "Lan" })).Status);
    }

    [Fact]
    public async Task What_people_changed_stands_when_the_service_starts_again_with_the_same_file()
    {
        var data = Directory.CreateTempSubdirectory("presence-rules-").FullName;
        try
        {
            await using (var before = await RunningCloud.StartAsync([Document(state: "published")], data: data))
            {
                Assert.Equal(HttpStatusCode.OK, (await MoveAsync(before, "paused")).Status);
            }

            await using (var again = await RunningCloud.StartAsync([Document(state: "published")], data: data))
            {
                Assert.Equal("paused", (await again.GetAsync($"{Rules}/gift")).GetProperty("document").GetProperty("state").GetString());
            }

            await using var changed = await RunningCloud.StartAsync([Document(state: "published", version: 2, offer: "coffee-cake")], data: data);
            Assert.Equal("published", (await changed.GetAsync($"{Rules}/gift")).GetProperty("document").GetProperty("state").GetString());
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_rule_that_makes_people_stay_is_shown_to_and_one_that_does_nothing_is_not()
    {
        await using var cloud = await RunningCloud.StartAsync(
            [Document(state: "published", limits: """{"holdout": 50}"""), Document(state: "published", limits: """{"holdout": 50}""").Replace("\"gift\"", "\"idle\"", StringComparison.Ordinal)]);
        var store = cloud.Services.GetRequiredService<Presence.Cloud.Live.Venues>();
        var venue = store.Find(RunningCloud.Venue)!;
        var dice = new Random(3);
        var month = DateTimeOffset.UtcNow.AddDays(-40).ToUnixTimeMilliseconds();
        await store.LaneOf(venue).AskAsync(venue, (at, commit, _) =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var (member, left) = (Guid.NewGuid(), i % 2 == 0);
                var rule = i % 4 < 2 ? "gift" : "idle";
                commit.AddDecision(new DecisionRow(1_000_000 + i, at.Number, member, rule, 1, left ? "heldOut" : "offered", null, -1, month, "[]"));
                var minutes = 30 + (dice.NextDouble() * 20) + (rule == "gift" && !left ? 12 : 0);
                commit.AddVisit(new VisitRow(1_000_000 + i, at.Number, 1, member, month - 600_000, month + (long)(minutes * 60_000), 0, 90, 1, 1));
                if (dice.NextDouble() < (rule == "gift" && !left ? 0.5 : 0.2))
                {
                    commit.AddVisit(new VisitRow(2_000_000 + i, at.Number, 1, member, month + (3 * 86_400_000L), month + (3 * 86_400_000L) + 60_000, 0, 90, 1, 1));
                }
            }

            return (true, Array.Empty<Presence.Cloud.Stages.VenueCommand>());
        });
        var gift = Outcome(await cloud.GetAsync($"{Rules}/gift/outcomes"), "extraDwellMinutes");
        Assert.Equal("better", gift.GetProperty("verdict").GetString());
        Assert.InRange(12, gift.GetProperty("alwaysLow").GetDouble(), gift.GetProperty("alwaysHigh").GetDouble());
        Assert.Equal("better", Outcome(await cloud.GetAsync($"{Rules}/gift/outcomes"), "returnWithin7Days").GetProperty("verdict").GetString());
        var idle = Outcome(await cloud.GetAsync($"{Rules}/idle/outcomes"), "extraDwellMinutes");
        Assert.Equal("nothingShown", idle.GetProperty("verdict").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await cloud.SendAsync(HttpMethod.Get, $"{Rules}/none/outcomes")).Status);
    }

    private static JsonElement Outcome(JsonElement all, string name) => all.GetProperty("outcomes").EnumerateArray().Single(o => o.GetProperty("name").GetString() == name);

    private static string Document(string state = "draft", string offer = "coffee-free", int version = 1, string limits = """{"once": "none"}""") => $$"""
        {"id": "gift", "version": {{version}}, "state": "{{state}}", "author": "Wei", "title": "gift", "when": {"purchases": {"category": "books"} }, "then": [{"offer": "{{offer}}"}], "limits": {{limits}} }
        """;

    private static Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(RunningCloud cloud, string document) => cloud.SendAsync(HttpMethod.Put, $"{Rules}/gift", JsonNode.Parse(document));

    private static Task<(HttpStatusCode Status, JsonElement Body)> MoveAsync(RunningCloud cloud, string state) => cloud.PostAsync($"{Rules}/gift/state", new { state, by = "Lan" });

    private static Task BuyAsync(RunningCloud cloud, Guid member) =>
        cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/purchases", new { member, zone = "page-one", category = "books", cents = 50 });
}
