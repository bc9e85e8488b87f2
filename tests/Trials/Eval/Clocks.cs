namespace Presence.Trials.Eval;

/// <summary>Which day a recording is of: a time that ran together with what came next still parses, as a thousand years hence, and a clock that was not set yet says 1970.</summary>
internal static class Clocks
{
    /// <summary>Nobody walks or records for longer to either side, ms.</summary>
    private const double Day = 86_400_000;

    /// <summary>Seconds: the year 5138. A clock tells neither earlier times than 0 nor later ones than this.</summary>
    public const double Latest = 1e11;

    /// <summary>The time in the middle, ms; 0 of none.</summary>
    public static double Usual(IEnumerable<double> times)
    {
        var sorted = times.Order().ToList();
        return sorted.Count > 0 ? sorted[(sorted.Count - 1) / 2] : 0;
    }

    /// <summary>Whether a time is of another day than the usual one, both in ms.</summary>
    public static bool IsOtherDay(double at, double usual) => Math.Abs(at - usual) > Day;
}
