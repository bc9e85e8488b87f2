using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Storage;
using Presence.Storage.Model;
using Presence.Visits;

namespace Presence.Cloud.Endpoints;

/// <summary>What visits are decided by: the plan and its thresholds, tried on the kept history before they are adopted; receivers; who is no visitor.</summary>
internal static class PlanEndpoints
{
    // A trial takes a core for seconds; a second one would take it from the gateways.
    private static readonly SemaphoreSlim OneTrial = new(1, 1);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/plan", (string venue, Venues venues) =>
            venues.Find(venue) is { } found ? Results.Ok(found.Plan) : Problems.NoVenue(venue)).Produces<VenuePlan>();
        api.MapPost("/venues/{venue}/plan/trial", TryAsync).Accepts<PlanBody>("application/json").Produces<TrialResult>();
        api.MapPut("/venues/{venue}/plan", AdoptAsync).Accepts<PlanBody>("application/json").Produces<VenuePlan>();
        api.MapGet("/venues/{venue}/receivers", (string venue, Venues venues) =>
            venues.Find(venue) is { } found ? Results.Ok(Receivers(found)) : Problems.NoVenue(venue)).Produces<IReadOnlyList<ReceiverView>>();
        api.MapGet("/venues/{venue}/apart", (string venue, Venues venues) =>
            venues.Find(venue) is { } found ? Results.Ok(Apart(found)) : Problems.NoVenue(venue)).Produces<IReadOnlyList<ApartView>>();
        api.MapGet("/venues/{venue}/copies", (string venue, Venues venues) =>
            venues.Find(venue) is { } found ? Results.Ok(Copies(found)) : Problems.NoVenue(venue)).Produces<IReadOnlyList<CopyView>>();
        api.MapPut("/venues/{venue}/visits/{id:long}/role", MarkVisitAsync);
        api.MapPut("/venues/{venue}/apart/{number:int}", MarkAsync);
        api.MapDelete("/venues/{venue}/apart/{number:int}", UnmarkAsync);
    }

    private static async Task<IResult> TryAsync(
        string venue, JsonElement body, Venues venues, IVenueStore store, CloudSettings settings, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (PlanBody.Read(body, found.Plan, out var plan) is { } wrong)
        {
            return wrong;
        }

        if (!await OneTrial.WaitAsync(TimeSpan.Zero, stopping))
        {
            return Problems.Of(409, "trial-under-way", "Another plan is being tried.", "Try again when it is done.");
        }

        try
        {
            return Results.Ok(await Task.Run(
                () => new HistoryTrial(found.Number, found.Plan, plan, settings.Venue).Run(store.ReadLogAside(found.Number, 0), stopping), stopping));
        }
        finally
        {
            OneTrial.Release();
        }
    }

    private static async Task<IResult> AdoptAsync(string venue, JsonElement body, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (PlanBody.Read(body, found.Plan, out var plan) is { } wrong)
        {
            return wrong;
        }

        var problems = await venues.LaneOf(found).AskAsync<IReadOnlyList<Engine.Problem>>(found, (at, _, _) =>
        {
            // Rules that name a zone must still find it; what was wrong with a rule before is no fault of the plan.
            var (documents, offers) = (at.State.Decisions.Documents, at.State.Decisions.Offers);
            IReadOnlyList<Engine.Problem> rules = [.. DecisionStage.Check(plan.KeepingZonesOf(at.Map).Map, at.Key, documents, offers)
                .Except(DecisionStage.Check(at.Map, at.Key, documents, offers))];
            return rules.Count > 0 || at.State.Holds(plan) ? (rules, []) : (rules, [new PlanChanged(PlanJson.Write(plan))]);
        });
        return problems.Count == 0 ? Results.Ok(found.Plan) : Problems.Of(
            400, "plan-breaks-rules", "Rules in force could not be used with this plan.", string.Join("; ", problems.Select(p => $"{p.Path}: found {p.Value}, expected {p.Expected}")));
    }

    private static IReadOnlyList<ReceiverView> Receivers(Venue venue) =>
        [.. venue.Floor.Receivers.Where(r => r.Receiver < venue.Map.Receivers.Length).Select(r =>
        {
            var receiver = venue.Map.Receivers[r.Receiver];
            return new ReceiverView(
                receiver.Gateway, receiver.Number, receiver.Zone, r.Fault, r.HeardAt == 0 ? null : Reader.At(r.HeardAt), r.OffsetDb, r.UsualOffsetDb, r.MisfitDb);
        })];

    private static IReadOnlyList<ApartView> Apart(Venue venue) =>
        [.. venue.Floor.Apart.Select(m => new ApartView(
            m.Number, m.Device.ToString(), m.Role, venue.ZoneId(m.Zone), Reader.At(m.Since), Reader.At(m.HeardAt)))];

    private static IReadOnlyList<CopyView> Copies(Venue venue)
    {
        return [.. venue.Floor.Copies.Where(c => Math.Max(c.Copy.Receiver, c.Copy.Other) < venue.Map.Receivers.Length).Select(c => new CopyView(
            c.Copy.Device.ToString(), c.Member, HeardBy(c.Copy.Receiver), HeardBy(c.Copy.Other), c.Copy.Metres, c.Copy.Times, Reader.At(c.Copy.Since), Reader.At(c.Copy.At)))];

        HeardByView HeardBy(int index)
        {
            var receiver = venue.Map.Receivers[index];
            return new(receiver.Gateway, receiver.Number, receiver.Zone);
        }
    }

    // By the visit it made: a token is nothing that a person should have to copy.
    private static async Task<IResult> MarkVisitAsync(
        string venue, long id, RoleBody body, Venues venues, IDbContextFactory<PresenceDb> databases, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        await using var database = await databases.CreateDbContextAsync(stopping);
        return await database.Visits.AsNoTracking().FirstOrDefaultAsync(v => v.Venue == found.Number && v.Id == id && v.Token != 0, stopping) is { } visit
            ? await SetRoleAsync(found, venues, body, _ => ((ulong)visit.Token, ((TokenTraits)visit.Traits).HasFlag(TokenTraits.Bound)))
            : NotKnown("visit", id);
    }

    private static async Task<IResult> MarkAsync(string venue, int number, RoleBody body, Venues venues) =>
        venues.Find(venue) is not { } found ? Problems.NoVenue(venue)
            : await SetRoleAsync(found, venues, body, at => at.State.Visits.Marks.FirstOrDefault(m => m.Number == number) is { } mark
                ? (mark.Device.Hash, at.State.Members.Resolve(mark.Device) is not null) : null);

    private static async Task<IResult> SetRoleAsync(Venue venue, Venues venues, RoleBody body, Func<Venue, (ulong Token, bool Bound)?> find)
    {
        if (body.Zone is { } zone && (venue.Map.ZoneIndex(zone) < 0 || body.Role != DeviceRole.Fixed))
        {
            return Problems.Bad("$.zone", zone, "only a fixed device has a zone, and it must be one of the plan");
        }

        if (body.Role == DeviceRole.Resident || !Enum.IsDefined(body.Role))
        {
            return Problems.Bad("$.role", body.Role.ToString(), "visitor, staff or fixed is possible; residents are found by themselves");
        }

        var known = await venues.LaneOf(venue).AskAsync<bool>(venue, (at, _, _) => find(at) is { } device
            ? (true, [new DeviceMarked(device.Token, body.Role, body.Zone, device.Bound)]) : (false, []));
        return known ? Results.NoContent() : NotKnown("device", null);
    }

    private static async Task<IResult> UnmarkAsync(string venue, int number, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var known = await venues.LaneOf(found).AskAsync<bool>(found, (at, _, _) => at.State.Visits.Marks.FirstOrDefault(m => m.Number == number) is { } mark
            ? (true, [new DeviceUnmarked(mark.Device.Hash)]) : (false, []));
        return known ? Results.NoContent() : NotKnown("device", number);
    }

    private static IResult NotKnown(string what, long? number) => Problems.Of(
        404, "unknown-" + what, $"There is no such {what}.", number is null ? null : string.Create(CultureInfo.InvariantCulture, $"No {what} has number {number}."));
}

