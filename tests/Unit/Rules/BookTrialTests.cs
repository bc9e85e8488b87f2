using Presence.Engine;
using Presence.Kit.Simulator;
using Presence.Offers;
using Xunit;

namespace Presence.Unit.Rules;

/// <summary>Drafts tried beside the rules in force, over a simulated month.</summary>
public class BookTrialTests
{
    private static readonly VenueMap Map = DemoMall.Map;
    private static readonly VenueCalendar Calendar = new(DemoMall.Map.TimeZone);
    private static readonly DateOnly From = new(2026, 10, 22);
    private static readonly long Begin = Calendar.At(From, new TimeOnly(4, 0));
    private static readonly long End = Calendar.At(From.AddDays(10), new TimeOnly(4, 0));

    [Fact]
    public void A_draft_that_takes_a_live_rules_place_is_a_collision()
    {
        var report = Try(Rule("strong", "books", 90), Rule("weak", "books", 10, "coffee-cake"));
        var collision = Assert.Single(report.Collisions);
        Assert.Equal("weak", collision.Rule);
        Assert.True(collision.Before > collision.After && collision.LostTo["strong"] > 0, collision.ToString());
        Assert.True(report.With.Rules.Single(r => r.Rule == "weak").Starved);
    }

    [Fact]
    public void A_draft_elsewhere_leaves_live_rules_as_they_were()
    {
        var report = Try(Rule("new", "kids", 90, "kids-play", group: null), Rule("old", "books", 10, group: null));
        Assert.Empty(report.Collisions);
        Assert.Equal(report.With.CostCeiling - report.Without.CostCeiling, report.OfDrafts.Sum(r => r.CostCeiling));
        Assert.True(report.OfDrafts.Single().Sent > 0);
    }

    [Fact]
    public void A_draft_nobody_meets_is_named_silent()
    {
        var scan = Rule("new", "books", 90).Replace("""{"enters": {"tag": "books"}}""", """{"scans": {"touchpoint": "poster-7"}}""", StringComparison.Ordinal);
        var report = Try(scan, Rule("old", "books", 10));
        Assert.Equal("new", Assert.Single(report.Silent));
    }

    [Fact]
    public void What_was_before_the_days_asked_for_is_known_and_not_counted()
    {
        var all = Try(Rule("new", "books", 90, once: "week"), Rule("old", "kids", 10));
        var last = Try(Rule("new", "books", 90, once: "week"), Rule("old", "kids", 10), countFrom: Calendar.At(From.AddDays(7), new TimeOnly(4, 0)));
        var days = all.With.OffersPerDay.Where(d => d.Key >= VenueCalendar.FromDate(From) + 7).ToList();
        Assert.NotEmpty(days);
        Assert.Equal(days, last.With.OffersPerDay);
    }

    [Fact]
    public void Cancelling_ends_it_with_what_it_has()
    {
        var report = Try(Rule("new", "books", 90), Rule("old", "kids", 10), goOn: _ => false);
        Assert.True(report.With.Cut);
        Assert.Equal(1_000, report.With.Facts);
    }

    [Fact]
    public void The_same_month_is_told_for_the_same_seed()
    {
        Assert.Equal(Month().Facts().Select(f => f.ToString()), Month().Facts().Select(f => f.ToString()));
        var times = Month().Facts().Select(f => f.At).ToList();
        Assert.Equal(times.Order(), times);
    }

    private static MallMonth Month() => new(Map, Calendar, From, 10, 400, 1);

    private static TrialReport Try(string draft, string live, long countFrom = 0, Func<double, bool>? goOn = null)
    {
        var place = new RuleVenue(Map, Calendar, RuleMall.Offers, RuleMall.Key);
        var both = RuleBook.Read([("draft", draft), ("live", live)], place);
        var desk = new DeskVenue(Map, Calendar, RuleMall.Offers, RuleMall.Key, DeskPolicy.Default);
        return BookTrial.Run(
            [both.Rules.Single(r => draft.Contains($"\"{r.Id}\"", StringComparison.Ordinal)).Id], new RuleEngine(both, place),
            new RuleEngine(RuleBook.Read([("live", live)], place), place), desk, Month().Facts, countFrom == 0 ? Begin : countFrom, End, goOn);
    }

    private static string Rule(string id, string tag, int priority, string offer = "coffee-free", string? group = "g", string once = "day")
    {
        var groups = group is null ? "" : $", \"group\": \"{group}\"";
        return $$$"""
            {"id": "{{{id}}}", "version": 1, "state": "published", "author": "test", "title": "{{{id}}}", "when": {"enters": {"tag": "{{{tag}}}"}},
             "then": [{"offer": "{{{offer}}}"}], "limits": {"once": "{{{once}}}", "priority": {{{priority}}}{{{groups}}}}}
            """;
    }
}
