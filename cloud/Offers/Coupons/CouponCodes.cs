using System.Security.Cryptography;
using System.Text;

namespace Presence.Offers;

/// <summary>
/// Makes codes nobody can guess and anybody can make again who has the venue's secret: the same input log gives the same codes.
/// </summary>
public static class CouponCodes
{
    // Crockford's base 32 leaves out I, L, O and U; the last five are only ever check characters.
    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

    /// <summary>Everything a coupon is known by, from what makes it the only one of its kind.</summary>
    /// <param name="key">The venue's secret, at least 16 bytes.</param>
    /// <param name="venue">Its id.</param>
    /// <param name="member">Whose.</param>
    /// <param name="rule">Rule, and step of a journey.</param>
    /// <param name="offer">Of what.</param>
    /// <param name="period">Number of the period in which the rule gives it once.</param>
    /// <param name="ordinal">A number that no other coupon of this kind has.</param>
    public static (CouponId Id, string Code, string ShortCode) Make(
        ReadOnlySpan<byte> key, string venue, MemberId member, string rule, string offer, int period, long ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, 16);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"coupon|{venue}|{member.Value:N}|{rule}|{offer}|{period}|{ordinal}"), hash);
        // The code and the id come from different bits: who sees an id in a log does not know the code.
        return (new CouponId(new Guid(hash[..16])), Write(hash[16..26], group: true), Write(hash[26..31], group: false));
    }

    /// <summary>Reads what a person typed: case, spaces and hyphens do not matter, O is 0, I and L are 1.</summary>
    /// <param name="typed">As typed or scanned.</param>
    /// <param name="code">The code as it is stored.</param>
    /// <returns>False when a letter is wrong, or two are exchanged: the check character tells before any look-up.</returns>
    public static bool TryRead(string typed, out string code)
    {
        Span<char> plain = stackalloc char[17];
        var length = 0;
        code = "";
        foreach (var c in typed)
        {
            if (c is ' ' or '-')
            {
                continue;
            }

            var letter = char.ToUpperInvariant(c) switch { 'O' => '0', 'I' or 'L' => '1', var other => other };
            if (length == 17 || !Letters.Contains(letter, StringComparison.Ordinal))
            {
                return false;
            }

            plain[length++] = letter;
        }

        if (length is not (17 or 9))
        {
            return false;
        }

        UInt128 value = 0;
        foreach (var letter in plain[..(length - 1)])
        {
            var digit = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (digit >= 32)
            {
                return false;
            }

            value = (value * 32) + (uint)digit;
        }

        if (Letters[(int)(value % 37)] != plain[length - 1])
        {
            return false;
        }

        code = length == 17 ? Grouped(plain) : new string(plain[..9]);
        return true;
    }

    /// <summary>What the QR code carries: version, venue, code, expiry, and a signature over them.</summary>
    public static string Qr(ReadOnlySpan<byte> key, string venue, string code, long expiresAt)
    {
        var signed = $"P1.{venue}.{code.Replace("-", "", StringComparison.Ordinal)}.{expiresAt / 1000:x}";
        return $"{signed}.{Sign(key, signed)}";
    }

    /// <summary>Whether this venue signed it. Says nothing of whether it may be redeemed: the store knows that.</summary>
    public static bool TryReadQr(ReadOnlySpan<byte> key, string venue, string qr, out string code, out long expiresAt)
    {
        code = "";
        expiresAt = 0;
        var parts = qr.Length > 200 ? [] : qr.Split('.');
        if (parts.Length != 5 || parts[0] != "P1" || parts[1] != venue)
        {
            return false;
        }

        var signature = Sign(key, qr[..qr.LastIndexOf('.')]);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.UTF8.GetBytes(parts[4])))
        {
            return false;
        }

        expiresAt = long.TryParse(parts[3], System.Globalization.NumberStyles.HexNumber, null, out var seconds) ? seconds * 1000 : 0;
        return TryRead(parts[2], out code);
    }

    private static string Sign(ReadOnlySpan<byte> key, string text)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("qr|" + text), hash);
        return Write(hash[..10], group: false)[..16];
    }

    private static string Write(ReadOnlySpan<byte> bytes, bool group)
    {
        UInt128 value = 0;
        foreach (var b in bytes)
        {
            value = (value << 8) | b;
        }

        Span<char> text = stackalloc char[(bytes.Length * 8 / 5) + 1];
        text[^1] = Letters[(int)(value % 37)];
        for (var i = text.Length - 2; i >= 0; i--)
        {
            text[i] = Letters[(int)(value & 31)];
            value >>= 5;
        }

        return group ? Grouped(text) : new string(text);
    }

    private static string Grouped(ReadOnlySpan<char> text) => $"{text[..4]}-{text[4..8]}-{text[8..12]}-{text[12..16]}-{text[16..]}";
}
