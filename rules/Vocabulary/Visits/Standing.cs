namespace Presence;

/// <summary>How much of a visit it was, by how loud and how long the device was heard; decided when the visit settles.</summary>
public enum Standing : byte
{
    /// <summary>Not decided: the event is live, or of one zone only.</summary>
    Unknown,

    /// <summary>Heard, but too faint or too short to have been inside.</summary>
    PasserBy,

    /// <summary>Inside for a while.</summary>
    Visitor,

    /// <summary>Near and long enough to have been interested.</summary>
    Engaged,

    /// <summary>Stayed longer than any visitor: staff, or a device that never leaves. Not counted.</summary>
    Resident,
}
