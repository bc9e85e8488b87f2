using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Presence.Cloud.Access;

/// <summary>How gateways are let in.</summary>
public sealed class GatewayLifeSettings
{
    /// <summary>How long a certificate holds. Default 90 days; a gateway renews it at two thirds.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "730.00:00:00")]
    public TimeSpan CertificateLife { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long after its end a certificate still lets its gateway in, for ten minutes at a time, so that it can be renewed. Default 90 days: a shop that
    /// was closed for a season needs nobody to come by. 0 for not at all.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "730.00:00:00")]
    public TimeSpan LateRenewal { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a one-time code may be used. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "7.00:00:00")]
    public TimeSpan CodeLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Codes that may be tried from one address in a minute; six times as many from all together. Default 5.</summary>
    [Range(1, 1_000)]
    public int TriesPerMinute { get; set; } = 5;

    /// <summary>Where enrolled gateways report, <c>host:port</c>; null for the first of <see cref="Names"/> and the port of <see cref="CloudSettings.MqttTls"/>.</summary>
    public string? Broker { get; set; }

    /// <summary>Names and addresses by which gateways know the endpoint. Default: this machine's own.</summary>
    public string[] Names { get; set; } = ["localhost", "127.0.0.1"];

    internal string BrokerFor(CloudSettings settings) =>
        Broker ?? string.Create(CultureInfo.InvariantCulture, $"{Names[0]}:{settings.MqttTls ?? 8883}");
}
