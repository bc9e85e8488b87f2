using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Presence.Cloud;

namespace Presence.EndToEnd;

/// <summary>One coupon, many tills in processes of their own, and a service that is killed in between.</summary>
public sealed class RedemptionRaceTests
{
    private static readonly string[] AllPurposes = ["presence", "marketing", "profiling"];

    private const string Rule = """
        {"id": "coffee", "version": 1, "state": "published", "author": "test", "title": "coffee", "when": {"purchases": {"category": "books"}}, "then": [{"offer": "coffee-free"}]}
        """;

    [Fact]
    public async Task Of_a_thousand_tries_from_several_processes_one_succeeds_and_all_others_get_the_same_answer()
    {
        var folder = Directory.CreateTempSubdirectory("presence-race-").FullName;
        var (http, mqtt) = (Programs.FreePort(), Programs.FreePort());
        var url = $"http://127.0.0.1:{http}";
        var cloud = await StartCloudAsync(folder, http, mqtt);
        var tills = new List<Process>();
        try
        {
            var code = await CouponAsync(url);
            tills.AddRange(Enumerable.Range(0, 5).Select(i => Start(null, Programs.Of("tests/Trials", "presence-trials.dll"),
                "till", "--url", url, "--venue", "riverside", "--code", code, "--tries", "250", "--name", $"till-{i}")));
            var said = tills.Select(t => t.StandardOutput.ReadToEndAsync()).ToList();
            for (var kill = 0; kill < 3; kill++)
            {
                await Task.Delay(kill == 0 ? 1_500 : 400);
                cloud.Kill();
                await cloud.WaitForExitAsync();
                cloud.Dispose();
                cloud = await StartCloudAsync(folder, http, mqtt);
                if (kill == 1)
                {
                    tills[4].Kill();
                }
            }

            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await Task.WhenAll(tills.Select(t => t.WaitForExitAsync(patience.Token)));
            var answers = (await Task.WhenAll(said)).Take(4).SelectMany(s => s.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(l => JsonSerializer.Deserialize<JsonElement>(l)).ToList();
            Assert.Equal(1_000, answers.Count);
            Assert.True(answers.Count(a => a.GetProperty("status").GetInt32() == 200) <= 1, "two tills were told that they redeemed it");
            Assert.All(answers, a => Assert.Contains(a.GetProperty("status").GetInt32(), new[] { 200, 409 }));
            var told = Assert.Single(answers.Where(a => a.GetProperty("status").GetInt32() == 409).Select(a => a.GetProperty("detail").GetString()).Distinct());

            // The store knows of one redemption, by the till that all others were told of.
            var look = await GetAsync(url, $"/api/v1/venues/riverside/coupons/{code}");
            Assert.Equal("redeemed", look.GetProperty("state").GetString());
            var winner = look.GetProperty("redeemedBy").GetString()!;
            Assert.Contains($"by {winner}.", told, StringComparison.Ordinal);
            Assert.All(answers.Where(a => a.GetProperty("status").GetInt32() == 200), a => Assert.StartsWith(winner, a.GetProperty("key").GetString(), StringComparison.Ordinal));
        }
        finally
        {
            foreach (var process in tills.Append(cloud).Where(p => !p.HasExited))
            {
                process.Kill();
            }

            cloud.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("before-commit")]
    [InlineData("after-commit")]
    public async Task A_crash_between_decision_coupon_and_message_gives_each_sale_one_coupon_and_one_message(string place)
    {
        const int Members = 12;
        var folder = Directory.CreateTempSubdirectory("presence-crash-").FullName;
        var (http, mqtt) = (Programs.FreePort(), Programs.FreePort());
        var url = $"http://127.0.0.1:{http}";
        var cloud = await StartCloudAsync(folder, http, mqtt);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(10) };
            var members = new List<(Guid Id, string Secret)>();
            for (var i = 0; i < Members; i++)
            {
                members.Add(await JoinAsync(client));
            }

            cloud.Kill();
            await cloud.WaitForExitAsync();
            cloud = await StartCloudAsync(folder, http, mqtt, $"{place}:8");
            var crashes = 0;
            foreach (var (id, _) in members)
            {
                while (!await SellAsync(client, id, $"sale-{id}"))
                {
                    crashes++;
                    await cloud.WaitForExitAsync();
                    cloud.Dispose();
                    cloud = await StartCloudAsync(folder, http, mqtt);
                }
            }

            Assert.Equal(1, crashes);
            foreach (var (_, secret) in members)
            {
                client.DefaultRequestHeaders.Authorization = new("Bearer", secret);
                var coupon = Assert.Single((await client.GetFromJsonAsync<JsonElement>("/api/v1/me/coupons")).EnumerateArray());
                var message = Assert.Single((await client.GetFromJsonAsync<JsonElement>("/api/v1/me/inbox")).EnumerateArray());
                Assert.Equal(coupon.GetProperty("id").GetInt64(), message.GetProperty("coupon").GetProperty("id").GetInt64());
                Assert.Equal(1, (await client.GetFromJsonAsync<JsonElement>("/api/v1/me/points")).GetProperty("pending").GetInt64());
            }
        }
        finally
        {
            if (!cloud.HasExited)
            {
                cloud.Kill();
            }

            cloud.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> SellAsync(HttpClient client, Guid member, string key)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/venues/riverside/till")
            {
                Content = JsonContent.Create(new { zone = "page-one", by = "Mei", member, category = "books", cents = 100 }),
            };
            request.Headers.Add("Idempotency-Key", key);
            using var reply = await client.SendAsync(request);
            return reply.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static async Task<Process> StartCloudAsync(string folder, int http, int mqtt, string? failPoint = null)
    {
        var file = Path.Combine(folder, "venue.json");
        var offers = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(Programs.Root, "rules", "definitions", "offers.json")));
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(
            new VenueFile { Map = Kit.Simulator.DemoMall.AtNoon, Offers = offers, Rules = [JsonSerializer.Deserialize<JsonElement>(Rule)] }, VenueFile.Json));
        var cloud = Start(failPoint, Programs.Of("cloud/Host", "presence-cloud.dll"), "--data", folder, "--venue", file, "--http", $"{http}", "--mqtt", $"{mqtt}");
        _ = cloud.StandardOutput.ReadToEndAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(1) };
        for (var tries = 0; tries < 300; tries++)
        {
            try
            {
                if ((await client.GetAsync($"http://127.0.0.1:{http}/healthz")).IsSuccessStatusCode)
                {
                    return cloud;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(100);
            }
        }

        throw new TimeoutException("the cloud did not come up");
    }

    private static async Task<string> CouponAsync(string url)
    {
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        var (member, secret) = await JoinAsync(client);
        await client.PostAsJsonAsync("/api/v1/venues/riverside/purchases", new { member, zone = "page-one", category = "books", cents = 100 });
        client.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        for (var tries = 0; tries < 100; tries++)
        {
            if ((await client.GetFromJsonAsync<JsonElement>("/api/v1/me/coupons")).EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } coupon)
            {
                return coupon.GetProperty("code").GetString()!;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("no coupon came");
    }

    private static async Task<(Guid Id, string Secret)> JoinAsync(HttpClient client)
    {
        var text = (await client.GetFromJsonAsync<JsonElement>("/api/v1/texts/consent")).GetProperty("version").GetString();
        using var joined = await client.PostAsJsonAsync("/api/v1/venues/riverside/members", new { nickname = "Anna", purposes = AllPurposes, textVersion = text });
        var reply = await joined.Content.ReadFromJsonAsync<JsonElement>();
        return (reply.GetProperty("memberId").GetGuid(), reply.GetProperty("secret").GetString()!);
    }

    private static async Task<JsonElement> GetAsync(string url, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        return await client.GetFromJsonAsync<JsonElement>(path);
    }

    private static Process Start(string? failPoint, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["PRESENCE_FAILPOINT"] = failPoint;
        return Process.Start(start)!;
    }
}
