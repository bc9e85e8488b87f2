using System.Collections.Concurrent;
using Presence.Cloud.Access;
using Presence.Ingest;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Cloud.Live;

/// <summary>
/// Where gateways say what is not for the venue's log. It remembers how each is, renews certificates, carries sealed keys from one to
/// another, and sees to it that who may not be in is out.
/// </summary>
public sealed partial class GatewayDesk(IServiceProvider services, GatewayBook book, GatewayAccounts accounts, Enrolment enrolment, IdentityDesk identities, ILogger<GatewayDesk> log)
    : BackgroundService, IGatewayDesk
{
    // A generation ends with a theft: no venue comes near this, and there is room above it.
    private const uint MostBelieved = 100_000;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (GatewayStatus Status, DateTimeOffset At)> _statuses = new(StringComparer.Ordinal);
    private readonly Lock _gate = new(); // guards _venues
    private readonly Dictionary<(TenantId, VenueId), Keys> _venues = [];

    /// <summary>Which gateways of a venue hold the keys of its generation, and which wait for them.</summary>
    private sealed class Keys
    {
        public HashSet<string> Holders { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, DateTimeOffset> AskedFor { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>What a gateway last said of itself, and when; null when it said nothing since the start.</summary>
    public (GatewayStatus Status, DateTimeOffset At)? StatusOf(string name) => _statuses.TryGetValue(name, out var found) ? found : null;

    public bool IsIn(string name) => SessionOf(name) is not null;

    public bool Holds(TenantId tenant, VenueId venue, string gateway)
    {
        lock (_gate)
        {
            return _venues.TryGetValue((tenant, venue), out var keys) && keys.Holders.Contains(gateway);
        }
    }

    public void Take(GatewayAccount from, TopicKind kind, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (kind is TopicKind.Status && GatewayStatus.TryDecode(payload, out var status, out _))
        {
            _statuses[from.Name] = (status, TimeProvider.System.GetUtcNow());
        }
        else if (kind is TopicKind.Renewal && from.Serial is not null && enrolment.Renew(from.Name, payload) is { } certificate)
        {
            Send(from, from.Gateway, TopicKind.Certificate, certificate);
        }
        else if (kind is TopicKind.KeysUp && KeyMessage.TryDecode(payload, out var message, out _) && book.Find(from.Name) is { RevokedAt: null })
        {
            if (message.Word is KeyWord.Bring or KeyWord.Identity)
            {
                identities.Take(from, message);
                return;
            }

            if (message.Word is KeyWord.Held)
            {
                // It is the first that a gateway says when it has come in.
                identities.CameIn(from);
            }

            lock (_gate)
            {
                TakeUnderLock(from, message);
            }
        }
    }

    /// <summary>Begins a new generation of a venue's keys: what a stolen gateway knows is worth nothing from then on.</summary>
    public void Roll(TenantId tenant, VenueId venue)
    {
        lock (_gate)
        {
            var old = book.GenerationOf(tenant.Value, venue.Value);
            if (old.Generation > 0)
            {
                KeysOf(tenant, venue).Holders.Clear();
                BeginUnderLock(tenant, venue, old.Generation + 1, AnyoneIn(tenant, venue) ?? "", Now);
            }
        }
    }

    /// <summary>Cuts off every session whose gateway may not be in any more.</summary>
    public void CutOff()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var session in Endpoint.Sessions)
        {
            if (session.User is GatewayAccount account && !accounts.IsStillGood(account, now))
            {
                LogCutOff(account.Name);
                session.Disconnect(MqttReasonCode.NotAuthorized, "revoked, replaced or over");
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var beat = new PeriodicTimer(Look);
        for (var looks = 1; await beat.WaitForNextTickAsync(stoppingToken); looks++)
        {
            CutOff();
            AskAgainForThoseWhoWait();
            if (looks % 2 == 0)
            {
                identities.LookAround();
            }
        }
    }

    // The venues' clock, which dates bindings and may run fast in a trial.
    private DateTimeOffset Now => services.GetRequiredService<TimeProvider>().GetUtcNow();

    private MqttEndpoint Endpoint => services.GetRequiredService<MqttEndpoint>();

    private MqttSession? SessionOf(string name) => Endpoint.Sessions.FirstOrDefault(s => s.ClientId == name);

    private string? AnyoneIn(TenantId tenant, VenueId venue) => Endpoint.Sessions
        .Select(s => s.User as GatewayAccount)
        .FirstOrDefault(a => a is { Serial: not null } && a.Tenant == tenant && a.Venue == venue && accounts.IsStillGood(a, TimeProvider.System.GetUtcNow()))?.Gateway.Value;

    private Keys KeysOf(TenantId tenant, VenueId venue) =>
        _venues.TryGetValue((tenant, venue), out var keys) ? keys : _venues[(tenant, venue)] = new();

    private void TakeUnderLock(GatewayAccount from, KeyMessage message)
    {
        var at = book.GenerationOf(from.Tenant.Value, from.Venue.Value);
        switch (message.Word)
        {
            case KeyWord.Held when message.Generation > at.Generation && (at.Generation > 0 || message.Generation > MostBelieved):
                // Each generation begins here, so nobody can be ahead: who says so would be asked for the keys in everybody's place.
                LogStrange(from.Name, message.Word, message.Generation);
                break;
            case KeyWord.Held when message.Generation > at.Generation:
                // The book was lost and the gateways were not: they go on from where they are, and when the last roll was nobody knows.
                book.Set(at with { Generation = message.Generation, Maker = from.Gateway.Value, Made = true, RolledAt = message.Generation > 1 ? Now : null });
                KeysOf(from.Tenant, from.Venue).Holders.Clear();
                HeldUnderLock(from);
                break;
            case KeyWord.Held when message.Generation == at.Generation && at.Generation > 0:
                if (!at.Made)
                {
                    book.Set(at with { Made = true });
                    LogMade(from.Name, at.Generation);
                }

                HeldUnderLock(from);
                break;
            case KeyWord.Held:
                LackedUnderLock(from, at);
                break;
            case KeyWord.Sealed when message.Generation == at.Generation && KeysOf(from.Tenant, from.Venue).Holders.Contains(from.Gateway.Value)
                && book.Find($"{from.Tenant}.{from.Venue}.{message.Peer}") is { RevokedAt: null }:
                Send(from, new(message.Peer), TopicKind.Keys, (message with { Peer = from.Gateway.Value, PublicKey = default }).Encode());
                break;
            default:
                LogStrange(from.Name, message.Word, message.Generation);
                break;
        }
    }

    private void HeldUnderLock(GatewayAccount from)
    {
        var keys = KeysOf(from.Tenant, from.Venue);
        keys.Holders.Add(from.Gateway.Value);
        keys.AskedFor.Remove(from.Gateway.Value);
        foreach (var (peer, _) in keys.AskedFor.ToList())
        {
            AskUnderLock(from.Tenant, from.Venue, peer);
        }
    }

    private void LackedUnderLock(GatewayAccount from, VenueGeneration at)
    {
        var keys = KeysOf(from.Tenant, from.Venue);
        keys.Holders.Remove(from.Gateway.Value);
        if (!at.Made && (at.Generation == 0 || at.Maker != from.Gateway.Value) && SessionOf($"{at.Tenant}.{at.Venue}.{at.Maker}") is null)
        {
            // Nobody makes them, or whoever was asked to is gone. A further number, so that no two ever make the same generation.
            BeginUnderLock(from.Tenant, from.Venue, at.Generation + 1, from.Gateway.Value, at.RolledAt);
        }
        else if (!at.Made && at.Maker == from.Gateway.Value)
        {
            Send(from, from.Gateway, TopicKind.Keys, new KeyMessage(KeyWord.Make, at.Generation).Encode());
        }
        else
        {
            AskUnderLock(from.Tenant, from.Venue, from.Gateway.Value);
        }
    }

    private void BeginUnderLock(TenantId tenant, VenueId venue, uint generation, string maker, DateTimeOffset? rolledAt)
    {
        book.Set(new(tenant.Value, venue.Value, generation, maker, false) { RolledAt = rolledAt });
        LogBegins(tenant.Value, venue.Value, generation, maker);
        var keys = KeysOf(tenant, venue);
        keys.AskedFor.Clear();
        foreach (var account in Endpoint.Sessions.Select(s => s.User as GatewayAccount).Where(a => a is { Serial: not null } && a.Tenant == tenant && a.Venue == venue))
        {
            if (account!.Gateway.Value != maker)
            {
                keys.AskedFor[account.Gateway.Value] = default;
            }
        }

        if (maker.Length > 0)
        {
            Send(new(tenant, venue, new(maker)), new(maker), TopicKind.Keys, new KeyMessage(KeyWord.Make, generation).Encode());
        }
    }

    // Asks a holder that is in to seal the keys to a gateway that lacks them; while none is in, it waits.
    private void AskUnderLock(TenantId tenant, VenueId venue, string peer)
    {
        var keys = KeysOf(tenant, venue);
        keys.AskedFor[peer] = TimeProvider.System.GetUtcNow();
        var holders = keys.Holders.Where(h => h != peer && SessionOf($"{tenant}.{venue}.{h}") is not null).ToArray();
        if (holders.Length > 0 && book.Find($"{tenant}.{venue}.{peer}") is { RevokedAt: null } enrolled)
        {
            var holder = holders[Random.Shared.Next(holders.Length)];
            Send(new(tenant, venue, new(holder)), new(holder), TopicKind.Keys,
                new KeyMessage(KeyWord.Seal, book.GenerationOf(tenant.Value, venue.Value).Generation, peer) { PublicKey = enrolled.SealKey }.Encode());
        }
    }

    private void AskAgainForThoseWhoWait()
    {
        var before = TimeProvider.System.GetUtcNow() - AskAgain;
        lock (_gate)
        {
            foreach (var ((tenant, venue), keys) in _venues)
            {
                foreach (var (peer, asked) in keys.AskedFor.Where(a => a.Value < before).ToList())
                {
                    if (SessionOf($"{tenant}.{venue}.{peer}") is null) keys.AskedFor.Remove(peer);
                    else AskUnderLock(tenant, venue, peer);
                }
            }
        }
    }

    private void Send(GatewayAccount like, GatewayId to, TopicKind kind, byte[] payload) =>
        Endpoint.Publish(Topics.Of(like.Tenant, like.Venue, to, kind), payload, MqttQos.AtLeastOnce);

    [LoggerMessage(EventId = 8211, Level = LogLevel.Warning, Message = "{Gateway} is cut off: its certificate is revoked, replaced or over")]
    private partial void LogCutOff(string gateway);

    [LoggerMessage(EventId = 8212, Level = LogLevel.Information, Message = "{Tenant}.{Venue}: keys of generation {Generation} are to be made by '{Maker}'")]
    private partial void LogBegins(string tenant, string venue, uint generation, string maker);

    [LoggerMessage(EventId = 8213, Level = LogLevel.Information, Message = "{Gateway} holds keys of generation {Generation}")]
    private partial void LogMade(string gateway, uint generation);

    [LoggerMessage(EventId = 8214, Level = LogLevel.Warning, Message = "{Gateway} said {Word} of generation {Generation}, which fits nothing")]
    private partial void LogStrange(string gateway, KeyWord word, uint generation);
}
