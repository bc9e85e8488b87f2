using System.Collections.Immutable;
using Presence.Engine;
using Presence.Offers;
using Xunit;

namespace Presence.Unit.Rules;

/// <summary>The one gate before every send.</summary>
public class DeskTests
{
    private readonly OfferDesk _desk = new(RuleMall.Desk());
    private readonly Seen _seen = new();
    private readonly long _noon = RuleMall.At("2026-11-21 12:00");

    public DeskTests() => Join(RuleMall.Member());

    [Fact]
    public void Consent_is_obeyed_from_the_next_decision_on()
    {
        Hold(Rule("a"), "coffee-free");
        _desk.Observe(Fact.Changed(RuleMall.Member() with { Allows = Purposes.Presence }, _noon));
        Hold(Rule("b"), "lunch-20");
        Assert.Equal(["a Offered", "b Blocked by consent"], _seen.Story);
    }

    [Fact]
    public void A_late_cause_never_sends()
    {
        Hold(Rule("a"), "coffee-free", late: true);
        Hold(Rule("b"), "coffee-free", at: _noon - 3_600_000);
        Assert.Equal(["a Blocked by fresh", "b Blocked by fresh"], _seen.Story);
    }

    [Fact]
    public void A_pause_a_muted_theme_and_fewer_a_day_are_the_members_own_choice()
    {
        Join(RuleMall.Member() with { Wishes = new MemberWishes { MutedThemes = ["coffee"], MostPerDay = 1 } });
        Hold(Rule("a"), "coffee-free");
        Hold(Rule("b"), "lunch-20");
        Hold(Rule("c"), "fashion-10");
        Join(RuleMall.Member() with { Wishes = new MemberWishes { PausedUntil = _noon + 1 } });
        Hold(Rule("d"), "kids-play");
        Assert.Equal(["a Blocked by topic", "b Offered", "c Blocked by sends today", "d Blocked by not paused"], _seen.Story);
    }

    [Fact]
    public void Quiet_hours_over_midnight_protect_those_at_home_and_not_those_who_are_here()
    {
        Hold(Rule("a"), "coffee-free", now: RuleMall.At("2026-11-21 23:30"));
        Hold(Rule("b"), "coffee-free", now: RuleMall.At("2026-11-22 07:59"));
        _desk.Observe(Fact.VisitStarted(RuleMall.Anna, _noon));
        Hold(Rule("c"), "taxi-10", now: RuleMall.At("2026-11-21 23:30"));
        Assert.Equal(["a Blocked by quiet hours", "b Blocked by quiet hours", "c Offered"], _seen.Story);
    }

    [Fact]
    public void The_same_theme_does_not_come_twice_a_day()
    {
        Hold(Rule("a"), "lunch-20");
        Hold(Rule("b"), "lunch-set");
        Hold(Rule("c"), "lunch-set", now: _noon + 86_400_000);
        Assert.Equal(["a Offered", "b Blocked by variety", "c Offered"], _seen.Story);
        Assert.Equal("a", _seen.Decisions[1].WonBy);
    }

    [Fact]
    public void Of_a_group_the_higher_priority_wins_whoever_was_found_first()
    {
        _desk.Decide(
            [
                Candidate(Rule("low", new RuleLimits { Priority = 10, Group = "g" }), "coffee-free"),
                Candidate(Rule("high", new RuleLimits { Priority = 90, Group = "g" }), "lunch-20"),
                Candidate(Rule("also-high", new RuleLimits { Priority = 90, Group = "g" }), "kids-play"),
            ],
            _noon, _seen);
        Assert.Equal(["also-high Offered", "high Outranked by group", "low Outranked by group"], _seen.Story);
        Assert.Equal("also-high", _seen.Decisions[2].WonBy);
    }

