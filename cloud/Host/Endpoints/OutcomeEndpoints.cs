using Presence.Cloud.Live;
using Presence.Cloud.Proof;
using Presence.Cloud.Trying;
using Presence.Engine;
using Presence.Offers;

namespace Presence.Cloud.Endpoints;

/// <summary>Whether a rule works: those it served against those it left out.</summary>
internal static class OutcomeEndpoints
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/venues/{venue}/rules/{id}/outcomes", ReadAsync).Produces<OutcomesView>();

    /// <param name="HoldoutPercent">What the rule's draw leaves out; with 0 there is nothing to compare with.</param>
    public sealed record OutcomesView(string Rule, int HoldoutPercent, int MarginPercent, IReadOnlyList<OutcomeView> Outcomes, LocalText Note);

    /// <param name="Difference">Mean of those served less mean of those left out; null when nothing is compared.</param>
    /// <param name="Low">Of the 95 % interval for one look at an end fixed beforehand; null until there is enough data.</param>
    /// <param name="AlwaysLow">Of the 95 % interval that holds for those who look every day.</param>
    /// <param name="Verdict"><c>notEnoughData</c>, <c>groupsBroken</c>, <c>nothingShown</c>, <c>better</c> or <c>worse</c>.</param>
    public sealed record OutcomeView(
        string Name, long Served, double ServedMean, long HeldOut, double HeldOutMean, double? Difference, double? Low, double? High, double? AlwaysLow, double? AlwaysHigh,
        double? SizesOff, Verdict Verdict);

    /// <param name="margin">Percent of a purchase that the mall keeps; 30 when left out.</param>
    private static async Task<IResult> ReadAsync(string venue, string id, Venues venues, Outcomes outcomes, CancellationToken stopping, int margin = 30)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (margin is < 0 or > 100)
        {
            return Problems.Bad("margin", margin.ToString(System.Globalization.CultureInfo.InvariantCulture), "0 to 100 is possible");
        }

        if (found.RuleDocuments.FirstOrDefault(d => Drafts.IdOf(d) == id) is not { } document)
        {
            return Problems.Of(404, "unknown-rule", "There is no such rule.", $"No document is called '{id}'.");
        }

        RuleBook.TryRead([(id, document)], null, out var book, out _);
        var holdout = book.Rules.Select(r => r.Limits.Holdout).Concat(book.Journeys.Select(j => j.Limits.Holdout)).FirstOrDefault();
        var rows = await outcomes.OfAsync(found, id, holdout, margin, stopping);
        return Results.Ok(new OutcomesView(
            id, holdout, margin,
            [.. rows.Select(r => new OutcomeView(
                r.Name, r.Served.Count, Math.Round(r.Served.Mean, 4), r.HeldOut.Count, Math.Round(r.HeldOut.Mean, 4), Finite(r.Compared?.Difference),
                Finite(r.Compared?.Low), Finite(r.Compared?.High), Finite(r.Compared?.AlwaysLow), Finite(r.Compared?.AlwaysHigh), Finite(r.Compared?.Ratio),
                r.Compared?.Verdict ?? Verdict.NotEnoughData))],
            new LocalText(
                "Each member counts once, from the first time the rule served them or left them out; an outcome counts when its time is past.",
                "每位会员自规则首次命中或对照之时起只计一次；观察期满后计入。")));
    }

    private static double? Finite(double? value) => value is { } v && double.IsFinite(v) ? Math.Round(v, 4) : null;
}
