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
    private static readonly TimeSpan PartingPatience = TimeSpan.FromSeconds(5);

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
    private Task _parting = Task.CompletedTask; // keeps what the last connection left behind; the run's own
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

    /// <summary>Whether batches go out on this connection: until then what waits may still become backlog.</summary>
    public bool IsOpen => _session?.IsOpen is true;

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

        // A disk that takes nothing is no reason not to end.
        await _parting.WaitAsync(PartingPatience, _wall, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private string Topic(TopicKind kind) => Topics.Of(_options.Tenant, _options.Venue, _options.Gateway, kind);
}
