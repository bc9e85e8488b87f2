using System.Collections.Immutable;
using Presence.Engine.Compiled;

namespace Presence.Engine;

/// <summary>What is doubtful about a book before it is published.</summary>
public enum Doubt : byte
{
    /// <summary>Two rules give the same theme at the same moment, and nothing lets only one win.</summary>
    Overlap,

    /// <summary>Rules cause each other without end.</summary>
    Loop,

    /// <summary>A step that nothing leads to.</summary>
    Unreachable,

    /// <summary>Conditions that can never hold together.</summary>
    Contradiction,

    /// <summary>A choice by something sensitive that the member was not asked about.</summary>
    Sensitive,

    /// <summary>One theme is cheaper for some people than for others, by who they are.</summary>
    PriceByTrait,

    /// <summary>A rule that another of its group always beats.</summary>
    Starved,

    /// <summary>A rule that may send each time its trigger happens.</summary>
    Unbounded,
}

/// <summary>One finding.</summary>
/// <param name="Doubt">Kind.</param>
/// <param name="Document">Id of the document.</param>
/// <param name="Text">In words, with what to do.</param>
/// <param name="Blocks">Whether the book must not be published like this.</param>
public sealed record Finding(Doubt Doubt, string Document, string Text, bool Blocks);

/// <summary>Looks through a book for rules that get in each other's way, before anybody gets anything.</summary>
public static class RuleLint
{
    // Things nobody should be sorted by without having been asked: the special categories of GDPR article 9, and pregnancy.
    private static readonly string[] SensitiveWords =
        ["pregnan", "health", "religio", "ethnic", "race", "orientation", "politic", "union", "disab", "sick", "divorc", "income", "debt"];

    public static ImmutableArray<Finding> Check(RuleBook book, RuleVenue venue)
    {
        var rules = book.Rules.Where(r => r.State is DocumentState.Published or DocumentState.Draft).ToList();
        var journeys = book.Journeys.Where(j => j.State is DocumentState.Published or DocumentState.Draft).ToList();
        return
        [
            .. rules.SelectMany((r, i) => rules.Skip(i + 1).SelectMany(o => Pair(r, o, venue))),
            .. Loops(rules, book),
            .. journeys.SelectMany(Steps),
            .. rules.SelectMany(r => Contradictions(r.Id, r.When, r.If)),
            .. journeys.SelectMany(j => Contradictions(j.Id, j.Start, j.If).Concat(j.Steps.OfType<WaitStep>().SelectMany(w => w.For).SelectMany(b => Contradictions(j.Id, b.When, b.If)))),
            .. rules.SelectMany(r => Sensitive(r.Id, r.If.SelectMany(Parts.Flat))).Concat(journeys.SelectMany(j => Sensitive(j.Id, Parts.ConditionsOf(j)))),
            .. journeys.SelectMany(j => TraitsOf(j, venue)),
            .. rules.Where(Unbounded).Select(r => new Finding(Doubt.Unbounded, r.Id, $"{r.Id} may act each time a member {Sentence.Reading(r.When).Threshold}: give it \"once\" or a cap", Blocks: false)),
        ];
    }

    /// <summary>What is doubtful because of one document: all that the book without it would not be doubted for, whichever document is named first.</summary>
    public static ImmutableArray<Finding> About(string id, RuleBook book, RuleVenue venue) =>
        [.. Check(book, venue).Except(Check(
            book with { Rules = [.. book.Rules.Where(r => r.Id != id)], Journeys = [.. book.Journeys.Where(j => j.Id != id)] }, venue))];

    private static IEnumerable<Finding> Pair(RuleDocument a, RuleDocument b, RuleVenue venue)
    {
        if (!Meet(a.When, b.When, venue) || !HoursMeet(a.If, b.If))
        {
            yield break;
        }

        var together = a.Limits.Group is not null && a.Limits.Group == b.Limits.Group;
        foreach (var (x, y) in Gives(a, venue).SelectMany(x => Gives(b, venue).Where(y => y.Theme == x.Theme).Select(y => (x, y))))
        {
            if (!together)
            {
                yield return new Finding(Doubt.Overlap, a.Id, $"{a.Id} and {b.Id} both give {x.Theme} when a member {Sentence.Reading(a.When).Threshold}: put them into one group", Blocks: false);
            }

            if ((x.Worth, x.Percent) != (y.Worth, y.Percent) && (ByTrait(a.If) || ByTrait(b.If)))
            {
                yield return new Finding(Doubt.PriceByTrait, a.Id, $"{a.Id} and {b.Id} give {x.Theme} at different prices by who the member is", Blocks: true);
            }
        }

        if (together && a.Limits.Priority != b.Limits.Priority)
        {
            var (strong, weak) = a.Limits.Priority > b.Limits.Priority ? (a, b) : (b, a);
            if (strong.If.All(c => weak.If.Contains(c)) && strong.When == weak.When)
            {
                yield return new Finding(Doubt.Starved, weak.Id, $"{weak.Id} never wins: {strong.Id} holds whenever it does, with a higher priority", Blocks: false);
            }
        }
    }

