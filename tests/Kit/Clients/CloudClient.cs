using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Presence.Kit.Clients;

/// <summary>What a member keeps after joining.</summary>
public sealed record Joined(string MemberId, string Secret);

/// <summary>Speaks to the cloud over HTTP as the pages do.</summary>
public sealed class CloudClient(Uri service, string venue) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = service, Timeout = TimeSpan.FromSeconds(30) };

    private string? _words;

    public Uri Service => service;

    public string Venue => venue;

    /// <summary>Whether the cloud says that it is well.</summary>
    public async Task<bool> IsUpAsync(CancellationToken stopping)
    {
        try
        {
            using var reply = await _http.GetAsync(new Uri("/healthz", UriKind.Relative), stopping).ConfigureAwait(false);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<Joined> JoinAsync(string nickname, string? birthday, string language, string[] purposes, CancellationToken stopping)
    {
        var reply = await SendAsync(
            HttpMethod.Post, $"/api/v1/venues/{venue}/members", null,
            new { nickname, birthday, language, purposes, textVersion = await WordsAsync(stopping).ConfigureAwait(false) }, null, stopping).ConfigureAwait(false);
        return new(reply.GetProperty("memberId").ToString(), reply.GetProperty("secret").GetString()!);
    }

    public Task<JsonElement> GradeAsync(string member, string? tier, CancellationToken stopping) =>
        SendAsync(HttpMethod.Put, $"/api/v1/venues/{venue}/members/{member}/grade", null, new { tier }, null, stopping);

    /// <summary>Asks for the one-time link that binds the phone which opens it on the venue's Wi-Fi.</summary>
    public Task<JsonElement> LinkAsync(string secret, CancellationToken stopping) =>
        SendAsync(HttpMethod.Post, "/api/v1/me/link", secret, null, null, stopping);

    public Task<JsonElement> MeAsync(string secret, CancellationToken stopping) => SendAsync(HttpMethod.Get, "/api/v1/me", secret, null, null, stopping);

    public async Task<JsonElement> ConsentAsync(string secret, string[] purposes, string language, CancellationToken stopping) => await SendAsync(
        HttpMethod.Put, "/api/v1/me/consent", secret, new { purposes, textVersion = await WordsAsync(stopping).ConfigureAwait(false), language }, null, stopping).ConfigureAwait(false);

    public Task<JsonElement> CouponsAsync(string secret, CancellationToken stopping) =>
        SendAsync(HttpMethod.Get, "/api/v1/me/coupons", secret, null, null, stopping);

    public Task<JsonElement> InboxAsync(string secret, long after, CancellationToken stopping) =>
        SendAsync(HttpMethod.Get, $"/api/v1/me/inbox?after={after}", secret, null, null, stopping);

    public Task<JsonElement> RedeemAsync(string code, string zone, string by, string key, CancellationToken stopping) =>
        SendAsync(HttpMethod.Post, $"/api/v1/venues/{venue}/coupons/{Uri.EscapeDataString(code)}/redeem", null, new { zone, by }, key, stopping);

    public Task<JsonElement> AcknowledgeAsync(string arrival, string by, CancellationToken stopping) =>
        SendAsync(HttpMethod.Post, $"/api/v1/venues/{venue}/staff/arrivals/{arrival}/acknowledge", null, new { by }, null, stopping);

    /// <summary>Reads a list of the venue: <c>floor</c>, <c>visits?take=50</c> …</summary>
    public Task<JsonElement> ReadAsync(string what, CancellationToken stopping) =>
        SendAsync(HttpMethod.Get, $"/api/v1/venues/{venue}/{what}", null, null, null, stopping);

    /// <summary>Reads a list that comes newest first in pages by id, to its end.</summary>
    public async Task<List<JsonElement>> ReadAllAsync(string what, CancellationToken stopping)
    {
        var all = new List<JsonElement>();
        var before = "";
        while (true)
        {
            var page = (await ReadAsync($"{what}?take=200{before}", stopping).ConfigureAwait(false)).EnumerateArray().ToArray();
            if (page.Length == 0)
            {
                return all;
            }

            all.AddRange(page);
            before = $"&before={page[^1].GetProperty("id")}";
        }
    }

    public void Dispose() => _http.Dispose();

    // Consent is given to words: those that are in force now.
    private async Task<string> WordsAsync(CancellationToken stopping) =>
        _words ??= (await SendAsync(HttpMethod.Get, "/api/v1/texts/consent", null, null, null, stopping).ConfigureAwait(false)).GetProperty("version").GetString()!;

    /// <exception cref="HttpRequestException">The cloud said no; the message has its words.</exception>
    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? secret, object? body, string? key, CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (secret is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        using var reply = await _http.SendAsync(request, stopping).ConfigureAwait(false);
        var text = await reply.Content.ReadAsStringAsync(stopping).ConfigureAwait(false);
        if (!reply.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{method} {path}: {(int)reply.StatusCode} {text}", null, reply.StatusCode);
        }

        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone();
    }
}
