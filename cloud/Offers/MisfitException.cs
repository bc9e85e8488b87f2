using System.Globalization;

namespace Presence.Offers;

/// <summary>Something in a document of the mall cannot be used: where it stands, what is there, and what would be valid.</summary>
public sealed class MisfitException(string path, object? found, string expected)
    : FormatException($"{path}: found {Written(found)}, expected {expected}")
{
    /// <summary>For example <c>$.tiers.levels[1].spend</c>.</summary>
    public string Path => path;

    /// <summary>As it is written there; <c>nothing</c> where there is nothing.</summary>
    public string Found { get; } = Written(found);

    public string Expected => expected;

    private static string Written(object? found) => Convert.ToString(found, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "nothing";
}
