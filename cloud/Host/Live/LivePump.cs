using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Presence.Cloud.Access;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Identity;
using Presence.Mqtt;
using Presence.Storage.Model;
using Presence.Wire;

namespace Presence.Cloud.Live;

/// <summary>Tells pages and gateways what was committed. The lane leaves a note and goes on; the telling is done here.</summary>
public sealed partial class LivePump(
    IServiceProvider services, MqttEndpoint endpoint, GatewayBook book, IdentityDesk identities, CloudSettings settings, ConfigVersions versions, TimeProvider time, ILogger<LivePump> log)
    : BackgroundService, ILaneEvents
{
    // A screen shows now: of floors only the newest waits. Decisions and arrivals may be read again from the API, so when a
    // page-full of them waits, the oldest is the one to leave out of the live view.
    private readonly Channel<Note> _notes = Channel.CreateBounded<Note>(
        new BoundedChannelOptions(4_096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly ConcurrentDictionary<int, Venue> _floors = new();
    private readonly MemberFeeds _feeds = services.GetRequiredService<MemberFeeds>();
    private readonly FloorEvents _events = services.GetRequiredService<FloorEvents>();

    private sealed record Note(Venue Venue, DecisionRecord? Decision, long Arrival);

    public void Happened(Venue venue, VenueOutput output)
    {
        ArgumentNullException.ThrowIfNull(venue);
        ArgumentNullException.ThrowIfNull(output);
        foreach (var message in output.Messages)
        {
            _feeds.Ring(new MemberId(message.Member));
        }

        foreach (var d in output.Decisions)
        {
            _notes.Writer.TryWrite(new Note(venue, new DecisionRecord
            {
                Id = d.Id, Venue = d.Venue, Member = d.Member.ToString(), Rule = d.Rule, RuleVersion = d.RuleVersion, Outcome = d.Outcome,
                Offer = d.Offer, Zone = d.Zone, At = d.At, Gates = d.Gates,
            }, 0));
        }

        foreach (var arrival in output.Arrivals)
        {
            _notes.Writer.TryWrite(new Note(venue, null, arrival.Id));
        }
    }

    /// <summary>Tells a store's pages that an arrival has changed.</summary>
    public void ArrivalChanged(Venue venue, long arrival) => _notes.Writer.TryWrite(new Note(venue, null, arrival));

    public void FloorChanged(Venue venue)
    {
        ArgumentNullException.ThrowIfNull(venue);
        _floors[venue.Number] = venue;
        _notes.Writer.TryWrite(new Note(venue, null, 0));
    }

    public void Committed(Venue venue, string gateway, BootMark mark)
    {
        ArgumentNullException.ThrowIfNull(venue);
        var topic = Topics.Of(new(venue.Map.Tenant), new(venue.Map.Venue), new(gateway), TopicKind.Committed);
        var watermark = new CommittedWatermark(mark.Boot, mark.Live, mark.Backlog, time.GetUtcNow().ToUnixTimeMilliseconds());
        Publish(topic, watermark.Encode(), MqttQos.AtMostOnce);
    }

    public void ConfigChanged(Venue venue, MemberBook members)
    {
        ArgumentNullException.ThrowIfNull(venue);
        ArgumentNullException.ThrowIfNull(members);
        var map = venue.Map;
        identities.MembersAre(map.Tenant, map.Venue, members.BoundTokens.Select(t => t.Hash));
        foreach (var gateway in map.Receivers.GroupBy(r => r.Gateway, StringComparer.Ordinal))
        {
            var setup = book.SetupOf($"{map.Tenant}.{map.Venue}.{gateway.Key}");
            var config = new GatewayConfig
            {
                Version = versions.Next(),
                Venue = map.Venue,
                TimeZone = map.TimeZone,
                DayChangeMinutes = (int)map.DayChange.ToTimeSpan().TotalMinutes,
                Members = [.. members.BoundTokens.Select(t => t.Hash)],
                DropUnassociated = setup.DropUnassociated ?? settings.Venue.DropUnassociated,
                StatusEveryMs = setup.StatusEveryMs > 0 ? setup.StatusEveryMs : (int)settings.Venue.StatusEvery.TotalMilliseconds,
                LingerMs = setup.LingerMs,
                ForgetMs = setup.ForgetMs,
                LouderDb = setup.LouderDb,
                LiveLimitMs = setup.LiveLimitMs,
                Broker = setup.Broker ?? "",
            };
            Publish(Topics.Of(new(map.Tenant), new(map.Venue), new(gateway.Key), TopicKind.Config), config.Encode(), MqttQos.AtLeastOnce);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var reader = services.GetRequiredService<Reader>();
        var operators = services.GetRequiredService<IHubContext<OperatorsHub, IOperatorClient>>();
        var staff = services.GetRequiredService<IHubContext<StaffHub, IStaffClient>>();
        await foreach (var note in _notes.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                if (note.Decision is { } decision)
                {
                    await operators.Clients.Group(Groups.Operators(note.Venue.Map.Venue)).Decision(reader.View(note.Venue, decision));
                }
                else if (note.Arrival != 0)
                {
                    if (await reader.ArrivalAsync(note.Venue, note.Arrival, stoppingToken) is { } arrival)
                    {
                        await staff.Clients.Group(Groups.Staff(note.Venue.Map.Venue, arrival.Zone)).Arrival(arrival);
                    }
                }
                else if (_floors.TryRemove(note.Venue.Number, out var venue))
                {
                    var floor = reader.View(venue);
                    await operators.Clients.Group(Groups.Operators(venue.Map.Venue)).Floor(floor);
                    _events.Tell(venue, floor);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One view that cannot be shown must not stop the others; the page reads it again from the API.
                LogNotTold(note.Venue.Map.Venue, e);
            }
        }
    }

    private void Publish(string topic, byte[] payload, MqttQos qos)
    {
        // Retained, so that a gateway that comes back later reads it on subscribing.
        endpoint.Publish(topic, payload, qos, retain: true);
    }

    [LoggerMessage(EventId = 8101, Level = LogLevel.Warning, Message = "A view of {Venue} was not told")]
    private partial void LogNotTold(string venue, Exception e);
}
