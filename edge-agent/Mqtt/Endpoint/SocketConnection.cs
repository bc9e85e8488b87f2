using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Presence.Mqtt;

/// <summary>
/// A TCP connection read and written directly. Next to Kestrel's own transport it reads 32 KB at once rather than 4, so that a publish lies in
/// one piece and costs one call, and an idle connection holds no buffer and no pipe.
/// </summary>
internal sealed class SocketConnection : ConnectionContext
{
    private static readonly BlockPool Reading = new(32 * 1024);
    private static readonly BlockPool Writing = new(4 * 1024);

    /// <summary>How long, and for how many bytes more, a connection that ended is listened to.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private const int MostUnread = 256 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private string? _id;
    private IFeatureCollection? _features;
    private IDictionary<object, object?>? _items;

    public SocketConnection(Socket socket)
    {
        _socket = socket;
        socket.NoDelay = true;
        _stream = new(socket, ownsSocket: true);
        RemoteEndPoint = socket.RemoteEndPoint;

        // Zero-byte reads wait without a buffer: ten thousand idle connections should not hold ten thousand blocks.
        Transport = new Pair(
            PipeReader.Create(_stream, new(Reading, bufferSize: 32 * 1024, minimumReadSize: 4 * 1024, leaveOpen: true, useZeroByteReads: true)),
            PipeWriter.Create(_stream, new(Writing, minimumBufferSize: 4 * 1024, leaveOpen: true)));
    }

    public override string ConnectionId
    {
        get => _id ??= Guid.NewGuid().ToString("N");
        set => _id = value;
    }

    public override IFeatureCollection Features => _features ??= new FeatureCollection();

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    /// <summary>The stream itself, for TLS to sit on.</summary>
    public Stream Stream => _stream;

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // Without lingering: what the client does not read is not worth keeping.
        try
        {
            _socket.LingerState = new LingerOption(enable: true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        _socket.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            // Closing with bytes unread would take back what was written last: the client is told that no more comes, and given a moment.
            _socket.Shutdown(SocketShutdown.Send);
            using var moment = new CancellationTokenSource(Moment);
            var rest = new byte[512];
            int read;
            for (var left = MostUnread; left > 0 && (read = await _socket.ReceiveAsync(rest.AsMemory(), moment.Token)) > 0;) left -= read;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone already, or does not go.
        }

        await _stream.DisposeAsync();
    }

    private sealed record Pair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
