using System.Globalization;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Delivery;

namespace Presence.Cloud.Endpoints;

/// <summary>How many devices and people there were; and what somebody counted, from which it is learned.</summary>
internal static class CountEndpoints
{
    private const int MostPeople = 1_000_000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/counts", (string venue, Venues venues) =>
            venues.Find(venue) is { } found ? Results.Ok(Reader.Counts(found)) : Problems.NoVenue(venue)).Produces<IReadOnlyList<CountView>>();
        api.MapPost("/venues/{venue}/counts", CountedAsync).Produces(202);
    }

    /// <param name="People">In the whole venue.</param>
    /// <param name="At">When; now when left out. A day back at most.</param>
    public sealed record HeadsBody(int People, DateTimeOffset? At = null);

    private static async Task<IResult> CountedAsync(string venue, HeadsBody body, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (body.People is < 0 or > MostPeople)
        {
            return Problems.Bad("$.people", body.People.ToString(CultureInfo.InvariantCulture), $"0 to {MostPeople:N0} people");
        }

        var counted = await venues.LaneOf(found).AskAsync<bool>(found, (_, _, now) =>
        {
            var at = body.At?.ToUnixTimeMilliseconds() ?? now;
            return at <= now && at > now - TimeSpan.MillisecondsPerDay ? (true, [new HeadsCounted(body.People, at)]) : (false, []);
        });
        return counted ? Results.Accepted() : Problems.Bad("$.at", body.At?.ToString("O"), "a moment of the last day");
    }
}