    [Fact]
    public void An_important_rule_outranks_the_attention_that_trifles_took()
    {
        foreach (var (i, offer) in new[] { "coffee-free", "lunch-20", "fashion-10", "kids-play", "taxi-10", "icecream" }.Index())
        {
            Hold(Rule($"small-{i}", new RuleLimits { Priority = 10 }), offer);
        }

        Hold(Rule("medium", new RuleLimits { Priority = 80 }), "beauty-nails");
        Hold(Rule("great", new RuleLimits { Priority = 80, OnBlock = WhenBlocked.Outrank }), "cinema-half");
        Assert.Equal(["medium Blocked by sends today", "great Offered"], _seen.Story[6..]);
    }

    [Fact]
    public void What_is_postponed_comes_when_the_gate_opens_or_expires_and_never_late()
    {
        var night = RuleMall.At("2026-11-21 23:30");
        Hold(Rule("patient", new RuleLimits { OnBlock = WhenBlocked.Postpone, PostponeFor = TimeSpan.FromHours(10) }), "coffee-free", now: night);
        Hold(Rule("hasty", new RuleLimits { OnBlock = WhenBlocked.Postpone, PostponeFor = TimeSpan.FromHours(2) }), "lunch-20", now: night);
        Assert.Equal(RuleMall.At("2026-11-22 08:00"), _desk.NextDue);
        _desk.Advance(RuleMall.At("2026-11-22 08:00"), _seen, _ => { });
        Assert.Equal(["patient Postponed by quiet hours", "hasty Blocked by quiet hours", "patient Offered"], _seen.Story);

        Hold(Rule("slow", new RuleLimits { OnBlock = WhenBlocked.Postpone, PostponeFor = TimeSpan.FromHours(10) }), "kids-play", now: night + 86_400_000);
        _desk.Advance(RuleMall.At("2026-11-23 12:00"), _seen, _ => { });
        Assert.Equal("slow Postponed by quiet hours", _seen.Story[^1]);
    }

    [Fact]
    public void Stock_and_budgets_are_never_exceeded()
    {
        for (var i = 0; i < 500; i++)
        {
            var id = new MemberId(new Guid(i + 1, 0, 0, new byte[8]));
            Join(RuleMall.Member(id));
            Hold(Rule("park", new RuleLimits { Fatigue = 0 }), "parking-free", member: id);
            Hold(Rule("back", new RuleLimits { Budget = 10_000, BudgetPer = Period.Day }), "comeback-30", member: id);
        }

        Assert.Equal(300, _seen.Decisions.Count(d => d is { Rule: "park", Outcome: DecisionOutcome.Offered }));
        Assert.Equal(3, _seen.Decisions.Count(d => d is { Rule: "back", Outcome: DecisionOutcome.Offered }));
        Assert.Equal("0 left", _seen.Decisions.Last(d => d.Rule == "park").Stopped!.Observed);
    }

    [Fact]
    public void A_budget_gets_back_what_expired()
    {
        var rule = Rule("back", new RuleLimits { Budget = 3_000, BudgetPer = Period.Ever, Once = Period.None });
        Hold(rule, "comeback-30");
        Hold(rule, "comeback-30", now: _noon + (8 * 86_400_000L));
        _desk.Advance(_noon + (15 * 86_400_000L), _seen, _ => { });
        Hold(rule, "comeback-30", now: _noon + (15 * 86_400_000L));
        Assert.Equal(["back Offered", "back Blocked by budget of the rule", "back Offered"], _seen.Story);
    }

    [Fact]
    public void An_edit_of_once_and_back_neither_makes_a_coupon_twice_nor_gives_what_was_had()
    {
        foreach (var (once, now) in new[] { (Period.Ever, 0), (Period.Day, 1), (Period.Ever, 2), (Period.None, 3), (Period.Day, 4), (Period.None, 5) })
        {
            Hold(Rule("a", new RuleLimits { Once = once }), "coffee-free", now: _noon + (now * 86_400_000L));
        }

        Assert.Equal(["a Offered", "a Offered", "a Blocked by once", "a Offered", "a Offered", "a Offered"], _seen.Story);
        Assert.Equal(5, _seen.Coupons.Select(c => c.Id).Distinct().Count());
    }

