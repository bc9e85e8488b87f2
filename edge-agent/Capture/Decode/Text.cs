using System.Globalization;

namespace Presence.Capture.Decode;

/// <summary>How addresses, times and bytes are written.</summary>
internal static class Text
{
    /// <summary>Six pairs of hex digits with colons.</summary>
    public static string Address(ulong address) => string.Create(17, address, static (to, value) =>
    {
        for (var i = 0; i < 6; i++)
        {
            var octet = (int)(value >> (40 - (8 * i))) & 0xFF;
            to[i * 3] = "0123456789abcdef"[octet >> 4];
            to[(i * 3) + 1] = "0123456789abcdef"[octet & 15];
            if (i < 5) to[(i * 3) + 2] = ':';
        }
    });

    /// <summary>Seconds since 1970 with nine decimals.</summary>
    public static string Epoch(long ns)
    {
        var (seconds, rest) = Math.DivRem(ns < 0 ? (ulong)-ns : (ulong)ns, 1_000_000_000UL);
        return string.Create(CultureInfo.InvariantCulture, $"{(ns < 0 ? "-" : "")}{seconds}.{rest:D9}");
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>A UUID as it is written: big-endian with hyphens.</summary>
    public static string Uuid(ReadOnlySpan<byte> bytes) => new Guid(bytes, bigEndian: true).ToString();
}
