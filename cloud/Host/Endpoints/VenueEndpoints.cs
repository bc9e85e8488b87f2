using System.Text.Json;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
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
        api.MapGet("/venues/{venue}/rules", (string venue, Venues venues) => venues.Find(venue) is { } found
            ? Results.Ok(found.RuleDocuments.Select(d => JsonSerializer.Deserialize<JsonElement>(d))) : Problems.NoVenue(venue))
            .Produces<IReadOnlyList<JsonElement>>();
        api.MapPut("/venues/{venue}/rules/{id}", PutRuleAsync).Produces<JsonElement>();
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

    private static async Task<IResult> PutRuleAsync(string venue, string id, JsonElement document, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty("id", out var own) || own.GetString() != id)
        {
            return Problems.Bad("$.id", document.ValueKind == JsonValueKind.Object && document.TryGetProperty("id", out own) ? own.ToString() : null, $"it must be '{id}', as in the address");
        }

        var problems = await venues.LaneOf(found).AskAsync<IReadOnlyList<Engine.Problem>>(found, (at, commit, now) =>
        {
            var current = at.State.Decisions;
            var others = current.Documents.Where(d => !HasId(d, id));
            string[] documents = [.. others, document.GetRawText()];
            var wrong = DecisionStage.Check(at.Map, at.Key, documents, current.Offers);
            if (wrong.Count > 0)
            {
                return (wrong, []);
            }

            commit.SetRule(at.Number, id, VersionOf(document), document.GetRawText(), now);
            return (wrong, [new RulesChanged(documents, current.Offers)]);
        });
        return problems.Count == 0 ? Results.Ok(document) : Problems.Of(
            400, "bad-rule", "The rule cannot be used as it is.", string.Join("; ", problems.Select(p => $"{p.Path}: found {p.Value}, expected {p.Expected}")),
            new Dictionary<string, object?> { ["errors"] = problems.Select(p => new { path = p.Path, value = p.Value, message = p.Expected }) });
    }

    private static bool HasId(string document, string id) =>
        JsonSerializer.Deserialize<JsonElement>(document) is { ValueKind: JsonValueKind.Object } o
        && o.TryGetProperty("id", out var own) && own.GetString() == id;

    private static int VersionOf(JsonElement document) =>
        document.TryGetProperty("version", out var version) && version.TryGetInt32(out var number) ? number : 1;
}
