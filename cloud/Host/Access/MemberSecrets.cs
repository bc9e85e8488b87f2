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

    /// <summary>What is kept of it.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
