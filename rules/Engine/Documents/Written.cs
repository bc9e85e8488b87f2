namespace Presence.Engine;

/// <summary>Values as people write them.</summary>
internal static class Written
{
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{span.TotalSeconds:0} s",
        { TotalMinutes: < 120 } => $"{span.TotalMinutes:0.#} min",
        { TotalHours: < 48 } => $"{span.TotalHours:0.#} h",
        _ => $"{span.TotalDays:0.#} days",
    };

    public static string Money(long cents) => cents % 100 == 0 ? $"{cents / 100}" : $"{cents / 100}.{cents % 100:00}";

    public static string Time(int minute) => $"{minute / 60:00}:{minute % 60:00}";
}
