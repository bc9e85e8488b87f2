using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Cloud.Stages;
using Presence.Visits;

namespace Presence.Cloud;

/// <summary>How this process runs: from the command line, the environment (<c>PRESENCE_…</c>) or a JSON file, in that order.</summary>
public sealed class CloudSettings
{
    /// <summary>Folder of the store. Default <c>presence-data</c> in the current folder.</summary>
    [Required]
    public string Data { get; set; } = "presence-data";

    /// <summary>Port of pages and API, on loopback; 0 takes any that is free. Default 8080.</summary>
    [Range(0, 65535)]
    public int Http { get; set; } = 8080;

    /// <summary>Port of the MQTT endpoint, on loopback; 0 takes any that is free. Default 1883.</summary>
    [Range(0, 65535)]
    public int Mqtt { get; set; } = 1883;

    /// <summary>Port of the MQTT endpoint over TLS, on loopback; null for none.</summary>
    [Range(0, 65535)]
    public int? MqttTls { get; set; }

    /// <summary>Address that <see cref="MqttTls"/> listens on. Default this machine only; gateways elsewhere need another.</summary>
    public string MqttTlsAddress { get; set; } = "127.0.0.1";

    /// <summary>PKCS #12 file with the certificate and key of <see cref="MqttTls"/>; null for one of the gateways' own authority.</summary>
    public string? Certificate { get; set; }

    /// <summary>Venue files; see <see cref="VenueFile"/>. None: those the store knows.</summary>
    public string[] Venues { get; set; } = [];

    /// <summary>Names the pages are asked for by besides this machine's own, as a proxy in front passes them on; <c>*.shop.example</c> is all below it.</summary>
    public string[] Hosts { get; set; } = [];

    /// <summary>Folder of the built pages; null looks beside the program and in the source tree.</summary>
    public string? Pages { get; set; }

    /// <summary>How many seconds of the service's time pass in one second; for demonstrations. Default 1.</summary>
    [Range(0.001, 100_000)]
    public double TimeScale { get; set; } = 1;

    /// <summary>The service's time at <see cref="TimeAnchor"/>; null is the real time.</summary>
    public DateTimeOffset? TimeOrigin { get; set; }

    /// <summary>The real time at which the service's time is <see cref="TimeOrigin"/>; null is the program's start.</summary>
    public DateTimeOffset? TimeAnchor { get; set; }

    /// <summary>Extra wait in each commit, ms; only to measure how the service takes a slow disk. Default 0.</summary>
    [Range(0, 1000)]
    public double SlowCommitMs { get; set; }

    /// <summary>Other systems that rules may tell, by the name that rules use.</summary>
    public Dictionary<string, HookReceiver> Hooks { get; set; } = [];

    /// <summary>How long after the first failure another system is told again; each time twice as long, at most an hour. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan HookRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Tries before a message to another system is given up and waits for a person. Default 16, about eight hours.</summary>
    [Range(1, 100)]
    public int HookTries { get; set; } = 16;

    /// <summary>Address of a collector of metrics that takes OTLP over HTTP, such as <c>http://localhost:4318</c>; null for none.</summary>
    public Uri? Collector { get; set; }

    /// <summary>How often it is told. Default one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan CollectEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How venues are run.</summary>
    public VenueSettings Venue { get; set; } = new();

    /// <summary>How gateways are let in.</summary>
    public Access.GatewayLifeSettings Gateways { get; set; } = new();
}

/// <summary>Another system that is told things.</summary>
public sealed class HookReceiver
{
    /// <summary>Where: https, or http within the venue's own network if <see cref="Private"/> says so.</summary>
    [Required]
    public string Url { get; set; } = "";

    /// <summary>Keys of the signature, at least 16 characters each; while they are being changed both are used.</summary>
    public string[] Secrets { get; set; } = [];

    /// <summary>Whether it is inside: addresses of private networks and of this machine are refused otherwise. Default false.</summary>
    public bool Private { get; set; }
}

/// <summary>A venue as its operator writes it down: the plan, its gateways, offers and rules.</summary>
public sealed record VenueFile
{
    public required VenueMap Map { get; init; }

    /// <summary>Stops of a survey walk: what the receivers heard of a device whose place was known. None: the plan alone must do.</summary>
    public ImmutableArray<SurveyedSpot> Survey { get; init; } = [];

    /// <summary>Passwords of its gateways by name; at least 16 characters each.</summary>
    public Dictionary<string, string> Gateways { get; init; } = [];

    /// <summary>Signs, dashboards and other programs that listen to the venue's events over MQTT, by name.</summary>
    public Dictionary<string, Access.IntegrationFile> Integrations { get; init; } = [];