    [Fact]
    public void A_budget_gets_back_what_was_taken_from_it_whatever_the_offer_costs_today()
    {
        var coffee = RuleMall.Offers.Single(o => o.Id == "coffee-free") with { Cost = 500, Budget = null, Stock = null };
        var before = new OfferDesk(RuleMall.Desk() with { Offers = [coffee] });
        before.Observe(Fact.Joined(RuleMall.Member(), _noon));
        before.Decide([Candidate(Rule("a"), "coffee-free")], _noon, _seen);
        var saved = new System.Buffers.ArrayBufferWriter<byte>();
        before.Save(saved);

        // The budget is new: what the coupon costs was never taken from it.
        var now = _noon + (40 * 86_400_000L);
        var after = new OfferDesk(RuleMall.Desk() with { Offers = [coffee with { Budget = 500, BudgetPer = Period.Ever }] });
        after.Load(saved.WrittenSpan, (_, _) => null);
        after.Advance(now, _seen, _ => { });
        foreach (var i in new[] { 1, 2 })
        {
            var id = new MemberId(new Guid(i, 0, 0, new byte[8]));
            after.Observe(Fact.Joined(RuleMall.Member(id), now));
            after.Decide([Candidate(Rule("b"), new GiveOffer("coffee-free"), now) with { Member = id }], now, _seen);
        }

        Assert.Equal(["a Offered", "b Offered", "b Blocked by budget of coffee-free"], _seen.Story);
    }

    [Fact]
    public void Once_ever_is_remembered_however_much_else_is_sent()
    {
        var rare = Rule("rare", new RuleLimits { Once = Period.None, Caps = [new Cap(1, "rule", Period.Ever, default)] });
        Hold(rare, "coffee-free");
        for (var day = 1; day <= 80; day++)
        {
            Hold(Rule("daily"), "lunch-20", now: _noon + (day * 86_400_000L));
        }

        Hold(rare, "coffee-free", now: _noon + (81 * 86_400_000L));
        Assert.Equal(81, _seen.Coupons.Count);
        Assert.Equal("rare Blocked by cap of rule", _seen.Story[^1]);
    }

    [Fact]
    public void A_second_device_that_arrives_begins_no_second_visit()
    {
        var rule = Rule("a", new RuleLimits { Once = Period.Visit });
        _desk.Observe(Fact.VisitStarted(RuleMall.Anna, _noon));
        Hold(rule, "coffee-free");
        _desk.Observe(Fact.VisitStarted(RuleMall.Anna, _noon + 1));
        Hold(rule, "lunch-20", now: _noon + 2);
        Assert.Equal(DecisionOutcome.Offered, _seen.Decisions[0].Outcome);
        Assert.Equal(DecisionOutcome.Blocked, _seen.Decisions[1].Outcome);
    }

    [Fact]
    public void The_holdout_is_stable_and_as_large_as_it_says()
    {
        var held = Enumerable.Range(0, 20_000).Count(i => Gates.IsHeldOut(RuleMall.Key, "holdout|a", new MemberId(new Guid(i, 7, 7, new byte[8])), 10));
        Assert.InRange(held, 1_800, 2_200);
        for (var i = 0; i < 200; i++)
        {
            var id = new MemberId(new Guid(i + 1, 7, 7, new byte[8]));
            Join(RuleMall.Member(id));
            Hold(Rule("a", new RuleLimits { Holdout = 10 }), "coffee-free", member: id);
            var expected = Gates.IsHeldOut(RuleMall.Key, "holdout|a", id, 10) ? DecisionOutcome.HeldOut : DecisionOutcome.Offered;
            Assert.Equal(expected, _seen.Decisions[^1].Outcome);
        }
    }

    [Fact]
    public void A_rule_that_runs_away_is_stopped_with_an_alarm()
    {
        var wild = Rule("wild", new RuleLimits { Once = Period.None });
        for (var i = 0; i < 30; i++)
        {
            _desk.Decide([Candidate(wild, new GivePoints(1), _noon + (i * 1000))], _noon + (i * 1000), _seen);
        }

        Assert.Equal(10, _seen.Decisions.Count);
        Assert.Single(_seen.Alarms);
        Assert.Equal(["wild"], _desk.Stopped);
    }

