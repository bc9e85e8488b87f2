using System.Security.Cryptography;
using System.Threading.Channels;
using Presence.EdgeAgent.Enrolment;
using Presence.EdgeAgent.Listening;
using Presence.Wire;

namespace Presence.EdgeAgent.Keys;

/// <summary>
/// Keeps the venue's keys in an enrolled gateway: makes them when it is asked to be the first, takes them sealed from another, seals them
/// for others, and turns the day key over at the venue's day change.
/// </summary>
internal sealed partial class KeyKeeper : IDisposable
{
    // A clock in 2106 must not keep the gateway busy; a key of longer ago comes from another gateway.
    private const int MostDays = 3_650;

    // Further than this the cloud's word alone takes no key: a key that is gone ahead cannot be brought back.
    private const int MostAtOnce = 2;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(15);

    private readonly string _folder;
    private readonly GatewayIdentity _identity;
    private readonly VenueClock _clock;
    private readonly FrameListener _listener;
    private readonly ILogger<KeyKeeper> _log;

    // A few words at a time pass here; when the link is slow the oldest can go, for each is asked for again.
    private readonly Channel<KeyMessage> _toSay = Channel.CreateBounded<KeyMessage>(
        new BoundedChannelOptions(1_024) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Lock _gate = new(); // guards the rest
    private VenueKeys? _keys;
    private VenueKeys? _inForce;
    private uint _onDisk;
    private bool _isUnsaved;
    private int _doubted;

    public KeyKeeper(string folder, GatewayIdentity identity, VenueClock clock, FrameListener listener, ILogger<KeyKeeper> log)
    {
        (_folder, _identity, _clock, _listener, _log) = (folder, identity, clock, listener, log);
        _keys = VenueKeys.Load(folder);
        lock (_gate)
        {
            _onDisk = _keys?.Generation ?? 0;
            TurnUnderLock();
        }
    }

    /// <summary>The generation held, 0 for none.</summary>
    public uint Generation
    {
        get
        {
            lock (_gate)
            {
                return _keys?.Generation ?? 0;
            }
        }
    }

    /// <summary>The venue's day that tokens are made for, 0 before there are keys.</summary>
    public int Day
    {
        get
        {
            lock (_gate)
            {
                return _inForce?.DayNumber ?? 0;
            }
        }
    }

    /// <summary>Says what it holds, when a connection stands: what a power cut would leave it, for others may rely on it.</summary>
    public void Say()
    {
        lock (_gate)
        {
            _toSay.Writer.TryWrite(new(KeyWord.Held, _onDisk));
        }
    }

    /// <summary>Takes a message in; answers come by <see cref="RunAsync"/>.</summary>
    public void Take(KeyMessage message)
    {
        lock (_gate)
        {
            switch (message.Word)
            {
                case KeyWord.Make when message.Generation > (_keys?.Generation ?? 0):
                    AdoptUnderLock(VenueKeys.Make(message.Generation, _clock.Day));
                    LogMade(message.Generation);
                    break;
                case KeyWord.Make when !_isUnsaved:
                    _toSay.Writer.TryWrite(new(KeyWord.Held, _onDisk));
                    break;
                case KeyWord.Seal when _keys is { } keys && keys.Generation == message.Generation:
                    SealUnderLock(keys, message);
                    break;
                case KeyWord.Sealed when message.Generation > (_keys?.Generation ?? 0):
                    OpenUnderLock(message);
                    break;
            }
        }
    }

    /// <summary>Says what there is to say, and watches the day, until stopped.</summary>
    /// <param name="say">Brings a message to the cloud.</param>
    public async Task RunAsync(Func<KeyMessage, CancellationToken, Task> say, CancellationToken stopping)
    {
        var talking = TalkAsync(say, stopping);
        var said = TimeProvider.System.GetTimestamp();
        try
        {
            using var beat = new PeriodicTimer(Look);
            while (await beat.WaitForNextTickAsync(stopping))
            {
                lock (_gate)
                {
                    TurnUnderLock();
                }

                if (Generation == 0 && TimeProvider.System.GetElapsedTime(said) > SayAgain)
                {
                    said = TimeProvider.System.GetTimestamp();
                    Say();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the program.
        }

        await talking;
    }

    /// <summary>Looks at the venue's clock now rather than in a second.</summary>
    public void Turn()
    {
        lock (_gate)
        {
            TurnUnderLock();
        }
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _inForce?.Dispose();
    }

    private string Context(string from, string to, uint generation) => $"venue-keys {_identity.Who.Tenant} {_identity.Who.Venue} {from} {to} {generation}";

    private void SealUnderLock(VenueKeys keys, KeyMessage message)
    {
        var plain = keys.ForOthers();
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        if (SealedBox.Seal(ephemeral, message.PublicKey.Span, plain, Context(_identity.Who.Gateway, message.Peer, keys.Generation)) is { } box)
        {
            // Whoever was let in by someone who should not have shows here, in the log of a box that stands in the shop.
            LogSealed(keys.Generation, message.Peer, PeerBook.FingerprintOf(message.PublicKey.Span));
            _identity.Peers.Watch(message.Peer, message.PublicKey.Span, _log);
            _toSay.Writer.TryWrite(new(KeyWord.Sealed, keys.Generation, message.Peer) { Sealed = box });
        }

        CryptographicOperations.ZeroMemory(plain);
    }

    private void OpenUnderLock(KeyMessage message)
    {
        var plain = SealedBox.Open(_identity.Seal, message.Sealed.Span, Context(message.Peer, _identity.Who.Gateway, message.Generation));
        if (plain is null || VenueKeys.FromOthers(plain) is not { } keys || keys.Generation != message.Generation)
        {
            LogNotOpened(message.Peer, message.Generation);
            return;
        }

        CryptographicOperations.ZeroMemory(plain);
        AdoptUnderLock(keys);
        LogTaken(keys.Generation, message.Peer);
    }

    private void AdoptUnderLock(VenueKeys keys)
    {
        var before = _keys;
        _keys = keys.After(before, _clock.Now);
        SaveUnderLock();
        TurnUnderLock(anew: true);
        before?.Dispose();
    }

    // Where the disk is full or cannot be written the keys go on in memory, and each look tries again.
    private void SaveUnderLock()
    {
        try
        {
            _keys!.Save(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_isUnsaved)
            {
                LogNotSaved(e.Message);
            }

            _isUnsaved = true;
            return;
        }

        _isUnsaved = false;
        if (_onDisk != _keys.Generation)
        {
            _onDisk = _keys.Generation;
            _toSay.Writer.TryWrite(new(KeyWord.Held, _onDisk));
        }
    }

    /// <summary>
    /// Puts the keys of the venue's day in force. Until the cloud has said what day it is, only memory follows the gateway's own clock: what
    /// is on disk stays as it was, so that a wrong clock cannot destroy a key that is still needed. Nor can one wrong word of the cloud: days
    /// ahead, memory alone follows it, unless the gateway's own clock says the same.
    /// </summary>
    private void TurnUnderLock(bool anew = false)
    {
        if (_keys is not { } keys)
        {
            return;
        }

        var day = _clock.Day;
        day = day < keys.DayNumber || day - keys.DayNumber > MostDays ? keys.DayNumber : day;
        if (anew || _inForce is null || _inForce.DayNumber != day)
        {
            var next = keys.On(day, _clock.Now);
            _listener.SetKeys(next.Day, next.Member, [.. next.Formers.Select(f => f.Key)]);
            _inForce?.Dispose();
            _inForce = next;
            LogDay(next.Generation, day - keys.DayNumber);
        }

        if (day > keys.DayNumber && _clock.IsConfirmed && IsLikelyUnderLock(day, keys.DayNumber))
        {
            _keys = keys.On(day, _clock.Now);
            SaveUnderLock();
            keys.Dispose();
        }
        else if (_isUnsaved)
        {
            SaveUnderLock();
        }
    }

    private bool IsLikelyUnderLock(int day, int saved)
    {
        var isLikely = day - saved <= MostAtOnce || Math.Abs(_clock.OwnDay - day) <= MostAtOnce;
        if (!isLikely && _doubted != day)
        {
            LogDoubted(day - saved);
        }

        _doubted = isLikely ? 0 : day;
        return isLikely;
    }

    private async Task TalkAsync(Func<KeyMessage, CancellationToken, Task> say, CancellationToken stopping)
    {
        try
        {
            await foreach (var message in _toSay.Reader.ReadAllAsync(stopping))
            {
                await say(message, stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the program.
        }
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "Made the venue's keys of generation {Generation}")]
    private partial void LogMade(uint generation);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Information, Message = "Took the venue's keys of generation {Generation} from {Peer}")]
    private partial void LogTaken(uint generation, string peer);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Warning, Message = "Sealed the venue's keys of generation {Generation} to {Peer}, fingerprint {Fingerprint}")]
    private partial void LogSealed(uint generation, string peer, string fingerprint);

    [LoggerMessage(EventId = 1204, Level = LogLevel.Warning, Message = "What {Peer} sealed as generation {Generation} cannot be opened")]
    private partial void LogNotOpened(string peer, uint generation);

    [LoggerMessage(EventId = 1205, Level = LogLevel.Information, Message = "Keys of generation {Generation} are in force, {Days} days after those on disk")]
    private partial void LogDay(uint generation, int days);

    [LoggerMessage(EventId = 1207, Level = LogLevel.Warning, Message = "The cloud says it is {Days} days after the keys on disk and this gateway's clock does not: they stay as they are")]
    private partial void LogDoubted(int days);

    [LoggerMessage(EventId = 1206, Level = LogLevel.Error, Message = "The venue's keys cannot be saved, and are kept in memory until they can: {Why}")]
    private partial void LogNotSaved(string why);
}
