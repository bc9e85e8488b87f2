using Presence.Capture.Files;
using Presence.Capture.Privacy;
using Presence.Capture.Radios;
using Presence.Kit.Simulator;

namespace Presence.Kit.Gateway;

/// <summary>A phone that takes a new resolvable address each time it advertises.</summary>
public sealed class ResolvablePhone(byte[] identityKey, int seed)
{
    private readonly Random _dice = new(seed);

    /// <summary>48 bits, the most significant octet highest.</summary>
    public ulong NextAddress()
    {
        var random = 0x40_0000u | (uint)_dice.Next(0x40_0000);
        return ((ulong)random << 24) | IdentityKeys.HashByFramework(identityKey, random);
    }

    /// <summary>What a receiver hands in when it heard the phone under its next address (link type 256).</summary>
    public byte[] Heard(sbyte dbm = -50)
    {
        var bytes = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, NextAddress());
        return Frames.Received(Frames.Advertisement(bytes.AsSpan(2), [2, 0x01, 0x06]), 37, dbm);
    }

    /// <summary>The same as one content of the firmware door.</summary>
    public byte[] AtTheDoor(sbyte dbm = -50)
    {
        var content = new byte[512];
        return content[..FirmwareFrame.Write(content, 0, LinkType.BluetoothLeWithHeader, 0, Heard(dbm))];
    }
}
