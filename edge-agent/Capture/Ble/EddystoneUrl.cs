using System.Text;

namespace Presence.Capture.Ble;

/// <summary>The compressed web address of an Eddystone URL frame.</summary>
/// <remarks>Source: google/eddystone, <c>eddystone-url/README.md</c>: four schemes, fourteen endings, 0x21-0x7E as they are.</remarks>
public static class EddystoneUrl
{
    private static readonly string[] Schemes = ["http://www.", "https://www.", "http://", "https://"];

    private static readonly string[] Endings =
    [
        ".com/", ".org/", ".edu/", ".net/", ".info/", ".biz/", ".gov/", ".com", ".org", ".edu", ".net", ".info", ".biz", ".gov",
    ];

    /// <summary>Whether the scheme is known and every byte stands for something.</summary>
    public static bool IsValid(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty || encoded[0] >= Schemes.Length) return false;
        foreach (var code in encoded[1..])
        {
            if (code >= Endings.Length && code is <= 0x20 or >= 0x7F) return false;
        }

        return true;
    }

    /// <summary>The address in full; empty where it is not valid.</summary>
    public static string Expand(ReadOnlySpan<byte> encoded)
    {
        if (!IsValid(encoded)) return "";
        var text = new StringBuilder(Schemes[encoded[0]]);
        foreach (var code in encoded[1..])
        {
            if (code < Endings.Length) text.Append(Endings[code]);
            else text.Append((char)code);
        }

        return text.ToString();
    }
}
