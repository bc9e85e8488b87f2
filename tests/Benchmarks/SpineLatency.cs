using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Kit.Clients;
using Presence.Mqtt;
using Presence.Spool;
using Presence.Wire;

namespace Presence.Benchmarks;

/// <summary>
/// From a sighting that a gateway seals to a message on a page: spool with its sync, MQTT, the venue's commit with its sync, SignalR. Each
/// sample is a member nobody heard before, who comes in and makes the rule that greets them hold.
/// </summary>
internal static class SpineLatency
{
    private const string Venue = "mall-0", Gateway = "gw-greeter";
    private const string Rule = """
        {"id":"greet","version":1,"state":"published","author":"bench","title":{"en":"Greet"},"when":{"enters":"venue"},
         "then":[{"notifyStaff":{"text":{"en":"Greet them."},"zone":"zone-0"}}],"limits":{"once":"visit"}}
        """;

    /// <returns>Sorted milliseconds of each sample.</returns>
    public static async Task<IReadOnlyList<double>> MeasureAsync(CloudProcess cloud, int samples, CancellationToken stopping)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{cloud.HttpPort}") };
        using var rule = JsonDocument.Parse(Rule);
        var put = await http.PutAsJsonAsync($"/api/v1/venues/{Venue}/rules/greet", rule.RootElement, stopping);
        if (!put.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await put.Content.ReadAsStringAsync(stopping));
        }

        var name = cloud.Gateways[0].Client.Replace("gw-0", Gateway, StringComparison.Ordinal);
        await using var client = new MqttClient(new MqttClientOptions
        {
            Host = "127.0.0.1", Port = cloud.MqttPort, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(CloudProcess.GreeterPassword),
        });
        await client.ConnectAsync(stopping);
        string Topic(string kind) => $"presence/v1/bench/{Venue}/{Gateway}/up/{kind}";
        await client.PublishAsync(Topic("status"), new GatewayStatus { Boot = 9, At = Now(), Online = true, Version = "bench" }.Encode(), MqttQos.AtLeastOnce, cancel: stopping);
        await BindAsync(http, client, Topic("bind"), samples, stopping);

        var arrived = new ConcurrentDictionary<long, long>();
        var seen = 0L;
        var bell = new SemaphoreSlim(0);
        await using var page = await Live.ConnectAsync(
            http.BaseAddress!, "operators", null,
            new Dictionary<string, Action<JsonElement>>(StringComparer.Ordinal)
            {
                ["Decision"] = _ =>
                {
                    arrived[Interlocked.Increment(ref seen)] = Stopwatch.GetTimestamp();
                    bell.Release();
                },
            },
            stopping);
        await page.InvokeAsync("Watch", [Venue], stopping);
        var folder = Directory.CreateTempSubdirectory("presence-bench-greeter-").FullName;
        await using var spool = new SqliteSpool(new() { Folder = folder }, NullLogger<SqliteSpool>.Instance);
        var taken = new List<double>();
        for (var i = 0; i < samples; i++)
        {
            await Task.Delay(5 + (i * 7 % 20), stopping);
            var begun = Stopwatch.GetTimestamp();
            var payload = Sighting((ulong)(i + 1), (ulong)(Token + i));
            await spool.AppendAsync(new(payload, 1, Now()), stopping);
            await client.PublishAsync(Topic("live"), payload, MqttQos.AtLeastOnce, cancel: stopping);
            if (!await bell.WaitAsync(TimeSpan.FromSeconds(5), stopping))
            {
                throw new InvalidOperationException($"no decision came for sample {i}");
            }

            taken.Add(Stopwatch.GetElapsedTime(begun, arrived[seen]).TotalMilliseconds);
        }

        Directory.Delete(folder, recursive: true);
        return [.. taken.Skip(samples / 5).Order()];
    }

    private const long Token = 0x0BAD_CAFE_0000;

    private static async Task BindAsync(HttpClient http, MqttClient client, string topic, int samples, CancellationToken stopping)
    {
        var version = (await http.GetFromJsonAsync<JsonElement>("/api/v1/texts/consent", stopping)).GetProperty("version").GetString();
        for (var i = 0; i < samples; i++)
        {
            var joined = await (await http.PostAsJsonAsync(
                $"/api/v1/venues/{Venue}/members",
                new { nickname = $"guest {i}", language = "en", purposes = new[] { "presence", "marketing", "profiling" }, textVersion = version }, stopping)).Content.ReadFromJsonAsync<JsonElement>(stopping);
            using var ask = new HttpRequestMessage(HttpMethod.Post, "/api/v1/me/link");
            ask.Headers.Authorization = new("Bearer", joined.GetProperty("secret").GetString());
            using var answer = await http.SendAsync(ask, stopping);
            var code = (await answer.Content.ReadFromJsonAsync<JsonElement>(stopping)).GetProperty("code").GetString()!;
            await client.PublishAsync(topic, new BindReport(code, new DeviceToken((ulong)(Token + i)), Now(), BindHow.Link).Encode(), MqttQos.AtLeastOnce, cancel: stopping);
        }
    }

    private static byte[] Sighting(ulong sequence, ulong token)
    {
        var columns = new SightingColumns
        {
            Tokens = [token], Traits = [TokenTraits.Bound | TokenTraits.Associated], Device = [0], Receiver = [0], Dbm = [-45], At = [Now()],
        };
        var room = new byte[SightingBatch.HeaderBytes + SightingBatch.MostBodyBytes(columns)];
        var header = SightingBatch.WriteHeader(9, sequence, room);
        return room[..(header + SightingBatch.WriteBody(columns, room.AsSpan(header)))];
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
