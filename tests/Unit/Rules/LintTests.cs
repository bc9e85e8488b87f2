using Presence.Engine;
using Presence.Offers;
using Xunit;

namespace Presence.Unit.Rules;

public class LintTests
{
    private const string Enters = """{"enters": "venue"}""";

    [Fact]
    public void The_shipped_rules_have_no_fault_that_keeps_them_from_being_published()
    {
        var venue = RuleMall.Venue();
        Assert.Empty(RuleLint.Check(RuleBook.Read(RuleMall.Documents(), venue), venue).Where(f => f.Blocks));
    }

    [Theory]
    [InlineData("""{"caps": [{"most": 1, "of": "rule", "per": "visit"}]}""", "caps[0].per")]
    [InlineData("""{"budget": 5, "budgetPer": "visit"}""", "budgetPer")]
    public void What_is_counted_for_all_has_a_period_of_the_calendar(string limits, string path)
    {
        Assert.False(RuleBook.TryRead([("a", Rule("a", Enters, "lunch-20", limits: limits))], RuleMall.Venue(), out _, out var problems));
        Assert.Contains(path, Assert.Single(problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cost", "99999999999999999999999999")]
    [InlineData("worth", "-1")]
    [InlineData("budget", "100000000000000000000")]
    [InlineData("stockPer", "\"visit\"")]
    public void An_offer_with_a_number_beyond_reason_is_named_with_its_place(string name, string value) =>
        Assert.Contains($"$[0].{name}", Assert.ThrowsAny<FormatException>(() => OfferBook.Read(
            $$"""[{"id": "a", "title": {"en": "A"}, "theme": "t", "validFor": "4 h", "{{name}}": {{value}}}]""")).Message, StringComparison.Ordinal);

    [Fact]
    public void Two_rules_of_one_theme_at_one_moment_overlap_unless_a_group_or_the_clock_parts_them()
    {
        Assert.Equal([Doubt.Overlap], Doubts(Rule("a", Enters, "lunch-20"), Rule("b", Enters, "lunch-20")));
        Assert.Empty(Doubts(Rule("a", Enters, "lunch-20", limits: """{"group": "l"}"""), Rule("b", Enters, "lunch-20", limits: """{"group": "l"}""")));
        Assert.Empty(Doubts(Rule("a", Enters, "lunch-20", Time("10:00", "12:00")), Rule("b", Enters, "lunch-20", Time("12:00", "14:00"))));
    }

    [Fact]
    public void A_rule_that_another_always_beats_is_named() =>
        Assert.Equal([Doubt.Starved], Doubts(
            Rule("a", Enters, "lunch-20", limits: """{"group": "l", "priority": 90}"""), Rule("b", Enters, "lunch-20", """{"tier": "gold"}""", """{"group": "l", "priority": 10}""")));

    [Fact]
    public void Rules_that_cause_each_other_are_a_loop() =>
        Assert.Equal([Doubt.Loop, Doubt.Loop], Doubts(
            Rule("a", """{"notRedeemed": {"rule": "b", "after": "1 h"}}""", "lunch-20"), Rule("b", """{"notRedeemed": {"rule": "a", "after": "1 h"}}""", "coffee-free")));

    [Fact]
    public void A_rule_that_waits_for_its_own_coupon_is_a_loop_unless_it_comes_once()
    {
        Assert.Equal([Doubt.Loop], Doubts(Rule("a", """{"notRedeemed": {"offer": "lunch-20", "after": "1 h"}}""", "lunch-20")));
        Assert.Empty(Doubts(Rule("a", """{"notRedeemed": {"offer": "lunch-20", "after": "1 h"}}""", "lunch-20", limits: """{"once": "ever"}""")));
    }

    [Fact]
    public void Times_that_leave_no_hour_and_opposites_contradict_each_other()
    {
        Assert.Equal([Doubt.Contradiction], Doubts(Rule("a", Enters, "lunch-20", Time("10:00", "11:00") + "," + Time("14:00", "15:00"))));
        Assert.Equal([Doubt.Contradiction], Doubts(Rule("a", """{"daily": {"at": "08:00"}}""", "lunch-20", Time("10:00", "11:00"))));
        Assert.Equal([Doubt.Contradiction], Doubts(Rule("a", Enters, "lunch-20", """{"tag": "vip"}, {"not": {"tag": "vip"}}""")));
    }

    [Fact]
    public void Sorting_people_by_what_they_were_not_asked_is_refused() =>
        Assert.Equal([Doubt.Sensitive], Doubts(Rule("a", Enters, "lunch-20", """{"tag": "pregnant"}""")));

    [Fact]
    public void One_theme_at_two_prices_by_who_you_are_is_refused() =>
        Assert.Contains(Doubt.PriceByTrait, Doubts(
            Rule("a", Enters, "lunch-20", """{"declared": {"attribute": "gender", "is": "woman"}}"""), Rule("b", Enters, "lunch-set", """{"declared": {"attribute": "gender", "is": "man"}}""")));

    [Fact]
    public void Steps_that_nothing_leads_to_and_circles_without_a_wait_are_found()
    {
        const string journey = """
            {"id": "j", "version": 1, "state": "draft", "author": "x", "title": "x", "start": {"enters": "venue"}, "steps": [
              {"id": "one", "do": [{"points": 1}], "next": "two"}, {"id": "two", "do": [{"points": 1}], "next": "one"}, {"id": "three", "do": [{"points": 1}]}]}
            """;
        Assert.Equal([Doubt.Unreachable, Doubt.Loop, Doubt.Loop], Doubts(journey));

        // What the lint would have stopped is stopped at run time too.
        var book = RuleBook.Read([("j", journey.Replace("draft", "published", StringComparison.Ordinal))], RuleMall.Venue());
        var engine = new RuleEngine(book, RuleMall.Venue());
        var found = new Found();
        engine.Apply(Fact.Joined(RuleMall.Member(), 1_800_000_000_000), found);
        engine.Apply(Fact.VisitStarted(RuleMall.Anna, 1_800_000_000_001), found);
        Assert.Equal(64, found.Lines.Count);
        Assert.Equal(1, engine.Circles);
    }

    [Theory]
    [InlineData("""{"id": "a"}""", "$.version: found nothing, expected a whole number from 1 to 1000000")]
    [InlineData("""{"id": "A b", "version": 1}""", "$.id: found \"A b\", expected a name")]
    [InlineData("{", "broken JSON in line 1")]
    [InlineData("""{"id": "a", "whenn": {}}""", "$.whenn: found {}, expected one of the members")]
    [InlineData("""{"when": {"dwells": {"in": {"tag": "shoes"}, "atLeast": "20 minutes"}}}""", "$.when.dwells.atLeast: found \"20 minutes\", expected a duration such as")]
    [InlineData("""{"if": [{"tag": "x"}, {"time": {"from": "9:00", "to": "25:00"}}]}""", "$.if[1].time.from: found \"9:00\", expected a local time such as \"09:30\"")]
    [InlineData("""{"then": [{"offr": "x"}]}""", "$.then[0]: found {\"offr\": \"x\"}, expected an object with one of: offer")]
    public void A_wrong_document_is_told_where_what_and_what_would_be_right(string json, string problem)
    {
        Assert.False(RuleBook.TryRead([("a.json", json)], RuleMall.Venue(), out _, out var problems));
        Assert.Contains(problems, p => p.ToString().Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_zone_tag_or_offer_is_answered_with_those_there_are()
    {
        RuleBook.TryRead([("a", Rule("a", """{"enters": {"tag": "shoes"}}""", "gold-bar"))], RuleMall.Venue(), out _, out var problems);
        Assert.Contains("beauty, cinema", problems[0].Expected, StringComparison.Ordinal);
        Assert.Contains("coffee-free", problems[1].Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_shipped_document_reads_aloud_in_two_languages()
    {
        var venue = RuleMall.Venue();
        var book = RuleBook.Read(RuleMall.Documents(), venue);
        foreach (var document in book.Rules.Cast<Document>().Concat(book.Journeys))
        {
            var said = Sentence.Of(document, venue);
            Assert.DoesNotContain("{", said.En + said.Zh, StringComparison.Ordinal);
            Assert.Contains(said.Zh!, c => c >= 0x4e00);
        }

        var browse = book.Rules.Single(r => r.Id == "fashion-browse");
        Assert.Equal("When a member has been in any fashion for 20 min, if the time is between 10:00 and 21:00, then offer “10 % off fashion”, at most once per week.", Sentence.Of(browse, venue).En);
        Assert.Equal("当会员在任一fashion区域停留满20分钟时，如果时间在10:00至21:00，则送出“时装九折”，每周最多一次。", Sentence.Of(browse, venue).Zh);
    }

    [Fact]
    public void Somebody_who_got_nothing_is_told_what_was_missing()
    {
        var venue = RuleMall.Venue();
        var engine = new RuleEngine(RuleBook.Read(RuleMall.Documents(), venue), venue);
        var at = RuleMall.At("2026-11-21 15:00");
        engine.Apply(Fact.Joined(RuleMall.Member(), at), new Found());
        engine.Apply(Fact.Entered(RuleMall.Anna, RuleMall.ZoneIndex("fashion-one"), at), new Found());
        engine.Advance(at + (27 * 60_000), new Found());
        var why = engine.Explain(RuleMall.Anna, "coffee-after-fashion")!.Value;
        Assert.Equal(["when", "minutes in any fashion today", "time", "not minutes since seen in any coffee"], why.Select(g => g.Gate));
        Assert.Equal(new GateReading("minutes in any fashion today", Passed: false, "27 min", "at least 30 min", "3 min more: minutes in any fashion today"), why[1]);

        // A dwell says how long is still missing; fashion-browse was reached at 20 minutes, a gold member's fitting needs the tier.
        Assert.True(engine.Explain(RuleMall.Anna, "fashion-browse")!.Value[0].Passed);
        Assert.Equal("tier gold", engine.Explain(RuleMall.Anna, "fashion-gold")!.Value[1].Nearest);
        engine.Apply(Fact.Entered(RuleMall.Anna, RuleMall.ZoneIndex("play-area"), at + (30 * 60_000)), new Found());
        engine.Advance(at + (47 * 60_000), new Found());
        Assert.Equal("3 min more in any kids", engine.Explain(RuleMall.Anna, "summer-ice")!.Value[0].Nearest);
    }

    [Fact]
    public void A_back_test_over_the_log_agrees_with_what_happened_live()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var venue = RuleMall.Venue();
            var dice = new RandomRules(seed);
            var book = dice.Book(venue);
            var facts = dice.Days(venue, "2027-02-26", 3);
            var live = new Counting();
            var decider = new Decider(new RuleEngine(book, venue), new OfferDesk(RuleMall.Desk()));
            foreach (var fact in facts)
            {
                decider.Apply(fact, live);
            }

            var forecast = BackTest.Run(new RuleEngine(book, RuleMall.Venue()), RuleMall.Desk(), facts);
            Assert.Equal(live.Coupons, forecast.OffersPerDay.Values.Sum());
            Assert.Equal(live.Sent, forecast.Rules.Sum(r => r.Sent));
            Assert.Equal(live.Blocked, forecast.Rules.Sum(r => r.Blocked.Values.Sum()));
        }
    }

    [Fact]
    public void A_back_test_can_be_cancelled_and_says_so()
    {
        var facts = Enumerable.Range(0, 50_000).Select(i => Fact.TimePassed(1_800_000_000_000 + (i * 1000L)));
        var forecast = BackTest.Run(new RuleEngine(RuleBook.Empty, RuleMall.Venue()), RuleMall.Desk(), facts, (done, _) => done < 20_000);
        Assert.True(forecast.Cut);
        Assert.Equal(20_000, forecast.Facts);
    }

    private static string Time(string from, string to) => $$$"""{"time": {"from": "{{{from}}}", "to": "{{{to}}}"}}""";

    private static string Rule(string id, string when, string offer, string conditions = "", string limits = "{}") => $$$"""
        {"id": "{{{id}}}", "version": 1, "state": "draft", "author": "x", "title": "x", "when": {{{when}}}, "if": [{{{conditions}}}], "then": [{"offer": "{{{offer}}}"}], "limits": {{{limits}}}}
        """;

    private static List<Doubt> Doubts(params string[] documents)
    {
        var venue = RuleMall.Venue();
        return [.. RuleLint.Check(RuleBook.Read(documents.Select((d, i) => ($"{i}", d)), venue), venue).Select(f => f.Doubt)];
    }

    private sealed class Counting : IDecisionSink
    {
        public int Coupons, Sent, Blocked;

        public void Decided(RuleDecision decision, Coupon? coupon)
        {
            Coupons += coupon is null ? 0 : 1;
            Sent += decision.Outcome is DecisionOutcome.Offered or DecisionOutcome.Done or DecisionOutcome.Notified ? 1 : 0;
            Blocked += decision.Outcome is DecisionOutcome.Blocked or DecisionOutcome.Outranked or DecisionOutcome.Postponed ? 1 : 0;
        }

        public void Stopped(RuleAlarm alarm)
        {
        }
    }
}
