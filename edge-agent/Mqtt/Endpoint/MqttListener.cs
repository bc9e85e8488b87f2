using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Presence.Mqtt;

/// <summary>A port of its own for an endpoint, without a web server.</summary>
public sealed class MqttListener : IAsyncDisposable
{
    /// <summary>How long what is left may take to be sent when a connection ends.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Socket _socket;
    private readonly MqttEndpoint _endpoint;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private MqttListener(MqttEndpoint endpoint, Socket socket, SslServerAuthenticationOptions? tls)
    {
        (_endpoint, _socket, _tls) = (endpoint, socket, tls);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens; with the port chosen when 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Opens the port.</summary>
    /// <param name="at">Address and port; port 0 takes a free one.</param>
    /// <param name="tls">Certificate and, if client certificates are asked for, how they are checked; null for plain TCP.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static Task<MqttListener> StartAsync(
        MqttEndpoint endpoint, IPEndPoint at, SslServerAuthenticationOptions? tls = null, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(at);
            socket.Listen(4_096);
            return Task.FromResult(new MqttListener(endpoint, socket, tls));
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return Task.FromException<MqttListener>(new IOException($"MQTT cannot listen on {at}: {e.Message}.", e));
        }
    }

    /// <summary>Closes the port; sessions already there go on until the endpoint ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _socket.AcceptAsync(_stopping.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The process is out of file handles, as a rule; the ones that close make room.
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        SocketConnection? connection = null;
        try
        {
            connection = new SocketConnection(socket);
            if (_tls is null) await _endpoint.ServeAsync(connection);
            else await ServeTlsAsync(connection, _tls);
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException
            or OperationCanceledException or ObjectDisposedException)
        {
            _endpoint.Refuse(MqttRefusal.Credentials);
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
            else socket.Dispose();
        }
    }

    private async Task ServeTlsAsync(SocketConnection connection, SslServerAuthenticationOptions tls)
    {
        await using var stream = new SslStream(connection.Stream, leaveInnerStreamOpen: true);
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
