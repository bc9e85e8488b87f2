using System.Net;
using System.Text.Json;

namespace Presence.Integration.Cloud;

/// <summary>What happens at a till, over HTTP: once, all of it or nothing, and with the reason of a refusal in words.</summary>
public sealed class TillTests
{
    private const string Base = $"/api/v1/venues/{RunningCloud.Venue}";

    private static readonly string[] Rules =
    [
        RunningCloud.WhenBuys("coffee", "books", """{"offer": "coffee-free"}"""),
        RunningCloud.WhenBuys("fashion", "jewellery", """{"offer": "fashion-10"}"""),
        RunningCloud.WhenBuys("points", "toys", """{"points": 50}"""),
    ];

    [Fact]
    public async Task One_call_redeems_sells_and_gives_points_and_a_repeat_of_it_changes_nothing()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (member, secret) = await cloud.JoinAsync();
        var coupon = await CouponAsync(cloud, member, secret, "books");
        var sale = new { zone = "coffee-bar", by = "Mei", member, coupons = new[] { coupon.GetProperty("shortCode").GetString() }, category = "coffee", cents = 3_000 };
        var (status, first) = await cloud.PostAsync($"{Base}/till", sale, "till-1-sale-1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("done", 30L), (first.GetProperty("outcome").GetString(), first.GetProperty("points").GetProperty("earned").GetInt64()));

        var (_, again) = await cloud.PostAsync($"{Base}/till", sale, "till-1-sale-1");
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await cloud.PostAsync($"{Base}/till", sale with { cents = 4_000 }, "till-1-sale-1")).Status);

        // 10 points of the book that brought the coupon, 30 of the coffee; all are pending until goods can not come back.
        var points = await cloud.GetAsync("/api/v1/me/points", secret);
        Assert.Equal((0L, 40L), (points.GetProperty("spendable").GetInt64(), points.GetProperty("pending").GetInt64()));
        Assert.Equal("redeemed", (await cloud.CouponsAsync(secret))[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_refused_coupon_stops_the_whole_sale_and_says_why()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (member, secret) = await cloud.JoinAsync();
        var coupon = (await CouponAsync(cloud, member, secret, "books")).GetProperty("code").GetString()!;
        async Task<JsonElement> sellAsync(string zone, params string[] coupons)
        {
            var (status, body) = await cloud.PostAsync($"{Base}/till", new { zone, by = "Mei", member, coupons, category = "x", cents = 100 }, $"key-{Guid.NewGuid()}");
            Assert.Equal(HttpStatusCode.Conflict, status);
            return Assert.Single(body.GetProperty("refusals").EnumerateArray());
        }

        Assert.Equal("wrongPlace", (await sellAsync("volt", coupon)).GetProperty("reason").GetString());
        Assert.Contains("Corner Coffee", (await sellAsync("volt", coupon)).GetProperty("text").GetProperty("en").GetString(), StringComparison.Ordinal);
        Assert.Equal("alreadyRedeemed", (await sellAsync("coffee-bar", coupon, coupon)).GetProperty("reason").GetString());
        var (other, otherSecret) = await cloud.JoinAsync("Bo");
        var theirs = (await CouponAsync(cloud, other, otherSecret, "books")).GetProperty("code").GetString()!;
        Assert.Equal("anotherMember", (await sellAsync("coffee-bar", theirs)).GetProperty("reason").GetString());
        Assert.Equal("unknown", (await sellAsync("coffee-bar", "0000-0000-0000-0000-0")).GetProperty("reason").GetString());
        Assert.All(await cloud.CouponsAsync(secret), c => Assert.Equal("issued", c.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Two_coupons_of_one_stack_are_not_used_together()
    {
        await using var cloud = await RunningCloud.StartAsync(
            [RunningCloud.WhenBuys("a", "books", """{"offer": "a"}"""), RunningCloud.WhenBuys("b", "toys", """{"offer": "b"}""")],
            """
            [{"id": "a", "title": {"en": "A"}, "theme": "a", "validFor": "4 h", "stack": "s"}, {"id": "b", "title": {"en": "B"}, "theme": "b", "validFor": "4 h", "stack": "s"}]
            """);
        var (member, secret) = await cloud.JoinAsync();
        await CouponAsync(cloud, member, secret, "books");
        await CouponAsync(cloud, member, secret, "toys", 2);
        var codes = (await cloud.CouponsAsync(secret, 2)).Select(c => c.GetProperty("code").GetString()).ToArray();
        var (status, body) = await cloud.PostAsync($"{Base}/till", new { zone = "volt", by = "Mei", coupons = codes }, "stacked-sale-1");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("stacked", Assert.Single(body.GetProperty("refusals").EnumerateArray()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_redemption_taken_back_can_be_redeemed_again_and_a_cancelled_coupon_can_not()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (member, secret) = await cloud.JoinAsync();
        var code = (await CouponAsync(cloud, member, secret, "books")).GetProperty("code").GetString()!;
        var hand = new { by = "Lan", reason = "wrong till" };
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.PostAsync($"{Base}/coupons/{code}/undo", hand with { reason = "" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await RedeemAsync(cloud, code, "key-first-1")).Status);
        var (status, undone) = await cloud.PostAsync($"{Base}/coupons/{code}/undo", hand);
        Assert.Equal((HttpStatusCode.OK, "issued"), (status, undone.GetProperty("state").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await RedeemAsync(cloud, code, "key-second-1")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await cloud.PostAsync($"{Base}/coupons/{code}/cancel", hand)).Status);
        Assert.Equal(HttpStatusCode.OK, (await cloud.PostAsync($"{Base}/coupons/{code}/undo", hand)).Status);
        Assert.Equal(HttpStatusCode.OK, (await cloud.PostAsync($"{Base}/coupons/{code}/cancel", hand)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await RedeemAsync(cloud, code, "key-third-1")).Status);
        Assert.Equal("cancelled", (await cloud.GetAsync($"{Base}/coupons/{code}")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_look_before_says_what_the_till_would_be_told()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (member, secret) = await cloud.JoinAsync();
        var code = (await CouponAsync(cloud, member, secret, "books")).GetProperty("code").GetString()!;
        Assert.True((await cloud.GetAsync($"{Base}/coupons/{code}?zone=coffee-bar")).GetProperty("redeemable").GetBoolean());
        var elsewhere = await cloud.GetAsync($"{Base}/coupons/{code}?zone=volt");
        Assert.False(elsewhere.GetProperty("redeemable").GetBoolean());
        Assert.Contains("Not valid in this store", elsewhere.GetProperty("reason").GetProperty("en").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_and_bent_codes_are_never_taken()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (member, secret) = await cloud.JoinAsync();
        var coupon = await CouponAsync(cloud, member, secret, "books");
        var code = coupon.GetProperty("code").GetString()!;
        var shortCode = coupon.GetProperty("shortCode").GetString()!;
        var accepted = 0;
        var tried = 0;
        for (var i = 0; i < code.Length; i++)
        {
            foreach (var letter in code[i] == '-' ? "" : "07AZ")
            {
                tried++;
                var bent = code[..i] + letter + code[(i + 1)..];
                accepted += bent != code && (await RedeemAsync(cloud, bent, $"bent-{i}-{letter}")).Status == HttpStatusCode.OK ? 1 : 0;
            }
        }

        // A QR text of another mall's secret, of this coupon's own code; and one with its expiry moved.
        var forged = Presence.Offers.CouponCodes.Qr(new byte[32], RunningCloud.Venue, code, DateTimeOffset.UtcNow.AddDays(9).ToUnixTimeMilliseconds());
        foreach (var text in new[] { forged, forged.Replace(RunningCloud.Venue, "plaza", StringComparison.Ordinal), shortCode[1..], "", "%00", new string('A', 399) })
        {
            tried++;
            accepted += (await RedeemAsync(cloud, text, $"forged-{tried:0000}")).Status == HttpStatusCode.OK ? 1 : 0;
        }

        Assert.Equal((0, true), (accepted, tried > 60));
        Assert.Equal("issued", (await cloud.CouponsAsync(secret))[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Who_guesses_codes_is_made_to_wait_and_others_are_not()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (member, secret) = await cloud.JoinAsync();
        var code = (await CouponAsync(cloud, member, secret, "books")).GetProperty("code").GetString()!;
        var dice = new Random(1);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 30; i++)
        {
            var (_, guess, _) = Presence.Offers.CouponCodes.Make(new byte[32], "x", new MemberId(Guid.NewGuid()), "r", "o", dice.Next(), 0);
            answers.Add((await RedeemAsync(cloud, guess, $"guess-{i:000}", by: "thief")).Status);
        }

        Assert.Equal(10, answers.Count(a => a == HttpStatusCode.NotFound));
        Assert.Equal(20, answers.Count(a => a == HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.OK, (await RedeemAsync(cloud, code, "honest-1")).Status);
    }

    [Fact]
    public async Task Stock_and_budget_hold_under_a_rush()
    {
        await using var cloud = await RunningCloud.StartAsync(
            [RunningCloud.WhenBuys("stock", "books", """{"offer": "few"}"""), RunningCloud.WhenBuys("budget", "toys", """{"offer": "dear"}""")],
            """
            [{"id": "few", "title": {"en": "Few"}, "theme": "few", "validFor": "4 h", "stock": 7}, {"id": "dear", "title": {"en": "Dear"}, "theme": "dear", "validFor": "4 h", "cost": 30, "budget": 100}]
            """);
        var members = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => cloud.JoinAsync($"m{i}")));
        await Task.WhenAll(members.SelectMany(m => new[] { "books", "toys" }.Select(category =>
            cloud.PostAsync($"{Base}/purchases", new { member = m.Id, zone = "volt", category, cents = 100 }))));
        await Task.Delay(300);
        var offers = new List<string?>();
        foreach (var (_, secret) in members)
        {
            offers.AddRange((await cloud.GetAsync("/api/v1/me/coupons", secret)).EnumerateArray().Select(c => c.GetProperty("offer").GetProperty("theme").GetString()));
        }

        Assert.Equal((7, 3), (offers.Count(o => o == "few"), offers.Count(o => o == "dear")));
    }

    private static async Task<JsonElement> CouponAsync(RunningCloud cloud, Guid member, string secret, string category, int atLeast = 1)
    {
        await cloud.PostAsync($"{Base}/purchases", new { member, zone = "page-one", category, cents = 1_000 });
        var coupons = await cloud.CouponsAsync(secret, atLeast);
        Assert.True(coupons.Count >= atLeast, "no coupon came");
        return coupons[0];
    }

    private static Task<(HttpStatusCode Status, JsonElement Body)> RedeemAsync(RunningCloud cloud, string code, string key, string by = "Mei") =>
        cloud.PostAsync($"{Base}/coupons/{Uri.EscapeDataString(code)}/redeem", new { zone = "coffee-bar", by }, key);
}
