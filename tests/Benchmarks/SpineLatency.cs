using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Presence.Capture.Privacy;
using Presence.Kit.Clients;
using Presence.Kit.Gateway;
using Presence.Kit.Simulator;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Benchmarks;

/// <summary>
/// From a frame that a gateway reads to a message on a page: the gateway as it is shipped with its spool and sync, MQTT, the venue's commit
/// with its sync, SignalR. Each sample is a member nobody heard before, who comes in and makes the rule that greets them hold.
/// </summary>
internal static class SpineLatency
{
    private const string Venue = "mall-0", Gateway = "gw-greeter";
    private const string DayKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string MemberKey = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";
    private const string Rule = """
        {"id":"greet","version":1,"state":"published","author":"bench","title":{"en":"Greet"},"when":{"enters":"venue"},
         "then":[{"notifyStaff":{"text":{"en":"Greet them."},"zone":"zone-0"}}],"limits":{"once":"visit"}}
        """;

    private const ulong FirstPhone = 0x0260_0000_0000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

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

        await BindAsync(http, cloud, samples, stopping);
        var arrived = new ConcurrentQueue<long>();
        var bell = new SemaphoreSlim(0);
        await using var page = await Live.ConnectAsync(
            http.BaseAddress!, "operators", null,
            new Dictionary<string, Action<JsonElement>>(StringComparer.Ordinal)
            {
                ["Decision"] = _ =>
                {
                    arrived.Enqueue(Stopwatch.GetTimestamp());
                    bell.Release();
                },
            },
            stopping);
        await page.InvokeAsync("Watch", [Venue], stopping);

        var folder = Directory.CreateTempSubdirectory("presence-bench-greeter-").FullName;
        var pipe = Path.Combine(folder, "radio");
        using (var mkfifo = Process.Start("mkfifo", pipe))
        {
            await mkfifo.WaitForExitAsync(stopping);
        }

        using var gateway = StartGateway(cloud, folder, pipe);
        try
        {
            using var radio = new PcapStream(new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), PcapStream.Radiotap);
            var taken = new List<double>();
            for (var i = 0; i < samples; i++)
            {
                await Task.Delay(5 + (i * 7 % 20), stopping);
                var frame = ProbeCapture.Frame(new Probe(Now(), FirstPhone + (ulong)i, -45), i);
                var begun = Stopwatch.GetTimestamp();
                radio.Write(Now() * 1_000, frame);

                // The first one waits for the gateway to be told who the members are, and is not counted.
                while (!await bell.WaitAsync(i == 0 ? TimeSpan.FromMilliseconds(500) : Patience, stopping))
                {
                    if (i > 0 || Stopwatch.GetElapsedTime(begun) > Patience)
                    {
                        throw new InvalidOperationException($"no decision came for sample {i}");
                    }

                    radio.Write(Now() * 1_000, frame);
                }

                arrived.TryDequeue(out var at);
                taken.Add(Stopwatch.GetElapsedTime(begun, at).TotalMilliseconds);
            }

            return [.. taken.Skip(samples / 5).Order()];
        }
        finally
        {
            gateway.Kill();
            await gateway.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process StartGateway(CloudProcess cloud, string folder, string pipe)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "presence-gateway.dll"), "--tenant", "bench", "--venue", Venue, "--gateway", Gateway,
            "--spool", Path.Combine(folder, "spool"), "--broker", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{cloud.MqttPort}"),
            "--day-key", DayKey, "--member-key", MemberKey, "--capture", $"0={pipe}", "--log", "Warning",
        ]);
        start.Environment["PRESENCE_PASSWORD"] = CloudProcess.GreeterPassword;
        return Process.Start(start)!;
    }

    // The members join and their phones are reported as a gateway would report them.
    private static async Task BindAsync(HttpClient http, CloudProcess cloud, int samples, CancellationToken stopping)
    {
        var name = cloud.Gateways[0].Client.Replace("gw-0", Gateway, StringComparison.Ordinal);
        await using var client = new MqttClient(new MqttClientOptions
        {
            Host = "127.0.0.1", Port = cloud.MqttPort, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(CloudProcess.GreeterPassword),
        });
        await client.ConnectAsync(stopping);
        using var tokens = new AddressPseudonymiser(Convert.FromHexString(DayKey), Convert.FromHexString(MemberKey));
        var version = (await http.GetFromJsonAsync<JsonElement>("/api/v1/texts/consent", stopping)).GetProperty("version").GetString();
        var place = From(0, http.BaseAddress!);
        for (var i = 0; i < samples; i++)
        {
            // So many join from one address in a minute and no more; people of several places are not held up.
            if (i % 100 == 0)
            {
                place.Dispose();
                place = From(i / 100, http.BaseAddress!);
            }

            var joined = await (await place.PostAsJsonAsync(
                $"/api/v1/venues/{Venue}/members",
                new { nickname = $"guest {i}", language = "en", purposes = new[] { "presence", "marketing", "profiling" }, textVersion = version }, stopping)).Content.ReadFromJsonAsync<JsonElement>(stopping);
            using var ask = new HttpRequestMessage(HttpMethod.Post, "/api/v1/me/link");
            ask.Headers.Authorization = new("Bearer", joined.GetProperty("secret").GetString());
            using var answer = await http.SendAsync(ask, stopping);
            var code = (await answer.Content.ReadFromJsonAsync<JsonElement>(stopping)).GetProperty("code").GetString()!;
            await client.PublishAsync(
                $"presence/v1/bench/{Venue}/{Gateway}/up/bind", new BindReport(code, tokens.BindingOf(AddressSpace.Wifi, FirstPhone + (ulong)i), Now(), BindHow.Link).Encode(), MqttQos.AtLeastOnce, cancel: stopping);
        }
    }

    private static HttpClient From(int place, Uri service) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, stopping) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + place)]), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, stopping);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = service,
    };

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
