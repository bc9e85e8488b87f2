using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Storage;

namespace Presence.Cloud.Endpoints;

/// <summary>What staff of a store do: see who arrived, say that they saw it, grade members, enter purchases.</summary>
internal static class StaffEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/staff/{zone}/arrivals", ArrivalsAsync).Produces<IReadOnlyList<ArrivalView>>();
        api.MapPost("/venues/{venue}/staff/arrivals/{id:long}/acknowledge", AcknowledgeAsync).Produces<ArrivalView>();
        api.MapPost("/venues/{venue}/purchases", BuyAsync).Produces(202);
        api.MapPut("/venues/{venue}/members/{member:guid}/grade", GradeAsync).Produces<MemberGrade>();
    }

    /// <param name="By">Name of the person at the till or on the floor.</param>
    public sealed record AcknowledgeRequest(string? By);

    /// <param name="Tier">For example <c>gold</c>; null for none.</param>
    /// <param name="Tags">Words of the venue's own, for example <c>press</c>; replaces those before.</param>
    /// <param name="Adviser">Zone of the member's own adviser; null for none.</param>
    public sealed record MemberGrade(string? Tier, string[]? Tags, string? Adviser = null);

    /// <param name="Member">Member id.</param>
    public sealed record PurchaseRequest(Guid? Member, string? Zone, string? Category, long? Cents);

    private static async Task<IResult> ArrivalsAsync(string venue, string zone, Venues venues, Reader reader, CancellationToken stopping) =>
        venues.Find(venue) is not { } found ? Problems.NoVenue(venue)
            : found.Map.ZoneIndex(zone) < 0 ? Problems.Of(404, "unknown-zone", "There is no such store.", $"No zone of {venue} is called '{zone}'.")
            : Results.Ok(await reader.ArrivalsAsync(found, zone, stopping));

    private static async Task<IResult> AcknowledgeAsync(
        string venue, long id, AcknowledgeRequest body, Venues venues, Reader reader, LivePump pump, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 60)
        {
            return Problems.Bad("$.by", body.By, "say who, in 1 to 60 letters");
        }

        var known = await venues.LaneOf(found).AskAsync(found, (at, commit, now) => (commit.AcknowledgeArrival(at.Number, id, body.By.Trim(), now), Array.Empty<VenueCommand>()));
        if (!known)
        {
            return Problems.Of(404, "unknown-arrival", "There is no such arrival.", "It may have been removed because the member left Presence.");
        }

        pump.ArrivalChanged(found, id);
        return Results.Ok(await reader.ArrivalAsync(found, id, stopping));
    }

    private static async Task<IResult> BuyAsync(string venue, PurchaseRequest body, Venues venues, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var zone = body.Zone is null ? -1 : found.Map.ZoneIndex(body.Zone);
        if (zone < 0)
        {
            return Problems.Bad("$.zone", body.Zone, "the id of a store is needed");
        }

        if (string.IsNullOrWhiteSpace(body.Category) || body.Category.Length > 40)
        {
            return Problems.Bad("$.category", body.Category, "a word of 1 to 40 letters is needed");
        }

        if (body.Cents is not (>= 0 and <= 100_000_000))
        {
            return Problems.Bad("$.cents", body.Cents?.ToString(), "0 to 100,000,000 is possible");
        }

        var known = await venues.LaneOf(found).AskAsync<bool>(found, (at, _, _) =>
            body.Member is { } member && at.State.Members.Find(new MemberId(member)) is not null
                ? (true, [new Bought(member, zone, body.Category, body.Cents.Value)]) : (false, []));
        return known ? Results.Accepted() : Problems.Of(404, "unknown-member", "There is no such member.");
    }

    private static async Task<IResult> GradeAsync(string venue, Guid member, MemberGrade body, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (body.Tier is { } tier && (string.IsNullOrWhiteSpace(tier) || tier.Length > 40))
        {
            return Problems.Bad("$.tier", tier, "a word of 1 to 40 letters, or null for none");
        }

        var tags = body.Tags ?? [];
        if (tags.Length > 50 || tags.Any(t => string.IsNullOrWhiteSpace(t) || t.Length > 40))
        {
            return Problems.Bad("$.tags", string.Join(", ", tags), "at most 50 words of 1 to 40 letters");
        }

        if (body.Adviser is { } adviser && found.Map.ZoneIndex(adviser) < 0)
        {
            return Problems.Bad("$.adviser", adviser, "the id of a zone, or null for none");
        }

        var known = await venues.LaneOf(found).AskAsync<bool>(found, (at, commit, _) =>
            commit.SetTier(at.Number, member, body.Tier) ? (true, [new MemberGraded(member, body.Tier, tags, body.Adviser)]) : (false, []));
        return known ? Results.Ok(new MemberGrade(body.Tier, tags, body.Adviser)) : Problems.Of(404, "unknown-member", "There is no such member.");
    }
}
