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

    /// <summary>What is kept of it.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
