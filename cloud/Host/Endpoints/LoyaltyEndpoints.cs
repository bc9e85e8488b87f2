using System.Text.Json;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Offers;

namespace Presence.Cloud.Endpoints;

/// <summary>The loyalty programme: what earns points, what spend makes a tier, what points buy. Each version is kept.</summary>
internal static class LoyaltyEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/loyalty", async (string venue, Venues venues) => venues.Find(venue) is not { } found ? Problems.NoVenue(venue)
            : Results.Ok(await venues.LaneOf(found).AskAsync(found, (at, _, _) => (JsonSerializer.Deserialize<JsonElement>(at.State.Decisions.Loyalty), Array.Empty<VenueCommand>()))))
            .Produces<JsonElement>();
        api.MapPut("/venues/{venue}/loyalty", PutAsync).Produces<JsonElement>();
    }

    private static async Task<IResult> PutAsync(string venue, JsonElement body, Venues venues, string? by = null)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (string.IsNullOrWhiteSpace(by) || by.Length > 60)
        {
            return Problems.Bad("by", by, "say who, in 1 to 60 letters");
        }

        var wrong = await venues.LaneOf(found).AskAsync<MisfitException?>(found, (at, commit, now) =>
        {
            try
            {
                LoyaltyProgramme.Read(body.GetRawText(), at.Map);
                return (null, [RuleFiling.TakeLoyalty(commit, at.Number, body.GetRawText(), by.Trim(), now)]);
            }
            catch (MisfitException e)
            {
                return (e, []);
            }
        });
        return wrong is null ? Results.Ok(body) : Problems.Programme(wrong);
    }
}
