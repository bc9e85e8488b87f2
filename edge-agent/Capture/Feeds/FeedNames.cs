namespace Presence.Capture.Feeds;

/// <summary>What receivers of foreign systems are called.</summary>
public static class FeedNames
{
    /// <summary>An address without colons, or a name as it is; in lower case.</summary>
    public static string Of(string name) => Loose.MacName(name) ?? name.ToLowerInvariant();
}
