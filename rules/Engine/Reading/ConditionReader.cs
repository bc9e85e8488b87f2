using System.Collections.Immutable;
using System.Text.Json;

namespace Presence.Engine.Reading;

/// <summary>Reads what must hold.</summary>
internal static class ConditionReader
{
    /// <summary>Deeper nesting is a mistake or an attack; nobody could read it aloud.</summary>
    private const int Deepest = 8;

    private const string Verbs =
        "an object with one of: all, any, not, tier, tag, declared, age, birthday, stage, visits, lastVisit, spend, purchases, segment, isIn, dwelt, walked, sinceSeen, time, weekday, holiday, date, occupancy, offers, field";

    public static ImmutableArray<Condition> List(Node? node, int depth = 0) =>
        node is { } at ? [.. at.Items().Select(n => Read(n, depth + 1))] : [];

    public static Condition Read(Node node, int depth)
    {
        if (depth > Deepest)
        {
            node.Wrong($"conditions nested at most {Deepest} deep");
            return new AllOf([]);
        }

        if (node.Only(Verbs) is not var (verb, at))
        {
            return new AllOf([]);
        }

        switch (verb)
        {
            case "all": return new AllOf(List(at, depth));
            case "any": return new AnyOf(List(at, depth));
            case "not": return new NoneOf(Read(at, depth + 1));
            case "tier": return new TierIs(at.Names());
            case "tag": return new HasTag(at.Name());
            case "declared":
                at.Object("attribute", "is");
                return new DeclaredIs(at.Need("attribute").Name(), at.Need("is").Names());
            case "age":
                return new AgeIs(Between(at, "atLeast", "atMost"));
            case "birthday":
                at.Object("daysBefore", "daysAfter");
                return new BirthdayNear(at.Get("daysBefore")?.Int(0, 180) ?? 0, at.Get("daysAfter")?.Int(0, 180) ?? 0);
            case "stage":
                return new StageIs(at.Is(JsonValueKind.Array) ? [.. at.Items().Select(Stage)] : [Stage(at)]);
            case "visits":
                return new VisitsAre(at.Get("days")?.Int(1, 365) ?? 0, Counted(at, "days"));
            case "lastVisit":
                return new LastVisitWas(Between(at, "atLeastDays", "atMostDays"));
            case "spend":
                at.Object("days", "category", "atLeast", "atMost");
                return new Bought(at.Get("days")?.Int(1, 365) ?? 0, at.Get("category")?.Name(), Count: false, Known(at, new Bounds(at.Get("atLeast")?.Money(), at.Get("atMost")?.Money())));
            case "purchases":
                return new Bought(at.Get("days")?.Int(1, 365) ?? 0, at.Get("category")?.Name(), Count: true, Counted(at, "days", "category"));
            case "segment": return new InSegment(at.Name());
            case "isIn": return new IsIn(TriggerReader.Place(at));
            case "dwelt": return new Dwelt(TriggerReader.Place(at.Need("in")), Minutes(at));
            case "walked": return new Walked([.. at.Items(8).Select(TriggerReader.Place)]);
            case "sinceSeen": return new SinceSeen(TriggerReader.Place(at.Need("in")), Minutes(at));
            case "time":
                at.Object("from", "to");
                var window = new TimeIs(at.Need("from").Time(), at.Need("to").Time());
                if (window.From == window.To)
                {
                    at.Wrong("two different times");
                }

                return window;
            case "weekday": return new WeekdayIs(at.Is(JsonValueKind.Array) ? [.. at.Items().Select(Day)] : [Day(at)]);
            case "holiday": return at.Is(JsonValueKind.String) ? new HolidayIs(at.Text(), Is: true) : new HolidayIs(null, at.Flag());
            case "date":
                at.Object("from", "to");
                return new DateIs(at.Need("from").Date(), at.Need("to").Date());
            case "occupancy":
                at.Object("zone", "atLeastPercent", "atMostPercent");
                return new OccupancyIs(at.Need("zone").Name(), Known(at, new Bounds(at.Get("atLeastPercent")?.Int(0, 10_000), at.Get("atMostPercent")?.Int(0, 10_000))));
            case "offers": return Offers(at);
            case "field":
                at.Object("name", "is", "atLeast", "atMost");
                var name = at.Need("name").Text(64);
                return at.Get("is") is { } values
                    ? new FieldIs(name, values.Is(JsonValueKind.String) ? [values.Text()] : [.. values.Items().Select(v => v.Text())])
                    : new FieldNumber(name, Known(at, new Bounds(at.Get("atLeast")?.Int(int.MinValue, int.MaxValue), at.Get("atMost")?.Int(int.MinValue, int.MaxValue))));
            default:
                node.Wrong(Verbs);
                return new AllOf([]);
        }
    }

    private static OffersWere Offers(Node at)
    {
        at.Object("were", "offer", "rule", "theme", "today", "days", "atLeast", "atMost");
        var fate = at.Need("were").Word(
            ("issued", CouponFate.Issued), ("opened", CouponFate.Opened), ("redeemed", CouponFate.Redeemed), ("ignored", CouponFate.Ignored));
        var today = at.Get("today")?.Flag() ?? false;
        var days = today ? 0 : at.Get("days")?.Int(1, 365) ?? -1;
        return new OffersWere(
            fate, at.Get("offer")?.Name(), at.Get("rule")?.Name(), at.Get("theme")?.Name(), days,
            Counted(at, "were", "offer", "rule", "theme", "today", "days"));
    }

    private static Bounds Minutes(Node at)
    {
        at.Object("in", "atLeast", "atMost");
        var day = TimeSpan.FromHours(24);
        return Known(at, new Bounds((long?)at.Get("atLeast")?.Duration(day).TotalMinutes, (long?)at.Get("atMost")?.Duration(day).TotalMinutes));
    }

    // 32 is what the engine keeps of a member's history, so a larger count could never be met.
    private static Bounds Counted(Node at, params ReadOnlySpan<string> others)
    {
        at.Object([.. others, "atLeast", "atMost"]);
        return Known(at, new Bounds(at.Get("atLeast")?.Int(0, 32), at.Get("atMost")?.Int(0, 32)));
    }

    private static Bounds Between(Node at, string low, string high)
    {
        at.Object(low, high);
        return Known(at, new Bounds(at.Get(low)?.Int(0, 3650), at.Get(high)?.Int(0, 3650)));
    }

    private static Bounds Known(Node at, Bounds bounds)
    {
        if (bounds is { AtLeast: null, AtMost: null } || bounds.AtLeast > bounds.AtMost)
        {
            at.Wrong("a lower or an upper bound, the lower not above the upper");
        }

        return bounds;
    }

    private static string Stage(Node node) => node.Word(("new", "new"), ("active", "active"), ("sleeping", "sleeping"), ("lost", "lost"));

    private static DayOfWeek Day(Node node) => node.Word(
        ("monday", DayOfWeek.Monday), ("tuesday", DayOfWeek.Tuesday), ("wednesday", DayOfWeek.Wednesday), ("thursday", DayOfWeek.Thursday),
        ("friday", DayOfWeek.Friday), ("saturday", DayOfWeek.Saturday), ("sunday", DayOfWeek.Sunday));
}
