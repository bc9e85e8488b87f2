using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Cloud.Live;
using Presence.Storage;

namespace Presence.Integration.Cloud;

/// <summary>A member's phone that says which beacons it hears needs no address to be recognised.</summary>
public sealed class PhoneTests
{
    [Fact]
    public async Task A_member_is_where_their_phone_hears_a_beacon_until_they_no_longer_allow_it()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var name = await HangABeaconAsync(cloud);
        var (_, secret) = await cloud.JoinAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await cloud.PostAsync("/api/v1/me/beacons", new { heard = new[] { new { beacon = "fda5/1/7", dbm = -60 } } })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, await SayAsync(cloud, secret, "fda5/1/7", dbm: 99));
        Assert.Equal(HttpStatusCode.Accepted, await SayAsync(cloud, secret, "not/of/here", dbm: -50));
        Assert.Equal(HttpStatusCode.Accepted, await SayAsync(cloud, secret, "FDA5/1/7", dbm: -60));
        Assert.True(await RunningCloud.EventuallyAsync(async () => (await cloud.GetAsync("/api/v1/me", secret)).GetProperty("zone").GetString() == name), "not found by the beacon");

        using var withdrawn = new HttpRequestMessage(HttpMethod.Put, "/api/v1/me/consent")
        {
            Content = JsonContent.Create(new { purposes = new[] { "marketing" }, textVersion = (await cloud.GetAsync("/api/v1/texts/consent")).GetProperty("version").GetString(), language = "en" }),
        };
        withdrawn.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        Assert.True((await cloud.Http.SendAsync(withdrawn)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Accepted, await SayAsync(cloud, secret, "fda5/1/7", dbm: -60));
        Assert.True(await RunningCloud.EventuallyAsync(async () => !(await cloud.GetAsync("/api/v1/me", secret)).GetProperty("present").GetBoolean()), "still followed");
    }

    [Fact]
    public async Task Staff_see_whom_they_were_told_of_for_an_hour_and_as_long_as_they_are_here()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        await HangABeaconAsync(cloud);
        var (here, secret) = await cloud.JoinAsync("Anna");
        var (away, _) = await cloud.JoinAsync("Bo");
        Assert.Equal(HttpStatusCode.Accepted, await SayAsync(cloud, secret, "fda5/1/7", dbm: -60));
        Assert.True(await RunningCloud.EventuallyAsync(async () => (await cloud.GetAsync("/api/v1/me", secret)).GetProperty("present").GetBoolean()), "not found by the beacon");

        var venues = cloud.Services.GetRequiredService<Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        await venues.LaneOf(venue).AskAsync<bool>(venue, (v, commit, now) =>
        {
            var store = v.Map.ZoneIndex("page-one");
            commit.AddArrival(new ArrivalRow(1, v.Number, store, here, now - (3 * 3_600_000), """{"en": "Anna has come in"}"""));
            commit.AddArrival(new ArrivalRow(2, v.Number, store, away, now - (3 * 3_600_000), """{"en": "Bo has come in"}"""));
            commit.AddArrival(new ArrivalRow(3, v.Number, store, away, now - 60_000, """{"en": "Bo asked to be called"}"""));
            return (true, []);
        });

        var board = await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/staff/page-one/arrivals");
        Assert.Equal(["Bo asked to be called", "Anna has come in"], board.EnumerateArray().Select(a => a.GetProperty("text").GetProperty("en").GetString()));
    }

    /// <returns>The zone it hangs in.</returns>
    private static async Task<string> HangABeaconAsync(RunningCloud cloud)
    {
        var plan = JsonNode.Parse((await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/plan")).GetRawText())!;
        var zone = plan["map"]!["zones"]![1]!;
        var at = plan["map"]!["receivers"]!.AsArray().First(r => r!["zone"]!.GetValue<string>() == zone["id"]!.GetValue<string>())!["at"]!;
        plan["map"]!["beacons"] = new JsonArray(new JsonObject { ["id"] = "fda5/1/7", ["floor"] = zone["floor"]!.DeepClone(), ["at"] = at.DeepClone(), ["zone"] = zone["id"]!.DeepClone() });
        Assert.Equal(HttpStatusCode.OK, (await cloud.SendAsync(HttpMethod.Put, $"/api/v1/venues/{RunningCloud.Venue}/plan", new { map = plan["map"] })).Status);
        return zone["id"]!.GetValue<string>();
    }

    private static async Task<HttpStatusCode> SayAsync(RunningCloud cloud, string secret, string beacon, int dbm)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/me/beacons") { Content = JsonContent.Create(new { heard = new[] { new { beacon, dbm, ago = 1.5 } } }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var reply = await cloud.Http.SendAsync(request);
        return reply.StatusCode;
    }
}
