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
