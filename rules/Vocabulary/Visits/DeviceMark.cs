namespace Presence;

/// <summary>Why a device is not counted among visitors.</summary>
public enum DeviceRole : byte
{
    /// <summary>A visitor, said so by an operator: however long it stays.</summary>
    Visitor,

    /// <summary>Carried by someone who works here.</summary>
    Staff,

    /// <summary>A till, a screen, a sensor. One whose zone is known teaches the venue how its receivers hear.</summary>
    Fixed,

    /// <summary>Stayed longer than any visitor does; found by itself.</summary>
    Resident,
}

/// <summary>A device that an operator, or the length of its stay, has set apart.</summary>
/// <param name="Number">By which it is spoken of; ascending, never used again.</param>
/// <param name="Device">Of a stranger it means something until the venue's day changes.</param>
/// <param name="Role">Why.</param>
/// <param name="Zone">Index of the zone it always is in; -1 where that is not known.</param>
/// <param name="Since">Unix ms: when it was set apart.</param>
/// <param name="HeardAt">Unix ms: last heard.</param>
public sealed record DeviceMark(int Number, DeviceToken Device, DeviceRole Role, int Zone, long Since, long HeardAt);
