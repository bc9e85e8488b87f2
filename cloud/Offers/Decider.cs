using System.Buffers;

namespace Presence.Offers;

/// <summary>
/// What the venue loop calls: facts in, decisions and coupons out. It lets the rules see each fact, lets the desk decide
/// what they want, and tells the rules of the coupons that came of it.
/// </summary>
public sealed class Decider(IRuleEvaluator rules, OfferDesk desk) : ICandidateSink
{
    private List<Candidate> _found = [];
    private List<Candidate> _together = [];
    private readonly List<Coupon> _expired = [];
    private readonly Issuer _issuer = new();
    private long _now;

    /// <summary>Unix ms before which <see cref="Advance"/> does nothing.</summary>
    public long NextDue => Math.Min(rules.NextDue, desk.NextDue);

    /// <summary>Takes in what happened, after all that was due before it.</summary>
    public void Apply(in Fact fact, IDecisionSink sink)
    {
        if (!fact.Late)
        {
            Advance(fact.At, sink);
        }

        Tell(fact, sink);
    }

    /// <summary>Lets time pass: what was waiting until now is done, one moment after the other.</summary>
    public void Advance(long at, IDecisionSink sink)
    {
        // One moment at a time, however far the clock jumps: how often a venue ticks changes nothing.
        while (NextDue is var due && due <= at)
        {
            Settle(Math.Max(due, _now), sink);
        }

        Settle(at, sink);
    }

    /// <summary>Writes the whole state of rules and desk; the same state gives the same bytes.</summary>
    public void Save(IBufferWriter<byte> to)
    {
        var w = new StateWriter(to);
        w.Write(_now);
        var part = new ArrayBufferWriter<byte>();
        rules.Save(part);
        w.Write((long)part.WrittenCount);
        to.Write(part.WrittenSpan);
        desk.Save(to);
    }

    /// <summary>Takes the state of a snapshot into a new decider, also one with another rule book.</summary>
    /// <exception cref="FormatException">The bytes are not a snapshot.</exception>
    public void Load(ReadOnlySpan<byte> from)
    {
        var r = new StateReader(from);
        _now = r.Time();
        var length = r.Count();
        rules.Load(r.Take(length));
        desk.Load(r.Rest, rules.Find);
    }

    void ICandidateSink.Holds(Candidate candidate) => _found.Add(candidate);

    private void Settle(long at, IDecisionSink sink)
    {
        _now = Math.Max(_now, at);
        rules.Advance(at, this);
        Decide(sink, 0);
        if (desk.NextDue > _now)
        {
            return;
        }

        _issuer.Begin(sink);
        desk.Advance(_now, _issuer, _expired.Add);
        foreach (var coupon in _expired)
        {
            sink.Expired(coupon);
            rules.Apply(Fact.OfCoupon(FactKind.CouponExpired, coupon, -1, coupon.ExpiresAt), this);
        }

        _expired.Clear();
        Feed(sink, 0);
        Decide(sink, 0);
    }

    private void Tell(in Fact fact, IDecisionSink sink)
    {
        _now = Math.Max(_now, fact.Late ? 0 : fact.At);
        desk.Observe(fact);
        rules.Apply(fact, this);
        Decide(sink, 0);
    }

    // Coupons are facts too: a rule may wait for one. What they cause is decided at once, a link deeper in the chain.
    private void Decide(IDecisionSink sink, int depth)
    {
        while (_found.Count > 0)
        {
            (_found, _together) = (_together, _found);
            _issuer.Begin(sink);
            desk.Decide(_together, _now, _issuer);
            _together.Clear();
            depth++;
            Feed(sink, depth);
        }
    }

    private void Feed(IDecisionSink sink, int depth)
    {
        foreach (var coupon in _issuer.Issued)
        {
            rules.Apply(Fact.Issued(coupon), this, depth);
        }

        _issuer.Begin(sink);
    }

    private sealed class Issuer : IDecisionSink
    {
        private IDecisionSink _next = null!;

        public List<Coupon> Issued { get; } = [];

        public void Begin(IDecisionSink next)
        {
            _next = next;
            Issued.Clear();
        }

        public void Decided(RuleDecision decision, Coupon? coupon)
        {
            if (coupon is not null)
            {
                Issued.Add(coupon);
            }

            _next.Decided(decision, coupon);
        }

        public void Stopped(RuleAlarm alarm) => _next.Stopped(alarm);
    }
}
