using System.Security.Cryptography;
using System.Text;

namespace Presence.Cloud.Access;

/// <summary>
/// Text that only the service can read, such as an address on its way to the post: AES-256-GCM under a key drawn from the venue's secret.
/// <code>
/// nonce 12 | tag 16 | text …
/// </code>
/// </summary>
internal static class SealedText
{
    private const int Nonce = 12, Tag = 16;

    /// <param name="secret">The venue's.</param>
    /// <param name="of">What it belongs to; opened with another it is refused, so that rows cannot be exchanged.</param>
    /// <param name="text">To be sealed.</param>
    public static byte[] Seal(ReadOnlySpan<byte> secret, Guid of, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var to = new byte[Nonce + Tag + plain.Length];
        RandomNumberGenerator.Fill(to.AsSpan(0, Nonce));
        using var aes = new AesGcm(Key(secret), Tag);
        aes.Encrypt(to.AsSpan(0, Nonce), plain, to.AsSpan(Nonce + Tag), to.AsSpan(Nonce, Tag), of.ToByteArray());
        return to;
    }

    /// <exception cref="CryptographicException">It was sealed under another secret or for something else, or is broken.</exception>
    public static string Open(ReadOnlySpan<byte> secret, Guid of, ReadOnlySpan<byte> text)
    {
        if (text.Length < Nonce + Tag)
        {
            throw new CryptographicException($"a sealed text of {text.Length} bytes is cut off");
        }

        var plain = new byte[text.Length - Nonce - Tag];
        using var aes = new AesGcm(Key(secret), Tag);
        aes.Decrypt(text[..Nonce], text[(Nonce + Tag)..], text.Slice(Nonce, Tag), plain, of.ToByteArray());
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] Key(ReadOnlySpan<byte> secret)
    {
        var key = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, [], "addresses"u8);
        return key;
    }
}
