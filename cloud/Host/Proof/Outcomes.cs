using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Stages;
using Presence.Offers;
using Presence.Storage.Model;

namespace Presence.Cloud.Proof;

/// <summary>One outcome of a rule, of those it served and those it left out.</summary>
/// <param name="Name"><c>extraDwellMinutes</c>, <c>returnWithin7Days</c>, <c>returnWithin28Days</c>, <c>redeemed</c>, <c>spendCents</c> or <c>marginCents</c>.</param>
/// <param name="Compared">Null when nothing is compared: those left out have no coupon to redeem.</param>
public sealed record RuleOutcome(string Name, Sample Served, Sample HeldOut, Comparison? Compared);

/// <summary>
/// What a rule changed: each member counts once, from the first time the rule served them or left them out, and only once the
/// time that an outcome looks over is past.
/// </summary>
public sealed class Outcomes(IDbContextFactory<PresenceDb> databases, TimeProvider time)
{
    private const long Day = 86_400_000;

    // Somebody who steps out for an hour has not come back: a return is another visit at least this long after the first.
    private const long Apart = 4 * 3_600_000;
    private const int SpendDays = 7;

    /// <param name="venue">Whose.</param>
    /// <param name="rule">Its id; steps of a journey count as the journey.</param>
    /// <param name="heldOut">Percent that the rule's draw leaves out.</param>
    /// <param name="margin">Percent of a purchase that the mall keeps.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task<IReadOnlyList<RuleOutcome>> OfAsync(Venue venue, string rule, int heldOut, int margin, CancellationToken stopping)
    {
        await using var database = await databases.CreateDbContextAsync(stopping);
        var steps = rule + "/";
        var decisions = await database.Decisions.AsNoTracking()
            .Where(d => d.Venue == venue.Number && (d.Rule == rule || d.Rule.StartsWith(steps))
                && (d.Outcome == "offered" || d.Outcome == "notified" || d.Outcome == "done" || d.Outcome == "heldOut"))
            .OrderBy(d => d.Id).Select(d => new { d.Member, d.Outcome, d.At }).ToListAsync(stopping);
        var first = decisions.GroupBy(d => d.Member).ToDictionary(g => g.Key, g => (g.First().At, HeldOut: g.First().Outcome == "heldOut"), StringComparer.Ordinal);
        if (first.Count == 0)
        {
            return [];
        }

        var since = first.Values.Min(f => f.At);
        var visits = (await database.Visits.AsNoTracking().Where(v => v.Venue == venue.Number && v.Member != null && v.Until >= since)
            .Select(v => new { Member = v.Member!, v.Since, v.Until }).ToListAsync(stopping)).ToLookup(v => v.Member, v => (v.Since, v.Until), StringComparer.Ordinal);
        var coupons = (await database.Coupons.AsNoTracking().Where(c => c.Venue == venue.Number && c.Rule == rule)
            .Select(c => new { c.Member, c.Offer, c.State }).ToListAsync(stopping)).ToLookup(c => c.Member, c => (c.Offer, c.State), StringComparer.Ordinal);
        var spent = await SpentAsync(database, venue.Number, first, since, stopping);

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var samples = new Dictionary<string, (Sample Served, Sample HeldOut)>(StringComparer.Ordinal);
        void Count(string name, bool left, double outcome)
        {
            var (served, held) = samples.GetValueOrDefault(name);
            samples[name] = left ? (served, held.With(outcome)) : (served.With(outcome), held);
        }

        foreach (var (member, (at, left)) in first)
        {
            // A visit that is not settled yet has no end.
            if (visits[member].Where(v => v.Since <= at && v.Until >= at).Select(v => (long?)v.Until).Max() is { } until)
            {
                Count("extraDwellMinutes", left, (until - at) / 60_000.0);
            }

            foreach (var days in new[] { 7, 28 })
            {
                if (now >= at + (days * Day))
                {
                    Count($"returnWithin{days}Days", left, visits[member].Any(v => v.Since > at + Apart && v.Since <= at + (days * Day)) ? 1 : 0);
                }
            }

            var used = coupons[member].Where(c => c.State == "redeemed").ToList();
            // A rule that tells staff or gives points has no coupon that could be used.
            if (!left && coupons.Count > 0)
            {
                Count("redeemed", left, used.Count > 0 ? 1 : 0);
            }

            if (now >= at + (SpendDays * Day))
            {
                var cents = spent.GetValueOrDefault(member);
                Count("spendCents", left, cents);
                Count("marginCents", left, (cents * margin / 100.0) - used.Sum(c => venue.Words.Definition(c.Offer)?.Cost ?? 0));
            }
        }

        return [.. samples.Select(s => new RuleOutcome(
            s.Key, s.Value.Served, s.Value.HeldOut,
            s.Key == "redeemed" || heldOut == 0 ? null : Comparison.Of(s.Value.Served, s.Value.HeldOut, heldOut)))];
    }

    // Purchases within a week of the member's first time, by what the rules were told of them.
    private static async Task<Dictionary<string, long>> SpentAsync(
        PresenceDb database, int venue, Dictionary<string, (long At, bool HeldOut)> first, long since, CancellationToken stopping)
    {
        var spent = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var row in database.Facts.AsNoTracking().Where(f => f.Venue == venue && f.At >= since).Select(f => new { f.Member, f.Fact }).AsAsyncEnumerable().WithCancellation(stopping))
        {
            if (first.TryGetValue(row.Member, out var from) && Read(row.Fact) is { Kind: FactKind.Purchased } bought
                && bought.At >= from.At && bought.At <= from.At + (SpendDays * Day))
            {
                spent[row.Member] = spent.GetValueOrDefault(row.Member) + bought.Amount;
            }
        }

        return spent;
    }

    private static Fact Read(byte[] bytes)
    {
        var reader = new StateReader(bytes);
        return Fact.Load(ref reader);
    }
}