/// <param name="Role"><c>visitor</c>, <c>staff</c> or <c>fixed</c>.</param>
/// <param name="Zone">Of a fixed device: the zone it always is in.</param>
public sealed record RoleBody(DeviceRole Role, string? Zone = null);

/// <summary>How a receiver does.</summary>
/// <param name="OffsetDb">How much louder it hears lately than the plan says; taken into account.</param>
public sealed record ReceiverView(
    string Gateway, int Number, string Zone, ReceiverFault Fault, DateTimeOffset? HeardAt, double OffsetDb, double UsualOffsetDb, double MisfitDb);

/// <summary>One receiver of the plan.</summary>
public sealed record HeardByView(string Gateway, int Number, string Zone);

/// <summary>A member's device that is in two places at once: its beacon or address was copied, or the plan has a receiver in the wrong place.</summary>
/// <param name="Times">How often the two heard it too soon after one another.</param>
public sealed record CopyView(string Token, Guid Member, HeardByView HeardBy, HeardByView And, double Metres, int Times, DateTimeOffset Since, DateTimeOffset At);

/// <summary>A device that is not counted among visitors.</summary>
public sealed record ApartView(int Number, string Token, DeviceRole Role, string? Zone, DateTimeOffset Since, DateTimeOffset HeardAt);
