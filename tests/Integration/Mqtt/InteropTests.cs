using System.Text;
using Presence.Mqtt;
using Xunit;

namespace Presence.Integration.Mqtt;

public sealed class InteropTests
{
    public static TheoryData<MqttVersion> Versions => new() { MqttVersion.V311, MqttVersion.V5 };

    private static void Need(string program) => Skip.If(ForeignProgram.Find(program) is null, $"{program} is not installed.");

    private static string Flag(MqttVersion version) => version == MqttVersion.V5 ? "mqttv5" : "mqttv311";

    [SkippableTheory, MemberData(nameof(Versions))]
    public async Task Mosquittos_clients_publish_and_subscribe_here(MqttVersion version)
    {
        Need("mosquitto_sub");
        await using var open = await OpenEndpoint.StartAsync(0);
        var port = open.Port.ToString();
        await using var sub = ForeignProgram.Start(ForeignProgram.Find("mosquitto_sub")!, ["-p", port, "-V", Flag(version), "-t", "shop/#", "-q", "2", "-v"]);
        await Until.TrueAsync(() => open.Endpoint.Sessions.Count == 1, "mosquitto_sub is here");
        await Task.Delay(200);
        foreach (var qos in new[] { "0", "1", "2" })
            await ForeignProgram.RunAsync(ForeignProgram.Find("mosquitto_pub")!, "-p", port, "-V", Flag(version), "-t", "shop/" + qos, "-q", qos, "-m", "hello");
        await Until.TrueAsync(() => sub.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 3, "three came: " + sub.Said);
        Assert.Equal("shop/0 hello\nshop/1 hello\nshop/2 hello\n", sub.Said.ReplaceLineEndings("\n"));
    }

    [SkippableFact]
    public async Task Mosquittos_client_is_told_what_it_may_not()
    {
        Need("mosquitto_sub");
        await using var shop = await MqttShop.OpenAsync();
        await using var sub = ForeignProgram.Start(
            ForeignProgram.Find("mosquitto_sub")!, ["-p", shop.Port.ToString(), "-i", "till", "-V", "mqttv5", "-t", "secret/#", "-d"]);
        await Until.TrueAsync(() => sub.Said.Contains("denied", StringComparison.Ordinal), "denied");
        Assert.Equal(1, shop.Endpoint.Refusals(MqttRefusal.Subscribe));
    }

    [SkippableTheory, MemberData(nameof(Versions))]
    public async Task A_mosquitto_bridge_passes_messages_in_both_directions(MqttVersion version)
    {
        Need("mosquitto");
        await using var open = await OpenEndpoint.StartAsync(0);
        var protocol = version == MqttVersion.V5 ? "mqttv50" : "mqttv311";
        await using var mosquitto = await Mosquitto.StartAsync(
            $"connection shop\naddress 127.0.0.1:{open.Port}\nbridge_protocol_version {protocol}\ntopic up/# out 1\ntopic down/# in 2\n");
        await Until.TrueAsync(() => open.Endpoint.Sessions.Count == 1, "the bridge is here: " + mosquitto.Said);
        await using var here = await Listener.AtAsync(open.Port, "up/#", version);
        await using var there = await Listener.AtAsync(mosquitto.Port, "down/#", version);
        await using var sender = new MqttClient(new() { Host = "127.0.0.1", Port = mosquitto.Port, Version = version });
        await sender.ConnectAsync();

        // The bridge subscribes a moment after it is here.
        await Until.TrueAsync(
            () => { open.Endpoint.Publish("down/first", "in"u8, MqttQos.AtMostOnce); return there.Count > 0; }, "the bridge has subscribed: " + mosquitto.Said);
        await Task.Delay(200);
        var before = there.Count;
        for (var i = 0; i < 100; i++) await sender.PublishAsync("up/" + i, "out"u8.ToArray(), MqttQos.AtLeastOnce);
        for (var i = 0; i < 100; i++) open.Endpoint.Publish("down/" + i, "in"u8, MqttQos.ExactlyOnce);
        await Until.TrueAsync(() => here.Count == 100 && there.Count == before + 100, () => $"all passed; up {here.Count}, down {there.Count - before}");
    }

    [SkippableTheory, MemberData(nameof(Versions))]
    public async Task Our_client_speaks_with_mosquitto_as_broker(MqttVersion version)
    {
        Need("mosquitto");
        await using var mosquitto = await Mosquitto.StartAsync();
        await ExchangeAsync(mosquitto.Port, version, MqttQos.ExactlyOnce);
    }