    // Whether one event can be both triggers.
    private static bool Meet(Trigger a, Trigger b, RuleVenue venue) => (a, b) switch
    {
        (Enters x, Enters y) => Shared(x.Place, y.Place, venue),
        (Leaves x, Leaves y) => Shared(x.Place, y.Place, venue),
        (Dwells x, Dwells y) => Shared(x.Place, y.Place, venue),
        (Purchases x, Purchases y) => x.Category is null || y.Category is null || x.Category == y.Category,
        (Redeems x, Redeems y) => x.Of.Offer is null || y.Of.Offer is null || x.Of.Offer == y.Of.Offer,
        (Scans x, Scans y) => x.Touchpoint is null || y.Touchpoint is null || x.Touchpoint == y.Touchpoint,
        _ => a == b,
    };

    private static bool Shared(Place a, Place b, RuleVenue venue) =>
        a.Kind == PlaceKind.Venue || b.Kind == PlaceKind.Venue ? a.Kind == b.Kind : venue.Map.Zones.Any(z => In(a, z) && In(b, z));

    private static bool In(Place place, Zone zone) => place.Kind == PlaceKind.Zone ? zone.Id == place.Name : zone.Tags.Contains(place.Name);

    private static bool HoursMeet(ImmutableArray<Condition> a, ImmutableArray<Condition> b)
    {
        var (x, y) = (CompiledBook.Hours(a), CompiledBook.Hours(b));
        return x is null || y is null || x.Zip(y).Any(h => h.First && h.Second);
    }

    private static IEnumerable<OfferDefinition> Gives(RuleDocument rule, RuleVenue venue) =>
        rule.Then.OfType<GiveOffer>().SelectMany(g => venue.Offers.Where(o => o.Id == g.Offer));

    private static bool ByTrait(IEnumerable<Condition> conditions) => conditions.SelectMany(Parts.Flat).Any(c => c is DeclaredIs or AgeIs);

