using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Presence.Integration.Cloud;

/// <summary>What points buy, over HTTP: one for each order, never more than there are, and the points back when it comes to nothing.</summary>
public sealed class RewardTests
{
    private const string Base = $"/api/v1/venues/{RunningCloud.Venue}";
    private const string Street = "7 Paper Lantern Lane";
    private static readonly string[] Rules = [RunningCloud.WhenBuys("points", "toys", """{"points": 1000}""")];
    private static readonly object Programme = new
    {
        tiers = new { over = "365 days", keeps = "180 days", levels = new[] { new { name = "silver", spend = 100 } } },
        rewards = new object[]
        {
            new { id = "mug", title = new { en = "A mug" }, points = 300, stock = 3, collect = new[] { "coffee-bar" }, post = true },
            new { id = "film", title = new { en = "A film" }, points = 900, collect = new[] { "cinema" }, pickUpWithin = "1 day" },
        },
    };

    [Fact]
    public async Task A_reward_is_fetched_with_its_coupon_at_its_place_and_an_order_sent_twice_is_one()
    {
        await using var cloud = await StartAsync();
        var (member, secret) = await RichAsync(cloud);
        var (status, order) = await OrderAsync(cloud, secret, new { reward = "mug", zone = "coffee-bar" }, "order-0001");
        Assert.Equal((HttpStatusCode.Created, 700L), (status, order.GetProperty("left").GetInt64()));
        Assert.Equal(order.GetRawText(), (await OrderAsync(cloud, secret, new { reward = "mug", zone = "coffee-bar" }, "order-0001")).Body.GetRawText());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await OrderAsync(cloud, secret, new { reward = "film", zone = "cinema" }, "order-0001")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await OrderAsync(cloud, secret, new { reward = "film", zone = "cinema" }, "order-0002")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await OrderAsync(cloud, secret, new { reward = "mug", zone = "cinema" }, "order-0003")).Status);
        Assert.Equal(700, await PointsAsync(cloud, secret));

        // Offers end with the leave to send them; what was paid for is hers.
        await PutAsync(cloud, "/api/v1/me/consent", secret, new { purposes = new[] { "presence" }, textVersion = (await cloud.GetAsync("/api/v1/texts/consent")).GetProperty("version").GetString(), language = "en" });
        var code = order.GetProperty("code").GetString();
        Assert.Equal(HttpStatusCode.Conflict, (await cloud.PostAsync($"{Base}/till", new { zone = "volt", by = "Mei", member, coupons = new[] { code } }, "till-000001")).Status);
        Assert.Equal(HttpStatusCode.OK, (await cloud.PostAsync($"{Base}/till", new { zone = "coffee-bar", by = "Mei", member, coupons = new[] { code } }, "till-000002")).Status);
        Assert.Equal("collected", (await OrdersAsync(cloud, secret))[0].GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await DeleteAsync(cloud, $"/api/v1/me/rewards/{order.GetProperty("order").GetGuid()}", secret)));

        // The till was wrong: it can be fetched again, or called off.
        Assert.Equal(HttpStatusCode.OK, (await cloud.PostAsync($"{Base}/coupons/{code}/undo", new { by = "Mei", reason = "wrong guest" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(cloud, $"/api/v1/me/rewards/{order.GetProperty("order").GetGuid()}", secret));
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(cloud, $"/api/v1/me/rewards/{order.GetProperty("order").GetGuid()}", secret));
        Assert.Equal(1_000, await PointsAsync(cloud, secret));
        Assert.Equal(HttpStatusCode.Conflict, (await cloud.PostAsync($"{Base}/till", new { zone = "coffee-bar", by = "Mei", member, coupons = new[] { code } }, "till-000003")).Status);
    }

    [Fact]
    public async Task Of_three_mugs_fifty_orders_at_once_get_three_and_a_cancelled_one_is_there_again()
    {
        await using var cloud = await StartAsync();
        var guests = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            guests.Add((await RichAsync(cloud)).Secret);
        }

        var orders = await Task.WhenAll(guests.SelectMany((g, i) => new[] { 0, 1 }.Select(n => OrderAsync(cloud, g, new { reward = "mug", zone = "coffee-bar" }, $"race-{i:000}-{n}"))));
        Assert.Equal(3, orders.Count(o => o.Status == HttpStatusCode.Created));
        Assert.All(orders.Where(o => o.Status != HttpStatusCode.Created), o => Assert.Contains("none-left", o.Body.GetProperty("type").GetString(), StringComparison.Ordinal));
        Assert.Equal(0, (await cloud.GetAsync($"{Base}/rewards"))[0].GetProperty("left").GetInt32());
        var total = 0L;
        foreach (var guest in guests)
        {
            total += await PointsAsync(cloud, guest);
        }

        Assert.Equal((25 * 1_000) - (3 * 300), total);
        Assert.Equal("0 1 2", await NumbersAsync(cloud, "state=open"));
        Assert.Equal("2", await NumbersAsync(cloud, "state=open&after=1"));
        Assert.Equal("1 0", await NumbersAsync(cloud, "state=open&before=2"));
        var open = (await cloud.GetAsync($"{Base}/reward-orders"))[0].GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.PostAsync($"{Base}/reward-orders/{open}/cancel", new { by = "Lan" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await cloud.PostAsync($"{Base}/reward-orders/{open}/cancel", new { by = "Lan", reason = "broken" })).Status);
        Assert.Equal(1, (await cloud.GetAsync($"{Base}/rewards"))[0].GetProperty("left").GetInt32());
    }

    [Fact]
    public async Task An_address_is_sealed_shown_to_the_one_who_packs_and_gone_when_it_is_sent_or_the_member_is()
    {
        var data = Directory.CreateTempSubdirectory("presence-rewards-").FullName;
        await using (var cloud = await StartAsync(data))
        {
            var (_, secret) = await RichAsync(cloud);
            var address = new { name = "Anna", lines = Street, phone = "123" };
            Assert.Equal(HttpStatusCode.BadRequest, (await OrderAsync(cloud, secret, new { reward = "film", address }, "post-00001")).Status);
            var (_, order) = await OrderAsync(cloud, secret, new { reward = "mug", address }, "post-00002");
            var id = order.GetProperty("order").GetGuid();
            Assert.DoesNotContain(Street, (await cloud.GetAsync($"{Base}/reward-orders")).GetRawText(), StringComparison.Ordinal);
            Assert.Equal(Street, (await cloud.GetAsync($"{Base}/reward-orders/{id}")).GetProperty("address").GetProperty("lines").GetString());
            Assert.Contains(Street, (await cloud.GetAsync("/api/v1/me/export", secret)).GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain(Directory.EnumerateFiles(data, "presence.db*"), f => Holds(f, Street));

            Assert.Equal(HttpStatusCode.NoContent, (await cloud.PostAsync($"{Base}/reward-orders/{id}/sent", new { by = "Lan" })).Status);
            Assert.Equal(HttpStatusCode.NoContent, (await cloud.PostAsync($"{Base}/reward-orders/{id}/sent", new { by = "Lan" })).Status);
            Assert.Equal(HttpStatusCode.Conflict, (await cloud.PostAsync($"{Base}/reward-orders/{id}/cancel", new { by = "Lan", reason = "late" })).Status);
            Assert.Equal(JsonValueKind.Null, (await cloud.GetAsync($"{Base}/reward-orders/{id}")).GetProperty("address").ValueKind);

            var (_, next) = await OrderAsync(cloud, secret, new { reward = "mug", address }, "post-00003");
            using var shown = await cloud.Http.GetAsync($"{Base}/reward-orders/{next.GetProperty("order").GetGuid()}");
            Assert.True(shown.Headers.CacheControl?.NoStore);
        }

        // After a restart the points are as they were, and with her goes what she ordered.
        await using (var cloud = await StartAsync(data))
        {
            var (_, secret) = await RichAsync(cloud);
            var (_, order) = await OrderAsync(cloud, secret, new { reward = "mug", address = new { name = "Bo", lines = Street } }, "post-00004");
            Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(cloud, "/api/v1/me", secret));
            var left = await cloud.GetAsync($"{Base}/reward-orders/{order.GetProperty("order").GetGuid()}");
            Assert.Equal(("cancelled", JsonValueKind.Null), (left.GetProperty("state").GetString(), left.GetProperty("address").ValueKind));
            Assert.Equal(0, (await cloud.GetAsync($"{Base}/rewards"))[0].GetProperty("left").GetInt32());
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task What_nobody_fetches_lapses_and_the_points_go_back()
    {
        // A day of the venue's time is less than a second.
        await using var cloud = await StartAsync(null, "--time-origin", DateTimeOffset.UtcNow.ToString("O"), "--time-scale", "100000");
        var (_, secret) = await RichAsync(cloud);
        await OrderAsync(cloud, secret, new { reward = "film", zone = "cinema" }, "order-0001");
        Assert.True(await RunningCloud.EventuallyAsync(async () => (await OrdersAsync(cloud, secret))[0].GetProperty("state").GetString() == "lapsed"));
        Assert.Contains(Moves(await cloud.GetAsync("/api/v1/me/points", secret)), m => m == "spent>member 900");
        Assert.Equal("expired", (await cloud.CouponsAsync(secret))[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_programme_that_cannot_be_is_answered_with_its_place()
    {
        await using var cloud = await StartAsync();
        foreach (var (programme, path) in new[]
        {
            ("""{"centsAPoint": 0}""", "$.centsAPoint"), ("""{"tiers": {"levels": []}}""", "$.tiers.levels"), ("""{"keeps": "soon"}""", "$.keeps"), ("""{"tires": {}}""", "tires"),
            ("""{"tiers": {"levels": [{"name": "b", "spend": 5}, {"name": "a", "spend": 5}]}}""", "$.tiers.levels[1].spend"),
            ("""{"rewards": [{"id": "mug", "title": {"en": "M"}, "points": 5, "collect": ["nowhere"]}]}""", "$.rewards[0].collect"),
            ("""{"rewards": [{"id": "mug", "title": {"en": "M"}, "points": 5}]}""", "$.rewards[0].collect"), ("""{"rewards": [null]}""", "$.rewards[0].id"),
        })
        {
            var (status, body) = await cloud.SendAsync(HttpMethod.Put, $"{Base}/loyalty?by=Lan", JsonSerializer.Deserialize<JsonElement>(programme));
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(path, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.EndsWith(path, Assert.Single(body.GetProperty("errors").EnumerateArray()).GetProperty("path").GetString(), StringComparison.Ordinal);
        }
    }

    private static async Task<RunningCloud> StartAsync(string? data = null, params string[] settings)
    {
        var cloud = await RunningCloud.StartAsync(Rules, null, data, settings);
        Assert.Equal(HttpStatusCode.OK, (await cloud.SendAsync(HttpMethod.Put, $"{Base}/loyalty?by=Lan", Programme)).Status);
        return cloud;
    }

    private static async Task<(Guid Id, string Secret)> RichAsync(RunningCloud cloud)
    {
        var member = await cloud.JoinAsync();
        await cloud.PostAsync($"{Base}/purchases", new { member = member.Id, zone = "page-one", category = "toys", cents = 50 });
        return member;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> OrderAsync(RunningCloud cloud, string secret, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/me/rewards") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        request.Headers.Add("Idempotency-Key", key);
        using var reply = await cloud.Http.SendAsync(request);
        return (reply.StatusCode, await reply.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static async Task PutAsync(RunningCloud cloud, string path, string secret, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var reply = await cloud.Http.SendAsync(request);
        Assert.True(reply.IsSuccessStatusCode);
    }

    private static async Task<HttpStatusCode> DeleteAsync(RunningCloud cloud, string path, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var reply = await cloud.Http.SendAsync(request);
        return reply.StatusCode;
    }

    private static async Task<List<JsonElement>> OrdersAsync(RunningCloud cloud, string secret) => [.. (await cloud.GetAsync("/api/v1/me/rewards", secret)).EnumerateArray()];

    private static async Task<string> NumbersAsync(RunningCloud cloud, string which) =>
        string.Join(' ', (await cloud.GetAsync($"{Base}/reward-orders?{which}")).EnumerateArray().Select(o => o.GetProperty("number").GetInt32()));

    private static async Task<long> PointsAsync(RunningCloud cloud, string secret) => (await cloud.GetAsync("/api/v1/me/points", secret)).GetProperty("spendable").GetInt64();

    private static IEnumerable<string> Moves(JsonElement points) => points.GetProperty("moves").EnumerateArray()
        .Select(m => $"{m.GetProperty("from").GetString()}>{m.GetProperty("to").GetString()} {m.GetProperty("points").GetInt64()}");

    private static bool Holds(string file, string text)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}
