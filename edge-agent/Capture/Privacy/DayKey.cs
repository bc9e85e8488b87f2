using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Presence.Capture.Privacy;

/// <summary>The venue's key of the day: 32 bytes that all its gateways share and the cloud never has.</summary>
public static class DayKey
{
    /// <summary>Bytes of a day key and of a member key.</summary>
    public const int Length = 32;

    private static ReadOnlySpan<byte> Ratchet => "presence/day-ratchet/v1"u8;

    private static ReadOnlySpan<byte> Given => "presence/day/v1"u8;

    /// <summary>The key of a day, from one that an operator gave to all gateways of the venue and that itself stays the same.</summary>
    /// <param name="given">What the operator gave.</param>
    /// <param name="day">The venue's day, counted from 0001-01-01.</param>
    /// <param name="key">Receives HMAC-SHA-256(given, "presence/day/v1" and the day in 4 bytes, big-endian).</param>
    public static void Of(ReadOnlySpan<byte> given, int day, Span<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(given.Length, Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Length);
        Span<byte> words = stackalloc byte[Given.Length + sizeof(int)];
        Given.CopyTo(words);
        BinaryPrimitives.WriteInt32BigEndian(words[Given.Length..], day);
        HMACSHA256.HashData(given, words, key);
    }

    /// <summary>
    /// The key of the next day. It goes one way: who finds a gateway's key learns nothing about the days before, and each gateway
    /// reaches the same key without a word to the others.
    /// </summary>
    /// <param name="today">The key now; the caller zeroes it afterwards.</param>
    /// <param name="tomorrow">Receives HMAC-SHA-256(today, "presence/day-ratchet/v1"); may be the same memory.</param>
    public static void Next(ReadOnlySpan<byte> today, Span<byte> tomorrow)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(today.Length, Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tomorrow.Length, Length);
        Span<byte> next = stackalloc byte[Length];
        HMACSHA256.HashData(today, Ratchet, next);
        next.CopyTo(tomorrow);
        CryptographicOperations.ZeroMemory(next);
    }
}
