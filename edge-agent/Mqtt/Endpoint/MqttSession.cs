using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>One client's time on line, from its CONNECT to the end of the connection.</summary>
public sealed partial class MqttSession
{
    private static readonly OutgoingAliases NoAliases = new(0);

    private readonly MqttEndpoint _endpoint;
    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private Subscriber? _subscriber;
    private MqttWill? _will;

    internal MqttSession(MqttEndpoint endpoint, ConnectionContext connection)
    {
        _endpoint = endpoint;
        _connection = connection;
        _input = connection.Transport.Input;
        _output = connection.Transport.Output;
        OpenedAt = LastHeardAt = endpoint.Now;
    }

    /// <summary>The client's name, its own or the one it was given.</summary>
    public string ClientId { get; private set; } = "";

    /// <summary>What authentication made of the client.</summary>
    public object? User { get; private set; }

    /// <summary>The handler's own; null until it is set.</summary>
    public object? State { get; set; }

    public MqttVersion Version { get; private set; } = MqttVersion.V5;

    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    public MqttLimits Limits { get; private set; } = new();

    /// <summary>False once the connection is ending or gone.</summary>
    public bool IsConnected => Volatile.Read(ref _ending) == 0 && _subscriber is not null;

    /// <summary>Ends the session; the client is told why if it speaks MQTT 5. May be called on any thread, and more than once.</summary>
    public void Disconnect(MqttReasonCode reason = MqttReasonCode.AdministrativeAction, string? detail = null) =>
        End(reason, byClient: false, detail);

    public override string ToString() => $"{ClientId} ({RemoteEndPoint})";

    internal long OpenedAt { get; }

    internal long LastHeardAt { get; private set; }

    internal long KeepAliveMs { get; private set; }

    internal ushort ClientReceiveMaximum { get; private set; } = ushort.MaxValue;

    internal int ClientMaxPacket { get; private set; } = Frame.MaxRemaining + 5;

    /// <summary>Touched by the pump alone, under the subscriber's lock.</summary>
    internal OutgoingAliases Aliases { get; private set; } = NoAliases;

    internal Subscriber? Subscriber => _subscriber;

    internal TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal IFeatureCollection Features => _connection.Features;

    internal System.Security.Cryptography.X509Certificates.X509Certificate2? Certificate =>
        _connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    internal bool IsEnding => Volatile.Read(ref _ending) != 0;

    /// <summary>Whether the client was let in, so that its leaving is news.</summary>
    internal bool IsKnown { get; private set; }

    internal void MarkKnown() => IsKnown = true;

    /// <summary>The endpoint does not let the client in.</summary>
    internal void TurnAway(MqttReasonCode reason, string? detail)
    {
        var properties = detail is null || Version == MqttVersion.V311 ? MqttProperties.None : new MqttProperties { ReasonString = detail };
        Send(new ConnAckPacket(false, reason) { Properties = properties });
        Interlocked.Exchange(ref _ending, 1);
        Interlocked.Exchange(ref _endingSince, _endpoint.Now);
    }

    internal MqttWill? TakeWill() => Interlocked.Exchange(ref _will, null);

    /// <summary>The endpoint has let the client in.</summary>
    internal void Begin(ConnectPacket connect, string clientId, object? user, MqttLimits limits, Subscriber subscriber, int keepAliveSeconds)
    {
        ClientId = clientId;
        User = user;
        Limits = limits;
        KeepAliveMs = keepAliveSeconds * 1_500L;
        ClientReceiveMaximum = connect.Version == MqttVersion.V5 ? connect.Properties.ReceiveMaximum ?? ushort.MaxValue : limits.Window311;
        if (connect.Properties.TopicAliasMaximum is { } aliases and > 0) Aliases = new(aliases);
        _problemInformation = connect.Properties.RequestProblemInformation ?? true;
        _connectedWithExpiry = connect.Properties.SessionExpirySeconds is > 0;
        _isBridge = connect.IsBridge;
        _will = connect.Will;
        _quota = new(limits, _endpoint.Now);
        _subscriber = subscriber;
    }

    internal void Abort(string why) => _connection.Abort(new ConnectionAbortedException(why));

    /// <summary>The endpoint's watch, twice a second: cuts what has stopped moving.</summary>
    internal void Watch(long now)
    {
        if (Volatile.Read(ref _ending) != 0)
        {
            // It was told to go; if the last words cannot be delivered, they are not.
            if (now - Interlocked.Read(ref _endingSince) > 2_000) Abort("The client did not take its leave.");
            return;
        }

        var options = _endpoint.Options;
        if (!IsKnown)
        {
            if (now - OpenedAt > options.ConnectTimeout.TotalMilliseconds) Cut(MqttRefusal.HalfOpen, MqttReasonCode.KeepAliveTimeout, "No CONNECT came.");
            return;
        }

        var stuck = Interlocked.Read(ref _flushingSince);
        var partial = Interlocked.Read(ref _partialSince);
        if (stuck > 0 && now - stuck > options.SendTimeout.TotalMilliseconds)
        {
            // A goodbye would only join what it does not read.
            Cut(MqttRefusal.SlowReader, MqttReasonCode.QuotaExceeded, "The client reads too slowly.");
            Abort("The client reads too slowly.");
        }
        else if (partial > 0 && now - partial > options.PacketTimeout.TotalMilliseconds)
            Cut(MqttRefusal.SlowSender, MqttReasonCode.KeepAliveTimeout, "A packet took too long.");
        else if (KeepAliveMs > 0 && now - LastHeardAt > KeepAliveMs && !IsWaitingForHandler)
            Cut(MqttRefusal.KeepAlive, MqttReasonCode.KeepAliveTimeout, "Silent for one and a half keep-alives.");
    }

    internal void Cut(MqttRefusal refusal, MqttReasonCode reason, string detail)
    {
        if (End(reason, byClient: false, detail)) _endpoint.Refuse(refusal);
    }
}
