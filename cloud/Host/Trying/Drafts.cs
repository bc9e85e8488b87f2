using System.Collections.Immutable;
using System.Text.Json;
using Presence.Engine;
using Presence.Offers;

namespace Presence.Cloud.Trying;

/// <summary>Draft documents laid beside those in force, ready to be tried.</summary>
/// <param name="Ids">Ids of the rules and journeys that are tried, whatever state they are written in.</param>
/// <param name="With">Drafts as if they were published, and the rules in force; a draft takes the place of the rule of its id.</param>
/// <param name="Without">The rules in force alone.</param>
/// <param name="Place">Where, and with which offers.</param>
/// <param name="Doubts">What the lint says of all together.</param>
public sealed record Drafts(ImmutableSortedSet<string> Ids, RuleBook With, RuleBook Without, RuleVenue Place, ImmutableArray<Finding> Doubts)
{
    /// <summary>Reads drafts beside the documents in force.</summary>
    /// <param name="place">Where, with the offers in force.</param>
    /// <param name="inForce">Documents in force, one or an array of them in each text.</param>
    /// <param name="drafts">Name and text of each draft.</param>
    /// <param name="offers">Offers that only the drafts know; they take the place of those of their id.</param>
    /// <param name="problems">What is wrong with the drafts; then null is given.</param>
    public static Drafts? Read(
        RuleVenue place, IEnumerable<string> inForce, IReadOnlyCollection<(string Name, string Json)> drafts, ImmutableArray<OfferDefinition> offers,
        out ImmutableArray<Problem> problems)
    {
        var known = offers.Select(o => o.Id).ToHashSet(StringComparer.Ordinal);
        place = place with { Offers = [.. place.Offers.Where(o => !known.Contains(o.Id)), .. offers] };
        var live = inForce.SelectMany(Split).ToList();
        var own = drafts.SelectMany(d => IdsOf(d.Json)).ToHashSet(StringComparer.Ordinal);
        var others = live.Where(d => !own.Contains(d.Id)).Select((d, i) => ($"in force {i + 1:0000}", d.Json));
        if (!RuleBook.TryRead(others.Concat(drafts), place, out var with, out problems))
        {
            return null;
        }

        RuleBook.TryRead(live.Select((d, i) => ($"in force {i + 1:0000}", d.Json)), place, out var without, out _);
        with = with with
        {
            Rules = [.. with.Rules.Select(r => own.Contains(r.Id) ? r with { State = DocumentState.Published } : r)],
            Journeys = [.. with.Journeys.Select(j => own.Contains(j.Id) ? j with { State = DocumentState.Published } : j)],
        };
        var tried = with.Rules.Select(r => r.Id).Concat(with.Journeys.Select(j => j.Id)).Where(own.Contains).ToImmutableSortedSet(StringComparer.Ordinal);
        return new Drafts(tried, with, without, place, RuleLint.Check(with, place));
    }

    /// <summary>Tries them over a record.</summary>
    /// <param name="policy">What the venue grants its guests.</param>
    /// <param name="history">The record; read twice.</param>
    /// <param name="countFrom">Unix ms from which decisions count.</param>
    /// <param name="until">Unix ms of the record's end.</param>
    /// <param name="goOn">Told how much is done, 0 to 1; false cancels.</param>
    public TrialReport Try(DeskPolicy policy, Func<IEnumerable<Fact>> history, long countFrom, long until, Func<double, bool>? goOn = null) => BookTrial.Run(
        Ids, new RuleEngine(With, Place), new RuleEngine(Without, Place), new DeskVenue(Place.Map, Place.Calendar, Place.Offers, Place.Key, policy),
        history, countFrom, until, goOn);

    private static IEnumerable<(string Id, string Json)> Split(string json)
    {
        var root = JsonSerializer.Deserialize<JsonElement>(json);
        return (root.ValueKind == JsonValueKind.Array ? root.EnumerateArray() : Enumerable.Repeat(root, 1)).Select(e => (IdOf(e), e.GetRawText()));
    }

    // What is no JSON at all has no ids; the reader says so with its name.
    private static IEnumerable<string> IdsOf(string json)
    {
        try
        {
            return [.. Split(json).Select(d => d.Id).Where(id => id.Length > 0)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The id of a document, or the empty text when it has none or is several.</summary>
    public static string IdOf(string json) => IdOf(JsonSerializer.Deserialize<JsonElement>(json));

    // Rules and journeys have an id; segments and events are named by what they are.
    private static string IdOf(JsonElement e) => e.ValueKind != JsonValueKind.Object ? ""
        : new[] { "id", "segment", "event" }.Select(n => e.TryGetProperty(n, out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null).FirstOrDefault(id => id is not null) ?? "";
}
