using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

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

/// <summary>A port of its own for an endpoint, on Kestrel's sockets, without a web server.</summary>
public sealed class MqttListener : IAsyncDisposable
{
    /// <summary>How long what is left may take to be sent when a connection ends.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly IConnectionListener _listener;
    private readonly MqttEndpoint _endpoint;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly Task _accepting;

    private MqttListener(MqttEndpoint endpoint, IConnectionListener listener, SslServerAuthenticationOptions? tls)
    {
        (_endpoint, _listener, _tls) = (endpoint, listener, tls);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens; with the port chosen when 0 was asked for.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.EndPoint;

    /// <summary>Opens the port.</summary>
    /// <param name="at">Address and port; port 0 takes a free one.</param>
    /// <param name="tls">Certificate and, if client certificates are asked for, how they are checked; null for plain TCP.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<MqttListener> StartAsync(
        MqttEndpoint endpoint, IPEndPoint at, SslServerAuthenticationOptions? tls = null, ILoggerFactory? loggers = null, CancellationToken cancel = default)
    {
        var factory = new SocketTransportFactory(Options.Create(new SocketTransportOptions { Backlog = 4_096 }), loggers ?? NullLoggerFactory.Instance);
        return new(endpoint, await factory.BindAsync(at, cancel), tls);
    }

    /// <summary>Closes the port; sessions already there go on until the endpoint ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.UnbindAsync();
        await _accepting;
        await _listener.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                if (await _listener.AcceptAsync() is not { } connection) return;
                _ = ServeAsync(connection);
            }
            catch (SocketException)
            {
                // The process is out of file handles, as a rule; the ones that close make room.
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        await Task.Yield();
        try
        {
            if (_tls is null) await _endpoint.ServeAsync(connection);
            else await ServeTlsAsync(connection, _tls);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            _endpoint.Refuse(MqttRefusal.Credentials);
        }
        finally
        {
            await CloseAsync(connection);
        }
    }

    private static async Task CloseAsync(ConnectionContext connection)
    {
        var closing = connection.DisposeAsync().AsTask();
        try
        {
            await closing.WaitAsync(Patience, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            connection.Abort(new ConnectionAbortedException("The client did not take its leave."));
            await closing;
        }
    }

    private async Task ServeTlsAsync(ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        await using var stream = new SslStream(new DuplexPipeStream(connection.Transport));
        using (var patience = new CancellationTokenSource(_endpoint.Options.ConnectTimeout))
            await stream.AuthenticateAsServerAsync(tls, patience.Token);
        connection.Features.Set<ITlsConnectionFeature>(new TlsFeature(stream.RemoteCertificate as X509Certificate2));
        await _endpoint.ServeAsync(new SecuredConnection(connection, stream));
    }

    private sealed class TlsFeature(X509Certificate2? certificate) : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; } = certificate;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
