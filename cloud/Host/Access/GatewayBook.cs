using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Presence.Cloud.Access;

/// <summary>A gateway that was enrolled, by its newest enrolment.</summary>
public sealed record EnrolledGateway(string Tenant, string Venue, string Gateway)
{
    /// <summary>Public key that others seal to: a point of P-256, X then Y, 64 bytes.</summary>
    public byte[] SealKey { get; init; } = [];

    /// <summary>Serial number of the certificate in use.</summary>
    public string Serial { get; init; } = "";

    /// <summary>Serial number of one that was issued and has not been used yet; null for none.</summary>
    public string? NextSerial { get; init; }

    public DateTimeOffset NotAfter { get; init; }

    public DateTimeOffset EnrolledAt { get; init; }

    /// <summary>Null while it may come in.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    public string Name => $"{Tenant}.{Venue}.{Gateway}";
}

/// <summary>A one-time code that was shown and not used yet.</summary>
/// <param name="Hash">SHA-256 of its letters.</param>
public sealed record EnrolmentCode(string Tenant, string Venue, string Gateway, byte[] Hash, DateTimeOffset ExpiresAt);

/// <summary>Which generation of its keys a venue is at. The keys themselves never come here.</summary>
/// <param name="Maker">The gateway that was asked to make them.</param>
/// <param name="Made">Whether a gateway said that it holds them.</param>
public sealed record VenueGeneration(string Tenant, string Venue, uint Generation, string Maker, bool Made)
{
    /// <summary>When a generation last took the place of one in use, by the venues' clock: devices bound before are renewed for a while. Null for never.</summary>
    public DateTimeOffset? RolledAt { get; init; }
}

/// <summary>What an operator set for one gateway; 0 or null leaves the gateway's own setting.</summary>
public sealed record GatewaySetup
{
    public int LingerMs { get; init; }

    public int ForgetMs { get; init; }

    public int LouderDb { get; init; }

    public int LiveLimitMs { get; init; }

    public int StatusEveryMs { get; init; }

    public bool? DropUnassociated { get; init; }

    /// <summary>Where to report from now on, <c>host</c> or <c>host:port</c>.</summary>
    public string? Broker { get; init; }
}

/// <summary>Which gateways were enrolled, revoked and set up. Any thread; each change is on disk when its method returns.</summary>
public sealed class GatewayBook
{
    // 80 bits in letters that cannot be mistaken for one another; see Enrolment for how many may be tried.
    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Written = 1;
    private readonly Lock _gate = new(); // guards _page and the file
    private readonly string _file;
    private Page _page;

    /// <exception cref="SettingsException">The file is there and cannot be read.</exception>
    public GatewayBook(string file)
    {
        _file = file;
        try
        {
            _page = File.Exists(file) ? Upgrade(JsonSerializer.Deserialize<Page>(File.ReadAllBytes(file), VenueFile.Json)!, file) : new Page { Version = Written };
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new SettingsException($"{file} cannot be read: {e.Message}", e);
        }
    }

    public IReadOnlyList<EnrolledGateway> Gateways(string tenant, string venue) =>
        [.. Read().Gateways.Where(g => g.Tenant == tenant && g.Venue == venue)];

    public EnrolledGateway? Find(string name) => Read().Gateways.FirstOrDefault(g => g.Name == name);

    public GatewaySetup SetupOf(string name) => Read().Setups.GetValueOrDefault(name) ?? new();

    public VenueGeneration GenerationOf(string tenant, string venue) =>
        Read().Generations.FirstOrDefault(g => g.Tenant == tenant && g.Venue == venue) ?? new(tenant, venue, 0, "", false);

    /// <summary>Until when a code waits to be used; null for none.</summary>
    public DateTimeOffset? CodeUntil(string tenant, string venue, string gateway, DateTimeOffset now) =>
        Read().Codes.FirstOrDefault(c => c.Tenant == tenant && c.Venue == venue && c.Gateway == gateway && c.ExpiresAt > now)?.ExpiresAt;

    /// <summary>A new one-time code; one given before for this gateway is void from now on.</summary>
    public string NewCode(string tenant, string venue, string gateway, DateTimeOffset now, TimeSpan life)
    {
        var code = RandomNumberGenerator.GetString(Letters, 16);
        Change(page => page with
        {
            Codes = [.. page.Codes.Where(c => c.ExpiresAt > now && (c.Tenant, c.Venue, c.Gateway) != (tenant, venue, gateway)), new(tenant, venue, gateway, HashOf(code), now + life)],
        });
        return string.Join('-', code.Chunk(4).Select(c => new string(c)));
    }

    /// <summary>Uses a code up.</summary>
    /// <returns>Whose it was; null when it is unknown, used or over.</returns>
    public EnrolmentCode? UseCode(string code, DateTimeOffset now)
    {
        var hash = HashOf(code);
        EnrolmentCode? found = null;
        Change(page =>
        {
            // Each is compared, in the same time whether it fits or not.
            foreach (var one in page.Codes)
            {
                found = CryptographicOperations.FixedTimeEquals(one.Hash, hash) && one.ExpiresAt > now ? one : found;
            }

            return found is null ? page : page with { Codes = [.. page.Codes.Where(c => c != found)] };
        });
        return found;
    }

    /// <summary>Enters an enrolment, in place of the one before.</summary>
    public void Enrol(EnrolledGateway gateway) =>
        Change(page => page with { Gateways = [.. page.Gateways.Where(g => g.Name != gateway.Name), gateway] });

    /// <summary>Changes a gateway's entry; nothing when it has none.</summary>
    public void Change(string name, Func<EnrolledGateway, EnrolledGateway> change) =>
        Change(page => page with { Gateways = [.. page.Gateways.Select(g => g.Name == name ? change(g) : g)] });

    public void Set(string name, GatewaySetup setup) => Change(page => page with { Setups = new(page.Setups) { [name] = setup } });

    public void Set(VenueGeneration generation) => Change(page => page with
    {
        Generations = [.. page.Generations.Where(g => (g.Tenant, g.Venue) != (generation.Tenant, generation.Venue)), generation],
    });

    // Before version 1 nobody wrote down when keys were rolled: not after the book was last written. Without a time no device would ever be renewed.
    private static Page Upgrade(Page page, string file) => page.Version >= Written ? page : page with
    {
        Version = Written,
        Generations = [.. page.Generations.Select(g => g is { Generation: > 1, RolledAt: null } ? g with { RolledAt = new(File.GetLastWriteTimeUtc(file)) } : g)],
    };

    private static byte[] HashOf(string code) =>
        SHA256.HashData(Encoding.ASCII.GetBytes(code.Replace("-", "", StringComparison.Ordinal).Trim().ToUpperInvariant()));

    private Page Read()
    {
        lock (_gate)
        {
            return _page;
        }
    }

    private void Change(Func<Page, Page> change)
    {
        lock (_gate)
        {
            var next = change(_page);
            if (!ReferenceEquals(next, _page))
            {
                PrivateFile.Write(_file, JsonSerializer.Serialize(next, VenueFile.Json));
                _page = next;
            }
        }
    }

    private sealed record Page
    {
        /// <summary>What wrote it: 0 before the time of a roll was kept.</summary>
        public int Version { get; init; }

        public EnrolledGateway[] Gateways { get; init; } = [];

        public EnrolmentCode[] Codes { get; init; } = [];

        public VenueGeneration[] Generations { get; init; } = [];

        public Dictionary<string, GatewaySetup> Setups { get; init; } = [];
    }
}
