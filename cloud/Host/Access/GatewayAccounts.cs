using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Presence.Ingest;

namespace Presence.Cloud.Access;

/// <summary>The gateways that may come in: those enrolled, by their certificate, and those that a venue file gives a password.</summary>
/// <param name="authority">Who signed certificates.</param>
/// <param name="book">Who is enrolled.</param>
/// <param name="settings">How late a certificate may be renewed; null for not at all.</param>
public sealed class GatewayAccounts(GatewayAuthority authority, GatewayBook book, CloudSettings? settings = null) : IGatewayAccounts
{
    // Long enough to ask for a certificate and to come again with it, too short to be worth anything to a thief.
    private static readonly TimeSpan LateStay = TimeSpan.FromMinutes(10);

    // Compared against when the name is unknown, so that the answer takes equally long.
    private static readonly byte[] Nobody = SHA256.HashData("nobody"u8);
    private readonly ConcurrentDictionary<string, (GatewayAccount Account, byte[] PasswordHash)> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(TenantId, VenueId), IVenueDoor> _venues = new();

    /// <param name="password">Random and long, so one round of hashing is enough to keep it from being read off.</param>
    public void Add(GatewayAccount account, string password) =>
        _accounts[account.Name] = (account, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(password)));

    public void Add(TenantId tenant, VenueId venue, IVenueDoor door) => _venues[(tenant, venue)] = door;

    public GatewayAccount? Find(string userName, ReadOnlySpan<byte> password)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, given);
        var known = _accounts.TryGetValue(userName, out var found);
        return CryptographicOperations.FixedTimeEquals(given, known ? found.PasswordHash : Nobody) && known ? found.Account : null;
    }

    public GatewayAccount? Find(X509Certificate2 certificate)
    {
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var serial = certificate.SerialNumber;
        if (!authority.Vouches(certificate, settings?.Gateways.LateRenewal ?? default) || book.Find(name) is not { RevokedAt: null } gateway || (serial != gateway.Serial && serial != gateway.NextSerial))
        {
            return null;
        }

        if (serial == gateway.NextSerial)
        {
            // It arrived and works: from here on the one before is nobody's.
            book.Change(name, g => g with { Serial = serial, NextSerial = null, NotAfter = new(certificate.NotAfter) });
        }

        return new(new(gateway.Tenant), new(gateway.Venue), new(gateway.Gateway)) { Serial = serial, NotAfter = EndOf(certificate) };
    }

    public bool IsStillGood(GatewayAccount account, DateTimeOffset now) =>
        account.Serial is not { } serial
        || (account.NotAfter > now && book.Find(account.Name) is { RevokedAt: null } gateway && (gateway.Serial == serial || gateway.NextSerial == serial));

    private static DateTimeOffset EndOf(X509Certificate2 certificate)
    {
        var (end, now) = (new DateTimeOffset(certificate.NotAfter), TimeProvider.System.GetUtcNow());
        return end > now ? end : now + LateStay;
    }

    public IVenueDoor? Venue(TenantId tenant, VenueId venue) => _venues.GetValueOrDefault((tenant, venue));
}
