using System.Collections.Immutable;
using System.Text.Json;

namespace Presence.Engine.Reading;

/// <summary>Reads what makes a rule look.</summary>
internal static class TriggerReader
{
    private const string Verbs =
        "an object with one of: enters, leaves, dwells, comesBack, notSeen, purchases, redeems, notRedeemed, aboutToExpire, scans, daily, joinsSegment, leavesSegment, joins, event";

    public static Trigger Read(Node node)
    {
        if (node.Only(Verbs) is not var (verb, at))
        {
            return new Joins();
        }

        switch (verb)
        {
            case "enters": return new Enters(Place(at));
            case "leaves": return new Leaves(Place(at));
            case "dwells":
                at.Object("in", "atLeast");
                return new Dwells(Place(at.Need("in")), at.Need("atLeast").Duration(TimeSpan.FromHours(24)));
            case "comesBack":
                at.Object("afterDays");
                return new ComesBack(at.Need("afterDays").Int(1, 3650));
            case "notSeen":
                at.Object("forDays");
                return new NotSeen(at.Need("forDays").Int(1, 3650));
            case "purchases":
                at.Object("category", "atLeast");
                return new Purchases(at.Get("category")?.Name(), at.Get("atLeast")?.Money() ?? 0);
            case "redeems":
                at.Object("offer", "rule");
                return new Redeems(Coupons(at));
            case "notRedeemed":
                at.Object("offer", "rule", "after");
                return new NotRedeemed(Coupons(at), at.Need("after").Duration());
            case "aboutToExpire":
                at.Object("offer", "rule", "before");
                return new AboutToExpire(Coupons(at), at.Need("before").Duration());
            case "scans":
                at.Object("touchpoint");
                return new Scans(at.Get("touchpoint")?.Name());
            case "daily":
                at.Object("at");
                return new Daily(at.Need("at").Time());
            case "joinsSegment":
                return new JoinsSegment(at.Name());
            case "leavesSegment":
                return new LeavesSegment(at.Name());
            case "joins":
                at.Object();
                return new Joins();
            case "event":
                at.Object("name", "where");
                return new Happens(at.Need("name").Name(), Where(at.Get("where")));
            default:
                node.Wrong(Verbs);
                return new Joins();
        }
    }

    public static Place Place(Node node)
    {
        if (node.Is(JsonValueKind.String) && node.Value.GetString() == "venue")
        {
            return Engine.Place.Venue;
        }

        const string expected = "\"venue\", {\"zone\": \"...\"} or {\"tag\": \"...\"}";
        if (node.Only(expected) is not var (kind, name))
        {
            return Engine.Place.Venue;
        }

        switch (kind)
        {
            case "zone": return new Place(PlaceKind.Zone, name.Name());
            case "tag": return new Place(PlaceKind.Tag, name.Name());
            default:
                node.Wrong(expected);
                return Engine.Place.Venue;
        }
    }

    private static CouponsOf Coupons(Node node) => new(node.Get("offer")?.Name(), node.Get("rule")?.Name());

    private static ImmutableSortedDictionary<string, string> Where(Node? node)
    {
        var where = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (node is { } at && (at.Is(JsonValueKind.Object) || at.Object()))
        {
            foreach (var member in at.Value.EnumerateObject().Take(16))
            {
                where[member.Name] = at.Need(member.Name).Text();
            }
        }

        return where.ToImmutable();
    }
}
