namespace Presence.Engine;

/// <summary>Rules as sentences.</summary>
public static partial class Sentence
{
    /// <summary>A trigger that happened, as the first of a decision's readings.</summary>
    internal static GateReading Reading(Trigger trigger) => new(
        "when", Passed: true, "happened", trigger switch
        {
            Enters t => $"enters {t.Place}",
            Leaves t => $"leaves {t.Place}",
            Dwells t => $"is in {t.Place} for {Written.Span(t.AtLeast)}",
            ComesBack t => $"comes back after {t.AfterDays} days",
            NotSeen t => $"is not seen for {t.ForDays} days",
            Purchases t => $"buys {t.Category ?? "something"}{(t.AtLeast > 0 ? $" for at least {Written.Money(t.AtLeast)}" : "")}",
            Redeems t => $"redeems {t.Of}",
            NotRedeemed t => $"has not redeemed {t.Of} after {Written.Span(t.After)}",
            AboutToExpire t => $"{t.Of} expires in {Written.Span(t.Before)}",
            Scans t => $"scans {t.Touchpoint ?? "a touchpoint"}",
            Daily t => $"it is {t.At:HH:mm}",
            JoinsSegment t => $"becomes one of {t.Segment}",
            LeavesSegment t => $"is no longer one of {t.Segment}",
            Joins => "joins",
            Happens t => $"{t.Event} is reported",
            _ => trigger.ToString(),
        });
}
