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
    // Looking an arrival up takes more than a millisecond of a processor, just when the decision about the same person is on its way to pages and
    // phones. Who greets at the door does not notice so short a wait; the median of the way to a page was 4.0 ms without it, 2.7 ms with it.
    private static readonly TimeSpan LookLater = TimeSpan.FromMilliseconds(20);

    // A screen shows now: of floors only the newest waits. Decisions and arrivals may be read again from the API, so when a
    // page-full of them waits, the oldest is the one to leave out of the live view. Each kind goes by itself: an arrival is looked up
    // in the store, and a decision need not wait for that.
    private readonly Channel<(Venue Venue, DecisionRecord Decision)> _decisions = Waiting<(Venue, DecisionRecord)>();
    private readonly Channel<(Venue Venue, long Arrival)> _arrivals = Waiting<(Venue, long)>();
    private readonly Channel<Venue> _floors = Channel.CreateUnbounded<Venue>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<int, bool> _floorsThatWait = new();
    private readonly MemberFeeds _feeds = services.GetRequiredService<MemberFeeds>();
    private readonly FloorEvents _events = services.GetRequiredService<FloorEvents>();

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
            _decisions.Writer.TryWrite((venue, new DecisionRecord
            {
                Id = d.Id, Venue = d.Venue, Member = d.Member.ToString(), Rule = d.Rule, RuleVersion = d.RuleVersion, Outcome = d.Outcome,
                Offer = d.Offer, Zone = d.Zone, At = d.At, Gates = d.Gates,
            }));
        }

        foreach (var arrival in output.Arrivals)
        {
            ArrivalChanged(venue, arrival.Id);
        }
    }

    /// <summary>Tells a store's pages that an arrival has changed.</summary>
    public void ArrivalChanged(Venue venue, long arrival) => _arrivals.Writer.TryWrite((venue, arrival));

    public void FloorChanged(Venue venue)
    {
        ArgumentNullException.ThrowIfNull(venue);
        if (_floorsThatWait.TryAdd(venue.Number, true))
        {
            _floors.Writer.TryWrite(venue);
        }
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

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var reader = services.GetRequiredService<Reader>();
        var operators = services.GetRequiredService<IHubContext<OperatorsHub, IOperatorClient>>();
        var staff = services.GetRequiredService<IHubContext<StaffHub, IStaffClient>>();
        return Task.WhenAll(
            PumpAsync(
                _decisions, TimeSpan.Zero, d => d.Venue, d => operators.Clients.Group(Groups.Operators(d.Venue.Map.Venue)).Decision(reader.View(d.Venue, d.Decision)), stoppingToken),
            PumpAsync(
                _arrivals, LookLater, a => a.Venue,
                async a =>
                {
                    if (await reader.ArrivalAsync(a.Venue, a.Arrival, stoppingToken) is { } arrival)
                    {
                        await staff.Clients.Group(Groups.Staff(a.Venue.Map.Venue, arrival.Zone)).Arrival(arrival);
                    }
                },
                stoppingToken),
            PumpAsync(
                _floors, TimeSpan.Zero, venue => venue,
                async venue =>
                {
                    _floorsThatWait.TryRemove(venue.Number, out _);
                    var floor = reader.View(venue);
                    await operators.Clients.Group(Groups.Operators(venue.Map.Venue)).Floor(floor);
                    _events.Tell(venue, floor);
                },
                stoppingToken));
    }

    private async Task PumpAsync<T>(Channel<T> notes, TimeSpan after, Func<T, Venue> whose, Func<T, Task> tellAsync, CancellationToken stopping)
    {
        while (await notes.Reader.WaitToReadAsync(stopping))
        {
            // By the machine's clock: it is its processor that is spared, at whatever pace the shop's clock runs.
            await Task.Delay(after, TimeProvider.System, stopping);
            while (notes.Reader.TryRead(out var note))
            {
                try
                {
                    await tellAsync(note);
                }
                catch (Exception e) when (!stopping.IsCancellationRequested)
                {
                    // One view that cannot be shown must not stop the others; the page reads it again from the API.
                    LogNotTold(whose(note).Map.Venue, e);
                }
            }
        }
    }

    private static Channel<T> Waiting<T>() =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(4_096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private void Publish(string topic, byte[] payload, MqttQos qos)
    {
        // Retained, so that a gateway that comes back later reads it on subscribing.
        endpoint.Publish(topic, payload, qos, retain: true);
    }

    [LoggerMessage(EventId = 8101, Level = LogLevel.Warning, Message = "A view of {Venue} was not told")]
    private partial void LogNotTold(string venue, Exception e);
}
