using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Cloud.Trying;
using Presence.Engine;
using Presence.Offers;
using Presence.Storage.Model;

namespace Presence.Cloud.Endpoints;

/// <summary>Rule documents: written, published, paused, archived; every version kept, with its author and what changed.</summary>
internal static class RuleEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/rules", (string venue, Venues venues) => venues.Find(venue) is { } found
            ? Results.Ok(found.RuleDocuments.Select(d => JsonSerializer.Deserialize<JsonElement>(d))) : Problems.NoVenue(venue))
            .Produces<IReadOnlyList<JsonElement>>();
        api.MapPut("/venues/{venue}/rules/{id}", PutAsync).Produces<JsonElement>();
        api.MapGet("/venues/{venue}/rules/{id}", ReadAsync).Produces<RuleView>();
        api.MapPost("/venues/{venue}/rules/{id}/state", MoveAsync).Produces<JsonElement>();
        api.MapGet("/venues/{venue}/rules/{id}/versions", VersionsAsync).Produces<IReadOnlyList<RuleVersionView>>();
        api.MapGet("/venues/{venue}/rules/{id}/diff", DiffAsync).Produces<IReadOnlyList<ChangeView>>();
        api.MapGet("/venues/{venue}/offers", OffersAsync).Produces<IReadOnlyList<JsonElement>>();
    }

    /// <param name="Sentence">The rule read aloud, made from what it is.</param>
    /// <param name="Stopped">It ran away and waits for somebody to look.</param>
    public sealed record RuleView(JsonElement Document, LocalText? Sentence, bool Stopped, IReadOnlyList<DoubtView> Doubts);

    /// <param name="State"><c>draft</c>, <c>published</c>, <c>paused</c> or <c>archived</c>.</param>
    public sealed record StateRequest(string? State, string? By);

    public sealed record RuleVersionView(int Revision, int Version, string State, string Author, DateTimeOffset At, JsonElement Document);

    /// <summary>A place where two versions differ; null where it is not there.</summary>
    public sealed record ChangeView(string Path, JsonElement? Was, JsonElement? Is);

    private static async Task<IResult> PutAsync(string venue, string id, JsonElement document, Venues venues)
    {
        if (document.ValueKind != JsonValueKind.Object || Drafts.IdOf(document.GetRawText()) != id)
        {
            return Problems.Bad("$.id", null, $"it must be '{id}', as in the address");
        }

        return await SaveAsync(venue, id, venues, _ => document.GetRawText());
    }

    private static async Task<IResult> MoveAsync(string venue, string id, StateRequest body, Venues venues)
    {
        if (!Enum.TryParse<DocumentState>(body.State, ignoreCase: true, out var state) || int.TryParse(body.State, out _))
        {
            return Problems.Bad("$.state", body.State, "draft, published, paused or archived");
        }

        return string.IsNullOrWhiteSpace(body.By) || body.By.Length > 60 ? Problems.Bad("$.by", body.By, "say who, in 1 to 60 letters")
            : await SaveAsync(venue, id, venues, old => old is null ? null : RuleFiling.InState(old, state, body.By.Trim()));
    }

    // Looked at and taken into force within the venue's transaction, so that two people saving at once do not lose each other's work unseen.
    private static async Task<IResult> SaveAsync(string venue, string id, Venues venues, Func<string?, string?> change)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var (saved, refused) = await venues.LaneOf(found).AskAsync<(string? Saved, IResult? Refused)>(found, (at, commit, now) =>
        {
            var current = at.State.Decisions;
            var old = current.Documents.FirstOrDefault(d => Drafts.IdOf(d) == id);
            if (change(old) is not { } document)
            {
                return ((null, Unknown(id)), []);
            }

            string[] documents = [.. current.Documents.Where(d => Drafts.IdOf(d) != id), document];
            var wrong = DecisionStage.Check(at.Map, at.Key, documents, current.Offers);
            if (wrong.Count > 0)
            {
                return ((null, Problems.Rules(wrong)), []);
            }

            if (Refuse(old, document) is { } refusal)
            {
                return ((null, refusal), []);
            }

            if (RuleFiling.StateOf(document) == DocumentState.Published && Blocking(at, documents, current.Offers, id) is { Count: > 0 } doubts)
            {
                return ((null, Problems.Of(409, "doubtful", "The rule must not be published like this.", string.Join(" ", doubts.Select(d => d.Text)),
                    new Dictionary<string, object?> { ["doubts"] = doubts })), []);
            }

            commit.AddRuleVersion(RuleFiling.Row(at.Number, document, now));
            return ((document, null), [new RulesChanged(documents, current.Offers)]);
        });
        return refused ?? Results.Ok(JsonSerializer.Deserialize<JsonElement>(saved!));
    }

    private static IResult? Refuse(string? old, string document)
    {
        if (RuleFiling.StateOf(document) is not { } to)
        {
            // Segments and events have no states: they are in force as they are written.
            return null;
        }

        var from = old is null ? null : RuleFiling.StateOf(old);
        if (from != to && !RuleFiling.MayGo(from, to))
        {
            return Problems.Of(409, "wrong-state", $"A document that is {from?.ToString().ToLowerInvariant() ?? "new"} cannot become {to.ToString().ToLowerInvariant()}.",
                "A draft is published, a published one paused or archived, a paused one published again; what is archived stays so.");
        }

        return from is not null and not DocumentState.Draft && !RuleFiling.SameMeaning(old!, document) && RuleFiling.VersionOf(document) <= RuleFiling.VersionOf(old!)
            ? Problems.Of(409, "same-version", $"Version {RuleFiling.VersionOf(old!)} has been in force with other words.", $"Give what is new version {RuleFiling.VersionOf(old!) + 1}: decisions name the version they were made by.")
            : null;
    }

    private static async Task<IResult> ReadAsync(string venue, string id, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var (documents, offers, stopped) = await AskAsync(found, venues);
        if (documents.FirstOrDefault(d => Drafts.IdOf(d) == id) is not { } document)
        {
            return Unknown(id);
        }

        var place = PlaceOf(found, offers);
        RuleBook.TryRead([(id, document)], place, out var alone, out _);
        RuleBook.TryRead(documents.Select((d, i) => ($"document {i + 1}", d)), place, out var book, out _);
        var known = book.Rules.Cast<Document>().Concat(book.Journeys).FirstOrDefault(d => d.Id == id) ?? alone.Rules.Cast<Document>().FirstOrDefault();
        return Results.Ok(new RuleView(
            JsonSerializer.Deserialize<JsonElement>(document), known is null ? null : Sentence.Of(known, place), stopped.Contains(id),
            [.. RuleLint.About(id, book, place).Select(d => new DoubtView(d.Doubt.ToString(), d.Document, d.Text, d.Blocks))]));
    }

    private static async Task<IResult> VersionsAsync(string venue, string id, Venues venues, IDbContextFactory<PresenceDb> databases, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        await using var database = await databases.CreateDbContextAsync(stopping);
        var rows = await database.RuleVersions.AsNoTracking().Where(r => r.Venue == found.Number && r.Id == id).OrderByDescending(r => r.Revision).ToListAsync(stopping);
        return rows.Count == 0 ? Unknown(id) : Results.Ok(rows.Select(r => new RuleVersionView(
            r.Revision, r.Version, r.State, r.Author, Reader.At(r.At), JsonSerializer.Deserialize<JsonElement>(r.Document))));
    }

    /// <param name="from">Revision; the one before <paramref name="to"/> when left out.</param>
    /// <param name="to">Revision; the newest when left out.</param>
    private static async Task<IResult> DiffAsync(
        string venue, string id, Venues venues, IDbContextFactory<PresenceDb> databases, CancellationToken stopping, int? from = null, int? to = null)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        await using var database = await databases.CreateDbContextAsync(stopping);
        var rows = await database.RuleVersions.AsNoTracking().Where(r => r.Venue == found.Number && r.Id == id).OrderBy(r => r.Revision).ToListAsync(stopping);
        var newer = to is null ? rows.LastOrDefault() : rows.Find(r => r.Revision == to);
        if (newer is null || (from is not null && rows.TrueForAll(r => r.Revision != from)))
        {
            return Unknown(id);
        }

        var older = rows.Find(r => r.Revision == (from ?? newer.Revision - 1))?.Document ?? "{}";
        return Results.Ok(DocumentDiff.Between(older, newer.Document).Select(c => new ChangeView(c.Path, Json(c.Was), Json(c.Is))));
    }

    private static async Task<IResult> OffersAsync(string venue, Venues venues) => venues.Find(venue) is not { } found ? Problems.NoVenue(venue)
        : Results.Ok(JsonSerializer.Deserialize<JsonElement>((await AskAsync(found, venues)).Offers));

    private static Task<(IReadOnlyList<string> Documents, string Offers, IReadOnlyCollection<string> Stopped)> AskAsync(Venue venue, Venues venues) =>
        venues.LaneOf(venue).AskAsync<(IReadOnlyList<string>, string, IReadOnlyCollection<string>)>(venue, (at, _, _) =>
            ((at.State.Decisions.Documents, at.State.Decisions.Offers, [.. at.State.Decisions.Stopped]), []));

    private static List<DoubtView> Blocking(Venue venue, string[] documents, string offers, string id)
    {
        var place = PlaceOf(venue, offers);
        RuleBook.TryRead(documents.Select((d, i) => ($"document {i + 1}", d)), place, out var book, out _);
        return [.. RuleLint.About(id, book, place).Where(d => d.Blocks).Select(d => new DoubtView(d.Doubt.ToString(), d.Document, d.Text, d.Blocks))];
    }

    private static RuleVenue PlaceOf(Venue venue, string offers) =>
        new(venue.Map, venue.Map.Calendar(), OfferBook.Read(offers), venue.Key);

    private static JsonElement? Json(string? text) => text is null ? null : JsonSerializer.Deserialize<JsonElement>(text);

    private static IResult Unknown(string id) => Problems.Of(404, "unknown-rule", "There is no such rule.", $"No document is called '{id}', or it has no such version.");
}
