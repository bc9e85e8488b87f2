using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Presence.Mqtt;

namespace Presence.Integration.Mqtt;

/// <summary>An endpoint whose handler lets "till" publish below till/ and read below news/, keeps what it gets, and acknowledges when told.</summary>
internal sealed class MqttShop : IMqttEndpointHandler, IAsyncDisposable
{
    private MqttListener? _listener;

    public MqttEndpoint Endpoint { get; private set; } = null!;

    public int Port => _listener!.EndPoint.Port;

    public ConcurrentQueue<string> Heard { get; } = new();

    public ConcurrentQueue<MqttReceipt> Receipts { get; } = new();

    public ConcurrentQueue<(string Client, MqttDisconnection Why)> Left { get; } = new();

    /// <summary>Whether messages are acknowledged as they come; otherwise their receipts gather.</summary>
    public bool Prompt { get; set; } = true;

    /// <summary>Holds the payload of every message, and with it the reading, until done.</summary>
    public Task Holding { get; set; } = Task.CompletedTask;

    public Func<MqttConnectAttempt, MqttAuthentication> Door { get; set; } = static _ => MqttAuthentication.Accept();

    public static async Task<MqttShop> OpenAsync(
        MqttEndpointOptions? options = null, System.Net.Security.SslServerAuthenticationOptions? tls = null, TimeProvider? time = null)
    {
        var shop = new MqttShop();
        shop.Endpoint = new MqttEndpoint(options ?? new() { ConnectsPerSecond = 0 }, shop, time);
        shop._listener = await MqttListener.StartAsync(shop.Endpoint, new IPEndPoint(IPAddress.Loopback, 0), tls);
        return shop;
    }

    public MqttClient Client(Func<MqttClientOptions, MqttClientOptions>? with = null)
    {
        var options = new MqttClientOptions { Host = "127.0.0.1", Port = Port, ClientId = "till" };
        return new(with is null ? options : with(options));
    }

    public ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel) => new(Door(attempt));

    public bool MayPublish(MqttSession session, MqttTopic topic, bool retain) => !retain && topic.Name.StartsWith(session.ClientId + "/", StringComparison.Ordinal);

    public bool MayPublishWill(MqttSession session, Presence.Mqtt.Packets.MqttWill will) => will.Topic == session.ClientId + "/status";

    public bool MaySubscribe(MqttSession session, string filter) => filter.StartsWith("news/", StringComparison.Ordinal);

    public ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt)
    {
        Heard.Enqueue($"{publish.Topic} {Encoding.UTF8.GetString(publish.Payload.ToArray())}");
        if (Prompt) receipt.Acknowledge();
        else Receipts.Enqueue(receipt);
        return new(Holding);
    }

    public void OnDisconnected(MqttSession session, MqttDisconnection why) => Left.Enqueue((session.ClientId, why));

    public async ValueTask DisposeAsync()
    {
        await _listener!.DisposeAsync();
        await Endpoint.DisposeAsync();
    }
}

/// <summary>Waits for what another thread brings about.</summary>
internal static class Until
{
    public static Task TrueAsync(Func<bool> condition, string what, int seconds = 30) => TrueAsync(condition, () => what, seconds);

    public static async Task TrueAsync(Func<bool> condition, Func<string> what, int seconds = 30)
    {
        var end = Environment.TickCount64 + (seconds * 1_000);
        while (!condition())
        {
            if (Environment.TickCount64 > end) throw new TimeoutException($"Not within {seconds} s: {what()}.");
            await Task.Delay(10);
        }
    }
}
