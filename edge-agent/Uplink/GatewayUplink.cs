using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Presence.Mqtt;
using Presence.Spool;
using Presence.Wire;

namespace Presence.Uplink;

/// <summary>
/// Brings what the spool holds to the broker, at the broker's pace: live before backlog, each in order, and again after every break
/// until the cloud says that it has it on disk.
/// </summary>
public sealed partial class GatewayUplink
{
    private readonly ISpool _spool;
    private readonly UplinkOptions _options;
    private readonly Func<GatewayStatus> _status;
    private readonly TimeProvider _time;
    private readonly TimeProvider _wall;
    private readonly ILogger<GatewayUplink> _log;
    private readonly long _offeredAtStart;
    private readonly MqttPublishTopic _live;
    private readonly MqttPublishTopic _backlog;

    // One nudge is as good as many: whoever wakes looks at everything.
    private readonly Channel<bool> _nudge = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile Session? _session;
    private readonly Lock _gate = new(); // guards the rest
    private CommittedWatermark _watermark;
    private ulong _vouchedFor; // the incarnation of which the cloud has nothing that was not sent
    private ulong _usedUp; // the incarnation of which it has
    private (string Host, int Port) _target;
    private TimeSpan _statusEvery;

    /// <param name="spool">What to send.</param>
    /// <param name="options">Where to.</param>
    /// <param name="status">Asked for the gateway's state whenever it is reported.</param>
    /// <param name="time">The sightings' clock.</param>
    /// <param name="wall">The network's clock.</param>
    /// <param name="log">For breaks and mends.</param>
    public GatewayUplink(
        ISpool spool, UplinkOptions options, Func<GatewayStatus> status, TimeProvider time, TimeProvider wall, ILogger<GatewayUplink> log)
    {
        (_spool, _options, _status, _time, _wall, _log) = (spool, options, status, time, wall, log);
        _offeredAtStart = spool.Depth.LastOffered;
        (_target, _statusEvery) = ((options.Host, options.Port), options.StatusEvery);
        _live = new(Topic(TopicKind.Live));
        _backlog = new(Topic(TopicKind.Backlog));
    }

    /// <summary>Told each configuration that arrives and can be read, newest last. Called on the connection's reader: must not wait.</summary>
    public Action<GatewayConfig> OnConfig { get; set; } = static _ => { };

    /// <summary>Told each message on <c>down/keys</c>. Called on the connection's reader: must not wait.</summary>
    public Action<KeyMessage> OnKeys { get; set; } = static _ => { };

    /// <summary>Told each certificate that arrives, in DER. Called on the connection's reader: must not wait.</summary>
    public Action<byte[]> OnCertificate { get; set; } = static _ => { };

    /// <summary>Told the cloud's clock whenever it says something new, Unix ms. Called on the connection's reader: must not wait.</summary>
    public Action<long> OnCloudTime { get; set; } = static _ => { };

    /// <summary>Called when a connection stands and the cloud was told how the gateway is, before anything else is sent.</summary>
    public Action OnConnected { get; set; } = static () => { };

    /// <summary>Called just before a batch is published and just after the cloud acknowledged one; for tests that kill the program there.</summary>
    public Action<string> OnStep { get; set; } = static _ => { };

    public bool IsConnected => _session?.Client.IsConnected is true;

    /// <summary>Whether there is a connection, and to there.</summary>
    public bool IsConnectedTo((string Host, int Port) target) => _session is { } session && session.Target == target && session.Client.IsConnected;

    /// <summary>Where to report. Setting it ends the connection to elsewhere; what is spooled waits for the next one.</summary>
    public (string Host, int Port) Target
    {
        get
        {
            lock (_gate)
            {
                return _target;
            }
        }

        set
        {
            lock (_gate)
            {
                if (_target == value)
                {
                    return;
                }

                _target = value;
            }

            Reconnect();
        }
    }

    /// <summary>Between two status messages, by the sightings' clock.</summary>
    public TimeSpan StatusEvery
    {
        get
        {
            lock (_gate)
            {
                return _statusEvery;
            }
        }

        set
        {
            lock (_gate)
            {
                _statusEvery = value;
            }
        }
    }

    /// <summary>Ends the connection there is, and begins a new one at once.</summary>
    public void Reconnect()
    {
        if (_session is { } session)
        {
            session.Replaced = true;
            _ = session.Client.DisconnectAsync();
        }
    }