    [SkippableTheory, MemberData(nameof(Versions))]
    public async Task Our_client_and_mosquittos_speak_inside_TLS(MqttVersion version)
    {
        Need("mosquitto");
        using var shop = Certificates.SelfSigned("localhost");
        // Run by root it would become somebody else, who may not read the key.
        await using var mosquitto = await Mosquitto.StartAsync(folder => $"user root\ncafile {Certificates.Save(shop, folder)}\ncertfile {folder}/shop.pem\nkeyfile {folder}/shop.key\n");
        await ExchangeAsync(mosquitto.Port, version, MqttQos.ExactlyOnce, tls: new()
        {
            TargetHost = "localhost", RemoteCertificateValidationCallback = (_, c, _, _) => c!.GetCertHashString() == shop.GetCertHashString(),
        });
        await using var open = await MqttShop.OpenAsync(tls: new() { ServerCertificate = shop });
        var folder = Directory.CreateTempSubdirectory("tls-");
        await ForeignProgram.RunAsync(
            ForeignProgram.Find("mosquitto_pub")!, "-h", "localhost", "-p", open.Port.ToString(), "--cafile", Certificates.Save(shop, folder.FullName), "-V", Flag(version),
            "-i", "till", "-t", "till/sale", "-q", "1", "-m", "42");
        Assert.Equal(["till/sale 42"], open.Heard);
        folder.Delete(recursive: true);
    }

    [SkippableFact]
    public async Task Our_client_comes_back_when_mosquitto_does()
    {
        Need("mosquitto");
        await using var first = await Mosquitto.StartAsync();
        var connected = 0;
        await using var client = new MqttReconnectingClient(
            new() { Host = "127.0.0.1", Port = first.Port, ClientId = "gw", CleanStart = false },
            (_, _, _) => { Interlocked.Increment(ref connected); return Task.CompletedTask; },
            backoff: new() { First = TimeSpan.FromMilliseconds(50), Longest = TimeSpan.FromMilliseconds(200) });
        client.Start();
        await Until.TrueAsync(() => connected == 1, "connected");
        await first.DisposeAsync();
        await Until.TrueAsync(() => !client.Client.IsConnected, "lost");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"listener {first.Port} 127.0.0.1\nallow_anonymous true\n");
        await using var second = ForeignProgram.Start(ForeignProgram.Find("mosquitto")!, ["-c", file]);
        await Until.TrueAsync(() => connected == 2, "connected again");
        File.Delete(file);
    }

    internal static async Task ExchangeAsync(
        int port, MqttVersion version, MqttQos most, string? user = null, System.Net.Security.SslClientAuthenticationOptions? tls = null)
    {
        var got = new List<string>();
        var acknowledged = 0;
        await using var client = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = port, Version = version, ClientId = "presence", Window = 20, Tls = tls,
            UserName = user, Password = user is null ? null : Encoding.UTF8.GetBytes(user),
            OnMessage = m => { lock (got) got.Add($"{m.Topic} {m.Qos} {m.Payload.Length}"); return default; },
            OnAcknowledged = (_, _) => Interlocked.Increment(ref acknowledged),
        });
        await client.ConnectAsync();
        await client.SubscribeAsync("shop/#", most);
        for (var qos = MqttQos.AtMostOnce; qos <= most; qos++)
            Assert.False((byte)await client.PublishAsync($"shop/{qos}", new byte[20_000], qos) >= 0x80);
        await Until.TrueAsync(() => { lock (got) return got.Count == (int)most + 1; }, "all came back");
        // Of different topics and qualities a broker promises no order (MQTT 5.0, 4.6).
        Assert.Equal(Enumerable.Range(0, (int)most + 1).Select(q => $"shop/{(MqttQos)q} {(MqttQos)q} 20000").Order(StringComparer.Ordinal), got.Order(StringComparer.Ordinal));
        var topic = new MqttPublishTopic("other/fast");
        for (var i = 0; i < 2_000; i++)
            while (!client.TryPublish(topic, new byte[100], i)) await client.WaitForRoomAsync();
        await Until.TrueAsync(() => acknowledged == 2_000, "all were acknowledged");
        await client.UnsubscribeAsync(["shop/#"]);
        await client.DisconnectAsync();
    }
}

/// <summary>A client that counts what it hears.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private MqttClient? _client;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public static async Task<Listener> AtAsync(int port, string filter, MqttVersion version)
    {
        var listener = new Listener();
        listener._client = new(new()
        {
            Host = "127.0.0.1", Port = port, Version = version, OnMessage = _ => { Interlocked.Increment(ref listener._count); return default; },
        });
        await listener._client.ConnectAsync();
        await listener._client.SubscribeAsync(filter, MqttQos.ExactlyOnce);
        return listener;
    }

    public ValueTask DisposeAsync() => _client!.DisposeAsync();
}
