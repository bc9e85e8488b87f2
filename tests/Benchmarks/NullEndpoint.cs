using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Presence.Mqtt;

namespace Presence.Benchmarks;

/// <summary>An endpoint that commits nothing and acknowledges at once: its own cost and no other.</summary>
internal sealed class NullEndpoint : IMqttEndpointHandler, IAsyncDisposable
{
    /// <summary>The argument by which this program serves nothing but one, on the port that follows.</summary>
    public const string Alone = "--null-endpoint";

    private readonly MqttEndpoint _endpoint;
    private IAsyncDisposable? _door;

    private NullEndpoint() => _endpoint = new(new() { Limits = MqttLimits.Generous, ConnectsPerSecond = 0, MaxHalfOpen = 20_000 }, this);

    public int Port { get; private set; }

    /// <summary>Behind a port of its own.</summary>
    public static async Task<NullEndpoint> StartAsync(int port = 0)
    {
        var one = new NullEndpoint();
        var listener = await MqttListener.StartAsync(one._endpoint, new IPEndPoint(IPAddress.Loopback, port));
        (one._door, one.Port) = (listener, listener.EndPoint.Port);
        return one;
    }

    /// <summary>Behind a port of Kestrel's, with <see cref="WideBlocks"/> or with Kestrel's own.</summary>
    public static async Task<NullEndpoint> StartInKestrelAsync(bool wide)
    {
        var one = new NullEndpoint();
        var builder = WebApplication.CreateEmptyBuilder(new());
        if (wide) builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new WideBlocks());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, listen => listen.UseMqtt(one._endpoint)));
        var web = builder.Build();
        await web.StartAsync();
        var addresses = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        (one._door, one.Port) = (web, new Uri(addresses.First()).Port);
        return one;
    }

    public ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel) => new(MqttAuthentication.Accept());

    public bool MayPublish(MqttSession session, MqttTopic topic, bool retain) => true;

    public ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt)
    {
        receipt.Acknowledge();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _endpoint.DisposeAsync();
        await _door!.DisposeAsync();
    }
}
