using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Presence.Trials.Demo;

/// <summary>The venue's keys, which a trial gives to the gateways and therefore can follow a token with; the cloud never has them.</summary>
internal sealed class Keys
{
    private readonly byte[] _day = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _member = RandomNumberGenerator.GetBytes(32);

    public string Day => Convert.ToHexStringLower(_day);

    public string Member => Convert.ToHexStringLower(_member);

    /// <summary>A stranger's, as the service shows it.</summary>
    public string DayToken(ulong address) => Shown(_day, address);

    /// <summary>A member's, as the service shows it.</summary>
    public string BindingToken(ulong address) => Shown(_member, address);

    private static string Shown(byte[] key, ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, address);
        return new DeviceToken(BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(key, bytes[2..]))).ToString();
    }
}
