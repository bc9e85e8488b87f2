using System.Collections.Immutable;
using System.Text.Json;

namespace Presence.Engine.Reading;

/// <summary>Reads the stories that come with a document.</summary>
internal static class ExampleReader
{
    public static Example Read(Node at)
    {
        at.Object("name", "date", "timeZone", "member", "story", "expect");
        return new Example(
            at.Need("name").Text(), Member(at), [.. at.Need("story").Items().Select(n => n.Text())], [.. at.Need("expect").Items().Select(n => n.Text())]);
    }

    private static ExampleMember Member(Node at)
    {
        var member = at.Get("member");
        member?.Object("birthday", "tier", "tags", "declared", "allows");
        var declared = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (member?.Get("declared") is { } given && given.Is(JsonValueKind.Object))
        {
            foreach (var attribute in given.Value.EnumerateObject())
            {
                declared[attribute.Name] = given.Need(attribute.Name).Text();
            }
        }

        return new ExampleMember(
            at.Need("date").Date(),
            at.Get("timeZone")?.Text(64) ?? "Asia/Shanghai",
            member?.Get("birthday")?.Text(10),
            member?.Get("tier")?.Name(),
            member?.Get("tags")?.Names() ?? [],
            declared.ToImmutable(),
            member?.Get("allows")?.Names() ?? ["presence", "marketing", "profiling"]);
    }
}