    /// <summary>Folder, relative to this file, with <c>offers.json</c>, <c>loyalty/programme.json</c> and one rule document in each other <c>.json</c>; null for none.</summary>
    public string? Definitions { get; init; }

    /// <summary>What may be had, as in <c>offers.json</c>.</summary>
    public JsonElement? Offers { get; init; }

    /// <summary>What earns points, makes a tier, and what points buy, as in <c>loyalty/programme.json</c>.</summary>
    public JsonElement? Loyalty { get; init; }

    /// <summary>Rule documents; see the published schema.</summary>
    public JsonElement[] Rules { get; init; } = [];

    /// <summary>Rule documents and offers, from the file and from <see cref="Definitions"/>.</summary>
    /// <param name="path">Of this file.</param>
    /// <exception cref="SettingsException">The folder cannot be read.</exception>
    public (string[] Documents, string Offers) RulesAndOffers(string path)
    {
        var documents = Rules.Select(r => r.GetRawText()).ToList();
        var offers = Offers?.GetRawText() ?? "[]";
        if (Definitions is null)
        {
            return ([.. documents], offers);
        }

        var folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Definitions);
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileName(file);
                if (name == "offers.json")
                {
                    offers = File.ReadAllText(file);
                }
                else if (!name.EndsWith(".schema.json", StringComparison.Ordinal))
                {
                    documents.Add(File.ReadAllText(file));
                }
            }
        }
        catch (IOException e)
        {
            throw new SettingsException($"{path}: definitions {folder} cannot be read: {e.Message}", e);
        }

        return ([.. documents], offers);
    }

    /// <summary>The loyalty programme, from the file or from <see cref="Definitions"/>; null for none.</summary>
    /// <param name="path">Of this file.</param>
    public string? Programme(string path)
    {
        var shipped = Definitions is null ? null : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Definitions, "loyalty", "programme.json");
        return Loyalty?.GetRawText() ?? (File.Exists(shipped) ? File.ReadAllText(shipped) : null);
    }

    /// <summary>The shape of venue files and of the API: camelCase, enumerations as words.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Of a person's file nothing may be missing or null that the program takes for granted; the message names the place.
    private static readonly JsonSerializerOptions Strict = new(Json) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <exception cref="SettingsException">The file is missing, is no JSON, or says something impossible; the message names file and place.</exception>
    public static VenueFile Read(string path)
    {
        VenueFile file;
        try
        {
            file = JsonSerializer.Deserialize<VenueFile>(File.ReadAllBytes(path), Strict) ?? throw new SettingsException($"{path} is empty");
        }
        catch (JsonException e)
        {
            throw new SettingsException($"{path} is not a venue file: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{path} cannot be read: {e.Message}", e);
        }

        file.Check(path);
        return file;
    }

    private void Check(string path)
    {
        PlanCheck.Check(new VenuePlan(Map, new VisitPolicy()) { Survey = Survey }, path);
        foreach (var (gateway, password) in Gateways)
        {
            Must(path, Wire.Topics.IsName(gateway), $"gateways has '{gateway}'; names are lower-case letters, digits and hyphens, 1 to 32");
            Must(path, password is not null, $"gateways '{gateway}' has no password; at least 16 characters are needed");
            Must(path, password!.Length >= 16, $"gateways '{gateway}' has a password of {password.Length} characters; at least 16 are needed");
        }

        foreach (var (name, integration) in Integrations)
        {
            Must(path, integration is not null, $"integrations '{name}' is null; it needs a password and events");
            Must(path, Wire.Topics.IsName(name), $"integrations has '{name}'; names are lower-case letters, digits and hyphens, 1 to 32");
            Must(path, !Gateways.ContainsKey(name), $"integrations '{name}' has the name of a gateway");
            Must(path, integration!.Password.Length >= 16, $"integrations '{name}' has a password of {integration.Password.Length} characters; at least 16 are needed");
            foreach (var kind in integration.Events)
            {
                Must(path, Wire.EventTopics.Kinds.Contains(kind, StringComparer.Ordinal), $"integrations '{name}' asks for events '{kind}'; there are {string.Join(", ", Wire.EventTopics.Kinds)}");
            }
        }
    }

    private static void Must(string path, bool holds, string message)
    {
        if (!holds)
        {
            throw new SettingsException($"{path}: {message}");
        }
    }
}

/// <summary>A setting or file is wrong; the program says so and does not start.</summary>
public sealed class SettingsException(string message, Exception? inner = null) : Exception(message, inner);