    // What an action makes happen, in rules of this kind: a coupon that may stay unredeemed, a tag that moves a segment.
    private static IEnumerable<Finding> Loops(List<RuleDocument> rules, RuleBook book)
    {
        var next = rules.ToDictionary(r => r.Id, r => rules.Where(o => Causes(r, o, book)).Select(o => o.Id).ToList(), StringComparer.Ordinal);
        foreach (var rule in rules.Where(r => r.Limits.Once is not (Period.Ever or Period.Year)))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<string>(next[rule.Id]);
            while (open.TryPop(out var id))
            {
                if (id == rule.Id)
                {
                    yield return new Finding(Doubt.Loop, rule.Id, $"{rule.Id} leads back to itself{(next[rule.Id].Contains(rule.Id) ? "" : " by way of " + string.Join(", ", seen))}: give it \"once\": \"ever\", or break the circle", Blocks: true);
                    break;
                }

                if (seen.Add(id) && rules.Single(r => r.Id == id).Limits.Once is not (Period.Ever or Period.Year))
                {
                    next[id].ForEach(open.Push);
                }
            }
        }
    }

    private static bool Causes(RuleDocument cause, RuleDocument effect, RuleBook book) => cause.Then.Any(action => (action, effect.When) switch
    {
        (GiveOffer give, NotRedeemed t) => Of(t.Of, cause.Id, give.Offer),
        (GiveOffer give, AboutToExpire t) => Of(t.Of, cause.Id, give.Offer),
        (TagMember tag, JoinsSegment t) => book.Segments.Any(s => s.Id == t.Segment && s.If.SelectMany(Parts.Flat).Any(c => c is HasTag h && h.Tag == tag.Tag)),
        (TagMember tag, LeavesSegment t) => book.Segments.Any(s => s.Id == t.Segment && s.If.SelectMany(Parts.Flat).Any(c => c is HasTag h && h.Tag == tag.Tag)),
        _ => false,
    });

    private static bool Of(CouponsOf of, string rule, string offer) => (of.Offer is null || of.Offer == offer) && (of.Rule is null || of.Rule == rule);

    private static IEnumerable<Finding> Steps(JourneyDocument journey)
    {
        var byId = journey.Steps.ToDictionary(s => s.Id, StringComparer.Ordinal);
        var reached = Reach([journey.Steps[0].Id, .. journey.Exit.Select(e => e.Go)], byId, _ => true);
        foreach (var step in journey.Steps.Where(s => !reached.Contains(s.Id)))
        {
            yield return new Finding(Doubt.Unreachable, journey.Id, $"nothing leads to the step {step.Id}", Blocks: false);
        }

        // A circle is harmless only if there is a wait in it.
        foreach (var step in journey.Steps.Where(s => s is not WaitStep && Reach(Parts.NextOf(s), byId, x => x is not WaitStep).Contains(s.Id)))
        {
            yield return new Finding(Doubt.Loop, journey.Id, $"the step {step.Id} leads back to itself without waiting", Blocks: true);
        }
    }

    private static HashSet<string> Reach(IEnumerable<string?> from, Dictionary<string, Step> steps, Func<Step, bool> through)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string?>(from);
        while (open.TryPop(out var id))
        {
            if (id is not null && steps.TryGetValue(id, out var step) && reached.Add(id) && through(step))
            {
                foreach (var next in Parts.NextOf(step))
                {
                    open.Push(next);
                }
            }
        }

        return reached;
    }

    private static IEnumerable<Finding> Contradictions(string id, Trigger trigger, ImmutableArray<Condition> conditions)
    {
        Finding no(string why) => new(Doubt.Contradiction, id, why, Blocks: true);
        if (CompiledBook.Hours(conditions) is { } hours && !Array.Exists(hours, h => h))
        {
            yield return no("its times and weekdays leave no hour of the week");
        }

        var flat = conditions.SelectMany(c => c is AllOf all ? all.Of : [c]).ToList();
        if (trigger is Daily daily && flat.OfType<TimeIs>().FirstOrDefault(t => !t.Holds((daily.At.Hour * 60) + daily.At.Minute)) is { } window)
        {
            yield return no($"it looks at {daily.At:HH:mm}, which is not between {window.From:HH:mm} and {window.To:HH:mm}");
        }

        if (flat.OfType<DateIs>().Any(d => d.From > d.To))
        {
            yield return no("its dates end before they begin");
        }

        if (flat.OfType<TierIs>().Select(t => t.Tiers.AsEnumerable()).ToList() is { Count: > 1 } tiers && !tiers.Aggregate((x, y) => x.Intersect(y, StringComparer.Ordinal)).Any())
        {
            yield return no("no tier is all that it asks for");
        }

        if (flat.Exists(c => c is NoneOf none && flat.Contains(none.Of)))
        {
            yield return no("it asks for something and its opposite");
        }
    }

    private static IEnumerable<Finding> Sensitive(string id, IEnumerable<Condition> conditions) =>
        from condition in conditions
        let word = condition switch { HasTag t => t.Tag, InSegment s => s.Segment, _ => "" }
        where Array.Exists(SensitiveWords, w => word.Contains(w, StringComparison.Ordinal))
        select new Finding(Doubt.Sensitive, id, $"\"{word}\" sorts people by something sensitive they were not asked about: use an attribute they declare, with its own consent", Blocks: true);

    // Cases of one choice that give the same theme at different prices, told apart by who the member is.
    private static IEnumerable<Finding> TraitsOf(JourneyDocument journey, RuleVenue venue)
    {
        var gives = journey.Steps.OfType<DoStep>().ToDictionary(s => s.Id, s => s.Then.OfType<GiveOffer>().SelectMany(g => venue.Offers.Where(o => o.Id == g.Offer)).ToList(), StringComparer.Ordinal);
        foreach (var choose in journey.Steps.OfType<ChooseStep>().Where(c => c.Cases.Any(k => ByTrait(k.If))))
        {
            var offers = Parts.NextOf(choose).OfType<string>().SelectMany(s => gives.GetValueOrDefault(s) ?? []).ToList();
            foreach (var theme in offers.GroupBy(o => o.Theme, StringComparer.Ordinal).Where(g => g.Select(o => (o.Worth, o.Percent)).Distinct().Count() > 1))
            {
                yield return new Finding(Doubt.PriceByTrait, journey.Id, $"{choose.Id} gives {theme.Key} at different prices by who the member is", Blocks: true);
            }
        }
    }

    private static bool Unbounded(RuleDocument rule) => rule.Limits is { Once: Period.None, Caps.IsEmpty: true } && rule.Then.Any(a => a is GiveOffer or SendMessage);
}
