using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Presence.Integration.Cloud;

/// <summary>Joining once, however often the button is pressed.</summary>
public sealed class JoinTests
{
    private const string Members = $"/api/v1/venues/{RunningCloud.Venue}/members";
    private static readonly string[] All = ["presence", "marketing", "profiling"];

    [Fact]
    public async Task Fifty_parallel_joins_of_one_person_give_one_member_and_one_welcome_gift()
    {
        await using var cloud = await RunningCloud.StartAsync(
        [
            """
            {"id": "welcome", "version": 1, "state": "published", "author": "test", "title": "welcome", "when": {"joins": {}}, "then": [{"offer": "welcome-tasting"}], "limits": {"once": "ever"}}
            """,
        ]);
        var join = await BodyAsync(cloud, "Anna");
        var key = Guid.NewGuid().ToString();
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => cloud.PostAsync(Members, join, key)));
        Assert.All(replies, r => Assert.Equal(HttpStatusCode.Created, r.Status));
        var secret = Assert.Single(replies.Select(r => r.Body.GetProperty("secret").GetString()).Distinct())!;
        Assert.Single(replies.Select(r => r.Body.GetProperty("memberId").GetGuid()).Distinct());
        Assert.Single(await cloud.CouponsAsync(secret));
        await Task.Delay(300);
        Assert.Single(await cloud.CouponsAsync(secret));

        // The key is the person's: with another name it is refused, and nobody gets the secret by guessing what was typed.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await cloud.PostAsync(Members, await BodyAsync(cloud, "Bo"), key)).Status);
        var (_, other) = await cloud.PostAsync(Members, join, Guid.NewGuid().ToString());
        Assert.NotEqual(secret, other.GetProperty("secret").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.PostAsync(Members, join, "short")).Status);
    }

    [Fact]
    public async Task One_address_cannot_flood_the_mall_with_members()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var join = await BodyAsync(cloud, "Anna");
        var replies = new List<HttpStatusCode>();
        for (var i = 0; i < 250; i++)
        {
            replies.Add((await cloud.PostAsync(Members, join)).Status);
        }

        // A minute may turn in between; more than two of its portions never get through.
        Assert.InRange(replies.Count(s => s == HttpStatusCode.Created), 120, 240);
        Assert.Contains(HttpStatusCode.TooManyRequests, replies);
    }

    [Fact]
    public async Task One_phone_that_says_too_much_is_told_to_wait_and_the_next_one_is_not()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (_, loud) = await cloud.JoinAsync();
        var (_, quiet) = await cloud.JoinAsync();
        async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, string secret)
        {
            using var call = new HttpRequestMessage(method, path) { Headers = { Authorization = new("Bearer", secret) } };
            call.Content = method == HttpMethod.Post ? JsonContent.Create(new { code = "nothing" }) : null;
            return await cloud.Http.SendAsync(call);
        }

        foreach (var (method, path, most, wait) in new[] { (HttpMethod.Post, "/api/v1/me/scans", 120, "60"), (HttpMethod.Get, "/api/v1/me/export", 5, "3600") })
        {
            var refused = 0;
            for (var i = 0; i < (2 * most) + 1; i++)
            {
                using var reply = await CallAsync(method, path, loud);
                if (reply.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    refused++;
                    Assert.Equal(wait, reply.Headers.GetValues("Retry-After").Single());
                }
            }

            // A window may turn in between.
            Assert.InRange(refused, 1, most + 1);
            using var other = await CallAsync(method, path, quiet);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, other.StatusCode);
        }
    }

    [Fact]
    public async Task Who_brings_a_friend_is_rewarded_once_and_only_when_the_friends_phone_is_new()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (_, secret) = await cloud.JoinAsync();
        var code = (await cloud.GetAsync("/api/v1/me/referral", secret)).GetProperty("code").GetString()!;
        var venues = cloud.Services.GetRequiredService<Presence.Cloud.Live.Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        async Task<long> PointsAfterAsync(ulong phone)
        {
            var (status, friend) = await cloud.PostAsync(Members, await BodyAsync(cloud, "Bo", code));
            Assert.Equal(HttpStatusCode.Created, status);
            await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) => (true, [new Presence.Cloud.Stages.DeviceBound(friend.GetProperty("memberId").GetGuid(), phone, "link")]));
            return (await cloud.GetAsync("/api/v1/me/points", secret)).GetProperty("spendable").GetInt64();
        }

        Assert.Equal(100, await PointsAfterAsync(0xB0));
        Assert.Equal(100, await PointsAfterAsync(0xB0));
        Assert.Equal(200, await PointsAfterAsync(0xB1));
        Assert.Equal(HttpStatusCode.BadRequest, (await cloud.PostAsync(Members, await BodyAsync(cloud, "Bo", code[..^1] + (code[^1] == 'A' ? 'Q' : 'A')))).Status);
    }

    private static async Task<object> BodyAsync(RunningCloud cloud, string nickname, string? broughtBy = null) => new
    {
        nickname, birthday = (string?)null, language = "en", purposes = All, textVersion = (await cloud.GetAsync("/api/v1/texts/consent")).GetProperty("version").GetString(), broughtBy,
    };
}
