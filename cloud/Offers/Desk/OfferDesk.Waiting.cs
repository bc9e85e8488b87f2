using System.Collections.Immutable;

namespace Presence.Offers;

/// <summary>Something that waits for a gate to open.</summary>
internal sealed record Postponed(Candidate Candidate, ImmutableArray<RuleAction> Then, long RetryAt, long ExpiresAt);

/// <content>Records, postponed sends, forgetting.</content>
public sealed partial class OfferDesk
{
    /// <summary>Postponed sends that may wait at once; beyond it they are dropped, the newest first.</summary>
    private const int MostPostponed = 100_000;
    private long _retryAt = long.MaxValue;

    /// <summary>Rules stopped by the storm guard.</summary>
    public IReadOnlyCollection<string> Stopped => _storm.Stopped;

    /// <summary>Lets a stopped rule run again: an operator looked.</summary>
    public void Release(string rule) => _storm.Release(rule);

    /// <summary>The member's coupons that may still be redeemed, by id.</summary>
    public IReadOnlyList<Coupon> OpenOf(MemberId member) =>
        [.. _coupons.Values.Where(c => c.Member == member && c.State == CouponState.Issued).OrderBy(c => c.Id.Value)];

    /// <summary>The coupon, while it is open; null otherwise.</summary>
    public Coupon? Find(CouponId id) => _coupons.GetValueOrDefault(id);

    private RuleDecision Record(Question q, DecisionOutcome outcome, ImmutableArray<GateReading> readings, string? wonBy, long until, Coupon? coupon) => new()
    {
        Number = ++_decisions,
        Rule = q.Candidate.Rule.Id,
        Version = q.Candidate.Rule.Version,
        Step = q.Candidate.Step,
        Member = q.Candidate.Member,
        At = q.Candidate.At,
        DecidedAt = q.Now,
        Outcome = outcome,
        Action = q.Action,
        Offer = (q.Action as GiveOffer)?.Offer,
        Coupon = coupon?.Id,
        Zone = ZoneOf(q),
        Gates = readings,
        WonBy = wonBy,
        Until = until,
        Reason = q.Candidate.Rule.Reason,
    };

    private int ZoneOf(Question q)
    {
        var named = q.Action switch
        {
            NotifyStaff { Adviser: true } when q.Guest.Profile.Adviser is { } adviser => adviser,
            NotifyStaff notify => notify.Zone,
            StaffTask task => task.Zone,
            _ => null,
        };
        return named is null ? q.Candidate.Zone : _venue.Map.ZoneIndex(named);
    }

    private void Postpone(Postponed postponed)
    {
        if (_postponed.Count < MostPostponed)
        {
            _postponed.Add(postponed);
            _retryAt = Math.Min(_retryAt, postponed.RetryAt);
        }
    }

    private void Retry(long now, IDecisionSink sink)
    {
        var due = _postponed.Where(p => p.RetryAt <= now).ToList();
        _postponed.RemoveAll(p => p.RetryAt <= now);
        _retryAt = _postponed.Count > 0 ? _postponed.Min(p => p.RetryAt) : long.MaxValue;
        foreach (var waiting in due.OrderBy(p => p.RetryAt).ThenBy(p => p.Candidate, Comparer<Candidate>.Create(Order)))
        {
            // What is postponed expires rather than coming late.
            if (now <= waiting.ExpiresAt && _guests.TryGetValue(waiting.Candidate.Member, out var guest) && !_storm.IsStopped(waiting.Candidate, now, sink))
            {
                Decide(waiting.Candidate, waiting.Then, guest, now, again: true, waiting.ExpiresAt, sink);
            }
        }
    }

    private Coupon? Open(in Fact fact) => _coupons.GetValueOrDefault(fact.Coupon);

    // A copy that will not be used gives its money back.
    private void Return(Coupon coupon)
    {
        foreach (var (what, period, cents) in _charges[coupon.Id])
        {
            _counters.Use(what, period, -cents);
        }

        Drop(coupon.Id);
        _expiries.Remove((coupon.ExpiresAt, coupon.Id));
    }

    private void Drop(CouponId coupon)
    {
        _coupons.Remove(coupon);
        _charges.Remove(coupon);
    }

    private void Forget(MemberId member)
    {
        _guests.Remove(member);
        _storm.Forget(member);
        _postponed.RemoveAll(p => p.Candidate.Member == member);
        _retryAt = _postponed.Count > 0 ? _postponed.Min(p => p.RetryAt) : long.MaxValue;
        foreach (var coupon in _coupons.Values.Where(c => c.Member == member).OrderBy(c => c.Id.Value).ToList())
        {
            if (coupon.State == CouponState.Issued)
            {
                Return(coupon);
            }
            else
            {
                Drop(coupon.Id);
            }
        }
    }
}
