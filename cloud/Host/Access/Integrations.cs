using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Presence.Ingest;
using Presence.Wire;

namespace Presence.Cloud.Access;

/// <summary>What a venue file says of a sign, dashboard or other program that listens to events.</summary>
public sealed record IntegrationFile
{
    /// <summary>At least 16 characters, by chance.</summary>
    public required string Password { get; init; }

    /// <summary>The events it may hear; see <see cref="EventTopics"/> for which there are.</summary>
    public ImmutableArray<string> Events { get; init; } = [];
}

/// <summary>The integrations that venue files let in.</summary>
public sealed class Integrations : IIntegrationAccounts
{
    // Compared against when the name is unknown, so that the answer takes equally long.
    private static readonly byte[] Nobody = SHA256.HashData("nobody"u8);
    private readonly ConcurrentDictionary<string, (IntegrationAccount Account, byte[] PasswordHash)> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _listened = new(StringComparer.Ordinal);

    public void Add(TenantId tenant, VenueId venue, string name, IntegrationFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var topics = file.Events.Select(kind => EventTopics.Of(tenant, venue, kind)).ToImmutableHashSet(StringComparer.Ordinal);
        var account = new IntegrationAccount($"{tenant}.{venue}.{name}", topics);
        _accounts[account.Name] = (account, SHA256.HashData(Encoding.UTF8.GetBytes(file.Password)));
        foreach (var topic in topics) _listened[topic] = 0;
    }

    /// <summary>Whether anybody may listen to a topic, so that it is worth writing to.</summary>
    public bool MayHear(string topic) => _listened.ContainsKey(topic);

    public IntegrationAccount? Find(string userName, ReadOnlySpan<byte> password)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, given);
        var known = _accounts.TryGetValue(userName, out var found);
        return CryptographicOperations.FixedTimeEquals(given, known ? found.PasswordHash : Nobody) && known ? found.Account : null;
    }
}
