namespace Presence.Capture.Radios;

/// <summary>Why something that came through the firmware door was no frame. Each has its own count.</summary>
public enum DoorRefusal : byte
{
    None,

    /// <summary>Shorter than its header, or longer than any frame.</summary>
    Length,

    /// <summary>Of a version that is not known.</summary>
    Version,

    /// <summary>The check does not fit: bits were lost on the way.</summary>
    Check,
}
