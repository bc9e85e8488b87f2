using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Presence.Cloud.Telling;

namespace Presence.Integration.Cloud;

/// <summary>What rules do besides coupons, end to end over HTTP: tell other systems, tasks, tags, advisers, and stopping when they run away.</summary>
public sealed class ActionTests
{
    private const string Base = $"/api/v1/venues/{RunningCloud.Venue}";
    private const string Secret = "a secret that two systems share";

    [Fact]
    public async Task Another_system_is_told_signed_again_when_it_fails_and_under_the_same_id()
    {
        await using var shop = await Receiver.StartAsync(failures: 2);
        await using var cloud = await StartAsync(shop.Url, """{"webhook": "crm"}""");
        var (member, _) = await cloud.JoinAsync();
        await BuyAsync(cloud, member, "books");
        Assert.True(await RunningCloud.EventuallyAsync(() => Task.FromResult(shop.Heard.Count == 3)), $"heard {shop.Heard.Count}");
        Assert.Single(shop.Heard.Select(h => (h.Id, h.Body)).Distinct());
        foreach (var heard in shop.Heard)
        {
            var seconds = long.Parse(heard.Signature.Split(',')[0][2..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(HookClient.Sign([Secret], seconds, heard.Body), heard.Signature);
            Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds, 0, 60);
        }

        Assert.Equal(member, JsonSerializer.Deserialize<JsonElement>(shop.Heard.First().Body).GetProperty("member").GetGuid());
        Assert.True(await RunningCloud.EventuallyAsync(async () => (await cloud.GetAsync($"{Base}/hooks?state=delivered")).GetArrayLength() == 1));
    }

    [Fact]
    public async Task What_never_gets_through_is_a_dead_letter_that_a_person_can_send_again()
    {
        await using var shop = await Receiver.StartAsync(failures: 3);
        await using var cloud = await StartAsync(shop.Url, """{"webhook": "crm"}""", "--set", "HookTries=3");
        var (member, _) = await cloud.JoinAsync();
        await BuyAsync(cloud, member, "books");
        JsonElement dead = default;
        Assert.True(await RunningCloud.EventuallyAsync(async () => (dead = await cloud.GetAsync($"{Base}/hooks?state=dead")).GetArrayLength() == 1));
        Assert.Equal((3, "it answered 503"), (dead[0].GetProperty("tries").GetInt32(), dead[0].GetProperty("problem").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, (await cloud.PostAsync($"{Base}/hooks/{dead[0].GetProperty("id").GetInt64()}/retry", new { })).Status);
        Assert.True(await RunningCloud.EventuallyAsync(async () => (await cloud.GetAsync($"{Base}/hooks?state=delivered")).GetArrayLength() == 1));
    }

    [Fact]
    public async Task A_receiver_inside_is_not_reached_unless_the_settings_say_it_is_inside()
    {
        await using var cloud = await RunningCloud.StartAsync(
            [RunningCloud.WhenBuys("tell", "books", """{"webhook": "crm"}""")], null, null,
            "--set", "Hooks:crm:Url=https://localhost:1/x", "--set", $"Hooks:crm:Secrets:0={Secret}", "--set", "HookTries=1");
        var (member, _) = await cloud.JoinAsync();
        await BuyAsync(cloud, member, "books");
        JsonElement dead = default;
        Assert.True(await RunningCloud.EventuallyAsync(async () => (dead = await cloud.GetAsync($"{Base}/hooks?state=dead")).GetArrayLength() == 1));
        Assert.Contains("private network", dead[0].GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2606:4700::1111", true)]
    public void Only_addresses_out_in_the_world_are_public(string address, bool isPublic) =>
        Assert.Equal(isPublic, HookClient.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task A_task_nobody_does_goes_higher_and_one_that_was_done_does_not()
    {
        // A minute of the venue's time is a tenth of a second.
        await using var cloud = await RunningCloud.StartAsync(
            [RunningCloud.WhenBuys("help", "books", """{"task": {"text": {"en": "Carry the bag"}, "zone": "page-one", "within": "30 min", "escalateTo": "volt"}}""")],
            null, null, "--time-origin", DateTimeOffset.UtcNow.ToString("O"), "--time-scale", "600");
        var (member, _) = await cloud.JoinAsync();
        await BuyAsync(cloud, member, "books");
        var task = await TaskAsync(cloud, "page-one", _ => true);
        Assert.Equal("Carry the bag", task.GetProperty("text").GetProperty("en").GetString());
        await TaskAsync(cloud, "volt", t => t.GetProperty("escalatedAt").ValueKind != JsonValueKind.Null);
        Assert.Single((await cloud.GetAsync($"{Base}/staff/volt/arrivals")).EnumerateArray());

        var (second, _) = await cloud.JoinAsync("Bo");
        await BuyAsync(cloud, second, "books");
        var open = await TaskAsync(cloud, "page-one", t => t.GetProperty("id").GetInt64() != task.GetProperty("id").GetInt64());
        Assert.Equal(HttpStatusCode.NoContent, (await cloud.PostAsync($"{Base}/staff/tasks/{open.GetProperty("id").GetInt64()}/done", new { by = "Mei" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await cloud.PostAsync($"{Base}/staff/tasks/{open.GetProperty("id").GetInt64()}/done", new { by = "Mei" })).Status);
        await Task.Delay(4_000);
        Assert.Single((await cloud.GetAsync($"{Base}/staff/volt/tasks")).EnumerateArray());
    }

    [Fact]
    public async Task What_a_journey_gave_goes_by_its_title_for_operators_and_for_the_member()
    {
        await using var cloud = await RunningCloud.StartAsync(
        [
            """
            {"id": "reader-day", "version": 1, "state": "published", "author": "test", "title": {"en": "A day for readers", "zh": "读者日"},
             "start": {"purchases": {"category": "books"} }, "if": [], "reentry": "year", "exit": [], "limits": {"once": "year"},
             "steps": [ {"id": "coffee", "do": [{"offer": "coffee-free"}], "next": "end"} ] }
            """,
        ]);
        var (member, secret) = await cloud.JoinAsync();
        await BuyAsync(cloud, member, "books");
        Assert.Equal("A day for readers", Assert.Single(await cloud.CouponsAsync(secret)).GetProperty("why").GetProperty("en").GetString());
        var decision = Assert.Single((await cloud.GetAsync($"{Base}/decisions")).EnumerateArray(), d => d.GetProperty("rule").GetString() == "reader-day/coffee");
        Assert.Equal("读者日", decision.GetProperty("ruleName").GetProperty("zh").GetString());
    }

    [Fact]
    public async Task Tags_messages_advisers_points_and_events_of_other_systems_do_what_the_rule_says()
    {
        await using var cloud = await RunningCloud.StartAsync(
        [
            RunningCloud.WhenBuys("tags", "books", """{"tag": "reader"}"""),
            RunningCloud.WhenBuys("says", "books", """{"message": {"text": {"en": "A new shelf"}, "theme": "books"}}"""),
            RunningCloud.WhenBuys("tells", "books", """{"notifyStaff": {"text": {"en": "Greet her"}, "adviser": true}}"""),
            RunningCloud.WhenBuys("gives", "books", """{"points": 50}"""),
            """{"event": "cart-left", "fields": ["value"]}""",
            """
            {"id": "cart", "version": 1, "state": "published", "author": "test", "title": "cart", "when": {"event": {"name": "cart-left"}}, "if": [{"tag": "reader"}], "then": [{"offer": "coffee-free"}]}
            """,
        ]);
        var (member, secret) = await cloud.JoinAsync();
        Assert.Equal(HttpStatusCode.OK, (await cloud.SendAsync(HttpMethod.Put, $"{Base}/members/{member}/grade", new { tier = "gold", tags = Array.Empty<string>(), adviser = "jade-house" })).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await cloud.PostAsync($"{Base}/members/{member}/events/cart-left", new { value = "30" })).Status);
        await BuyAsync(cloud, member, "books");
        Assert.Empty(await cloud.CouponsAsync(secret, 0));
        Assert.Equal(HttpStatusCode.Accepted, (await cloud.PostAsync($"{Base}/members/{member}/events/cart-left", new { value = "30" })).Status);
        Assert.Single(await cloud.CouponsAsync(secret));
        Assert.Single((await cloud.GetAsync($"{Base}/staff/jade-house/arrivals")).EnumerateArray());
        Assert.Contains((await cloud.GetAsync("/api/v1/me/inbox", secret)).EnumerateArray(), m => m.GetProperty("kind").GetString() == "text");
        Assert.Equal(50, (await cloud.GetAsync("/api/v1/me/points", secret)).GetProperty("spendable").GetInt64());
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.PostAsync($"{Base}/members/{member}/events/cart-left", new { odd = "30" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await cloud.PostAsync($"{Base}/members/{member}/events/unheard", new { value = "30" })).Status);
    }

    [Fact]
    public async Task A_rule_that_runs_away_is_stopped_with_an_alarm_until_somebody_looked()
    {
        await using var cloud = await RunningCloud.StartAsync([RunningCloud.WhenBuys("runs", "books", """{"points": 1}""")]);
        var (member, secret) = await cloud.JoinAsync();
        for (var i = 0; i < 25; i++)
        {
            await BuyAsync(cloud, member, "books");
        }

        var alarm = Assert.Single((await cloud.GetAsync($"{Base}/alarms")).EnumerateArray());
        Assert.Equal("runs", alarm.GetProperty("rule").GetString());
        Assert.Equal(10, (await cloud.GetAsync("/api/v1/me/points", secret)).GetProperty("spendable").GetInt64());
        Assert.Equal(HttpStatusCode.NoContent, (await cloud.PostAsync($"{Base}/rules/runs/release", new { by = "Lan" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await cloud.PostAsync($"{Base}/rules/runs/release", new { by = "Lan" })).Status);
        var (other, otherSecret) = await cloud.JoinAsync("Bo");
        await BuyAsync(cloud, other, "books");
        Assert.Equal(1, (await cloud.GetAsync("/api/v1/me/points", otherSecret)).GetProperty("spendable").GetInt64());
    }

    private static Task<RunningCloud> StartAsync(string url, string action, params string[] more) => RunningCloud.StartAsync(
        [RunningCloud.WhenBuys("tell", "books", action)], null, null,
        ["--set", $"Hooks:crm:Url={url}", "--set", $"Hooks:crm:Secrets:0={Secret}", "--set", "Hooks:crm:Private=true", "--set", "HookRetryAfter=00:00:00.020", .. more]);

    private static Task BuyAsync(RunningCloud cloud, Guid member, string category) =>
        cloud.PostAsync($"{Base}/purchases", new { member, zone = "page-one", category, cents = 50 });

    private static async Task<JsonElement> TaskAsync(RunningCloud cloud, string zone, Func<JsonElement, bool> like)
    {
        JsonElement found = default;
        Assert.True(await RunningCloud.EventuallyAsync(async () =>
            (found = (await cloud.GetAsync($"{Base}/staff/{zone}/tasks")).EnumerateArray().FirstOrDefault(like)).ValueKind == JsonValueKind.Object));
        return found;
    }

    /// <summary>Another system: fails so many times, then takes what it is told.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private WebApplication _app = null!;

        public ConcurrentQueue<(string Id, string Signature, string Body)> Heard { get; } = new();

        public string Url { get; private set; } = "";

        public static async Task<Receiver> StartAsync(int failures)
        {
            var receiver = new Receiver();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            receiver._app = builder.Build();
            receiver._app.MapPost("/hook", async (HttpRequest http) =>
            {
                using var reader = new StreamReader(http.Body);
                receiver.Heard.Enqueue((http.Headers["Presence-Id"].ToString(), http.Headers["Presence-Signature"].ToString(), await reader.ReadToEndAsync()));
                return receiver.Heard.Count <= failures ? Results.StatusCode(503) : Results.Ok();
            });
            await receiver._app.StartAsync();
            receiver.Url = receiver._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";
            return receiver;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
