using System.Collections.Immutable;

namespace Presence.Offers;

/// <summary>
/// The one place that decides what is sent: it takes the rules that hold at one moment, lets them compete, asks every gate
/// and issues the coupons. Its counters are the truth about stock, budgets and caps.
/// </summary>
public sealed partial class OfferDesk
{
    private readonly DeskVenue _venue;
    private readonly Dictionary<string, OfferDefinition> _offers;
    private readonly Dictionary<MemberId, Guest> _guests = [];
    private readonly Dictionary<CouponId, Coupon> _coupons = [];
    private readonly Dictionary<CouponId, ImmutableArray<Charge>> _charges = [];
    private readonly SortedSet<(long At, CouponId Id)> _expiries = new(Comparer<(long At, CouponId Id)>.Create((x, y) => x.At != y.At ? x.At.CompareTo(y.At) : x.Id.Value.CompareTo(y.Id.Value)));
    private readonly List<Postponed> _postponed = [];
    private readonly Counters _counters = new();
    private readonly Gates _gates;
    private readonly StormGuard _storm;
    private long _decisions;

    public OfferDesk(DeskVenue venue)
    {
        _venue = venue;
        _offers = venue.Offers.ToDictionary(o => o.Id, StringComparer.Ordinal);
        _gates = new Gates(venue, _counters);
        _storm = new StormGuard(venue.Policy);
    }

    /// <summary>Coupons that may still be redeemed, expire, or be undone.</summary>
    public int OpenCoupons => _coupons.Count;

    /// <summary>Unix ms of the next thing that waits: a postponed send, a coupon's expiry; <see cref="long.MaxValue"/> for none.</summary>
    public long NextDue => Math.Min(_expiries.Count > 0 ? _expiries.Min.At : long.MaxValue, _retryAt);

    /// <summary>Takes in what a fact means for consent, presence, coupons and budgets. Called before the rules see it.</summary>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.MemberJoined or FactKind.MemberChanged when fact.Profile is { } profile:
                if (_guests.TryGetValue(profile.Member, out var known))
                {
                    known.Profile = profile;
                }
                else
                {
                    _guests.Add(profile.Member, new Guest(profile));
                }

