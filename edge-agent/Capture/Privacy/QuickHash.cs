using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Presence.Capture.Privacy;

/// <summary>
/// A quick hash by which the cache finds what HMAC said of the same bytes. It is seeded by chance and never leaves the process, so
/// nobody can prepare two inputs that collide; two that happen to are one in 2^63 pairs.
/// </summary>
internal sealed class QuickHash
{
    private ulong _first;
    private ulong _second;

    public QuickHash() => Renew();

    public void Renew()
    {
        Span<byte> seed = stackalloc byte[16];
        RandomNumberGenerator.Fill(seed);
        _first = BinaryPrimitives.ReadUInt64LittleEndian(seed) | 1;
        _second = BinaryPrimitives.ReadUInt64LittleEndian(seed[8..]) | 1;
    }

    /// <returns>64 bits, the highest set, so that it is never 0 and never an address's key.</returns>
    public ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Fold(_first ^ (ulong)bytes.Length, _second);
        for (; bytes.Length >= 16; bytes = bytes[16..])
        {
            hash = Fold(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ _first ^ hash,
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) ^ _second ^ BitRotate(hash));
        }

        ulong low = 0, high = 0;
        if (bytes.Length >= 8)
        {
            low = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            bytes = bytes[8..];
        }

        foreach (var octet in bytes) high = (high << 8) | octet;
        hash = Fold(low ^ _second ^ hash, high ^ _first ^ BitRotate(hash));
        return Fold(hash ^ _first, _second) | (1UL << 63);
    }

    private static ulong BitRotate(ulong value) => System.Numerics.BitOperations.RotateLeft(value, 29);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low ^ left;
    }
}
