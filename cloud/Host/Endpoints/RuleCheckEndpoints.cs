using System.Text.Json;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Cloud.Trying;
using Presence.Engine;
using Presence.Offers;

namespace Presence.Cloud.Endpoints;

/// <summary>Looks a document over while it is written: nothing is kept, nothing is put in force.</summary>
internal static class RuleCheckEndpoints
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/venues/{venue}/rules/check", CheckAsync).Produces<RuleCheckView>();

    /// <param name="Sentence">The document read aloud; null while it cannot be read.</param>
    /// <param name="Errors">What keeps it from being saved.</param>
    /// <param name="Doubts">What the book, with it in force, would be doubted for because of it; one that blocks keeps it from being published.</param>
    public sealed record RuleCheckView(LocalText? Sentence, IReadOnlyList<RuleErrorView> Errors, IReadOnlyList<DoubtView> Doubts);

    /// <param name="Path">Where in the document, for example <c>$.when.dwells.atLeast</c>.</param>
    /// <param name="Value">What was found there.</param>
    /// <param name="Message">What would be valid.</param>
    public sealed record RuleErrorView(string Path, string Value, string Message);

    private static async Task<IResult> CheckAsync(string venue, JsonElement document, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (document.ValueKind != JsonValueKind.Object)
        {
            return Problems.Bad("$", document.ValueKind.ToString(), "one document is needed, as an object");
        }

        var text = document.GetRawText();
        var (documents, offers) = await venues.LaneOf(found).AskAsync<(IReadOnlyList<string>, string)>(found, (at, _, _) =>
            ((at.State.Decisions.Documents, at.State.Decisions.Offers), []));
        var place = new RuleVenue(found.Map, found.Map.Calendar(), OfferBook.Read(offers), found.Key);
        if (Drafts.Read(place, documents, [("document", text)], [], out var problems) is not { } drafts)
        {
            return Results.Ok(new RuleCheckView(null, [.. problems.Select(p => new RuleErrorView(p.Path, p.Value, p.Expected))], []));
        }

        var id = Drafts.IdOf(text);
        var known = drafts.With.Rules.Cast<Document>().Concat(drafts.With.Journeys).FirstOrDefault(d => d.Id == id);
        return Results.Ok(new RuleCheckView(
            known is null ? null : Sentence.Of(known, place), [],
            [.. RuleLint.About(id, drafts.With, place).Select(d => new DoubtView(d.Doubt.ToString(), d.Document, d.Text, d.Blocks))]));
    }
}
