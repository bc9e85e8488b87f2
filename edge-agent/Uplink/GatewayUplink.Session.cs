using Presence.Mqtt;
using Presence.Spool;
using Presence.Wire;

namespace Presence.Uplink;

/// <remarks>One connection, from the call to its end.</remarks>
public sealed partial class GatewayUplink
{
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

            // A disk that takes nothing keeps the link from being opened for as long as it does; meanwhile the cloud hears what is the matter.
            var opening = OpenAsync(session, ending.Token);
            await ReportStatusRegularlyAsync(opening, ending.Token);
            await opening;

            // Before anything live: the cloud settles what it takes for complete, and must know first what comes beside it as backlog.
            await ReportStatusAsync(ending.Token);
            var status = ReportStatusRegularlyAsync(client.Closed, ending.Token);
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

            // Not waited for: on a disk that takes nothing the gateway would fall silent. Where the last one is still under way, this
            // connection was never open and leaves nothing to be kept.
            if (_parting.IsCompleted)
            {
                _parting = PartAsync();
            }
        }
    }

    /// <summary>Keeps what the cloud refused, and that the link is gone; takes as long as the disk does.</summary>
    private async Task PartAsync()
    {
        await HandleRefusedAsync(CancellationToken.None);
        await _spool.CloseLinkAsync(CancellationToken.None);
    }

    private async Task OpenAsync(Session session, CancellationToken ending)
    {
        // What the last connection left behind comes first: opened before it was closed, the link would be closed while batches go out.
        await _parting.WaitAsync(ending);
        await KeepTimeWithTheCloudAsync(ending);
        await _spool.OpenLinkAsync((_time.GetUtcNow() - _options.LiveLimit).ToUnixTimeMilliseconds(), ending);
        session.IsOpen = true;
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
    }

    private async Task ReportStatusRegularlyAsync(Task until, CancellationToken ending)
    {
        try
        {
            while (await Task.WhenAny(until, PauseAsync()) != until)
            {
                ending.ThrowIfCancellationRequested();
                await ReportStatusAsync(ending);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or MqttException)
        {
            // The session is over; its own loop says why.
        }

        async Task PauseAsync()
        {
            await Task.Delay(StatusEvery, _time, ending);

            // By a clock that runs fast a minute is soon over; the network lives by the wall's.
            await Task.Delay(TimeSpan.FromMilliseconds(200), _wall, ending);
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

        /// <summary>Whether the spool knows on disk that batches go out.</summary>
        public volatile bool IsOpen;

        /// <summary>Highest number that may have been sent, now or on a connection before.</summary>
        public long MostSent;

        public TaskCompletionSource FirstWord { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long CommittedAt { get; set; }

        public int LiveInFlight;

        public int BacklogInFlight;

        /// <summary>Numbers sent and not known to be committed; the sending loop's own.</summary>
        public Queue<long> SentLive { get; } = new();

        public Queue<long> SentBacklog { get; } = new();
    }
}
