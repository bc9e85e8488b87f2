using System.Text.Json;

namespace Presence.Engine;

/// <summary>One place where two documents differ.</summary>
/// <param name="Path">JSON path, for example <c>$.limits.once</c>.</param>
/// <param name="Was">JSON before; null when it was not there.</param>
/// <param name="Is">JSON now; null when it is there no more.</param>
public sealed record DocumentChange(string Path, string? Was, string? Is);

/// <summary>What has changed from one version of a document to another, place by place, in the order of the newer one.</summary>
public static class DocumentDiff
{
    /// <summary>Compares two documents; lists are compared place by place.</summary>
    /// <exception cref="JsonException">One of them is no JSON.</exception>
    public static IReadOnlyList<DocumentChange> Between(string was, string now)
    {
        var changes = new List<DocumentChange>();
        using var before = JsonDocument.Parse(was);
        using var after = JsonDocument.Parse(now);
        Compare("$", before.RootElement, after.RootElement, changes);
        return changes;
    }

    private static void Compare(string path, JsonElement was, JsonElement now, List<DocumentChange> changes)
    {
        if (was.ValueKind == JsonValueKind.Object && now.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in now.EnumerateObject().Select(p => p.Name).Union(was.EnumerateObject().Select(p => p.Name), StringComparer.Ordinal))
            {
                Compare($"{path}.{name}", Get(was, name), Get(now, name), changes);
            }
        }
        else if (was.ValueKind == JsonValueKind.Array && now.ValueKind == JsonValueKind.Array)
        {
            for (var i = 0; i < Math.Max(was.GetArrayLength(), now.GetArrayLength()); i++)
            {
                Compare($"{path}[{i}]", i < was.GetArrayLength() ? was[i] : default, i < now.GetArrayLength() ? now[i] : default, changes);
            }
        }
        else if (was.ValueKind != now.ValueKind || (was.ValueKind != JsonValueKind.Undefined && !JsonElement.DeepEquals(was, now)))
        {
            changes.Add(new DocumentChange(path, Text(was), Text(now)));
        }
    }

    private static JsonElement Get(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? null : value.GetRawText();
}