    [Fact]
    public void One_member_stops_a_rule_for_themselves_and_only_several_stop_it_for_all()
    {
        var wild = Rule("wild", new RuleLimits { Once = Period.None });
        var (bo, cy) = (new MemberId(new Guid(2, 0, 0, new byte[8])), new MemberId(new Guid(3, 0, 0, new byte[8])));
        Join(RuleMall.Member(bo));
        Join(RuleMall.Member(cy));
        int acted(MemberId member, int minute)
        {
            var before = _seen.Decisions.Count;
            for (var i = 0; i < 20; i++)
            {
                var at = _noon + (minute * 60_000) + i;
                _desk.Decide([Candidate(wild, new GivePoints(1), at) with { Member = member }], at, _seen);
            }

            return _seen.Decisions.Count - before;
        }

        Assert.Equal((10, 10), (acted(RuleMall.Anna, 0), acted(bo, 0)));
        Assert.Equal((0, 10), (acted(RuleMall.Anna, 5), acted(RuleMall.Anna, 20)));
        acted(bo, 21);
        acted(cy, 22);
        Assert.Equal(0, acted(cy, 60));
        _desk.Release("wild");
        Assert.Equal(10, acted(RuleMall.Anna, 60));
    }

    [Fact]
    public void A_rule_that_feeds_itself_is_stopped_by_the_depth_of_its_chain()
    {
        // An evaluator that answers every coupon with another candidate: what a circle of rules would be.
        var decider = new Decider(new Echo(Rule("echo", new RuleLimits { Once = Period.None, Fatigue = 0 })), new OfferDesk(RuleMall.Desk(policy: new DeskPolicy { MostPerDay = 1000, VarietyDays = 0, Storm = 1000 })));
        decider.Apply(Fact.Joined(RuleMall.Member(), _noon), _seen);
        decider.Apply(Fact.VisitStarted(RuleMall.Anna, _noon + 1), _seen);
        Assert.Equal(8, _seen.Coupons.Count);
        Assert.Single(_seen.Alarms);
    }

    [Fact]
    public void Codes_are_the_same_for_the_same_log_and_tell_a_slip_of_the_finger()
    {
        Hold(Rule("a"), "coffee-free");
        var coupon = _seen.Coupons[0];
        Assert.Equal(coupon.Code, CouponCodes.Make(RuleMall.Key, "example", RuleMall.Anna, "a", "coffee-free", new VenueCalendar("Asia/Shanghai").Day(_noon), 0).Code);
        foreach (var written in new[] { coupon.Code, coupon.ShortCode })
        {
            Assert.True(CouponCodes.TryRead(written.ToLowerInvariant().Replace('0', 'o').Replace('1', 'l'), out var read));
            Assert.Equal(written, read);
            for (var i = 0; i < written.Length; i++)
            {
                foreach (var letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".Where(l => written[i] != '-' && l != written[i]))
                {
                    Assert.False(CouponCodes.TryRead($"{written[..i]}{letter}{written[(i + 1)..]}", out _));
                }
            }
        }

        Assert.True(CouponCodes.TryReadQr(RuleMall.Key, "example", coupon.Qr, out var scanned, out _));
        Assert.Equal(coupon.Code, scanned);
        Assert.False(CouponCodes.TryReadQr(RuleMall.Key, "another", coupon.Qr, out _, out _));
        for (var i = 0; i < coupon.Qr.Length; i++)
        {
            Assert.False(CouponCodes.TryReadQr(RuleMall.Key, "example", $"{coupon.Qr[..i]}{(char)(coupon.Qr[i] ^ 1)}{coupon.Qr[(i + 1)..]}", out _, out _));
        }
    }

    [Fact]
    public void A_million_guesses_find_no_code()
    {
        Hold(Rule("a"), "coffee-free");
        var dice = new Random(5);
        var hits = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            var guess = string.Create(17, dice, (span, d) =>
            {
                for (var j = 0; j < 17; j++)
                {
                    span[j] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[d.Next(32)];
                }
            });
            hits += CouponCodes.TryRead(guess, out var code) && code == _seen.Coupons[0].Code ? 1 : 0;
        }

        Assert.Equal(0, hits);
    }

