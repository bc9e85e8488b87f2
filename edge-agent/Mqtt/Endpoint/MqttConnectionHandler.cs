using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Presence.Mqtt;

/// <summary>Serves an endpoint inside a Kestrel server: <c>listen.UseMqtt(endpoint)</c>, behind <c>listen.UseHttps(…)</c> for TLS.</summary>
public sealed class MqttConnectionHandler(MqttEndpoint endpoint) : ConnectionHandler
{
    // A closed connection still sends what is in its pipe; to a client that does not read, for ever. (Behind TLS Kestrel closes only when
    // this returns, so there is nothing to wait for.)
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        await endpoint.ServeAsync(connection);
        if (connection.Features.Get<ITlsConnectionFeature>() is not null) return;
        try
        {
            await Task.Delay(MqttListener.Patience, connection.ConnectionClosed);
            connection.Abort(new ConnectionAbortedException("The client did not take its leave."));
        }
        catch (OperationCanceledException)
        {
            // It closed, as it should.
        }
    }
}

/// <summary>Puts an endpoint behind a Kestrel port.</summary>
public static class MqttListenExtensions
{
    /// <summary>Serves MQTT on this port. Put <c>UseHttps</c> before it for TLS and client certificates.</summary>
    public static IConnectionBuilder UseMqtt(this ListenOptions listen, MqttEndpoint endpoint)
    {
        // Without this a port with TLS would offer HTTP by name (ALPN), which no MQTT client asks for.
        listen.Protocols = HttpProtocols.None;
        return listen.Run(new MqttConnectionHandler(endpoint).OnConnectedAsync);
    }
}
