using System.Text.Json;
using System.Text.Json.Nodes;
using Presence.Engine;
using Presence.Storage;

namespace Presence.Cloud.Stages;

/// <summary>How a document moves through its life: draft, published, paused, archived, each step a version that is kept.</summary>
internal static class RuleFiling
{
    /// <summary>Under this id the versions of the offers are kept.</summary>
    public const string Offers = "$offers";

    /// <summary>Under this id the versions of the loyalty programme are kept.</summary>
    public const string Loyalty = "$loyalty";

    /// <summary>Keeps a version of the programme, and gives the input that takes it into force.</summary>
    public static LoyaltyChanged TakeLoyalty(IStoreCommit commit, int venue, string programme, string author, long at)
    {
        commit.AddRuleVersion(new RuleVersionRow(venue, Loyalty, 0, 1, "published", author, programme, at));
        return new LoyaltyChanged(programme);
    }

    /// <summary>Whether a document may go from one state to another. What is archived stays so, and nothing published is a draft again.</summary>
    public static bool MayGo(DocumentState? from, DocumentState to) => (from, to) switch
    {
        (null, DocumentState.Draft or DocumentState.Published) => true,
        (DocumentState.Draft, not DocumentState.Paused) => true,
        (DocumentState.Published or DocumentState.Paused, not DocumentState.Draft) => true,
        _ => false,
    };

    /// <summary>A document's row for the store; <c>Revision</c> is given by the store.</summary>
    public static RuleVersionRow Row(int venue, string document, long at)
    {
        var root = JsonSerializer.Deserialize<JsonElement>(document);
        return new RuleVersionRow(venue, Trying.Drafts.IdOf(document), 0, VersionOf(root), Word(root, "state"), Word(root, "author"), document, at);
    }

    public static DocumentState? StateOf(string document) =>
        Enum.TryParse<DocumentState>(Word(JsonSerializer.Deserialize<JsonElement>(document), "state"), ignoreCase: true, out var state) ? state : null;

    public static int VersionOf(string document) => VersionOf(JsonSerializer.Deserialize<JsonElement>(document));

    /// <summary>The same document in another state, by somebody.</summary>
    public static string InState(string document, DocumentState state, string by)
    {
        var root = JsonNode.Parse(document)!.AsObject();
        root["state"] = JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
        root["author"] = by;
        return root.ToJsonString(VenueFile.Json);
    }

    /// <summary>Whether two documents decide alike: all but who wrote it, its state and its version.</summary>
    public static bool SameMeaning(string one, string other) =>
        DocumentDiff.Between(one, other).All(c => c.Path is "$.state" or "$.author" or "$.version" or "$.$schema");

    private static int VersionOf(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("version", out var version) && version.TryGetInt32(out var number) ? number : 1;

    private static string Word(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var word) && word.ValueKind == JsonValueKind.String ? word.GetString()! : "";
}
