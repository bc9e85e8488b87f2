using System.Collections.Immutable;

namespace Presence.Offers;

/// <summary>What a rule in force would lose, or win, beside the drafts.</summary>
/// <param name="Rule">In force.</param>
/// <param name="Before">What it sends alone.</param>
/// <param name="After">What it sends with the drafts beside it.</param>
/// <param name="LostTo">Times a draft came first, by draft.</param>
public sealed record Collision(string Rule, int Before, int After, ImmutableSortedDictionary<string, int> LostTo);

/// <summary>Draft rules tried beside those in force, over the same record.</summary>
/// <param name="Drafts">Ids of the rules that were tried.</param>
/// <param name="With">All rules together; of the drafts, those that never held are listed in <paramref name="Silent"/>.</param>
/// <param name="Without">The rules in force alone, over the same record.</param>
/// <param name="Collisions">Rules in force that send something else because of the drafts.</param>
/// <param name="Silent">Drafts that never held for anybody.</param>
public sealed record TrialReport(
    ImmutableSortedSet<string> Drafts, Forecast With, Forecast Without, ImmutableArray<Collision> Collisions, ImmutableArray<string> Silent)
{
    /// <summary>What the drafts would have done, by rule id.</summary>
    public IEnumerable<RuleForecast> OfDrafts => With.Rules.Where(r => Drafts.Contains(r.Rule));

    /// <summary>Cents the drafts cost more than the rules in force alone, if every coupon had been redeemed.</summary>
    public long ExtraCost => With.CostCeiling - Without.CostCeiling;
}

/// <summary>Tries drafts twice over one record: with the rules in force, and those alone. The difference is what the drafts change.</summary>
public static class BookTrial
{
    /// <param name="drafts">Ids of the drafts.</param>
    /// <param name="with">A new evaluator with drafts and rules in force.</param>
    /// <param name="without">A new evaluator with the rules in force.</param>
    /// <param name="venue">Offers and policy.</param>
    /// <param name="history">The record; read twice.</param>
    /// <param name="countFrom">Unix ms from which decisions count.</param>
    /// <param name="until">Unix ms of the record's end.</param>
    /// <param name="goOn">Told how much is done, 0 to 1; false cancels.</param>
    public static TrialReport Run(
        IEnumerable<string> drafts, IRuleEvaluator with, IRuleEvaluator without, DeskVenue venue, Func<IEnumerable<Fact>> history,
        long countFrom, long until, Func<double, bool>? goOn = null)
    {
        var tried = drafts.ToImmutableSortedSet(StringComparer.Ordinal);
        var begun = 0L;
        Func<long, long, bool> report(double from) => (_, at) =>
        {
            begun = begun == 0 ? at : begun;
            return goOn?.Invoke(from + (0.5 * Math.Clamp((at - begun) / (double)Math.Max(1, until - begun), 0, 1))) ?? true;
        };
        var together = BackTest.Run(with, venue, history(), report(0), countFrom, until);
        var alone = together.Cut
            ? together with { Rules = [] } : BackTest.Run(without, venue, history(), report(0.5), countFrom, until);
        return new TrialReport(tried, together, alone, Collide(tried, together, alone), [.. tried.Where(d => together.Rules.All(r => r.Rule != d))]);
    }

    private static ImmutableArray<Collision> Collide(ImmutableSortedSet<string> drafts, Forecast together, Forecast alone)
    {
        var collisions = ImmutableArray.CreateBuilder<Collision>();
        foreach (var before in alone.Rules.Where(r => !drafts.Contains(r.Rule)))
        {
            var after = together.Rules.FirstOrDefault(r => r.Rule == before.Rule);
            var lost = (after?.LostTo ?? ImmutableSortedDictionary<string, int>.Empty).Where(l => drafts.Contains(l.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal);
            if (before.Sent != (after?.Sent ?? 0) || lost.Count > 0)
            {
                collisions.Add(new Collision(before.Rule, before.Sent, after?.Sent ?? 0, lost));
            }
        }

        return collisions.ToImmutable();
    }
}
