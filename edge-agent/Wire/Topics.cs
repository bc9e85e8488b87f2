using System.Diagnostics.CodeAnalysis;

namespace Presence.Wire;

/// <summary>What travels on a topic, and which way.</summary>
public enum TopicKind
{
    /// <summary><c>up/live</c>: a <see cref="SightingBatch"/> of what is heard now.</summary>
    Live,

    /// <summary><c>up/backlog</c>: a <see cref="SightingBatch"/> of what was heard while the gateway was cut off.</summary>
    Backlog,

    /// <summary><c>up/status</c>, retained: a <see cref="GatewayStatus"/>.</summary>
    Status,

    /// <summary><c>up/bind</c>: a <see cref="BindReport"/>.</summary>
    Bind,

    /// <summary><c>down/config</c>, retained: a <see cref="GatewayConfig"/>.</summary>
    Config,

    /// <summary><c>down/committed</c>: a <see cref="CommittedWatermark"/>.</summary>
    Committed,

    /// <summary><c>down/keys</c>: a <see cref="KeyMessage"/> from the cloud, or from another gateway through it.</summary>
    Keys,

    /// <summary><c>up/keys</c>: a <see cref="KeyMessage"/> to the cloud, or through it to another gateway.</summary>
    KeysUp,

    /// <summary><c>up/renewal</c>: a request for a new certificate, PKCS #10 in DER.</summary>
    Renewal,

    /// <summary><c>down/certificate</c>: the gateway's new certificate, X.509 in DER.</summary>
    Certificate,
}

/// <summary>A gateway's topic: <c>presence/v1/{tenant}/{venue}/{gateway}/{up|down}/{kind}</c>.</summary>
public readonly record struct Topic(TenantId Tenant, VenueId Venue, GatewayId Gateway, TopicKind Kind)
{
    public override string ToString() => Topics.Of(Tenant, Venue, Gateway, Kind);
}

/// <summary>Writes and reads topics. Names are lower-case letters, digits and hyphens, 1 to 32.</summary>
public static class Topics
{
    /// <summary>All that gateways send, for a subscription in the cloud.</summary>
    public const string EveryGatewayUp = "presence/v1/+/+/+/up/#";

    private static readonly string[] Endings =
        ["up/live", "up/backlog", "up/status", "up/bind", "down/config", "down/committed", "down/keys", "up/keys", "up/renewal", "down/certificate"];

    /// <exception cref="ArgumentException">A name is not one.</exception>
    public static string Of(TenantId tenant, VenueId venue, GatewayId gateway, TopicKind kind) =>
        $"presence/v1/{Checked(tenant.Value)}/{Checked(venue.Value)}/{Checked(gateway.Value)}/{Endings[(int)kind]}";

    /// <summary>All that is sent to one gateway, for its subscription.</summary>
    public static string AllDown(TenantId tenant, VenueId venue, GatewayId gateway) =>
        $"presence/v1/{Checked(tenant.Value)}/{Checked(venue.Value)}/{Checked(gateway.Value)}/down/#";

    /// <summary>Reads a topic; false for any that is not exactly one of ours.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Topic topic)
    {
        topic = default;
        var parts = text?.Split('/', 8);
        if (parts is not ["presence", "v1", var tenant, var venue, var gateway, var way, var kind]
            || !IsName(tenant) || !IsName(venue) || !IsName(gateway))
        {
            return false;
        }

        var ending = Array.IndexOf(Endings, $"{way}/{kind}");
        topic = new(new(tenant), new(venue), new(gateway), (TopicKind)ending);
        return ending >= 0;
    }

    /// <summary>Whether this can be the name of a tenant, venue or gateway.</summary>
    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length is >= 1 and <= 32 && !name.ContainsAnyExcept(NameCharacters);

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static string Checked(string? name) => IsName(name)
        ? name!
        : throw new ArgumentException($"'{name}' is no name for a topic: lower-case letters, digits and hyphens, 1 to 32.", nameof(name));
}
