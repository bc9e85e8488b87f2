using System.Net;
using System.Text.Json;

namespace Presence.Integration.Cloud;

/// <summary>An operator tries a draft over what the venue recorded, over HTTP.</summary>
public sealed class BackTestHttpTests
{
    private const string Tests = $"/api/v1/venues/{RunningCloud.Venue}/backtests";

    [Fact]
    public async Task A_draft_tried_over_the_record_says_whom_it_would_have_reached()
    {
        await using var cloud = await RunningCloud.StartAsync([RunningCloud.WhenBuys("live", "books", """{"offer": "coffee-cake"}""", """{"once": "day", "group": "g"}""")]);
        for (var i = 0; i < 3; i++)
        {
            var (member, secret) = await cloud.JoinAsync($"member {i}");
            await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/purchases", new { member, zone = "page-one", category = "books", cents = 4_000 });
            Assert.Single(await cloud.CouponsAsync(secret));
        }

        var draft = JsonSerializer.Deserialize<JsonElement>(
            RunningCloud.WhenBuys("draft", "books", """{"offer": "coffee-free"}""", """{"once": "day", "group": "g", "priority": 90}""").Replace("published", "draft", StringComparison.Ordinal));
        var (status, job) = await cloud.PostAsync(Tests, new { rules = new[] { draft }, days = 7 });
        Assert.Equal(HttpStatusCode.Accepted, status);
        var done = await DoneAsync(cloud, job);
        Assert.Equal("done", done.GetProperty("state").GetString());
        var forecast = done.GetProperty("forecast");
        Assert.Equal(3, forecast.GetProperty("membersReached").GetInt32());
        var rule = forecast.GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("draft").GetBoolean());
        Assert.Equal((3, 3), (rule.GetProperty("sent").GetInt32(), rule.GetProperty("members").GetInt32()));
        var collision = Assert.Single(forecast.GetProperty("collisions").EnumerateArray());
        Assert.Equal(("live", 3, 0), (collision.GetProperty("rule").GetString(), collision.GetProperty("before").GetInt32(), collision.GetProperty("after").GetInt32()));
        Assert.NotEmpty(forecast.GetProperty("samples").EnumerateArray().First().GetProperty("reasons").EnumerateArray());
        Assert.NotEmpty(forecast.GetProperty("unknowable").EnumerateArray());
    }

    [Fact]
    public async Task A_member_who_joined_before_the_record_begins_is_in_the_trial()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (member, _) = await cloud.JoinAsync();
        await Task.Delay(20);
        await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/purchases", new { member, zone = "page-one", category = "books", cents = 4_000 });
        await using (var store = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(cloud.Data, "presence.db")};Pooling=False"))
        {
            // As housekeeping leaves it once she has been a member for longer than facts are kept.
            await store.OpenAsync();
            await using var trim = store.CreateCommand();
            trim.CommandText = "DELETE FROM facts WHERE id = (SELECT MIN(id) FROM facts)";
            Assert.Equal(1, await trim.ExecuteNonQueryAsync());
        }

        var draft = JsonSerializer.Deserialize<JsonElement>(RunningCloud.WhenBuys("draft", "books", """{"offer": "coffee-free"}""").Replace("published", "draft", StringComparison.Ordinal));
        var (_, job) = await cloud.PostAsync(Tests, new { rules = new[] { draft }, days = 7 });
        Assert.Equal(1, (await DoneAsync(cloud, job)).GetProperty("forecast").GetProperty("membersReached").GetInt32());
    }

    [Fact]
    public async Task A_draft_with_a_mistake_is_refused_with_its_place()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var wrong = JsonSerializer.Deserialize<JsonElement>(RunningCloud.WhenBuys("draft", "books", """{"offer": "no-such-offer"}"""));
        var (status, body) = await cloud.PostAsync(Tests, new { rules = new[] { wrong } });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("no-such-offer", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var days = JsonSerializer.Deserialize<JsonElement>(RunningCloud.WhenBuys("draft", "books", """{"offer": "coffee-free"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.PostAsync(Tests, new { rules = new[] { days }, days = 91 })).Status);
    }

    [Fact]
    public async Task A_cancelled_one_ends_and_an_unknown_one_is_not_found()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var draft = JsonSerializer.Deserialize<JsonElement>(RunningCloud.WhenBuys("draft", "books", """{"offer": "coffee-free"}"""));
        var (_, job) = await cloud.PostAsync(Tests, new { rules = new[] { draft } });
        var (status, _) = await cloud.SendAsync(HttpMethod.Delete, $"{Tests}/{job.GetProperty("id").GetGuid()}");
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Contains((await DoneAsync(cloud, job)).GetProperty("state").GetString(), new[] { "cancelled", "done" });
        Assert.Equal(HttpStatusCode.NotFound, (await cloud.SendAsync(HttpMethod.Get, $"{Tests}/{Guid.NewGuid()}")).Status);
    }

    private static async Task<JsonElement> DoneAsync(RunningCloud cloud, JsonElement job)
    {
        JsonElement now = default;
        Assert.True(await RunningCloud.EventuallyAsync(async () =>
        {
            now = await cloud.GetAsync($"{Tests}/{job.GetProperty("id").GetGuid()}");
            return now.GetProperty("state").GetString() is not ("waiting" or "running");
        }));
        return now;
    }
}
