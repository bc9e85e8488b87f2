using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Capture.Privacy;
using Presence.EdgeAgent.Enrolment;
using Presence.EdgeAgent.Keys;
using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Settings;
using Presence.Integration.Mqtt;
using Presence.Kit;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>The part of a gateway that keeps keys, with a folder, a clock that can be wrong, and no network.</summary>
internal sealed class KeyedGateway : IDisposable
{
    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private GatewayIdentity _identity = null!;
    private FrameListener _listener = null!;
    private Task _running = Task.CompletedTask;
    private long _at;

    public KeyedGateway(string folder, string name, TimeProvider time)
    {
        (Folder, _name, _time) = (Path.Combine(folder, name), name, time);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var seal = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        GatewayIdentity.Save(Folder, new("acme", "mall", name, "localhost", certificate.ExportCertificatePem()), certificate.ExportCertificatePem(), key, seal);
        Start();
    }

    public string Folder { get; }

    public KeyKeeper Keeper { get; private set; } = null!;

    /// <summary>The identity keys that its memory holds.</summary>
    public IdentityKeeper Identities { get; private set; } = null!;

    /// <summary>What was said of them.</summary>
    public ConcurrentQueue<KeyMessage> SaidOfIdentities { get; } = [];

    /// <summary>Tokens that came out, newest last.</summary>
    public ConcurrentQueue<ulong> Tokens { get; } = [];

    public VenueClock Clock { get; private set; } = null!;

    public ConcurrentQueue<KeyMessage> Said { get; } = [];

    public ConcurrentQueue<(DeviceToken Was, DeviceToken IsNow)> Renewed { get; } = [];

    public byte[] PublicKey => SealedBox.PublicKey(_identity.Seal);

    /// <summary>What this gateway calls a phone now, as a member's would be called; tells whether two gateways have the same member key.</summary>
    public DeviceToken? BindingOf(ulong phone) => _listener.BindingOf(AddressSpace.Wifi, phone);

    public byte[] OnDisk => File.ReadAllBytes(Path.Combine(Folder, VenueKeys.FileName));

    /// <summary>Its program begins, with what is on disk.</summary>
    public void Start()
    {
        _identity = GatewayIdentity.Open(Folder);
        _listener = new(new GatewaySettings(), new SightingBatcher((_, _) => { }), _time, (token, _) => Tokens.Enqueue(token)) { OnRenewed = (was, isNow) => Renewed.Enqueue((was, isNow)) };
        Clock = new(_time);
        Clock.SetPlace("Asia/Shanghai", 240);
        Keeper = new(Folder, _identity, Clock, _listener, NullLogger<KeyKeeper>.Instance);
        Identities = new(_identity, _listener, _time, NullLogger<IdentityKeeper>.Instance);
        _running = Task.WhenAll(Keeper.RunAsync((message, _) =>
        {
            Said.Enqueue(message);
            return Task.CompletedTask;
        }, _stopping.Token), Identities.RunAsync((message, _) =>
        {
            SaidOfIdentities.Enqueue(message);
            return Task.CompletedTask;
        }, _stopping.Token));
    }

    public void Restart()
    {
        Keeper.Dispose();
        Identities.Dispose();
        Start();
    }

    /// <summary>Whose devices are members'.</summary>
    public void Bind(params ulong[] tokens)
    {
        Identities.Configure(tokens);
        _listener.Configure(tokens, [], dropUnassociated: false);
    }

    /// <summary>What this gateway calls a phone by its identity key.</summary>
    public DeviceToken BindingOf(byte[] identityKey) => _listener.BindingOf(identityKey);

    /// <summary>Hears a phone under its next address.</summary>
    /// <returns>What it is called.</returns>
    public ulong Hear(Kit.Gateway.ResolvablePhone phone)
    {
        // Silence between makes each hearing worth telling at once.
        Tokens.Clear();
        var bytes = phone.Heard();
        _at += 3_600_000;
        _listener.Hear(0, new Presence.Capture.Files.CapturedFrame
        {
            Link = Presence.Capture.Files.LinkType.BluetoothLeWithHeader, Bytes = bytes, OriginalLength = bytes.Length, FcsLength = -1,
        }, _at);
        return Assert.Single(Tokens);
    }

    /// <summary>Hears a probe request.</summary>
    public void Hear(ulong phone)
    {
        var bytes = Kit.Gateway.ProbeCapture.Frame(new(1, phone, -50), 1);
        _listener.Hear(0, new Presence.Capture.Files.CapturedFrame { Link = Presence.Capture.Files.LinkType.Radiotap, Bytes = bytes, OriginalLength = bytes.Length, FcsLength = -1 }, 0);
    }

    /// <summary>Asks this gateway to seal its keys to another, and hands the box over.</summary>
    public async Task SealToAsync(KeyedGateway other)
    {
        Said.Clear();
        Keeper.Take(new(KeyWord.Seal, Keeper.Generation, other._name) { PublicKey = other.PublicKey });
        await Until.TrueAsync(() => Said.Any(s => s.Word == KeyWord.Sealed), "it sealed");
        other.Keeper.Take(Said.First(s => s.Word == KeyWord.Sealed) with { Peer = _name });
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _running.Wait();
        Keeper.Dispose();
        Identities.Dispose();
        _listener.Dispose();
        _identity.Dispose();
        _stopping.Dispose();
    }
}
