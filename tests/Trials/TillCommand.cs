using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Presence.Trials;

/// <summary>A till that tries one coupon again and again, each time under a key of its own, and never gives a try up: for races.</summary>
internal static class TillCommand
{
    private const int Parallel = 16;

    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter to, CancellationToken stopping)
    {
        var options = new Arguments(args, [], ["url", "venue", "zone", "code", "tries", "name"]);
        using var http = new HttpClient { BaseAddress = new Uri(options.Text("url", "http://localhost:8080")), Timeout = TimeSpan.FromSeconds(10) };
        var path = $"/api/v1/venues/{options.Text("venue", "riverside")}/coupons/{options.Text("code", "")}/redeem";
        var (name, zone) = (options.Text("name", "till"), options.Text("zone", "coffee-bar"));
        var next = 0;
        var written = new Lock();
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => WorkAsync()));
        return 0;

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var i && i <= options.Count("tries", 250, 1, 1_000_000))
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"{name}-{i:00000}");
                var line = await TryAsync(key);
                lock (written)
                {
                    to.WriteLine(line);
                    to.Flush();
                }
            }
        }

        // A service that is down, or that went down with the answer, is asked again under the same key: as a till must.
        async Task<string> TryAsync(string key)
        {
            while (true)
            {
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { zone, by = name }) };
                    request.Headers.Add("Idempotency-Key", key);
                    using var reply = await http.SendAsync(request, stopping);
                    var body = await reply.Content.ReadFromJsonAsync<JsonElement>(stopping);
                    if ((int)reply.StatusCode < 500)
                    {
                        return JsonSerializer.Serialize(new { key, status = (int)reply.StatusCode, detail = body.TryGetProperty("detail", out var detail) ? detail.GetString() : null });
                    }
                }
                catch (Exception e) when (e is HttpRequestException or JsonException or IOException or TaskCanceledException && !stopping.IsCancellationRequested)
                {
                    // The service is being killed by the test; it comes back on the same port.
                }

                await Task.Delay(50, stopping);
            }
        }
    }
}
