using System.Collections.Immutable;

namespace Presence.Offers;

/// <summary>What a rule would have done.</summary>
/// <param name="Rule">Its id.</param>
/// <param name="Sent">Coupons, messages and the like, after all gates.</param>
/// <param name="Members">Members it reached.</param>
/// <param name="Blocked">Times a gate stopped it, by gate.</param>
/// <param name="HeldOut">Times it was left out for comparison.</param>
/// <param name="LostTo">Times another rule came first, by rule.</param>
/// <param name="CostCeiling">Cents, if every coupon had been redeemed.</param>
public sealed record RuleForecast(
    string Rule, int Sent, int Members, ImmutableSortedDictionary<string, int> Blocked, int HeldOut, ImmutableSortedDictionary<string, int> LostTo, long CostCeiling)
{
    /// <summary>It held for somebody and never got through.</summary>
    public bool Starved => Sent == 0 && (Blocked.Count > 0 || LostTo.Count > 0);
}

/// <summary>What a rule book would have done over a recorded time.</summary>
public sealed record Forecast
{
    public required long Facts { get; init; }

    public required int Days { get; init; }

    /// <summary>It was cancelled before the end of the record.</summary>
    public required bool Cut { get; init; }

    /// <summary>Coupons by venue day, days since 1970.</summary>
    public required ImmutableSortedDictionary<int, int> OffersPerDay { get; init; }

    public required int MembersReached { get; init; }

    /// <summary>Cents, if every coupon had been redeemed.</summary>
    public required long CostCeiling { get; init; }

    /// <summary>By rule id; rules that never held for anybody are not in it.</summary>
    public required ImmutableArray<RuleForecast> Rules { get; init; }

    /// <summary>The first decisions of each rule and outcome, with every gate.</summary>
    public required ImmutableArray<RuleDecision> Examples { get; init; }

    public required ImmutableArray<RuleAlarm> Alarms { get; init; }

    /// <summary>What no back-test can know.</summary>
    public required ImmutableArray<LocalText> Unknowable { get; init; }
}

/// <summary>Runs a rule book over recorded history, through the same decider as live, with caps, budgets, quiet hours and holdout.</summary>
public sealed class BackTest : IDecisionSink
{
    /// <summary>Explained examples kept of each rule and outcome.</summary>
    private const int Samples = 3;

    private static readonly ImmutableArray<LocalText> Limits =
    [
        new("Whether members would have redeemed the coupons, come back or stayed longer: the record shows what they did without them.", "会员是否会用券、再来或停留更久：历史记录只反映没有这些券时的行为。"),
        new("Redemptions in the record belong to the coupons of that time; a journey that waits for a redemption of a new coupon takes its other branch.", "历史核销属于当时的券；等待新券核销的旅程将走另一分支。"),
        new("Members who joined later, and history older than the record, are not in it.", "之后加入的会员与更早的历史不在其中。"),
    ];

    private sealed class Tally
    {
        public int Sent, HeldOut;
        public long Cost;
        public HashSet<MemberId> Members = [];
        public SortedDictionary<string, int> Blocked = new(StringComparer.Ordinal);
        public SortedDictionary<string, int> LostTo = new(StringComparer.Ordinal);
        public Dictionary<DecisionOutcome, int> Kept = [];
    }

    private readonly DeskVenue _venue;
    private readonly long _countFrom;
    private readonly IDecisionSink? _heard;
    private readonly Dictionary<string, long> _costs;
    private readonly SortedDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, int> _perDay = [];
    private readonly HashSet<MemberId> _reached = [];
    private readonly List<RuleDecision> _examples = [];
    private readonly List<RuleAlarm> _alarms = [];

    private BackTest(DeskVenue venue, long countFrom, IDecisionSink? heard)
    {
        (_venue, _countFrom, _heard) = (venue, countFrom, heard);
        _costs = venue.Offers.ToDictionary(o => o.Id, o => o.Cost, StringComparer.Ordinal);
    }

