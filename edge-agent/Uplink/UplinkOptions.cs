using System.Net.Security;
using Presence.Mqtt;

namespace Presence.Uplink;

/// <summary>Where the gateway reports to, and at what pace.</summary>
public sealed record UplinkOptions
{
    public required TenantId Tenant { get; init; }

    public required VenueId Venue { get; init; }

    public required GatewayId Gateway { get; init; }

    /// <summary>The broker's name or address.</summary>
    public required string Host { get; init; }

    public int Port { get; init; } = 1883;

    /// <summary>Asked anew for each connection, so that a renewed certificate counts from the next one on; null for a connection without TLS.</summary>
    public Func<string, SslClientAuthenticationOptions>? Tls { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>3.1.1 is what RabbitMQ's plugin knows.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Most publishes without acknowledgement. Default 20, which is what the cloud takes from one gateway.</summary>
    public int Window { get; init; } = 20;

    /// <summary>Part of the window that backlog leaves free, so that live batches never queue behind it. Default 6.</summary>
    public int KeptForLive { get; init; } = 6;

    /// <summary>Most batches sent beyond the committed watermark; then the cloud is waited for. Default 1,000.</summary>
    public int MostUncommitted { get; init; } = 1_000;

    /// <summary>Age after which what was never offered becomes backlog, by the sightings' clock. Default 30 s.</summary>
    public TimeSpan LiveLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two status messages, by the sightings' clock. Default 1 min.</summary>
    public TimeSpan StatusEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait for the cloud's first word about what it has, before it is asked again; a spool begun in this run then sends without. Default 2 s.</summary>
    public TimeSpan FirstWord { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time without a commit while batches wait for one; then everything is sent again. Default 60 s.</summary>
    public TimeSpan CommitPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Longest silence on the wire; a link that carries one way only is given up after it. Default 30 s: half a minute of live data that comes as
    /// backlog, against a few bytes a minute.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    public MqttBackoff Backoff { get; init; } = new();
}
