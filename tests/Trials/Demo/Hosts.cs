using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>The two programs as the demo starts them: the only place that knows their options.</summary>
internal sealed class Hosts(string folder, VenueMap map, Keys keys, int http, int mqtt, IReadOnlyList<string> time)
{
    private readonly Dictionary<string, int> _bind = map.Receivers.Select(receiver => receiver.Gateway).Distinct(StringComparer.Ordinal)
        .ToDictionary(gateway => gateway, _ => Ports.Free(), StringComparer.Ordinal);

    private readonly Dictionary<string, string> _passwords = map.Receivers.Select(receiver => receiver.Gateway).Distinct(StringComparer.Ordinal)
        .ToDictionary(gateway => gateway, _ => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), StringComparer.Ordinal);

    /// <summary>Options beside those that all trials give.</summary>
    public IReadOnlyList<string> MoreForTheCloud { get; init; } = [];

    /// <summary>Whether the shipped rules are in force; they speak of zones that only the demo's mall has.</summary>
    public bool WithRules { get; init; } = true;

    public string Folder => folder;

    public Uri Service { get; } = new($"http://localhost:{http}");

    public IEnumerable<string> Gateways => _bind.Keys;

    public Uri BindOf(string gateway) => new($"http://127.0.0.1:{_bind[gateway]}");

    public string SpoolOf(string gateway) => Path.Combine(folder, $"{gateway}-spool");

    public string VenuePath => Path.Combine(folder, "venue.json");

    public string NeighboursPath => Path.Combine(folder, "neighbours.txt");

    /// <summary>Writes what they read: the venue with its rules, the gateways' passwords, and which phone has which address on the venue's network.</summary>
    public async Task PrepareAsync(IEnumerable<(string Ip, string Mac)> neighbours, CancellationToken stopping)
    {
        var venue = new { map, gateways = _passwords, definitions = WithRules ? Definitions() : null };
        await File.WriteAllTextAsync(VenuePath, JsonSerializer.Serialize(venue, DemoMall.Json), stopping).ConfigureAwait(false);
        await File.WriteAllLinesAsync(NeighboursPath, neighbours.Select(pair => $"{pair.Ip} {pair.Mac}"), stopping).ConfigureAwait(false);
    }

    public Child StartCloud(IReadOnlyDictionary<string, string>? environment = null) => Child.Start(
        Child.Find("PRESENCE_CLOUD", "cloud/Host", "presence-cloud"), "cloud", folder,
        [
            "--venue", VenuePath,
            "--data", Path.Combine(folder, "cloud"),
            "--http", http.ToString(CultureInfo.InvariantCulture),
            "--mqtt", mqtt.ToString(CultureInfo.InvariantCulture),
            .. time,
            .. MoreForTheCloud,
        ],
        environment);

    public Child StartGateway(string gateway, IReadOnlyList<string> captures, int? broker = null, IReadOnlyDictionary<string, string>? environment = null) => Child.Start(
        Child.Find("PRESENCE_GATEWAY", "edge-agent/Host", "presence-gateway"), gateway, folder,
        [
            "--tenant", map.Tenant, "--venue", map.Venue, "--gateway", gateway,
            "--spool", SpoolOf(gateway),
            "--broker", $"127.0.0.1:{broker ?? mqtt}",
            "--bind-http", _bind[gateway].ToString(CultureInfo.InvariantCulture),
            "--neighbours", NeighboursPath,
            "--day-key", keys.Day, "--member-key", keys.Member,
            .. captures.SelectMany(capture => new[] { "--capture", capture }),
            .. time,
        ],
        new Dictionary<string, string>(environment ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["PRESENCE_PASSWORD"] = _passwords[gateway],
        });

    /// <summary>A gateway's receivers with their pipes or files, as it is told of them.</summary>
    public IReadOnlyList<string> CapturesOf(string gateway, IReadOnlyList<string> paths) =>
    [
        .. map.Receivers.Select((receiver, i) => (receiver, path: paths[i]))
            .Where(pair => string.Equals(pair.receiver.Gateway, gateway, StringComparison.Ordinal))
            .Select(pair => $"{pair.receiver.Number}={pair.path}"),
    ];

    // The shipped rules lie in the source tree above this program, or beside it where it was published.
    private static string Definitions()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var definitions = Path.Combine(folder.FullName, "rules", "definitions");
            if (File.Exists(Path.Combine(definitions, "offers.json")))
            {
                return definitions;
            }
        }

        throw new Refused("rules/definitions was not found above this program");
    }
}
