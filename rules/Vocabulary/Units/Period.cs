namespace Presence;

/// <summary>A stretch of the calendar, in the venue's own days (which end at its day change).</summary>
public enum Period : byte
{
    /// <summary>No bound.</summary>
    None,

    /// <summary>One time in the venue.</summary>
    Visit,

    Day,

    /// <summary>Monday to Sunday.</summary>
    Week,

    Month,

    Year,

    /// <summary>All time.</summary>
    Ever,
}
