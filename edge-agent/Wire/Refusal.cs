namespace Presence.Wire;

/// <summary>Why a payload was not taken. Each has a counter; none is an exception.</summary>
public enum Refusal
{
    /// <summary>It was taken.</summary>
    None = 0,

    /// <summary>Over the length limit of its kind.</summary>
    TooLong,

    /// <summary>Cut short, followed by something else, or not this format at all.</summary>
    Malformed,

    /// <summary>The boot id is missing or 0.</summary>
    NoBoot,

    /// <summary>The sequence is missing or 0.</summary>
    NoSequence,

    /// <summary>A time is missing, before 1970 or after 2100, or a batch spans more than an hour.</summary>
    TimeAbsurd,

    /// <summary>A batch without a sighting or without a device.</summary>
    Empty,

    /// <summary>More than 4,096 sightings or devices.</summary>
    TooMany,

    /// <summary>Columns that belong together have different lengths.</summary>
    ColumnsDiffer,

    /// <summary>A sighting of a device that is not in the dictionary.</summary>
    UnknownDevice,

    /// <summary>A receiver number above 65535.</summary>
    ReceiverOutOfRange,

    /// <summary>A strength outside -127 to 20 dBm.</summary>
    StrengthOutOfRange,

    /// <summary>The token 0, which is no device.</summary>
    TokenZero,

    /// <summary>A token twice in one dictionary.</summary>
    TokenTwice,

    /// <summary>A name, code or number outside what its field allows.</summary>
    FieldOutOfRange,
}
