using System.Globalization;

namespace Presence.Trials;

/// <summary>The programs were not up when the venue's day had to begin.</summary>
/// <param name="by">How much later they were.</param>
internal sealed class TooLate(TimeSpan by)
    : Refused(string.Create(CultureInfo.InvariantCulture, $"starting took {by.TotalSeconds:F1} s longer than the warm-up; give it more with --warm-up SECONDS"))
{
    public TimeSpan By => by;
}
