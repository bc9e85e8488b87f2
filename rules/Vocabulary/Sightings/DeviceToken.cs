namespace Presence;

/// <summary>
/// What is left of a radio address outside the gateway: a keyed hash, 64 bits. Of a stranger it changes at the venue's day
/// change and cannot be turned back; of a member who agreed it is the token of the binding and stays.
/// </summary>
/// <param name="Hash">The 64 bits. <c>default</c> (0) is no device and is never sent.</param>
public readonly record struct DeviceToken(ulong Hash)
{
    /// <summary>Enough to follow a device down a log, too little to look it up.</summary>
    public override string ToString() => $"{Hash >> 48:x4}…";
}

/// <summary>What a token stands for, and what is known of the address behind it. One byte on the wire.</summary>
[Flags]
public enum TokenTraits : byte
{
    /// <summary>A stranger's day token of a globally unique (not random) address that was only probing.</summary>
    None = 0,

    /// <summary>The address was random (locally administered, or a Bluetooth private address): it may be one of many of one device.</summary>
    Random = 1,

    /// <summary>The device was associated with the venue's own network when heard.</summary>
    Associated = 2,

    /// <summary>The token is that of a binding: a device of a member who agreed.</summary>
    Bound = 4,

    /// <summary>The token is that of a beacon or tag (iBeacon, Eddystone), not of a phone.</summary>
    Beacon = 8,

    /// <summary>The device spoke Bluetooth; otherwise Wi-Fi.</summary>
    Bluetooth = 16,

    /// <summary>No device: somebody went through a counted door, or a motion sensor saw somebody. The token only tells one time from the next; see <see cref="DoorWords"/>.</summary>
    Door = 32,

    /// <summary>The phone itself reported what it heard; never on the wire from a gateway.</summary>
    Phone = 64,
}

/// <summary>What the strength column says of a sighting with <see cref="TokenTraits.Door"/>.</summary>
public static class DoorWords
{
    public const sbyte In = 1;
    public const sbyte Out = -1;
    public const sbyte Motion = 0;
}
