using System.Diagnostics.CodeAnalysis;

namespace Presence.Wire;

/// <summary>What a <see cref="KeyMessage"/> says.</summary>
public enum KeyWord
{
    Unknown = 0,

    /// <summary>Up: the generation of the venue's keys that the gateway holds, 0 for none.</summary>
    Held = 1,

    /// <summary>Down: make the keys of this generation.</summary>
    Make = 2,

    /// <summary>Down: seal your keys to this peer.</summary>
    Seal = 3,

    /// <summary>Up: keys sealed to a peer. Down: keys that a peer sealed to you.</summary>
    Sealed = 4,

    /// <summary>Up: the identity key of this bound device is known here, and the other gateways may have it.</summary>
    Bring = 5,

    /// <summary>Down: seal the identity key of this device to this peer.</summary>
    SealIdentity = 6,

    /// <summary>Up: one identity key sealed to a peer. Down: identity keys sealed to you, one box of <see cref="KeyMessage.IdentityBox"/> bytes after another.</summary>
    Identity = 7,
}

/// <summary>How gateways of a venue come to share its keys, without the cloud that carries the messages ever having them.</summary>
/// <param name="Word">What is said.</param>
/// <param name="Generation">Ascending; a new one begins when a gateway is stolen or the operator asks for it.</param>
/// <param name="Peer">The other gateway's name; empty where none is meant.</param>
public sealed record KeyMessage(KeyWord Word, uint Generation, string Peer = "")
{
    /// <summary>Longest payload taken, in bytes.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Bytes of a public key: a point of P-256, X then Y.</summary>
    public const int PublicKeyBytes = 64;

    /// <summary>Bytes of an identity key sealed to one gateway: the device's token, big-endian, and the 16 bytes of the key.</summary>
    public const int IdentityBox = SealedBox.Overhead + 8 + 16;

    /// <summary>The bound device that an identity key is of; <c>default</c> where none is meant.</summary>
    public DeviceToken Device { get; init; }

    /// <summary>The peer's public key, or empty.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>What only the receiver can open, or empty.</summary>
    public ReadOnlyMemory<byte> Sealed { get; init; }

    public byte[] Encode()
    {
        var writer = new ProtoWriter(new byte[80 + (Peer.Length * 3) + PublicKey.Length + Sealed.Length]);
        writer.Number(1, (ulong)Word);
        writer.Number(2, Generation);
        writer.Text(3, Peer);
        writer.Bytes(4, PublicKey.Span);
        writer.Bytes(5, Sealed.Span);
        writer.Fixed64(6, Device.Hash);
        return writer.ToArray();
    }

    /// <summary>Reads a payload; <paramref name="message"/> is null when refused.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out KeyMessage? message, out Refusal why)
    {
        message = null;
        ulong word = 0, generation = 0, device = 0;
        var peer = "";
        ReadOnlySpan<byte> key = default, box = default;
        if (payload.Length > MostBytes)
        {
            why = Refusal.TooLong;
            return false;
        }

        why = Refusal.Malformed;
        var reader = new ProtoReader(payload);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    1 << 3 => reader.TryVarint(out word),
                    2 << 3 => reader.TryVarint(out generation),
                    (3 << 3) | 2 => reader.TryText(out peer, 32),
                    (4 << 3) | 2 => reader.TryBytes(out key),
                    (5 << 3) | 2 => reader.TryBytes(out box),
                    (6 << 3) | 1 => reader.TryFixed64(out device),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        why = word is 0 or > (ulong)KeyWord.Identity || generation > int.MaxValue || key.Length is not (0 or PublicKeyBytes)
            || (peer.Length > 0 && !Topics.IsName(peer)) ? Refusal.FieldOutOfRange : Refusal.None;
        message = why is Refusal.None
            ? new((KeyWord)word, (uint)generation, peer) { PublicKey = key.ToArray(), Sealed = box.ToArray(), Device = new(device) } : null;
        return message is not null;
    }
}
