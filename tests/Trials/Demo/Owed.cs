using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>What the birthday's journey must give to whom, and when at the latest: told by hand from the story, not by the rules.</summary>
internal static class Owed
{
    private static readonly (string Offer, TimeOnly By, string? TakenAt)[] Birthday =
    [
        ("A coffee on us", new(8, 45), "coffee-bar"),
        ("Birthday lunch set", new(9, 50), "noodle-house"), // the coffee was redeemed
        ("Film at half price", new(12, 20), "cinema"), // so was the lunch
        ("Dessert with dinner", new(17, 15), "hot-pot-hall"), // an hour in the cinema
        ("10 off your taxi home", new(21, 30), null), // at the exit, late
    ];

    /// <summary>Where the story's people take an offer; null when they do not, or not in the mall.</summary>
    public static string? TakenAt(string offer) =>
        Birthday.FirstOrDefault(due => string.Equals(due.Offer, offer, StringComparison.Ordinal)).TakenAt;

    /// <summary>The offers' English names, by <paramref name="now"/>.</summary>
    public static IEnumerable<string> To(Person person, DayPlan plan, DateTimeOffset now) => person.Name switch
    {
        Cast.Birthday => Birthday.Where(due => plan.Moment(due.By) <= now).Select(due => due.Offer),

        // Drinks the coffee, and withdraws before lunch.
        Cast.Withdrawn => Birthday.Take(2).Where(due => plan.Moment(due.By) <= now).Select(due => due.Offer),
        _ => [],
    };

    /// <summary>Whether an offer is one of the birthday's, which nobody else may have; what other rules give is not judged.</summary>
    public static bool IsOfTheBirthday(string offer) => Birthday.Any(due => string.Equals(due.Offer, offer, StringComparison.Ordinal));
}
