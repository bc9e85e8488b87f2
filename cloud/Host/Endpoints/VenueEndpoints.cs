using Presence.Cloud.Live;
using Presence.Delivery;

namespace Presence.Cloud.Endpoints;

/// <summary>What operators read and set.</summary>
internal static class VenueEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues", (Venues venues) => venues.All.Select(v => new VenueView(v.Map.Tenant, v.Map.Venue, v.Map.Name, v.Map.TimeZone)));
        api.MapGet("/venues/{venue}/map", (string venue, Venues venues) =>
            venues.Find(venue) is { } found ? Results.Ok(found.Map) : Problems.NoVenue(venue)).Produces<VenueMap>();
        api.MapGet("/venues/{venue}/floor", (string venue, Venues venues, Reader reader) =>
            venues.Find(venue) is { } found ? Results.Ok(reader.View(found)) : Problems.NoVenue(venue)).Produces<LiveFloorView>();
        api.MapGet("/venues/{venue}/decisions", DecisionsAsync).Produces<IReadOnlyList<DecisionView>>();
        api.MapGet("/venues/{venue}/visits", VisitsAsync).Produces<IReadOnlyList<VisitView>>();
    }

    private static async Task<IResult> DecisionsAsync(
        string venue, Venues venues, Reader reader, CancellationToken stopping, long before = long.MaxValue, int take = 50) =>
        venues.Find(venue) is not { } found ? Problems.NoVenue(venue)
            : take is < 1 or > 500 ? Problems.Bad("take", take.ToString(), "1 to 500 is possible")
            : Results.Ok(await reader.DecisionsAsync(found, before, take, stopping));

    private static async Task<IResult> VisitsAsync(
        string venue, Venues venues, Reader reader, CancellationToken stopping, long before = long.MaxValue, int take = 50) =>
        venues.Find(venue) is not { } found ? Problems.NoVenue(venue)
            : take is < 1 or > 500 ? Problems.Bad("take", take.ToString(), "1 to 500 is possible")
            : Results.Ok(await reader.VisitsAsync(found, before, take, stopping));
}
