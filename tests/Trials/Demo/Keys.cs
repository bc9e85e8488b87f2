using System.Buffers.Binary;
using System.Security.Cryptography;
using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>The venue's keys, which a trial gives to the gateways and therefore can follow a token with; the cloud never has them.</summary>
internal sealed class Keys
{
    private readonly byte[] _day = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _member = RandomNumberGenerator.GetBytes(32);

    public string Day => Convert.ToHexStringLower(_day);

    public string Member => Convert.ToHexStringLower(_member);

    /// <summary>A stranger's on a day of the venue, as the service shows it.</summary>
    public string DayToken(DateOnly day, Carries kind, ulong address)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, day.DayNumber);
        return Shown(HMACSHA256.HashData(_day, (byte[])[.. "presence/day/v1"u8, .. number]), kind, address);
    }

    /// <summary>A member's, as the service shows it.</summary>
    public string BindingToken(Carries kind, ulong address) => Shown(_member, kind, address);

    /// <summary>A member's, whole: as the gateway reported it when the device was bound.</summary>
    public ulong BindingOf(Carries kind, ulong address) => Token(_member, kind, address);

    private static string Shown(byte[] key, Carries kind, ulong address) => new DeviceToken(Token(key, kind, address)).ToString();

    // The kind of the address and the address, as firmware notes describe it: written anew here, so that a mistake there shows.
    private static ulong Token(byte[] key, Carries kind, ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, address);
        bytes[1] = (byte)(kind is Carries.Tag ? 3 : 1);
        return BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(key, bytes[1..]));
    }
}
