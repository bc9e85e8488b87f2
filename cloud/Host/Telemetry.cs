using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;

namespace Presence.Cloud;

/// <summary>
/// Sends what the service counts to a collector, for those who are called at night: OTLP over HTTP. Counts by venue, gateway and reason;
/// nothing of any device or member.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private readonly Meter _meter = new("Presence.Cloud");
    private readonly MeterProvider? _provider;

    /// <param name="settings">Where to, and how often; nowhere by default.</param>
    /// <param name="venues">Looked at whenever figures are sent.</param>
    public Telemetry(CloudSettings settings, Venues venues)
    {
        if (settings.Collector is not { } collector)
        {
            return;
        }

        _meter.CreateObservableGauge(
            "presence.venue.visitors", () => venues.All.Select(v => Of(v, v.Floor.Visitors)), "{device}", "Visitors' devices present");
        _meter.CreateObservableCounter(
            "presence.venue.sightings", () => venues.All.Select(v => Of(v, v.Floor.Sightings)), "{sighting}", "Sightings committed");
        _meter.CreateObservableGauge(
            "presence.gateway.online", () => OfGateways(venues, g => g.Online ? 1 : 0), "{gateway}", "1 while the gateway is on line");
        _meter.CreateObservableGauge(
            "presence.gateway.backlog", () => OfGateways(venues, g => g.Backlog), "{batch}", "Batches that wait in the gateway's spool");
        _meter.CreateObservableGauge(
            "presence.gateway.clock.error", () => OfGateways(venues, g => g.ClockErrorMs), "ms", "The gateway's clock less the cloud's");
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Presence.*", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
            .AddOtlpExporter((to, reader) =>
            {
                (to.Endpoint, to.Protocol) = (new Uri(collector, "/v1/metrics"), OtlpExportProtocol.HttpProtobuf);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)settings.CollectEvery.TotalMilliseconds;
            })
            .Build();
    }

    /// <summary>Sends what was not sent yet.</summary>
    public void Dispose()
    {
        _provider?.Dispose();
        _meter.Dispose();
    }

    private static Measurement<long> Of(Venue venue, long value) => new(value, new KeyValuePair<string, object?>("venue", venue.Map.Venue));

    private static IEnumerable<Measurement<long>> OfGateways(Venues venues, Func<LiveGateway, long> value) =>
        from venue in venues.All
        from gateway in venue.Floor.Gateways
        select new Measurement<long>(
            value(gateway), new KeyValuePair<string, object?>("venue", venue.Map.Venue), new KeyValuePair<string, object?>("gateway", gateway.Gateway));
}
