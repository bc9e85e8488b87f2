using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Presence.EdgeAgent.Enrolment;
using Presence.EdgeAgent.Feeds;
using Presence.EdgeAgent.Keys;
using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Pins;
using Presence.EdgeAgent.Settings;
using Presence.Mqtt;
using Presence.Spool;
using Presence.Uplink;
using Presence.Wire;

namespace Presence.EdgeAgent;

/// <summary>
/// The gateway's half of the line, wired: capture → tokens → batches → spool → uplink.
/// </summary>
/// <remarks>
/// radio → batches: the oldest batch goes when 64 wait for the disk, counted (<c>disk-behind</c>). batches → spool: waits for the sync.
/// spool → broker: waits on disk; when that is full the oldest goes, counted (<c>spool-full</c>).
/// </remarks>
internal sealed partial class GatewayPipeline : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly GatewaySettings _settings;
    private readonly TimeProvider _time;
    private readonly SqliteSpool _spool;
    private readonly GatewayUplink _uplink;
    private readonly SightingBatcher _batcher;
    private readonly CaptureReader _reader;
    private readonly LiveReader _radios;
    private readonly IHostApplicationLifetime _life;
    private readonly ILogger<GatewayPipeline> _log;
    private readonly FailPoint _fail;
    private readonly StreamWriter? _trace;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly SemaphoreSlim _urgent = new(0);
    private readonly ClockWatch _clock;
    private readonly VenueClock _venueTime;
    private readonly GatewayIdentity? _identity;
    private readonly KeyKeeper? _keys;
    private readonly IdentityKeeper _identities;
    private readonly GivenKeys? _given;
    private readonly BrokerTrial _broker;
    private readonly Renewals _renewals = new();
    private readonly PinDesk _pins;
    private readonly FeedCalls? _calls;
    private long? _renewedAt;
    private GatewayConfig? _config;
    private TimeSpan _linger;
    private long _inHandFrom = long.MaxValue;

    public GatewayPipeline(GatewaySettings settings, SqliteSpool spool, ILoggerFactory logs, IHostApplicationLifetime life, TimeProvider time)
    {
        (_settings, _spool, _life, _time, _linger) = (settings, spool, life, time, settings.Linger);
        _log = logs.CreateLogger<GatewayPipeline>();
        _fail = new(Environment.GetEnvironmentVariable("PRESENCE_FAILPOINT"));
        _clock = new(time);
        _trace = settings.Trace is { } file ? new StreamWriter(file, append: true) : null;
        _batcher = new(Drop);
        _batcher.Configure(settings.Forget, settings.LouderDb, settings.StaticAfter);
        _venueTime = new(time);
        Listener = new(settings, _batcher, time, _trace is null ? null : TraceUrgent) { OnRenewed = _renewals.Add };
        if (settings.Identity is { } folder)
        {
            _identity = GatewayIdentity.Open(folder);
            _keys = new(folder, _identity, _venueTime, Listener, logs.CreateLogger<KeyKeeper>());
        }
        else
        {
            _given = new(SettingsReader.Key("day-key", settings.DayKey), SettingsReader.Key("member-key", settings.MemberKey), _venueTime, Listener);
        }

        _identities = new(_identity, Listener, TimeProvider.System, logs.CreateLogger<IdentityKeeper>());
        _reader = new(settings, Listener, time, Wake, logs.CreateLogger<CaptureReader>());
        _radios = new(settings, Listener, time, Wake, logs.CreateLogger<LiveReader>());
        _uplink = new(spool, UplinkOptionsOf(settings), Status, time, TimeProvider.System, logs.CreateLogger<GatewayUplink>())
        {
            OnConfig = Apply, OnStep = _fail.Reach, OnCloudTime = HearTime, OnConnected = ComeIn, OnKeys = TakeKeys,
            OnCertificate = TakeCertificate,
        };
        _broker = new(_uplink, settings.BrokerTrial, logs.CreateLogger<BrokerTrial>()) { OnSettled = () => SaveConfig(_config!) };
        _pins = new(settings, (inputs, outputs) => LinuxPins.Open(settings.Gpio!, inputs, outputs), _batcher, time, Word, Forget, Wake, logs.CreateLogger<PinDesk>());
        if (settings.Feeds is { } feeds)
        {
            Feeds = new(FeedSettings.Read(feeds), Listener, time, Wake, logs.CreateLogger<FeedDesk>());
            _calls = new(Feeds, settings.Spool, logs.CreateLogger<FeedCalls>());
        }

        if (SavedConfig() is { } saved)
        {
            Apply(saved, save: false);
        }
    }

    public static string Version { get; } =
        typeof(GatewayPipeline).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public FrameListener Listener { get; }

    public GatewayUplink Uplink => _uplink;

    public IdentityKeeper Identities => _identities;

    /// <summary>Null where no foreign system brings anything.</summary>
    public FeedDesk? Feeds { get; }

    /// <summary>Of the key that others seal to; null for a gateway that was not enrolled.</summary>
    public string? Fingerprint => _identity?.Fingerprint;

    /// <summary>Of the venue's keys; 0 without.</summary>
    public uint KeyGeneration => _keys?.Generation ?? 0;

    /// <summary>The venue's day that tokens are made for, counted from 0001-01-01; 0 without.</summary>
    public int KeyDay => _keys?.Day ?? 0;

    /// <summary>How the gateway is, for the cloud and for <c>/healthz</c>.</summary>
    public GatewayStatus Status()
    {
        var depth = _spool.Depth;
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();

        // The cloud lets visits wait for what lies in a backlog, if it knows from when on. While the link is not open yet, what waits may become one: nothing after it is complete.
        var oldest = depth.Live + depth.Backlog > 0 ? _spool.OldestAt() : null;
        var unopened = _uplink.IsOpen ? null : oldest;
        return new()
        {
            Boot = _spool.Boot, At = Math.Max(now, 1), Online = true, Version = Version, Clock = _clock.State,
            CompleteTo = Math.Clamp(Math.Min(Math.Min(Volatile.Read(ref _inHandFrom), unopened ?? long.MaxValue), _batcher.OldestWaiting() ?? long.MaxValue) - 1, 0, Math.Max(now, 0)),
            LiveSequence = (ulong)Math.Max(depth.LastLive, 0), BacklogSequence = (ulong)depth.LastBacklog,
            LiveWaiting = (ulong)depth.Live, BacklogWaiting = (ulong)depth.Backlog, SpoolBytes = (ulong)depth.Bytes,
            OldestAt = Math.Max(0, oldest ?? 0),
            Drops = [.. _spool.Drops.Take(64).Select(d => new Dropped(d.Key, (ulong)d.Value))],
            UpFor = (long)TimeProvider.System.GetElapsedTime(_started).TotalMilliseconds, ConfigVersion = _config?.Version ?? 0,
            ConfigRejected = _broker.Rejected, ClockErrorMs = _venueTime.ErrorMs, Temperature = Thermometer.Read(), Radios = Listener.Radios.Look(),
            Statics = _batcher.Statics, TurnedAway = Listener.Doors.Look(), Trouble = _spool.Trouble ?? "",
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var sending = new CancellationTokenSource();
        var uplink = _uplink.RunAsync(sending.Token);
        var spooling = SpoolAsync(stoppingToken);
        Task[] keeping =
        [
            _keys?.RunAsync(SayKeysAsync, stoppingToken) ?? Task.CompletedTask, _identities.RunAsync(SayKeysAsync, stoppingToken), RenewAsync(stoppingToken),
            _given?.RunAsync(stoppingToken) ?? Task.CompletedTask,
            _calls?.RunAsync(stoppingToken) ?? Task.CompletedTask, _renewals.ReportAsync(_uplink, _time, stoppingToken),
        ];
        var failing = FirstFailureAsync([uplink, spooling, .. keeping]);
        try
        {
            _radios.Start(stoppingToken);
            _pins.Start(stoppingToken);
            await await Task.WhenAny(ReadAsync(stoppingToken), failing);
        }
        catch (OperationCanceledException)
        {
            // The end; what was heard is kept below.
        }
        catch (Exception e)
        {
            // A mistake of ours. A gateway that still hears and no longer sends looks well and is not: its keeper starts it anew.
            LogFailed(e);
            Environment.ExitCode = 1;
            _life.StopApplication();
        }
        finally
        {
            await spooling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await sending.CancelAsync();
            await uplink.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _identities.Dispose();
            if (_trace is not null)
            {
                await _trace.DisposeAsync();
            }
        }
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        await _reader.RunAsync(stopping).WaitAsync(stopping);
        if (_settings.ExitWhenDone)
        {
            await EverythingCommittedAsync(stopping);
            _life.StopApplication();
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
    }

    // Completes as the first of them fails; those that end because they are asked to do not count.
    private static async Task FirstFailureAsync(List<Task> parts)
    {
        while (parts.Count > 0)
        {
            var ended = await Task.WhenAny(parts);
            parts.Remove(ended);
            if (ended.IsFaulted)
            {
                await ended;
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    /// <summary>Takes batches as they become urgent or have lingered, one after another: while one is synced the next gathers.</summary>
    private async Task SpoolAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await _urgent.WaitAsync(WallLinger(), stopping).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await SpoolAllAsync();
        }

        await SpoolAllAsync();
    }

    private async Task SpoolAllAsync()
    {
        while (true)
        {
            // What is taken and not yet on disk is complete in no sense; the status must not run ahead of it.
            Volatile.Write(ref _inHandFrom, _batcher.OldestWaiting() ?? long.MaxValue);
            if (_batcher.Take() is not { } batch)
            {
                Volatile.Write(ref _inHandFrom, long.MaxValue);
                return;
            }

            // Both halves of a seal, and whatever else is sealed, share one sync.
            var writes = new List<Task>();
            for (SealedBatch? next = batch; next is not null; next = _batcher.TakeSealed())
            {
                _fail.Reach("before-spool");
                Instruments.Batches.Add(1);
                writes.Add(_spool.AppendAsync(next, CancellationToken.None));
            }

            await Task.WhenAll(writes);
            _fail.Reach("after-spool");
        }
    }

    // By a clock that runs fast, a linger of seconds is a few milliseconds; below ten there is nothing to gain.
    private TimeSpan WallLinger()
    {
        var linger = _time is ScaledTimeProvider scaled ? scaled.OnTheWall(_linger) : _linger;
        return linger < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : linger;
    }

    private void Wake()
    {
        if (_urgent.CurrentCount == 0)
        {
            _urgent.Release();
        }
    }

    private async Task EverythingCommittedAsync(CancellationToken stopping)
    {
        do
        {
            Wake();
            await Task.Delay(50, stopping);
        }
        while (_batcher.OldestWaiting() is not null || Volatile.Read(ref _inHandFrom) != long.MaxValue || _spool.Depth is not { Live: 0, Backlog: 0 });
    }

    private void Drop(string reason, long sightings)
    {
        Instruments.Dropped.Add(sightings, new KeyValuePair<string, object?>("reason", reason));
        _spool.CountDrop(reason, sightings);
    }

    private void TraceUrgent(ulong token, long at)
    {
        lock (_trace!)
        {
            _trace.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{(DateTime.UtcNow - DateTime.UnixEpoch).Ticks / 10},{at},{token:x16}"));
            _trace.Flush();
        }
    }

    private void Apply(GatewayConfig config) => Apply(config, save: true);

    private void Apply(GatewayConfig config, bool save)
    {
        if (config.Version <= (_config?.Version ?? 0))
        {
            return;
        }

        _identities.Configure(config.Members.AsSpan());
        Listener.Configure(config.Members.AsSpan(), config.Denied.AsSpan(), config.DropUnassociated || _settings.DropUnassociated);
        _batcher.Configure(
            config.ForgetMs > 0 ? TimeSpan.FromMilliseconds(config.ForgetMs) : _settings.Forget, config.LouderDb > 0 ? config.LouderDb : _settings.LouderDb,
            _settings.StaticAfter);
        _venueTime.SetPlace(config.TimeZone, config.DayChangeMinutes);
        _keys?.Turn();
        _given?.Turn();
        _uplink.StatusEvery = config.StatusEveryMs > 0 ? TimeSpan.FromMilliseconds(config.StatusEveryMs) : _settings.StatusEvery;
        _linger = config.LingerMs > 0 ? TimeSpan.FromMilliseconds(config.LingerMs) : _settings.Linger;
        _config = config;
        var broker = config.Broker.Length > 0 ? config.Broker : _settings.Broker;
        if (_settings.TryBroker(broker, out var host, out var port))
        {
            // Where to report is the one setting that could cut the gateway off from those who could mend it: it is on trial first.
            _broker.Try((host, port), config.Version, isKnownToWork: !save);
        }

        LogConfigured(config.Version, config.Members.Length, config.Denied.Length);
        if (save)
        {
            SaveConfig(config);
        }
    }

    private BlinkWord Word() => BlinkCode.Of(_spool.Trouble is not null, _identity is null || _keys?.Generation > 0, _uplink.IsConnected, _clock.State);

    // Without an identity there is nothing to forget; with one, the program ends and its keeper waits for the next enrolment.
    private void Forget()
    {
        if (_settings.Identity is { } folder)
        {
            GatewayIdentity.Erase(folder);
            _life.StopApplication();
        }
    }

    private void ComeIn()
    {
        _keys?.Say();
        _identities.Say();
    }

    private void TakeKeys(KeyMessage message)
    {
        _keys?.Take(message);
        _identities.Take(message);
    }

    private Task<bool> SayKeysAsync(KeyMessage message, CancellationToken stopping) => _uplink.SayAsync(TopicKind.KeysUp, message.Encode(), stopping);

    private void HearTime(long cloud)
    {
        _venueTime.Heard(cloud);
        _keys?.Turn();
        _given?.Turn();
    }

    private void TakeCertificate(byte[] der)
    {
        if (_identity?.TryRenew(der) is true)
        {
            _renewedAt = TimeProvider.System.GetTimestamp();
            LogRenewed(_identity.RenewFrom);
            _uplink.Reconnect();
        }
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        var isSaid = false;
        try
        {
            while (_identity is { } identity && !stopping.IsCancellationRequested)
            {
                // Looked at every minute: what time it is may be known only when the cloud has said so.
                var left = identity.RenewFrom - CertificateTime;
                await Task.Delay(left < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : left < Look ? left : Look, TimeProvider.System, stopping);

                // By a clock that is far ahead each new one would be due at once.
                if (identity.RenewFrom > CertificateTime || (_renewedAt is { } at && TimeProvider.System.GetElapsedTime(at) < identity.Life / 3))
                {
                    continue;
                }

                if (identity.RenewalRequest() is { } request)
                {
                    isSaid = false;
                    await _uplink.SayAsync(TopicKind.Renewal, request, stopping);
                }
                else if (!isSaid)
                {
                    isSaid = true;
                    LogNotRenewed();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the program.
        }
    }

    // Certificates begin and end by the cloud's clock. By one that runs fast in a trial they would be renewed all the time.
    private DateTimeOffset CertificateTime =>
        _venueTime.IsConfirmed && _time is not ScaledTimeProvider ? DateTimeOffset.FromUnixTimeMilliseconds(_venueTime.Now) : TimeProvider.System.GetUtcNow();

    private string ConfigFile => Path.Combine(_settings.Spool, "config");

    private void SaveConfig(GatewayConfig config)
    {
        try
        {
            // A broker that has not answered yet is not what to start with after a power cut.
            PrivateFile.Write(ConfigFile, (config with { Broker = _broker.Settled }).Encode());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is retained at the broker and comes again with the next connection.
            LogConfigNotSaved(e.Message);
        }
    }

    private GatewayConfig? SavedConfig()
    {
        try
        {
            return File.Exists(ConfigFile) && GatewayConfig.TryDecode(File.ReadAllBytes(ConfigFile), out var config, out _) ? config : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private UplinkOptions UplinkOptionsOf(GatewaySettings settings)
    {
        settings.TryBroker(out var host, out var port);
        var password = settings.Password ?? (settings.PasswordFile is { } file ? SettingsReader.Secret("password-file", file) : null);
        return new()
        {
            Tenant = new(settings.Tenant), Venue = new(settings.Venue), Gateway = new(settings.Gateway), Host = host, Port = port,
            Tls = _identity is { } identity ? identity.Tls : settings.Tls ? to => BrokerTrust.Options(to, settings.TlsCa) : null,
            User = _identity is null ? settings.User ?? $"{settings.Tenant}.{settings.Venue}.{settings.Gateway}" : null, Password = password,
            Version = settings.Mqtt == "5" ? MqttVersion.V5 : MqttVersion.V311, LiveLimit = settings.LiveLimit, StatusEvery = settings.StatusEvery,
        };
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Configuration {Version}: {Members} members' devices, {Denied} denied")]
    private partial void LogConfigured(ulong version, int members, int denied);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Information, Message = "A new certificate; the next is asked for from {From}")]
    private partial void LogRenewed(DateTimeOffset from);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Error, Message = "The disk cannot keep a key for the next certificate; it is asked for when it can")]
    private partial void LogNotRenewed();

    [LoggerMessage(EventId = 1104, Level = LogLevel.Critical, Message = "The gateway stops by a mistake of ours")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning, Message = "The configuration could not be saved: {Why}")]
    private partial void LogConfigNotSaved(string why);
}
