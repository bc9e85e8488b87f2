using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>
/// An MQTT 5 and 3.1.1 endpoint. It serves connections that a listener brings (<see cref="MqttListener"/>, or Kestrel by
/// <see cref="MqttConnectionHandler"/>), asks its handler for every right, and acknowledges what the handler acknowledges.
/// </summary>
/// <example>
/// <code>
/// await using var endpoint = new MqttEndpoint(new MqttEndpointOptions(), new MyHandler());
/// await using var listener = await MqttListener.StartAsync(endpoint, new IPEndPoint(IPAddress.Loopback, 1883));
/// endpoint.Publish("shop/7/config", config, MqttQos.AtLeastOnce, retain: true);
/// </code>
/// </example>
public sealed partial class MqttEndpoint : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<MqttSession, byte> _sessions = new();
    private readonly SubscriptionTree _tree = new();
    private readonly RetainedMessages _retained;
    private readonly ConnectRate _connectRate;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _beat;
    private readonly long _startedAt;
    private readonly long[] _refusals = new long[Enum.GetValues<MqttRefusal>().Length];
    private readonly CancellationTokenSource _stopping = new();
    private long _now;
    private long _received;
    private long _receivedReported;
    private int _halfOpen;

    /// <param name="options">Settings; the defaults suit gateways.</param>
    /// <param name="handler">Decides rights and takes messages.</param>
    /// <param name="time">Clock for time-outs, expiry and quotas; the system's when null.</param>
    /// <param name="logger">Where failures of the handler go; nowhere when null.</param>
    public MqttEndpoint(MqttEndpointOptions options, IMqttEndpointHandler handler, TimeProvider? time = null, ILogger? logger = null)
    {
        Options = options;
        Handler = handler;
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger.Instance;
        _retained = new(options.MaxRetainedMessages, options.MaxRetainedBytes);
        _connectRate = new(options.ConnectsPerSecond);
        _startedAt = _time.GetTimestamp();
        _beat = _time.CreateTimer(_ => OnBeat(), null, Beat, Beat);
    }

    public MqttEndpointOptions Options { get; }

    /// <summary>Connections open now, known or not.</summary>
    public int ConnectionCount => _sessions.Count;

    /// <summary>The sessions on line now, in no order; a snapshot.</summary>
    public IReadOnlyList<MqttSession> Sessions => [.. _sessions.Keys.Where(s => s.IsConnected)];

    /// <summary>Retained messages held.</summary>
    public int RetainedCount => _retained.Count;

    /// <summary>Publishes taken in since the start.</summary>
    public long Received => Interlocked.Read(ref _received);

    internal IMqttEndpointHandler Handler { get; }

    /// <summary>Milliseconds since the start, as of the last beat: exact to a quarter of a second, and free to read.</summary>
    internal long Now => Volatile.Read(ref _now);

    /// <summary>The same to the millisecond, for what must not come early: a will, the end of a session.</summary>
    internal long NowExactly => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;

    /// <summary>How often something was refused or dropped for this reason.</summary>
    public long Refusals(MqttRefusal why) => Interlocked.Read(ref _refusals[(int)why]);

    /// <summary>Serves one connection until its end. Never throws.</summary>
    public async Task ServeAsync(ConnectionContext connection)
    {
        if (_stopping.IsCancellationRequested || _sessions.Count >= Options.MaxConnections)
        {
            Refuse(MqttRefusal.TooManyConnections);
            connection.Abort(new ConnectionAbortedException("Too many connections."));
            return;
        }

        var session = new MqttSession(this, connection);
        _sessions[session] = 0;
        Instruments.Open.Add(1);
        if (Interlocked.Increment(ref _halfOpen) > Options.MaxHalfOpen) CutOldestHalfOpen();
        await session.RunAsync();
        if (!session.IsKnown) Interlocked.Decrement(ref _halfOpen);
        _sessions.TryRemove(session, out _);
        Instruments.Open.Add(-1);
    }

    /// <summary>Ends every session with "server shutting down" and forgets all.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        var open = _sessions.Keys.ToArray();
        foreach (var session in open) session.Disconnect(MqttReasonCode.ServerShuttingDown, "The server is shutting down.");
        try
        {
            await Task.WhenAll(open.Select(s => s.Ended.Task)).WaitAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        }
        catch (TimeoutException)
        {
            foreach (var session in open) session.Abort("The server is shutting down.");
        }

        await _beat.DisposeAsync();
        _stopping.Dispose();
    }

    internal void Refuse(MqttRefusal why)
    {
        Interlocked.Increment(ref _refusals[(int)why]);
        Instruments.Refused(why);
    }

    internal void CountReceived() => Interlocked.Increment(ref _received);

    [LoggerMessage(EventId = 2500, Level = LogLevel.Error, Message = "The handler failed for MQTT client {ClientId}")]
    internal partial void LogHandlerFailed(string clientId, Exception why);
}
