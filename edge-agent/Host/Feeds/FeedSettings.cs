using System.Text.Json;
using Presence.Capture.Feeds;
using Presence.EdgeAgent.Settings;

namespace Presence.EdgeAgent.Feeds;

/// <summary>What <c>--feeds FILE</c> holds: which foreign systems may bring what they hear, their secrets, and which receivers of the plan theirs are.</summary>
public sealed class FeedSettings
{
    /// <summary>Numbers on the wire by what the system calls the receiver: an access point's address, a room, a zone.</summary>
    public Dictionary<string, ushort> Receivers { get; init; } = [];

    public MerakiFeed? Meraki { get; init; }

    public MistFeed? Mist { get; init; }

    public ArubaFeed? Aruba { get; init; }

    public FirehoseFeed? Firehose { get; init; }

    public RoomFeed? Rooms { get; init; }

    /// <summary>Whether any of them comes to us over HTTP.</summary>
    public bool IsCalled => Meraki is not null || Mist is not null || Aruba is not null;

    /// <param name="Validator">What a GET is answered with.</param>
    public sealed record MerakiFeed(string Validator, string Secret);

    public sealed record MistFeed(string Secret);

    /// <param name="Connections">Most access points connected at once; each takes up to 1 MB while it sends.</param>
    /// <param name="FirstFrameSeconds">Longest time until one has shown the token.</param>
    public sealed record ArubaFeed(string Token, int Connections = 256, int FirstFrameSeconds = 20);

    /// <param name="Url">For example <c>https://partners.ciscospaces.io/api/partners/v1/firehose/events</c>.</param>
    public sealed record FirehoseFeed(Uri Url, string Key);

    /// <param name="Broker">Where ESPresense, OpenMQTTGateway or Theengs publish.</param>
    public sealed record RoomFeed(string Broker, int Port = 1883, string? User = null, string? Password = null);

    /// <exception cref="SettingsException">The file is missing, open to others, or says something impossible.</exception>
    public static FeedSettings Read(string file)
    {
        FeedSettings feeds;
        try
        {
            feeds = JsonSerializer.Deserialize<FeedSettings>(SettingsReader.Secret("feeds", file), new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
            }) ?? new();
        }
        catch (JsonException e)
        {
            throw new SettingsException($"--feeds {file}: {e.Message}");
        }

        foreach (var (what, secret) in new[] { ("meraki.secret", feeds.Meraki?.Secret), ("mist.secret", feeds.Mist?.Secret), ("aruba.token", feeds.Aruba?.Token) })
        {
            if (secret is { Length: < 8 })
            {
                throw new SettingsException($"--feeds {file}: {what} has {secret.Length} characters; at least 8 are needed");
            }
        }

        if (feeds.Aruba is { Connections: < 1 or > 10_000 } or { FirstFrameSeconds: < 1 or > 3_600 })
        {
            throw new SettingsException($"--feeds {file}: aruba.connections must be 1 to 10000 and aruba.firstFrameSeconds 1 to 3600");
        }

        // Names are compared as feeds give them: addresses without colons, all in lower case.
        return new()
        {
            Receivers = feeds.Receivers.ToDictionary(r => FeedNames.Of(r.Key), r => r.Value, StringComparer.Ordinal), Meraki = feeds.Meraki, Mist = feeds.Mist,
            Aruba = feeds.Aruba, Firehose = feeds.Firehose, Rooms = feeds.Rooms,
        };
    }
}
