using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Presence.Kit.Clients;

/// <summary>Connects SignalR's client core over a plain WebSocket, as browsers do.</summary>
internal sealed class WebSocketConnectionFactory : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, cancellationToken).ConfigureAwait(false);
            return new WebSocketConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Carries bytes between a WebSocket and the two pipes that SignalR reads and writes.</summary>
internal sealed class WebSocketConnection : ConnectionContext
{
    private readonly ClientWebSocket _socket;
    private readonly Pipe _incoming = new();
    private readonly Pipe _outgoing = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _running;

    public WebSocketConnection(ClientWebSocket socket)
    {
        _socket = socket;
        Transport = new TwoPipes(_incoming.Reader, _outgoing.Writer);
        _running = Task.WhenAll(ReceiveAsync(_closed.Token), SendAsync(_closed.Token));
    }

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override CancellationToken ConnectionClosed { get => _closed.Token; set => throw new NotSupportedException(); }

    public override void Abort(ConnectionAbortedException abortReason) => _closed.Cancel();

    public override async ValueTask DisposeAsync()
    {
        // SignalR has completed its ends; what it wrote last still goes out before the socket closes.
        await Task.WhenAny(_running, Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        await _closed.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    private async Task ReceiveAsync(CancellationToken stopping)
    {
        Exception? broken = null;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(_incoming.Writer.GetMemory(4096), stopping).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                _incoming.Writer.Advance(received.Count);
                if ((await _incoming.Writer.FlushAsync(stopping).ConfigureAwait(false)).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            broken = e;
        }

        await _incoming.Writer.CompleteAsync(broken).ConfigureAwait(false);
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        try
        {
            ReadResult result;
            do
            {
                result = await _outgoing.Reader.ReadAsync(stopping).ConfigureAwait(false);
                foreach (var part in result.Buffer)
                {
                    await _socket.SendAsync(part, WebSocketMessageType.Text, endOfMessage: true, stopping).ConfigureAwait(false);
                }

                _outgoing.Reader.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The receiving side tells SignalR that the connection is gone.
        }

        await _outgoing.Reader.CompleteAsync().ConfigureAwait(false);
    }

    private sealed record TwoPipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
