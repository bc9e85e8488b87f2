using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Presence.Cloud.Access;

/// <summary>Secrets that members' pages and one-time links carry: random, and kept only as a hash.</summary>
public static class MemberSecrets
{
    // ASVS 11.5.1 asks for 128 bits at least.
    private const int Bytes = 20;

    /// <summary>A new secret, in letters that can stand in an address.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The member and secret of somebody who joins under a key: the same again for the same call, and for nobody else.</summary>
    /// <param name="venue">The venue's secret.</param>
    /// <param name="key">The caller's key, random.</param>
    /// <param name="request">Digest of what was asked.</param>
    public static (Guid Member, string Secret) Derive(byte[] venue, string key, string request)
    {
        var hash = HMACSHA512.HashData(venue, Encoding.UTF8.GetBytes($"join|{key}|{request}"));
        return (new Guid(hash.AsSpan(0, 16)), Base64Url.EncodeToString(hash.AsSpan(16, Bytes)));
    }

    /// <summary>The code by which a member brings others along: leads back to the member with the venue's secret, and nowhere without.</summary>
    public static string Referral(byte[] venue, Guid member)
    {
        using var aes = Aes.Create();
        aes.Key = SHA256.HashData([.. "referral|"u8, .. venue]);

        // One block of random bits that never repeats: no mode is needed to hide it, and the tag tells a made-up one.
        var sealed_ = aes.EncryptEcb(member.ToByteArray(), PaddingMode.None);
        return Base64Url.EncodeToString([.. sealed_, .. HMACSHA256.HashData(aes.Key, sealed_).AsSpan(0, 6)]);
    }

    /// <returns>Null when the code is none of this venue.</returns>
    public static Guid? ReadReferral(byte[] venue, string code)
    {
        Span<byte> bytes = stackalloc byte[22];
        if (code.Length != 30 || !Base64Url.TryDecodeFromChars(code, bytes, out var length) || length != 22)
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.Key = SHA256.HashData([.. "referral|"u8, .. venue]);
        return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(aes.Key, bytes[..16]).AsSpan(0, 6), bytes[16..])
            ? new Guid(aes.DecryptEcb(bytes[..16], PaddingMode.None)) : null;
    }

    /// <summary>What is kept of it.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
