using System.Security.Cryptography;
using System.Text;

namespace Presence.Wire;

/// <summary>Seals bytes so that only the owner of a key pair can open them, and nobody can change them or pass them off as meant for something else.</summary>
/// <remarks>
/// <code>
///  1        64                       16     as long as the plain text
/// ┌───┬─────────────────────────┬────────┬──────────────┐
/// │ 1 │ ephemeral key, X then Y │  tag   │  ciphertext  │
/// └───┴─────────────────────────┴────────┴──────────────┘
/// </code>
/// ECDH on P-256 with a key made for this box alone, HKDF-SHA-256 over both public keys and the context, AES-256-GCM. The key is used
/// once, so the nonce may be zero. Shape: SEC 1 (ECIES) with the primitives of RFC 5869 and NIST SP 800-38D.
/// </remarks>
public static class SealedBox
{
    /// <summary>Bytes that a box is longer than what is in it.</summary>
    public const int Overhead = 1 + KeyMessage.PublicKeyBytes + TagBytes;

    private const int TagBytes = 16;
    private const int Half = KeyMessage.PublicKeyBytes / 2;

    /// <summary>The public half of a pair, X then Y.</summary>
    public static byte[] PublicKey(ECDiffieHellman pair)
    {
        var point = pair.ExportParameters(false).Q;
        return [.. point.X!, .. point.Y!];
    }

    /// <summary>Whether these bytes are a point of the curve.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> key)
    {
        using var read = TryRead(key);
        return read is not null;
    }

    /// <param name="ephemeral">A pair on P-256 made for this box; the caller disposes of it.</param>
    /// <param name="receiver">The receiver's public key.</param>
    /// <param name="context">What the box is for; opening needs the same.</param>
    /// <returns>Null when the receiver's key is none.</returns>
    public static byte[]? Seal(ECDiffieHellman ephemeral, ReadOnlySpan<byte> receiver, ReadOnlySpan<byte> plain, string context)
    {
        using var to = TryRead(receiver);
        if (to is null)
        {
            return null;
        }

        var box = new byte[Overhead + plain.Length];
        box[0] = 1;
        PublicKey(ephemeral).CopyTo(box, 1);
        using var cipher = Cipher(ephemeral, to, box.AsSpan(1, KeyMessage.PublicKeyBytes), receiver, context);
        cipher.Encrypt(new byte[12], plain, box.AsSpan(Overhead), box.AsSpan(1 + KeyMessage.PublicKeyBytes, TagBytes), Encoding.UTF8.GetBytes(context));
        return box;
    }

    /// <returns>What was sealed, or null when it is not for this pair, not for this purpose, or not whole.</returns>
    public static byte[]? Open(ECDiffieHellman own, ReadOnlySpan<byte> box, string context)
    {
        if (box.Length < Overhead || box[0] != 1)
        {
            return null;
        }

        using var from = TryRead(box.Slice(1, KeyMessage.PublicKeyBytes));
        if (from is null)
        {
            return null;
        }

        var plain = new byte[box.Length - Overhead];
        using var cipher = Cipher(own, from, box.Slice(1, KeyMessage.PublicKeyBytes), PublicKey(own), context);
        try
        {
            cipher.Decrypt(new byte[12], box[Overhead..], box.Slice(1 + KeyMessage.PublicKeyBytes, TagBytes), plain, Encoding.UTF8.GetBytes(context));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static AesGcm Cipher(ECDiffieHellman own, ECDiffieHellman other, ReadOnlySpan<byte> ephemeral, ReadOnlySpan<byte> receiver, string context)
    {
        using var otherKey = other.PublicKey;
        var secret = own.DeriveRawSecretAgreement(otherKey);
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, [.. ephemeral, .. receiver], Encoding.UTF8.GetBytes("presence/seal/v1 " + context));
        var cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    private static ECDiffieHellman? TryRead(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyMessage.PublicKeyBytes)
        {
            return null;
        }

        try
        {
            return ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = key[..Half].ToArray(), Y = key[Half..].ToArray() },
            });
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            return null;
        }
    }
}