    /// <summary>Says something that is not a batch.</summary>
    /// <returns>False when there is no connection, or the cloud refused it.</returns>
    public async Task<bool> SayAsync(TopicKind kind, byte[] payload, CancellationToken stopping)
    {
        try
        {
            return _session is { } session
                && await session.Client.PublishAsync(Topic(kind), payload, MqttQos.AtLeastOnce, cancel: stopping) < MqttReasonCode.UnspecifiedError;
        }
        catch (MqttException)
        {
            return false;
        }
    }

    /// <summary>What the cloud last said it has of this spool.</summary>
    public CommittedWatermark Committed
    {
        get
        {
            lock (_gate)
            {
                return _watermark;
            }
        }
    }

    /// <summary>Sends until stopped; on stopping says goodbye, without losing anything.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var pump = PumpAsync(stopping);
        for (var failures = 0; !stopping.IsCancellationRequested;)
        {
            var began = _wall.GetTimestamp();
            try
            {
                await RunSessionAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                Instruments.Breaks.Add(1);
                failures = e is Replacement ? 0 : _wall.GetElapsedTime(began) >= _options.Backoff.Steady ? 1 : failures + 1;
                var pause = failures == 0 ? TimeSpan.Zero : _options.Backoff.Pause(failures, Random.Shared.NextDouble());
                LogBreak(e.Message, pause);
                await Task.Delay(pause, _wall, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await pump;
    }

    /// <summary>Reports the device behind a one-time code. Waits for a connection, and for the cloud to have taken it.</summary>
    /// <returns>False when there is no connection, or the cloud refused it.</returns>
    public Task<bool> ReportBindingAsync(BindReport report, CancellationToken stopping) => SayAsync(TopicKind.Bind, report.Encode(), stopping);

    /// <summary>Reports the gateway's state now, if there is a connection.</summary>
    public async Task ReportStatusAsync(CancellationToken stopping)
    {
        if (_session is { } session)
        {
            await session.Client.PublishAsync(Topic(TopicKind.Status), _status().Encode(), MqttQos.AtLeastOnce, retain: true, cancel: stopping);
        }
    }

    private async Task RunSessionAsync(CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var session = new Session { Target = Target };
        await using var client = session.Client = new MqttClient(Options(session), _wall);
        await client.ConnectAsync(stopping);
        session.MostSent = _spool.Depth.LastOffered;
        _ = client.Closed.ContinueWith(
            static (_, state) => ((CancellationTokenSource)state!).Cancel(), ending, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _session = session;
        Instruments.Connects.Add(1);
        try
        {
            await client.SubscribeAsync(Topics.AllDown(_options.Tenant, _options.Venue, _options.Gateway), MqttQos.AtLeastOnce, ending.Token);
            await ReportStatusAsync(ending.Token);
            LogConnected(Target.Host, Target.Port);
            OnConnected();

            await WaitForFirstWordAsync(session, ending.Token);
            session.IsSending = true;
            await KeepTimeWithTheCloudAsync(ending.Token);
            await _spool.OpenLinkAsync((_time.GetUtcNow() - _options.LiveLimit).ToUnixTimeMilliseconds(), ending.Token);

            // Before anything live: the cloud settles what it takes for complete, and must know first what comes beside it as backlog.
            await ReportStatusAsync(ending.Token);
            var status = ReportStatusRegularlyAsync(ending.Token);
            try
            {
                await SendAsync(session, ending.Token);
            }
            finally
            {
                await ending.CancelAsync();
                await status;
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            var why = await client.Closed;
            throw session.Replaced ? new Replacement() : why ?? new MqttException("the connection was closed");
        }
        finally
        {
            _session = null;
            if (stopping.IsCancellationRequested)
            {
                await client.DisconnectAsync();
            }

            await HandleRefusedAsync(session, CancellationToken.None);
            await _spool.CloseLinkAsync(CancellationToken.None);
        }
    }

    /// <summary>The cloud's first word tells a spool that went back in time before it sends under numbers that were used already.</summary>
    private async Task WaitForFirstWordAsync(Session session, CancellationToken ending)
    {
        var began = _wall.GetTimestamp();
        // At a broker behind which no cloud is, ever more rarely.
        for (var pause = _options.FirstWord; ; pause *= 2)
        {
            await session.FirstWord.Task.WaitAsync(pause, _wall, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ending.ThrowIfCancellationRequested();
            if (session.FirstWord.Task.IsCompleted || _spool.BegunHere || IsVouchedFor())
            {
                return;
            }

            // A spool of an earlier run may have been restored from an image. Without the cloud's word nothing it sends would ever be forgotten anyway.
            if (_wall.GetElapsedTime(began) > _options.CommitPatience)
            {
                throw new MqttException("the cloud does not say what it has of this spool");
            }

            await ReportStatusAsync(ending);
        }
    }

    private bool IsVouchedFor()
    {
        lock (_gate)
        {
            return _vouchedFor == _spool.Boot;
        }
    }

    private async Task KeepTimeWithTheCloudAsync(CancellationToken stopping)
    {
        CommittedWatermark committed;
        lock (_gate)
        {
            committed = _watermark;
            if (_usedUp != _spool.Boot)
            {
                return;
            }
        }

        // What was never offered cannot be what the cloud has under those numbers: it is numbered on, and nothing of it forgotten.
        LogBackInTime(committed.Live, committed.Backlog);
        _spool.Forget(SpoolStream.Live, Math.Min((long)committed.Live, _offeredAtStart));
        _spool.Forget(SpoolStream.Backlog, Math.Min((long)committed.Backlog, _offeredAtStart));
        await _spool.BeginAnewAsync(stopping);
        await ReportStatusAsync(stopping);
    }

    private async Task ReportStatusRegularlyAsync(CancellationToken ending)
    {
        try
        {
            while (true)
            {
                await Task.Delay(StatusEvery, _time, ending);

                // By a clock that runs fast a minute is soon over; the network lives by the wall's.
                await Task.Delay(TimeSpan.FromMilliseconds(200), _wall, ending);
                await ReportStatusAsync(ending);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or MqttException)
        {
            // The session is over; its own loop says why.
        }
    }

    private async Task PumpAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await _spool.WaitAsync(stopping);
                _nudge.Writer.TryWrite(true);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the program.
        }
    }

    private MqttClientOptions Options(Session session) => new()
    {
        Host = session.Target.Host,
        Port = session.Target.Port,
        Tls = _options.Tls?.Invoke(session.Target.Host),
        Version = _options.Version,
        ClientId = $"{_options.Tenant}.{_options.Venue}.{_options.Gateway}",
        UserName = _options.User,
        Password = _options.Password is { } password ? System.Text.Encoding.UTF8.GetBytes(password) : null,
        Will = new(Topic(TopicKind.Status), new GatewayStatus { Boot = _spool.Boot, Version = _status().Version }.Encode(), MqttQos.AtLeastOnce, Retain: true),
        Window = _options.Window,
        KeepAlive = _options.KeepAlive,
        MaxPacketBytes = GatewayConfig.MostBytes + 1_024,
        OnMessage = message =>
        {
            Take(session, message);
            return default;
        },
        OnTooLarge = (name, bytes) =>
        {
            LogTooLarge(Topics.TryParse(name, out var topic) ? topic.Kind : null, bytes);
            Instruments.Strange.Add(1, new KeyValuePair<string, object?>("reason", nameof(Refusal.TooLong)));
        },
        OnAcknowledged = (state, reason) => WhenAcknowledged(session, state, reason),
    };

    private void Take(Session session, MqttMessage message)
    {
        if (!Topics.TryParse(message.Topic, out var topic) || topic.Gateway != _options.Gateway)
        {
            Instruments.Strange.Add(1, new KeyValuePair<string, object?>("reason", "topic"));
            return;
        }

        var why = Refusal.None;
        switch (topic.Kind)
        {
            case TopicKind.Committed when CommittedWatermark.TryDecode(message.Payload.Span, out var watermark, out why):
                if (!message.Retain && watermark.At > 0)
                {
                    OnCloudTime(watermark.At);
                }

                TakeWatermark(session, watermark);
                break;
            case TopicKind.Config when GatewayConfig.TryDecode(message.Payload.Span, out var config, out why):
                OnConfig(config);
                break;
            case TopicKind.Keys when KeyMessage.TryDecode(message.Payload.Span, out var keys, out why):
                OnKeys(keys);
                break;
            case TopicKind.Certificate:
                OnCertificate(message.Payload.ToArray());
                break;
            default:
                LogStrange(topic.Kind, why);
                Instruments.Strange.Add(1, new KeyValuePair<string, object?>("reason", why.ToString()));
                break;
        }
    }

    private void TakeWatermark(Session session, CommittedWatermark watermark)
    {
        // Of another incarnation: it says that the cloud is there, and nothing about our batches.
        if (watermark.Boot == _spool.Boot)
        {
            CommittedWatermark before;
            lock (_gate)
            {
                (before, _watermark) = (_watermark, watermark);
            }

            if (before.Boot == watermark.Boot && (watermark.Live < before.Live || watermark.Backlog < before.Backlog))
            {
                // What lies between is forgotten here and, it seems, there too.
                LogCloudForgot(before.Live, before.Backlog, watermark.Live, watermark.Backlog);
            }

            session.CommittedAt = _wall.GetTimestamp();
            if (Math.Max(watermark.Live, watermark.Backlog) > (ulong)Interlocked.Read(ref session.MostSent))
            {
                // It has what we never sent: handled before sending begins, not by forgetting what may be new.
                lock (_gate)
                {
                    (_usedUp, _vouchedFor) = (watermark.Boot, 0);
                }

                if (session.IsSending)
                {
                    session.Replaced = true;
                    _ = session.Client.DisconnectAsync();
                }
            }
            else
            {
                lock (_gate)
                {
                    _vouchedFor = watermark.Boot;
                }

                // A word that nothing has arrived yet lets nothing go.
                if (watermark is not { Live: 0, Backlog: 0 })
                {
                    OnStep("before-trim");
                    Forget(session, watermark);
                }
            }

            session.FirstWord.TrySetResult();
        }

        _nudge.Writer.TryWrite(true);
    }

    private string Topic(TopicKind kind) => Topics.Of(_options.Tenant, _options.Venue, _options.Gateway, kind);

    // Not a failure: the next connection begins at once.
    private sealed class Replacement() : IOException("another connection takes its place");

    private sealed class Session
    {
        public MqttClient Client { get; set; } = null!;

        public (string Host, int Port) Target { get; init; }

        /// <summary>Whether it was ended to begin another.</summary>
        public bool Replaced { get; set; }

        /// <summary>Whether batches go out, so that it is too late to change their name on this connection.</summary>
        public volatile bool IsSending;

        /// <summary>Highest number that may have been sent, now or on a connection before.</summary>
        public long MostSent;

        public TaskCompletionSource FirstWord { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long CommittedAt { get; set; }

        public int LiveInFlight;

        public int BacklogInFlight;

        /// <summary>What the cloud refused and is still to be seen to, by number; guarded by itself.</summary>
        public SortedDictionary<long, MqttReasonCode> Refused { get; } = [];

        /// <summary>Numbers sent and not known to be committed; the sending loop's own.</summary>
        public Queue<long> SentLive { get; } = new();

        public Queue<long> SentBacklog { get; } = new();
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Connected to {Host}:{Port}")]
    private partial void LogConnected(string host, int port);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "No connection: {Why}; trying again in {Pause}")]
    private partial void LogBreak(string why, TimeSpan pause);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Error, Message = "The cloud has batches up to {Live} and {Backlog} that this spool never gave: it went back in time and takes a new name")]
    private partial void LogBackInTime(ulong live, ulong backlog);

    [LoggerMessage(EventId = 2007, Level = LogLevel.Error, Message = "The cloud had committed up to {Live} and {Backlog} and now says {LiveNow} and {BacklogNow}: its store went back in time")]
    private partial void LogCloudForgot(ulong live, ulong backlog, ulong liveNow, ulong backlogNow);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message = "A message of kind {Kind} was not understood: {Why}")]
    private partial void LogStrange(TopicKind kind, Refusal why);

    [LoggerMessage(EventId = 2008, Level = LogLevel.Error, Message = "A message of kind {Kind} and {Bytes} bytes is larger than is taken, and was left out")]
    private partial void LogTooLarge(TopicKind? kind, long bytes);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Warning, Message = "The cloud refused batch {Number}: {Reason}")]
    private partial void LogRefused(long number, MqttReasonCode reason);

    [LoggerMessage(EventId = 2006, Level = LogLevel.Warning, Message = "No commit for {Patience} though batches wait for one; sending all again")]
    private partial void LogNoCommit(TimeSpan patience);
}
