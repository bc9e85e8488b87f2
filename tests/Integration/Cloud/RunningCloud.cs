using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Presence.Cloud;

namespace Presence.Integration.Cloud;

/// <summary>The cloud, run in this process on free ports with a store of its own, and spoken to over HTTP.</summary>
internal sealed class RunningCloud : IAsyncDisposable
{
    public const string Venue = "riverside";

    /// <summary>Of all its gateways.</summary>
    public const string Password = "a password of all its gateways";
    private static readonly string[] AllPurposes = ["presence", "marketing", "profiling"];
    private readonly bool _ownsData;
    private WebApplication _app = null!;

    private RunningCloud(string data, bool ownsData) => (Data, _ownsData) = (data, ownsData);

    public string Data { get; }

    /// <summary>The venue's: where it is noon, unless a test sets the clock itself.</summary>
    public required VenueMap Map { get; init; }

    public HttpClient Http { get; private set; } = null!;

    public int MqttPort { get; private set; }

    public IServiceProvider Services => _app.Services;

    /// <param name="rules">Rule documents as JSON.</param>
    /// <param name="offers">Offers as JSON; null takes the shipped ones.</param>
    /// <param name="data">A store that is there already; null makes a new one that goes with this.</param>
    /// <param name="settings">Further arguments.</param>
    public static async Task<RunningCloud> StartAsync(string[] rules, string? offers = null, string? data = null, params string[] settings)
    {
        var map = settings.Contains("--time-origin") ? Kit.Simulator.DemoMall.Map : Kit.Simulator.DemoMall.AtNoon;
        var cloud = new RunningCloud(data ?? Directory.CreateTempSubdirectory("presence-cloud-").FullName, data is null) { Map = map };
        var file = Path.Combine(cloud.Data, "venue.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new VenueFile
        {
            Map = cloud.Map,
            Offers = JsonSerializer.Deserialize<JsonElement>(offers ?? await File.ReadAllTextAsync(Path.Combine(Definitions(), "offers.json"))),
            Gateways = cloud.Map.Receivers.Select(r => r.Gateway).Distinct().ToDictionary(g => g, _ => Password, StringComparer.Ordinal),
            Rules = [.. rules.Select(r => JsonSerializer.Deserialize<JsonElement>(r))],
        }, VenueFile.Json));
        cloud._app = await CloudProgram.BuildAsync(["--data", cloud.Data, "--venue", file, "--http", "0", "--mqtt", "0", "--set", "Venue:TickEvery=00:00:00.100", .. settings]);
        await cloud._app.StartAsync();
        var addresses = cloud._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToList();
        cloud.Http = new HttpClient { BaseAddress = addresses[0] };
        cloud.MqttPort = addresses[^1].Port;
        return cloud;
    }

    /// <summary>Somebody joins and allows everything.</summary>
    public async Task<(Guid Id, string Secret)> JoinAsync(string nickname = "Anna", string? birthday = null, string? tier = null)
    {
        var text = (await GetAsync("/api/v1/texts/consent")).GetProperty("version").GetString();
        var reply = await PostAsync($"/api/v1/venues/{Venue}/members", new { nickname, birthday, language = "en", purposes = AllPurposes, textVersion = text, tier });
        Assert.Equal(HttpStatusCode.Created, reply.Status);
        return (reply.Body.GetProperty("memberId").GetGuid(), reply.Body.GetProperty("secret").GetString()!);
    }

    public async Task<JsonElement> GetAsync(string path, string? secret = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = secret is null ? null : new AuthenticationHeaderValue("Bearer", secret);
        using var reply = await Http.SendAsync(request);
        Assert.True(reply.IsSuccessStatusCode, $"{path}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync()}");
        return await reply.Content.ReadFromJsonAsync<JsonElement>();
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body, string? key = null) => SendAsync(HttpMethod.Post, path, body, key);

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var reply = await Http.SendAsync(request);
        var text = await reply.Content.ReadAsStringAsync();
        return (reply.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonSerializer.Deserialize<JsonElement>(text) : default);
    }

    /// <summary>The member's coupons, once there are so many.</summary>
    public async Task<List<JsonElement>> CouponsAsync(string secret, int atLeast = 1)
    {
        for (var tries = 0; ; tries++)
        {
            var coupons = (await GetAsync("/api/v1/me/coupons", secret)).EnumerateArray().ToList();
            if (coupons.Count >= atLeast || tries == 100)
            {
                return coupons;
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Waits until it holds, at most ten seconds.</summary>
    public static async Task<bool> EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            if (await holds())
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }

    /// <summary>A rule that gives an offer for a purchase of a category.</summary>
    public static string WhenBuys(string id, string category, string then, string limits = """{"once": "none"}""") => $$"""
        {"id": "{{id}}", "version": 1, "state": "published", "author": "test", "title": {"en": "{{id}}"}, "when": {"purchases": {"category": "{{category}}"} },
         "then": [{{then}}], "limits": {{limits}} }
        """;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }
    }

    internal static string Definitions()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(at.FullName, "rules", "definitions")))
        {
            at = at.Parent!;
        }

        return Path.Combine(at.FullName, "rules", "definitions");
    }
}
