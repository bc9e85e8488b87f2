using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Presence.Mqtt;

/// <summary>A connection inside TLS: the outer one, with pipes that run through the stream.</summary>
internal sealed class SecuredConnection : ConnectionContext
{
    private readonly ConnectionContext _outer;

    public SecuredConnection(ConnectionContext outer, Stream stream)
    {
        _outer = outer;
        Transport = new Pair(PipeReader.Create(stream, new(leaveOpen: true)), PipeWriter.Create(stream, new(leaveOpen: true)));
    }

    public override string ConnectionId
    {
        get => _outer.ConnectionId;
        set => _outer.ConnectionId = value;
    }

    public override IFeatureCollection Features => _outer.Features;

    public override IDictionary<object, object?> Items
    {
        get => _outer.Items;
        set => _outer.Items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? RemoteEndPoint
    {
        get => _outer.RemoteEndPoint;
        set => _outer.RemoteEndPoint = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _outer.ConnectionClosed;
        set => _outer.ConnectionClosed = value;
    }

    public override void Abort(ConnectionAbortedException abortReason) => _outer.Abort(abortReason);

    private sealed record Pair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>A stream over a pair of pipes, for TLS to sit on.</summary>
internal sealed class DuplexPipeStream(IDuplexPipe pipe) : Stream
{
    private readonly Stream _in = pipe.Input.AsStream();
    private readonly Stream _out = pipe.Output.AsStream();

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _in.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _in.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _out.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _out.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => _out.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => _in.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => _out.Write(buffer, offset, count);

    public override void Flush() => _out.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
