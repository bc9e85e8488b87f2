using System.Diagnostics.CodeAnalysis;

namespace Presence.Wire;

/// <summary>How a device was found to be a member's.</summary>
public enum BindHow
{
    Unknown = 0,

    /// <summary>One-time link opened on the venue's Wi-Fi.</summary>
    Link = 1,

    /// <summary>Carried tag held to the gateway.</summary>
    Tag = 2,

    /// <summary>A bound device heard again after the member key was changed: the code is its token so far, 16 hexadecimal digits.</summary>
    Renewed = 3,

    /// <summary>Identity key of a phone, shown at the gateway while one of its resolvable addresses is heard.</summary>
    Identity = 4,
}

/// <summary>The device behind a one-time code, as its keyed hash; the address stays in the gateway.</summary>
/// <param name="Code">As the member's page gave it: letters, digits, hyphen and underscore, 1 to 64.</param>
/// <param name="Device">HMAC-SHA-256 of the address under the venue's member key, first 64 bits.</param>
/// <param name="At">Unix ms by the gateway's clock.</param>
/// <param name="How">What showed it.</param>
public sealed record BindReport(string Code, DeviceToken Device, long At, BindHow How)
{
    /// <summary>Longest code, in characters.</summary>
    public const int MostCode = 64;

    public byte[] Encode()
    {
        var writer = new ProtoWriter(new byte[128]);
        writer.Text(1, Code);
        writer.Fixed64(2, Device.Hash);
        writer.Number(3, (ulong)At);
        writer.Number(4, (ulong)How);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out BindReport? report, out Refusal why)
    {
        report = null;
        var code = "";
        ulong token = 0, at = 0, how = 0;
        if (payload.Length > 1_024)
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
                    (1 << 3) | 2 => reader.TryText(out code, MostCode),
                    (2 << 3) | 1 => reader.TryFixed64(out token),
                    3 << 3 => reader.TryVarint(out at),
                    4 << 3 => reader.TryVarint(out how),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        why = token == 0 ? Refusal.TokenZero
            : at > SightingBatch.LatestTime ? Refusal.TimeAbsurd
            : IsCode(code) ? Refusal.None
            : Refusal.FieldOutOfRange;
        report = why is Refusal.None ? new(code, new(token), (long)at, how <= (ulong)BindHow.Identity ? (BindHow)how : BindHow.Unknown) : null;
        return report is not null;
    }

    /// <summary>Whether this can be a one-time code.</summary>
    public static bool IsCode(ReadOnlySpan<char> code) =>
        code.Length is >= 1 and <= MostCode && !code.ContainsAnyExcept(CodeCharacters);

    private static readonly System.Buffers.SearchValues<char> CodeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
}
