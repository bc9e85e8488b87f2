using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Aesni = System.Runtime.Intrinsics.X86.Aes;
using Sse2 = System.Runtime.Intrinsics.X86.Sse2;

namespace Presence.Capture.Privacy;

/// <summary>
/// Identity keys of members' devices, by which a resolvable address is known again: the address is random (24 bits, the highest two
/// 01) and its hash under the key (24 bits).
/// </summary>
/// <remarks>
/// Source: Bluetooth Core 5.4, Vol 3 Part H, 2.2.2 (ah) and Vol 6 Part B, 1.3.2.2. A stranger's address fits one of n keys by chance
/// in n of 16.8 million cases; see <c>WHY.md</c>.
/// </remarks>
public sealed class IdentityKeys : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 16;

    /// <summary>No keys.</summary>
    public static readonly IdentityKeys None = new([], []);

    private const int Lanes = 8;
    private readonly byte[] _keys;
    private readonly DeviceToken[] _owners;

    /// <param name="keys">16 bytes each, the most significant octet first, as formats and applications write them.</param>
    /// <param name="owners">The binding's token of each key.</param>
    public IdentityKeys(ReadOnlySpan<byte> keys, ReadOnlySpan<DeviceToken> owners)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, owners.Length * KeyLength);
        _keys = GC.AllocateArray<byte>(keys.Length, pinned: true);
        keys.CopyTo(_keys);
        _owners = owners.ToArray();
    }

    public int Count => _owners.Length;

    /// <summary>Finds whose address it is.</summary>
    /// <param name="address">48 bits, the most significant octet highest.</param>
    /// <param name="owner">The binding's token.</param>
    public bool TryResolve(ulong address, out DeviceToken owner)
    {
        var index = _owners.Length == 0 || address >> 46 != 1 ? -1 : Find((uint)(address >> 24) & 0xFF_FFFF, (uint)address & 0xFF_FFFF);
        owner = index < 0 ? default : _owners[index];
        return index >= 0;
    }

    /// <summary>The binding's token of a phone: made of its identity key alone, so that whoever is brought the key can check whose it is.</summary>
    /// <param name="key">16 bytes, the most significant octet first.</param>
    /// <param name="place">Tenant and venue: at another venue the phone is called something else.</param>
    public static DeviceToken TokenOf(ReadOnlySpan<byte> key, string place)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        Span<byte> digest = stackalloc byte[32];
        HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes("presence/identity-binding/v1 " + place), digest);
        var token = BinaryPrimitives.ReadUInt64BigEndian(digest);

        // 0 means no device on the wire.
        return new(token == 0 ? 1 : token);
    }

    /// <summary>Whether one key made this address.</summary>
    public static bool Resolves(ReadOnlySpan<byte> key, ulong address)
    {
        using var keys = new IdentityKeys(key, [new DeviceToken(1)]);
        return keys.TryResolve(address, out _);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_keys);

    /// <summary>The hash of 24 random bits under a key, by the framework: what the quick way is measured against.</summary>
    internal static uint HashByFramework(ReadOnlySpan<byte> key, uint random)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(block[12..], random);
        aes.EncryptEcb(block, block, PaddingMode.None);
        return BinaryPrimitives.ReadUInt32BigEndian(block[12..]) & 0xFF_FFFF;
    }

    private int Find(uint random, uint hash)
    {
        var index = 0;
        if (Aesni.IsSupported)
        {
            // The block is thirteen zero bytes and the random part; the hash is the last three bytes of the result.
            var block = Vector128.Create(0, 0, 0, BinaryPrimitives.ReverseEndianness(random)).AsByte();
            var wanted = BinaryPrimitives.ReverseEndianness(hash) >> 8;
            for (; index + Lanes <= _owners.Length; index += Lanes)
            {
                var hit = TryEight(ref _keys[index * KeyLength], block, wanted);
                if (hit >= 0) return index + hit;
            }
        }

        for (; index < _owners.Length; index++)
        {
            if (HashByFramework(_keys.AsSpan(index * KeyLength, KeyLength), random) == hash) return index;
        }

        return -1;
    }

    /// <summary>
    /// Encrypts one block under eight keys at once, making each round's key on the way: eight independent chains keep the AES unit
    /// busy, and 16 bytes a key come from memory instead of the 176 of a prepared one.
    /// </summary>
    /// <returns>The first key that fits, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int TryEight(ref byte keys, Vector128<byte> block, uint wanted)
    {
        var k0 = Vector128.LoadUnsafe(ref keys, 0);
        var k1 = Vector128.LoadUnsafe(ref keys, 16);
        var k2 = Vector128.LoadUnsafe(ref keys, 32);
        var k3 = Vector128.LoadUnsafe(ref keys, 48);
        var k4 = Vector128.LoadUnsafe(ref keys, 64);
        var k5 = Vector128.LoadUnsafe(ref keys, 80);
        var k6 = Vector128.LoadUnsafe(ref keys, 96);
        var k7 = Vector128.LoadUnsafe(ref keys, 112);
        var (s0, s1, s2, s3) = (block ^ k0, block ^ k1, block ^ k2, block ^ k3);
        var (s4, s5, s6, s7) = (block ^ k4, block ^ k5, block ^ k6, block ^ k7);
        uint constant = 1;
        for (var round = 1; round < 10; round++)
        {
            var rcon = Vector128.Create(constant).AsByte();
            constant = constant == 0x80 ? 0x1B : constant << 1;
            k0 = NextKey(k0, rcon);
            k1 = NextKey(k1, rcon);
            k2 = NextKey(k2, rcon);
            k3 = NextKey(k3, rcon);
            k4 = NextKey(k4, rcon);
            k5 = NextKey(k5, rcon);
            k6 = NextKey(k6, rcon);
            k7 = NextKey(k7, rcon);
            s0 = Aesni.Encrypt(s0, k0);
            s1 = Aesni.Encrypt(s1, k1);
            s2 = Aesni.Encrypt(s2, k2);
            s3 = Aesni.Encrypt(s3, k3);
            s4 = Aesni.Encrypt(s4, k4);
            s5 = Aesni.Encrypt(s5, k5);
            s6 = Aesni.Encrypt(s6, k6);
            s7 = Aesni.Encrypt(s7, k7);
        }

        var last = Vector128.Create(0x36u).AsByte();
        if (Fits(s0, k0, last, wanted)) return 0;
        if (Fits(s1, k1, last, wanted)) return 1;
        if (Fits(s2, k2, last, wanted)) return 2;
        if (Fits(s3, k3, last, wanted)) return 3;
        if (Fits(s4, k4, last, wanted)) return 4;
        if (Fits(s5, k5, last, wanted)) return 5;
        if (Fits(s6, k6, last, wanted)) return 6;
        return Fits(s7, k7, last, wanted) ? 7 : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fits(Vector128<byte> state, Vector128<byte> key, Vector128<byte> rcon, uint wanted) =>
        Aesni.EncryptLast(state, NextKey(key, rcon)).AsUInt32().GetElement(3) >> 8 == wanted;

    /// <summary>
    /// The next round's key (FIPS 197, 5.2). The last word, rotated, in all four columns makes the row shift of the last round do
    /// nothing, so that its substitution can be had from the quick instruction instead of the slow one meant for keys.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> NextKey(Vector128<byte> key, Vector128<byte> rcon)
    {
        var rotated = Vector128.Shuffle(key, Vector128.Create((byte)13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12));
        var word = Aesni.EncryptLast(rotated, rcon);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 8);
        return key ^ word;
    }
}