    [Fact]
    public void A_till_is_told_why_not()
    {
        Hold(Rule("a"), "coffee-free");
        var coupon = _seen.Coupons[0];
        var offer = RuleMall.Offers.Single(o => o.Id == "coffee-free");
        var bar = RuleMall.Zones[1];
        Assert.Equal(Refused.No, CouponLife.Validate(coupon, offer, bar, _noon + 1));
        Assert.Equal(Refused.Unknown, CouponLife.Validate(null, offer, bar, _noon));
        Assert.Equal(Refused.WrongPlace, CouponLife.Validate(coupon, offer, RuleMall.Zones[3], _noon));
        Assert.Equal(Refused.Expired, CouponLife.Validate(coupon, offer, bar, coupon.ExpiresAt));
        var redeemed = CouponLife.Redeem(coupon, 1, _noon + 5);
        Assert.Equal(Refused.AlreadyRedeemed, CouponLife.Validate(redeemed, offer, bar, _noon + 9));
        Assert.Equal("Already redeemed at 2026-11-21 12:00.", CouponLife.Say(Refused.AlreadyRedeemed, redeemed, new VenueCalendar("Asia/Shanghai")).En);
        Assert.Equal(CouponState.Issued, CouponLife.Undo(redeemed, _noon + 9).State);
        Assert.Throws<InvalidOperationException>(() => CouponLife.Redeem(redeemed, 1, _noon + 6));
    }

    private void Join(MemberProfile profile) => _desk.Observe(Fact.Joined(profile, _noon));

    private void Hold(RuleHead rule, string offer, long? now = null, long? at = null, bool late = false, MemberId? member = null) =>
        _desk.Decide([Candidate(rule, new GiveOffer(offer), at ?? now ?? _noon) with { Late = late, Member = member ?? RuleMall.Anna }], now ?? _noon, _seen);

    private Candidate Candidate(RuleHead rule, string offer) => Candidate(rule, new GiveOffer(offer), _noon);

    private static Candidate Candidate(RuleHead rule, RuleAction action, long at) => new() { Rule = rule, Then = [action], Member = RuleMall.Anna, At = at };

    private static RuleHead Rule(string id, RuleLimits? limits = null) =>
        new(id, 1, new LocalText(id), limits ?? new RuleLimits(), Purposes.Presence | Purposes.Marketing, new LocalText(id));

    private sealed class Seen : IDecisionSink
    {
        public List<RuleDecision> Decisions { get; } = [];

        public List<Coupon> Coupons { get; } = [];

        public List<RuleAlarm> Alarms { get; } = [];

        public List<string> Story => [.. Decisions.Select(d => $"{d.Rule} {d.Outcome}{(d.Stopped is { } gate ? " by " + gate.Gate : "")}")];

        public void Decided(RuleDecision decision, Coupon? coupon)
        {
            Decisions.Add(decision);
            Coupons.AddRange(coupon is null ? [] : [coupon]);
        }

        public void Stopped(RuleAlarm alarm) => Alarms.Add(alarm);
    }

    private sealed class Echo(RuleHead rule) : IRuleEvaluator
    {
        public long NextDue => long.MaxValue;

        public void Apply(in Fact fact, ICandidateSink sink, int depth = 0)
        {
            if (fact.Kind is FactKind.VisitStarted or FactKind.CouponIssued)
            {
                sink.Holds(new Candidate { Rule = rule, Then = [new GiveOffer("coffee-free")], Member = fact.Member, At = fact.At, Depth = depth });
            }
        }

        public void Advance(long at, ICandidateSink sink)
        {
        }

        public (RuleHead Head, ImmutableArray<RuleAction> Then)? Find(string rule, string? step) => null;

        public void Save(System.Buffers.IBufferWriter<byte> to)
        {
        }

        public void Load(ReadOnlySpan<byte> from)
        {
        }
    }
}
