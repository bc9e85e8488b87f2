using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Threading.Channels;
using Presence.Capture.Privacy;
using Presence.EdgeAgent.Enrolment;
using Presence.EdgeAgent.Listening;
using Presence.Wire;

namespace Presence.EdgeAgent.Keys;

/// <summary>
/// Holds the identity keys of members' phones, in memory and nowhere else: takes them from the binding desk or sealed from another gateway,
/// seals them for others, resolves by them only what the configuration names as a member's, and forgets them when it no longer does.
/// </summary>
/// <param name="identity">Null for a gateway that was not enrolled: it knows the phones that were shown to itself.</param>
internal sealed partial class IdentityKeeper(GatewayIdentity? identity, FrameListener listener, TimeProvider time, ILogger<IdentityKeeper> log) : IDisposable
{
    /// <summary>Most keys held: far more members' phones than ever come to one desk; each costs 20 ns at a new address.</summary>
    private const int Most = 16_384;

    /// <summary>How long a key waits for its member's consent to arrive, or for that of a wrong code which never does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // The cloud asks for each box again that it does not get; when the link is slow the oldest can go.
    private readonly Channel<KeyMessage> _toSay = Channel.CreateBounded<KeyMessage>(
        new BoundedChannelOptions(4_096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Lock _gate = new(); // guards _held, _members
    private readonly Dictionary<ulong, Held> _held = [];
    private HashSet<ulong> _members = [];

    private sealed record Held(byte[] Key, long Since);

    /// <summary>Phones that are known by their keys now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _held.Keys.Count(_members.Contains);
            }
        }
    }

    /// <summary>Takes a key in that was shown to this gateway. It resolves nothing until the member's consent is in the configuration.</summary>
    /// <param name="key">16 bytes; the caller's copy can be zeroed afterwards.</param>
    public void Learn(DeviceToken device, ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            HoldUnderLock(device.Hash, key);
            PutInForceUnderLock();
            SayUnderLock(device.Hash);
        }
    }

    /// <summary>Whose devices are members' from now on: keys of others are gone when this returns.</summary>
    public void Configure(ReadOnlySpan<ulong> members)
    {
        lock (_gate)
        {
            var before = _members;
            _members = [.. members];
            ForgetUnderLock(before);
            PutInForceUnderLock();
            foreach (var device in _held.Keys.Where(d => _members.Contains(d) && !before.Contains(d)))
            {
                SayUnderLock(device);
            }
        }
    }

    /// <summary>Says which phones it knows, when a connection stands.</summary>
    public void Say()
    {
        lock (_gate)
        {
            foreach (var device in _held.Keys)
            {
                SayUnderLock(device);
            }
        }
    }

    /// <summary>Takes a message in; answers come by <see cref="RunAsync"/>.</summary>
    public void Take(KeyMessage message)
    {
        lock (_gate)
        {
            if (message.Word is KeyWord.SealIdentity && _held.TryGetValue(message.Device.Hash, out var held) && _members.Contains(message.Device.Hash))
            {
                SealUnderLock(message, held.Key);
            }
            else if (message.Word is KeyWord.Identity)
            {
                OpenUnderLock(message.Sealed.Span);
            }
        }
    }

    /// <summary>Says what there is to say, and forgets what waited too long, until stopped.</summary>
    /// <param name="say">Brings a message to the cloud.</param>
    public async Task RunAsync(Func<KeyMessage, CancellationToken, Task> say, CancellationToken stopping)
    {
        var talking = TalkAsync(say, stopping);
        try
        {
            using var beat = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
            while (await beat.WaitForNextTickAsync(stopping))
            {
                lock (_gate)
                {
                    ForgetUnderLock(_members);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the program.
        }

        await talking;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _members = [];
            PutInForceUnderLock();
            foreach (var held in _held.Values)
            {
                CryptographicOperations.ZeroMemory(held.Key);
            }

            _held.Clear();
        }
    }

    private string Context(string to) => $"identity-key {identity!.Who.Tenant} {identity.Who.Venue} {to}";

    private void HoldUnderLock(ulong device, ReadOnlySpan<byte> key)
    {
        // Pinned: the collector never leaves a copy behind.
        var own = GC.AllocateArray<byte>(IdentityKeys.KeyLength, pinned: true);
        key.CopyTo(own);
        if (_held.Remove(device, out var before))
        {
            CryptographicOperations.ZeroMemory(before.Key);
        }

        _held[device] = new(own, time.GetTimestamp());
    }

    // Consent that was there and is there no longer was withdrawn; consent that was never there may still be on its way.
    private void ForgetUnderLock(HashSet<ulong> before)
    {
        foreach (var (device, held) in _held.Where(h => !_members.Contains(h.Key) && (before.Contains(h.Key) || time.GetElapsedTime(h.Value.Since) > Patience)).ToList())
        {
            CryptographicOperations.ZeroMemory(held.Key);
            _held.Remove(device);
            LogForgotten(new(device));
        }
    }

    private void PutInForceUnderLock()
    {
        var known = _held.Where(h => _members.Contains(h.Key)).ToArray();
        var keys = GC.AllocateArray<byte>(known.Length * IdentityKeys.KeyLength, pinned: true);
        for (var i = 0; i < known.Length; i++)
        {
            known[i].Value.Key.CopyTo(keys, i * IdentityKeys.KeyLength);
        }

        listener.SetIdentities(known.Length == 0 ? IdentityKeys.None : new(keys, [.. known.Select(k => new DeviceToken(k.Key))]));
        CryptographicOperations.ZeroMemory(keys);
    }

    private void SayUnderLock(ulong device)
    {
        if (identity is not null && _members.Contains(device))
        {
            _toSay.Writer.TryWrite(new(KeyWord.Bring, 0) { Device = new(device) });
        }
    }

    private void SealUnderLock(KeyMessage asked, byte[] key)
    {
        Span<byte> plain = stackalloc byte[8 + IdentityKeys.KeyLength];
        BinaryPrimitives.WriteUInt64BigEndian(plain, asked.Device.Hash);
        key.CopyTo(plain[8..]);
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        if (SealedBox.Seal(ephemeral, asked.PublicKey.Span, plain, Context(asked.Peer)) is { } box)
        {
            LogSealed(asked.Device, asked.Peer, PeerBook.FingerprintOf(asked.PublicKey.Span));
            identity!.Peers.Watch(asked.Peer, asked.PublicKey.Span, log);
            _toSay.Writer.TryWrite(new(KeyWord.Identity, 0, asked.Peer) { Device = asked.Device, Sealed = box });
        }

        CryptographicOperations.ZeroMemory(plain);
    }

    private void OpenUnderLock(ReadOnlySpan<byte> boxes)
    {
        var taken = 0;
        for (; identity is not null && boxes.Length >= KeyMessage.IdentityBox; boxes = boxes[KeyMessage.IdentityBox..])
        {
            if (SealedBox.Open(identity.Seal, boxes[..KeyMessage.IdentityBox], Context(identity.Who.Gateway)) is not { } plain)
            {
                LogNotOpened();
                continue;
            }

            var device = BinaryPrimitives.ReadUInt64BigEndian(plain);
            if (device != 0 && listener.BindingOf(plain.AsSpan(8)) != new DeviceToken(device))
            {
                // Whoever sealed it would have a phone of theirs taken for a member's.
                LogNotOfDevice(new(device));
            }
            else if (device != 0 && _held.Count < Most && !_held.ContainsKey(device))
            {
                HoldUnderLock(device, plain.AsSpan(8));
                taken++;
            }

            CryptographicOperations.ZeroMemory(plain);
        }

        if (taken > 0)
        {
            PutInForceUnderLock();
            LogTaken(taken);
        }
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

    [LoggerMessage(EventId = 1211, Level = LogLevel.Information, Message = "Took {Count} identity keys of members' phones")]
    private partial void LogTaken(int count);

    [LoggerMessage(EventId = 1212, Level = LogLevel.Warning, Message = "Sealed the identity key of {Device} to {Peer}, fingerprint {Fingerprint}")]
    private partial void LogSealed(DeviceToken device, string peer, string fingerprint);

    [LoggerMessage(EventId = 1213, Level = LogLevel.Information, Message = "Forgot the identity key of {Device}")]
    private partial void LogForgotten(DeviceToken device);

    [LoggerMessage(EventId = 1215, Level = LogLevel.Warning, Message = "An identity key that was sealed to this gateway as that of {Device} is another's")]
    private partial void LogNotOfDevice(DeviceToken device);

    [LoggerMessage(EventId = 1214, Level = LogLevel.Warning, Message = "An identity key that was sealed to this gateway cannot be opened")]
    private partial void LogNotOpened();
}
