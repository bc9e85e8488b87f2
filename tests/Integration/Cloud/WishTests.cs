using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Presence.Integration.Cloud;

/// <summary>What a member wishes is obeyed from the next decision on, outlives the service, is hers to read, and goes with her.</summary>
public sealed class WishTests
{
    private const string Base = $"/api/v1/venues/{RunningCloud.Venue}";
    private static readonly string[] Rules =
    [
        RunningCloud.WhenBuys("coffee", "books", """{"offer": "coffee-free"}"""),
        RunningCloud.WhenBuys("pushes", "shoes", """{"message": {"text": {"en": "Socks"}, "theme": "fashion", "channel": "push"}}"""),
    ];

    [Fact]
    public async Task Each_wish_is_obeyed_from_the_next_decision_on()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (member, secret) = await cloud.JoinAsync();
        Assert.Contains("coffee", (await cloud.GetAsync("/api/v1/me/wishes", secret)).GetProperty("themes").EnumerateArray().Select(t => t.GetString()));

        Assert.Equal("topic", await WhyNotAsync(cloud, member, secret, "books", new { mutedThemes = new[] { "coffee" } }));
        Assert.Equal("not paused", await WhyNotAsync(cloud, member, secret, "books", new { pausedUntil = DateTimeOffset.UtcNow.AddHours(1) }));
        var local = VenueNow();
        Assert.Equal("quiet hours", await WhyNotAsync(cloud, member, secret, "books", new { quietFrom = local.AddMinutes(-90).ToString("HH:mm"), quietTo = local.AddMinutes(90).ToString("HH:mm") }));
        Assert.Equal("sends today", await WhyNotAsync(cloud, member, secret, "books", new { mostPerDay = 0 }));
        Assert.Equal("consent", await WhyNotAsync(cloud, member, secret, "shoes", new { channels = Array.Empty<string>() }));
        Assert.Null(await WhyNotAsync(cloud, member, secret, "shoes", new { channels = new[] { "push" } }));
        Assert.Null(await WhyNotAsync(cloud, member, secret, "books", new { }));
    }

    [Fact]
    public async Task Wishes_outlive_a_restart_are_exported_and_go_with_the_member()
    {
        var data = Directory.CreateTempSubdirectory("presence-wishes-").FullName;
        string secret;
        await using (var cloud = await RunningCloud.StartAsync(Rules, null, data))
        {
            (_, secret) = await cloud.JoinAsync();
            Assert.Equal(HttpStatusCode.OK, await PutAsync(cloud, secret, new { quietFrom = "22:00", quietTo = "07:30", mostPerDay = 3, channels = new[] { "push" }, mutedThemes = new[] { "zebra-theme" }, lessOf = new[] { "fashion" } }));
        }

        await using (var cloud = await RunningCloud.StartAsync(Rules, null, data))
        {
            var wishes = await cloud.GetAsync("/api/v1/me/wishes", secret);
            Assert.Equal(("22:00", "07:30", 3), (wishes.GetProperty("quietFrom").GetString(), wishes.GetProperty("quietTo").GetString(), wishes.GetProperty("mostPerDay").GetInt32()));
            Assert.Equal(["wallet", "push"], wishes.GetProperty("channels").EnumerateArray().Select(c => c.GetString()));
            var exported = (await cloud.GetAsync("/api/v1/me/export", secret)).GetProperty("profile").GetProperty("wishes");
            Assert.Equal("zebra-theme", Assert.Single(exported.GetProperty("mutedThemes").EnumerateArray()).GetString());

            using var erase = new HttpRequestMessage(HttpMethod.Delete, "/api/v1/me");
            erase.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            Assert.Equal(HttpStatusCode.NoContent, (await cloud.Http.SendAsync(erase)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync(cloud, secret, new { }));
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(data, "presence.db*"), f => File.ReadAllBytes(f).AsSpan().IndexOf("zebra-theme"u8) >= 0);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task A_wish_that_cannot_be_is_answered_with_its_place()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (_, secret) = await cloud.JoinAsync();
        foreach (var (body, path) in new[]
        {
            ("""{"quietFrom": "22:00"}""", "$.quietTo"), ("""{"quietFrom": "25:00", "quietTo": "07:00"}""", "$.quietFrom"), ("""{"mostPerDay": -1}""", "$.mostPerDay"),
            ("""{"channels": ["pigeon"]}""", "$.channels"), ("""{"channels": [null]}""", "$.channels"), ("""{"mutedThemes": [""]}""", "$.mutedThemes"), ("""{"lessOf": [null]}""", "$.lessOf"),
        })
        {
            using var reply = await SendAsync(cloud, secret, JsonSerializer.Deserialize<JsonElement>(body));
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
            Assert.Equal(path, (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("path").GetString());
        }
    }

    // The gate that stopped the next decision, or null when nothing did.
    private static async Task<string?> WhyNotAsync(RunningCloud cloud, Guid member, string secret, string category, object wishes)
    {
        Assert.Equal(HttpStatusCode.OK, await PutAsync(cloud, secret, wishes));
        await cloud.PostAsync($"{Base}/purchases", new { member, zone = "page-one", category, cents = 50 });
        var last = (await cloud.GetAsync($"{Base}/decisions?take=1")).EnumerateArray().Single();
        return last.GetProperty("reasons").EnumerateArray().Where(g => !g.GetProperty("passed").GetBoolean()).Select(g => g.GetProperty("gate").GetString()).FirstOrDefault();
    }

    private static DateTimeOffset VenueNow() => TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById(Kit.Simulator.DemoMall.AtNoon.TimeZone));

    private static async Task<HttpStatusCode> PutAsync(RunningCloud cloud, string secret, object wishes)
    {
        using var reply = await SendAsync(cloud, secret, wishes);
        return reply.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningCloud cloud, string secret, object wishes)
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, "/api/v1/me/wishes") { Content = JsonContent.Create(wishes) };
        put.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return await cloud.Http.SendAsync(put);
    }
}