                break;
            case FactKind.MemberErased:
                Forget(fact.Member);
                break;
            case FactKind.VisitStarted when _guests.TryGetValue(fact.Member, out var guest):
                guest.Visit += guest.Present ? 0 : 1;
                guest.Present |= !fact.Late;
                break;
            case FactKind.VisitEnded when !fact.Late && _guests.TryGetValue(fact.Member, out var guest):
                guest.Present = false;
                break;
            case FactKind.CouponRedeemed when Open(fact) is { State: CouponState.Issued } coupon:
                _coupons[coupon.Id] = CouponLife.Redeem(coupon, fact.Zone, fact.At);
                break;
            case FactKind.RedemptionUndone when Open(fact) is { State: CouponState.Redeemed } coupon:
                _coupons[coupon.Id] = CouponLife.Undo(coupon, fact.At);
                break;
            case FactKind.CouponCancelled when Open(fact) is { State: CouponState.Issued } coupon:
                Return(CouponLife.Cancel(coupon));
                break;
        }
    }

    /// <summary>Lets the rules that hold at one moment compete, and does what the gates let through.</summary>
    /// <param name="candidates">All of one moment; sorted here: higher priority first, then lower rule id.</param>
    /// <param name="now">Venue time, Unix ms.</param>
    /// <param name="sink">Gets each decision, also when it was nothing.</param>
    public void Decide(List<Candidate> candidates, long now, IDecisionSink sink)
    {
        if (candidates.Count > 1)
        {
            candidates.Sort(Order);
        }

        foreach (var candidate in candidates)
        {
            if (_guests.TryGetValue(candidate.Member, out var guest) && !_storm.IsStopped(candidate, now, sink))
            {
                Decide(candidate, candidate.Then, guest, now, again: false, expires: now + (long)candidate.Rule.Limits.PostponeFor.TotalMilliseconds, sink);
            }
        }
    }

    /// <summary>Tries again what was postponed, and expires coupons, up to and at this time.</summary>
    /// <param name="now">Venue time, Unix ms.</param>
    /// <param name="sink">Gets the decisions.</param>
    /// <param name="expired">Gets the coupons that expired without being redeemed, oldest first.</param>
    public void Advance(long now, IDecisionSink sink, Action<Coupon> expired)
    {
        while (_expiries.Count > 0 && _expiries.Min is var first && first.At <= now)
        {
            _expiries.Remove(first);
            if (_coupons.TryGetValue(first.Id, out var coupon) && coupon.State == CouponState.Issued)
            {
                Return(coupon = CouponLife.Expire(coupon));
                expired(coupon);
            }
            else
            {
                Drop(first.Id);
            }
        }

        if (_retryAt <= now)
        {
            Retry(now, sink);
        }
    }

    // Higher priority first; among equals the lower id; a total order, so that the winner never depends on who was found first.
    private static int Order(Candidate x, Candidate y)
    {
        var order = y.Rule.Limits.Priority.CompareTo(x.Rule.Limits.Priority);
        order = order != 0 ? order : string.CompareOrdinal(x.Rule.Id, y.Rule.Id);
        order = order != 0 ? order : string.CompareOrdinal(x.Step, y.Step);
        return order != 0 ? order : x.Member.Value.CompareTo(y.Member.Value);
    }

    private void Decide(Candidate candidate, ImmutableArray<RuleAction> then, Guest guest, long now, bool again, long expires, IDecisionSink sink)
    {
        var acted = false;
        List<RuleAction>? waiting = null;
        var retryAt = long.MaxValue;
        foreach (var action in then)
        {
            var offer = action is GiveOffer give ? _offers.GetValueOrDefault(give.Offer) : null;
            var question = new Question(candidate, action, guest, offer, now, again);
            var outcome = Ask(question, expires, out var readings, out var wonBy, out var until);
            acted |= outcome is not (DecisionOutcome.Blocked or DecisionOutcome.Outranked or DecisionOutcome.Postponed);
            var coupon = outcome == DecisionOutcome.Offered ? Issue(question) : null;
            if (outcome == DecisionOutcome.Postponed)
            {
                (waiting ??= []).Add(action);
                retryAt = Math.Min(retryAt, until);
            }

            sink.Decided(Record(question, outcome, readings, wonBy, until, coupon), coupon);
        }

        // What waits has its turn: the rule does not begin again beside it.
        if (acted || waiting is not null)
        {
            guest.Note(Question.RuleOf(candidate), candidate.Rule.Limits.Once, _gates.PeriodOf(candidate.Rule.Limits.Once, guest, now), candidate.Rule.Id);
        }

        if (acted)
        {
            _storm.Acted(candidate, now, sink);
        }

        if (waiting is not null)
        {
            Postpone(new Postponed(candidate, [.. waiting], retryAt, expires));
        }
    }

    private DecisionOutcome Ask(Question q, long expires, out ImmutableArray<GateReading> readings, out string? wonBy, out long until)
    {
        var found = ImmutableArray.CreateBuilder<GateReading>(q.Candidate.Because.Length + 14);
        found.AddRange(q.Candidate.Because);
        var reaches = q.Action is GiveOffer or SendMessage;
        wonBy = null;
        until = 0;
        var outcome = q.Action switch { GiveOffer => DecisionOutcome.Offered, NotifyStaff or StaffTask => DecisionOutcome.Notified, _ => DecisionOutcome.Done };
        foreach (var gated in _gates.OfRule(q).Concat(reaches ? _gates.OfSend(q) : []))
        {
            found.Add(gated.Reading);
            if (!gated.Reading.Passed)
            {
                wonBy = gated.WonBy;
                var opens = gated.OpensAt > q.Now && gated.OpensAt <= expires && q.Limits.OnBlock == WhenBlocked.Postpone;
                until = opens ? gated.OpensAt : 0;
                readings = found.ToImmutable();
                return opens ? DecisionOutcome.Postponed : gated.Reading.Gate == "group" ? DecisionOutcome.Outranked : DecisionOutcome.Blocked;
            }
        }

        if (q is { Action: GiveOffer, Offer: null })
        {
            found.Add(new GateReading("offer", Passed: false, "not known", "an offer of the venue"));
            outcome = DecisionOutcome.Blocked;
        }
        else if (reaches)
        {
            foreach (var gated in _gates.OfProof(q))
            {
                found.Add(gated.Reading);
                outcome = gated.Reading.Passed ? outcome : DecisionOutcome.HeldOut;
                if (!gated.Reading.Passed)
                {
                    break;
                }
            }

            Win(q, outcome);
        }

        readings = found.ToImmutable();
        return outcome;
    }

    // The send counts for caps, variety and attention; the group is taken also by those held out, as it would have been.
    private void Win(Question q, DecisionOutcome outcome)
    {
        if (q.Limits.Group is { } group)
        {
            q.Guest.Note("group:" + group, q.Limits.GroupPer, _gates.PeriodOf(q.Limits.GroupPer, q.Guest, q.Now), q.Candidate.Rule.Id);
        }

        if (outcome != DecisionOutcome.HeldOut)
        {
            var fatigue = q.Limits.Fatigue * (q.Guest.Profile.Wishes.LessOf.Contains(q.Theme) ? 2 : 1);
            q.Guest.Remember(new Sent(q.Now, q.Rule, q.Offer?.Id, q.Theme, q.Limits.Priority, fatigue));
        }
    }

    private Coupon Issue(Question q)
    {
        var offer = q.Offer!;
        var period = _gates.PeriodOf(q.Limits.Once, q.Guest, q.Now);

        // The number of the decision makes it the only one: a period comes again when somebody edits a rule or the plan and takes it back.
        var (id, code, shortCode) = CouponCodes.Make(_venue.Key.Span, _venue.Map.Venue, q.Candidate.Member, q.Rule, offer.Id, period, _decisions);
        var expires = q.Now + (long)offer.ValidFor.TotalMilliseconds;
        var coupon = new Coupon
        {
            Id = id,
            Code = code,
            ShortCode = shortCode,
            Member = q.Candidate.Member,
            Offer = offer.Id,
            Rule = q.Candidate.Rule.Id,
            RuleVersion = q.Candidate.Rule.Version,
            IssuedAt = q.Now,
            ExpiresAt = expires,
            Qr = CouponCodes.Qr(_venue.Key.Span, _venue.Map.Venue, code, expires),
        };

        // What it is taken with is the store's to know; here it is only waited for.
        _coupons[id] = coupon with { Code = "", ShortCode = "", Qr = "" };
        _expiries.Add((expires, id));
        _charges[id] = Take(q, offer);
        return coupon;
    }

    // What a copy takes of stock and money. Money of a copy that nobody used comes back, exactly what was taken; a copy of the stock does not.
    private ImmutableArray<Charge> Take(Question q, OfferDefinition offer)
    {
        var taken = ImmutableArray.CreateBuilder<Charge>();
        if (offer.Stock is not null)
        {
            _counters.Use($"stock:{offer.Id}", _venue.Calendar.PeriodOf(offer.StockPer, q.Now), 1);
        }

        if (offer.Budget is not null)
        {
            var period = _venue.Calendar.PeriodOf(offer.BudgetPer, q.Now);
            taken.Add(new Charge($"offer:{offer.Id}", period, offer.Cost));
            if (offer.Store is { } store)
            {
                taken.Add(new Charge($"store:{store}", period, offer.Cost));
            }
        }

        if (q.Limits.Budget is not null)
        {
            taken.Add(new Charge($"rule:{q.Candidate.Rule.Id}", _venue.Calendar.PeriodOf(q.Limits.BudgetPer, q.Now), offer.Cost));
        }

        foreach (var (what, period, cents) in taken)
        {
            _counters.Use(what, period, cents);
        }

        return taken.ToImmutable();
    }
}
