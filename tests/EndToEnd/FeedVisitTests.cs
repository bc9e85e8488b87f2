using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Presence.Kit.Feeds;
using Presence.Mqtt;

namespace Presence.EndToEnd;

/// <summary>From what a mall's own receivers send to visits on the operators' page, through the programs as they are shipped.</summary>
public sealed class FeedVisitTests : IDisposable
{
    private const string Point = "e0:cb:bc:00:00:01";
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-feeds-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Six_systems_bring_devices_that_become_visits_and_none_of_their_addresses_is_kept()
    {
        await using var mall = new LittleMall();
        await mall.StartCloudAsync();
        Assert.Equal(0, (await mall.EnrolAsync(await mall.CodeAsync("gw-1"), mall.IdentityOf("gw-1"))).Code);
        var (http, broker, firehose) = (Programs.FreePort(), await OpenEndpoint.StartAsync(0), new PaperFirehose());
        await using var _ = broker;
        await using var __ = firehose;
        var file = Path.Combine(_folder, "feeds.json");
        await File.WriteAllTextAsync(file, $$"""
            { "receivers": { "{{Point.ToUpperInvariant()}}": 0, "Room": 0, "omg": 0, "zone-1": 0, "map-1": 0 },
              "meraki": { "validator": "abc123", "secret": "{{FeedSamples.Secret}}" }, "mist": { "secret": "{{FeedSamples.Secret}}" }, "aruba": { "token": "{{FeedSamples.Secret}}" },
              "firehose": { "url": "{{firehose.Url}}", "key": "firehose-key" }, "rooms": { "broker": "127.0.0.1", "port": {{broker.Port}} } }
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
        }

        mall.StartGateway("gw-1", null, "--feeds", file, "--bind-http", http.ToString(CultureInfo.InvariantCulture));
        await mall.UntilAsync(() => mall.IsAsync("gw-1", "holdsKeys"), "it has keys");
        using var caller = new HttpClient { BaseAddress = new($"http://127.0.0.1:{http}") };

        // Meraki asks who we are, and calls.
        Assert.Equal("abc123", await caller.GetStringAsync(new Uri("/feeds/meraki", UriKind.Relative)));
        var phones = Enumerable.Range(1, 8).Select(i => $"00:ab:cd:ef:12:{i:x2}").ToArray();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.Equal(HttpStatusCode.OK, await PostAsync(caller, "meraki", FeedSamples.MerakiVersion3(phones[0], Point, -50, now)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(caller, "meraki", FeedSamples.MerakiVersion2(phones[1], Point, 45, now)));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(caller, "meraki", FeedSamples.MerakiVersion3(phones[7], Point, -50, now).Select(b => b == 'a' ? (byte)'b' : b).ToArray()));

        // Mist signs, Aruba brings its token in each frame.
        var mist = FeedSamples.Mist(phones[2], "zone-1", now);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(caller, "mist", mist, FeedSamples.MistSignature(mist)));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(caller, "mist", mist, FeedSamples.MistSignature([1])));
        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new($"ws://127.0.0.1:{http}/feeds/aruba"), CancellationToken.None);
            await socket.SendAsync(FeedSamples.Aruba(phones[3], "c1:ab:cd:ef:12:34", Point, -50, now), WebSocketMessageType.Binary, true, CancellationToken.None);
            await socket.SendAsync(FeedSamples.Aruba(phones[7], "c1:ab:cd:ef:12:35", Point, -50, now, "stolen"), WebSocketMessageType.Binary, true, CancellationToken.None);
            var end = await socket.ReceiveAsync(new byte[64], CancellationToken.None);
            Assert.Equal(WebSocketCloseStatus.PolicyViolation, end.CloseStatus);
        }

        // Rooms publish, the Firehose streams, breaks, and says some things again.
        await using (var room = new MqttClient(new() { Host = "127.0.0.1", Port = broker.Port, ClientId = "room" }))
        {
            await room.ConnectAsync();
            await mall.UntilAsync(() => Task.FromResult(mall.OutputOf("gw-1").Split("Reading the feed").Length > 2), "both feeds are read");
            await room.PublishAsync($"espresense/devices/x/Room", FeedSamples.Espresense(phones[4], "known:" + phones[4].Replace(":", "", StringComparison.Ordinal), -50), MqttQos.AtLeastOnce);
            await room.PublishAsync("home/omg/BTtoMQTT/x", FeedSamples.Theengs(phones[5], -50), MqttQos.AtLeastOnce);
        }

        firehose.Say(FeedSamples.Firehose(phones[6], "map-1", -50, now, "u-1"));
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 9, "seven phones, a tag, and the tag's beacon were heard");
        firehose.Break();
        await mall.UntilAsync(() => Task.FromResult(firehose.ResumedFrom.Count > 1), "it came back");
        Assert.Equal(now, firehose.ResumedFrom.Last());
        firehose.Say(FeedSamples.Firehose(phones[6], "map-1", -50, now, "u-1"));
        firehose.Say(FeedSamples.Firehose(phones[6], "map-1", -50, now + 1, "u-2"));
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 10, "what was said again counts once");

        // Visitors on the page; the system that was not trusted brought nobody.
        await mall.UntilAsync(async () => (await mall.Http.GetFromJsonAsync<JsonElement>("/api/v1/venues/mall/floor")).GetProperty("visitors").GetInt32() == 9, "they visit");
        foreach (var phone in phones)
        {
            mall.NothingOfIn(FeedSamples.Bytes(phone), "cloud");
            mall.NothingOfIn(FeedSamples.Bytes(phone), "gw-1");
        }
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient caller, string feed, byte[] body, string? signature = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri("/feeds/" + feed, UriKind.Relative)) { Content = new ByteArrayContent(body) };
        if (signature is not null)
        {
            message.Headers.Add("X-Mist-Signature-v2", signature);
        }

        using var reply = await caller.SendAsync(message);
        return reply.StatusCode;
    }
}
