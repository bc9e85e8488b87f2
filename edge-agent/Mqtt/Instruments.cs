using System.Diagnostics.Metrics;

namespace Presence.Mqtt;

/// <summary>Why an endpoint refused or dropped something. Each has a counter, <c>presence.mqtt.refused.…</c>.</summary>
public enum MqttRefusal
{
    /// <summary>A connection beyond the most at once.</summary>
    TooManyConnections,

    /// <summary>A connection that sent no CONNECT in time, or gave way to newer ones.</summary>
    HalfOpen,

    /// <summary>A packet that took too long to arrive.</summary>
    SlowSender,

    /// <summary>A client that left what it was sent unread.</summary>
    SlowReader,

    /// <summary>A client silent for one and a half keep-alives.</summary>
    KeepAlive,

    /// <summary>Bytes that are no packet.</summary>
    Malformed,

    /// <summary>A packet out of place.</summary>
    Protocol,

    /// <summary>A packet longer than agreed.</summary>
    TooLarge,

    /// <summary>A protocol version not spoken here.</summary>
    Version,

    /// <summary>A client id that cannot be used.</summary>
    ClientId,

    /// <summary>Credentials, or enhanced authentication, refused.</summary>
    Credentials,

    /// <summary>CONNECTs too often.</summary>
    ConnectRate,

    /// <summary>Packets or bytes too fast.</summary>
    MessageRate,

    /// <summary>More publishes unacknowledged than agreed.</summary>
    InFlight,

    /// <summary>A publish to a topic not granted.</summary>
    Publish,

    /// <summary>A subscription not granted, or one too many.</summary>
    Subscribe,

    /// <summary>A will not granted.</summary>
    Will,

    /// <summary>Shared subscriptions, subscription identifiers: asked for, not offered.</summary>
    NotOffered,

    /// <summary>A message for a subscriber whose queue is full.</summary>
    QueueFull,

    /// <summary>A message for a subscriber that takes no packet so long.</summary>
    OverClientLimit,

    /// <summary>A message that waited past its expiry.</summary>
    Expired,

    /// <summary>A retained message without room.</summary>
    RetainedFull,

    /// <summary>The handler refused a message, or failed.</summary>
    Handler,
}

/// <summary>The metrics of endpoint and client, meter <c>Presence.Mqtt</c>.</summary>
internal static class Instruments
{
    private static readonly Meter Meter = new("Presence.Mqtt");

    private static readonly Counter<long>[] Refusals =
        [.. Enum.GetNames<MqttRefusal>().Select(name => Meter.CreateCounter<long>("presence.mqtt.refused." + Snake(name), "{refusal}"))];

    /// <summary>Sessions begun.</summary>
    public static readonly Counter<long> Connected = Meter.CreateCounter<long>("presence.mqtt.connected", "{session}", "Sessions begun");

    /// <summary>Connections open now.</summary>
    public static readonly UpDownCounter<long> Open = Meter.CreateUpDownCounter<long>("presence.mqtt.connections", "{connection}", "Connections open");

    /// <summary>Publishes taken in; counted once for each read, not once for each publish.</summary>
    public static readonly Counter<long> Received = Meter.CreateCounter<long>("presence.mqtt.received", "{publish}", "Publishes taken in");

    /// <summary>Client: connections made anew after a loss.</summary>
    public static readonly Counter<long> Reconnected = Meter.CreateCounter<long>("presence.mqtt.client.reconnected", "{connection}", "Connections made anew");

    public static void Refused(MqttRefusal why) => Refusals[(int)why].Add(1);

    private static string Snake(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
