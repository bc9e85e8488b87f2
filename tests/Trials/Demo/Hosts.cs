using System.Globalization;
using System.Text.Json;
using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>The two programs as the demo starts them: the only place that knows their options.</summary>
internal sealed class Hosts(string folder, VenueMap map, Keys keys, int http, int mqtt, IReadOnlyList<string> time)
{
    private readonly Dictionary<string, int> _bind = map.Receivers.Select(receiver => receiver.Gateway).Distinct(StringComparer.Ordinal)
        .ToDictionary(gateway => gateway, _ => Ports.Free(), StringComparer.Ordinal);

    public string Folder => folder;

    public Uri Service { get; } = new($"http://localhost:{http}");

    public IEnumerable<string> Gateways => _bind.Keys;

    public Uri BindOf(string gateway) => new($"http://127.0.0.1:{_bind[gateway]}");

    public string NeighboursPath => Path.Combine(folder, "neighbours.txt");

    /// <summary>Writes what both read: the map, the keys, and which phone has which address on the venue's network.</summary>
    public async Task PrepareAsync(IEnumerable<(string Ip, string Mac)> neighbours, CancellationToken stopping)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "map.json"), JsonSerializer.Serialize(map, DemoMall.Json), stopping).ConfigureAwait(false);
        await File.WriteAllLinesAsync(NeighboursPath, neighbours.Select(pair => $"{pair.Ip} {pair.Mac}"), stopping).ConfigureAwait(false);
    }

    public Child StartCloud(IReadOnlyDictionary<string, string>? environment = null) => Child.Start(
        Child.Find("PRESENCE_CLOUD", "cloud/Host", "presence-cloud"), "cloud", folder,
        [
            "--map", Path.Combine(folder, "map.json"),
            "--data", Directory.CreateDirectory(Path.Combine(folder, "cloud")).FullName,
            "--http", http.ToString(CultureInfo.InvariantCulture),
            "--mqtt", mqtt.ToString(CultureInfo.InvariantCulture),
            .. time,
        ],
        environment);

    public Child StartGateway(string gateway, IReadOnlyList<string> captures, int? mqttPort = null, IReadOnlyDictionary<string, string>? environment = null) => Child.Start(
        Child.Find("PRESENCE_GATEWAY", "edge-agent/Host", "presence-gateway"), gateway, folder,
        [
            "--tenant", map.Tenant, "--venue", map.Venue, "--gateway", gateway,
            "--map", Path.Combine(folder, "map.json"),
            "--spool", Path.Combine(folder, $"{gateway}.spool"),
            "--broker", $"127.0.0.1:{mqttPort ?? mqtt}",
            "--bind-http", _bind[gateway].ToString(CultureInfo.InvariantCulture),
            "--neighbours", NeighboursPath,
            "--day-key", keys.Day, "--member-key", keys.Member,
            .. map.Receivers.Select((receiver, i) => (receiver, i)).Where(pair => string.Equals(pair.receiver.Gateway, gateway, StringComparison.Ordinal))
                .SelectMany(pair => new[] { "--capture", $"{pair.receiver.Number}={captures[pair.i]}" }),
            .. time,
        ],
        environment);
}
