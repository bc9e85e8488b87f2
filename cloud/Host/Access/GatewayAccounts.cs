using System.Collections.Concurrent;
using System.Security.Cryptography;
using Presence.Ingest;

namespace Presence.Cloud.Access;

/// <summary>The gateways that may come in, by credentials that were given to them.</summary>
public sealed class GatewayAccounts : IGatewayAccounts
{
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

    public IVenueDoor? Venue(TenantId tenant, VenueId venue) => _venues.GetValueOrDefault((tenant, venue));
}