    /// <summary>Runs to the end of the record, or until told to stop.</summary>
    /// <param name="rules">A new evaluator with the draft book.</param>
    /// <param name="venue">Offers and policy to try it with.</param>
    /// <param name="history">Recorded facts in their order.</param>
    /// <param name="goOn">Told the facts done and the venue time every 1,000 facts; false cancels.</param>
    /// <param name="countFrom">Unix ms: what is decided before is known to the rules and not counted.</param>
    /// <param name="until">Unix ms to which time passes after the last fact; 0 ends with the last fact.</param>
    /// <param name="heard">Told each decision as it is made, counted or not; null for nobody.</param>
    public static Forecast Run(
        IRuleEvaluator rules, DeskVenue venue, IEnumerable<Fact> history, Func<long, long, bool>? goOn = null, long countFrom = 0, long until = 0,
        IDecisionSink? heard = null)
    {
        var test = new BackTest(venue, countFrom, heard);
        var decider = new Decider(rules, new OfferDesk(venue));
        long facts = 0, first = 0, last = 0;
        var cut = false;
        foreach (var fact in history)
        {
            decider.Apply(fact, test);
            first = first == 0 && fact.At >= countFrom ? fact.At : first;
            last = Math.Max(last, fact.At);
            if (++facts % 1_000 == 0 && goOn?.Invoke(facts, last) == false)
            {
                cut = true;
                break;
            }
        }

        if (!cut && until > last)
        {
            decider.Advance(until, test);
        }

        return test.Report(facts, first == 0 ? 0 : venue.Calendar.Day(last) - venue.Calendar.Day(first) + 1, cut);
    }

    void IDecisionSink.Decided(RuleDecision decision, Coupon? coupon)
    {
        _heard?.Decided(decision, coupon);
        if (decision.DecidedAt < _countFrom)
        {
            return;
        }

        if (!_tallies.TryGetValue(decision.Rule, out var tally))
        {
            _tallies.Add(decision.Rule, tally = new Tally());
        }

        switch (decision.Outcome)
        {
            case DecisionOutcome.HeldOut:
                tally.HeldOut++;
                break;
            case DecisionOutcome.Blocked or DecisionOutcome.Outranked or DecisionOutcome.Postponed:
                var gate = decision.Stopped?.Gate ?? decision.Outcome.ToString();
                tally.Blocked[gate] = tally.Blocked.GetValueOrDefault(gate) + 1;
                if (decision.WonBy is { } winner)
                {
                    tally.LostTo[winner] = tally.LostTo.GetValueOrDefault(winner) + 1;
                }

                break;
            default:
                tally.Sent++;
                tally.Members.Add(decision.Member);
                break;
        }

        if (coupon is not null)
        {
            tally.Cost += _costs[coupon.Offer];
            _reached.Add(decision.Member);
            var day = _venue.Calendar.Day(coupon.IssuedAt);
            _perDay[day] = _perDay.GetValueOrDefault(day) + 1;
        }

        if (tally.Kept.GetValueOrDefault(decision.Outcome) is < Samples and var kept)
        {
            tally.Kept[decision.Outcome] = kept + 1;
            _examples.Add(decision);
        }
    }

    void IDecisionSink.Stopped(RuleAlarm alarm)
    {
        _heard?.Stopped(alarm);
        _alarms.Add(alarm);
    }

    private Forecast Report(long facts, int days, bool cut) => new()
    {
        Facts = facts,
        Days = days,
        Cut = cut,
        OffersPerDay = _perDay.ToImmutableSortedDictionary(),
        MembersReached = _reached.Count,
        CostCeiling = _tallies.Values.Sum(t => t.Cost),
        Rules = [.. _tallies.Select(t => new RuleForecast(
            t.Key, t.Value.Sent, t.Value.Members.Count, t.Value.Blocked.ToImmutableSortedDictionary(), t.Value.HeldOut, t.Value.LostTo.ToImmutableSortedDictionary(), t.Value.Cost))],
        Examples = [.. _examples],
        Alarms = [.. _alarms],
        Unknowable = Limits,
    };
}
