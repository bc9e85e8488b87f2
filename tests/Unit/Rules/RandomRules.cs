using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Presence.Engine;

namespace Presence.Unit.Rules;

/// <summary>Rule books and days that nobody would write, from a seed.</summary>
internal sealed class RandomRules(int seed)
{
    private static readonly string[] Tags = ["food", "fashion", "cinema", "coffee", "kids"];
    private static readonly string[] OfferIds = ["coffee-free", "lunch-set", "fashion-10"];
    private static readonly string[] ZoneIds = ["atrium", "coffee-bar", "noodle-house", "fashion-one", "fashion-two", "cinema"];
    private readonly Random _dice = new(seed);

    public static readonly MemberId[] Members = [.. Enumerable.Range(1, 3).Select(i => new MemberId(new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)i])))];

    public RuleBook Book(RuleVenue venue)
    {
        var documents = new List<(string, string)>();
        for (var i = 0; i < 2 + _dice.Next(8); i++)
        {
            documents.Add(($"r{i}", Rule($"r{i}").ToJsonString()));
        }

        for (var i = 0; i < _dice.Next(3); i++)
        {
            documents.Add(($"j{i}", Journey($"j{i}").ToJsonString()));
        }

        documents.Add(("s", new JsonObject { ["segment"] = "seg", ["title"] = "a segment", ["if"] = If(2) }.ToJsonString()));
        documents.Add(("e", new JsonObject { ["event"] = "cart-left", ["fields"] = new JsonArray("value") }.ToJsonString()));
        return RuleBook.Read(documents, venue);
    }

    /// <summary>Three members over some days, in order of time; some facts late.</summary>
    public List<Fact> Days(RuleVenue venue, string from, int days)
    {
        var facts = new List<Fact>();
        var at = RuleMall.At(from + " 05:00", venue.Calendar.TimeZone);
        var end = at + (days * 86_400_000L);
        foreach (var member in Members)
        {
            facts.Add(Fact.Joined(Profile(member), at));
        }

        var zone = Members.ToDictionary(m => m, _ => -2);
        var coupons = new List<Coupon>();
        while (at < end)
        {
            at += Chance(5) ? _dice.Next(36_000_000) : _dice.Next(40 * 60_000);
            facts.Add(Happen(Members[_dice.Next(Members.Length)], at, zone, coupons));
        }

        return facts;
    }

    public int Next(int below) => _dice.Next(below);

    private Fact Happen(MemberId member, long at, Dictionary<MemberId, int> zone, List<Coupon> coupons)
    {
        if (zone[member] == -2 && Chance(70))
        {
            zone[member] = -1;
            return Fact.VisitStarted(member, at);
        }

        switch (_dice.Next(12))
        {
            case 0 or 1 or 2 or 3:
                var into = _dice.Next(RuleMall.Zones.Length - 2);
                zone[member] = into;
                return Fact.Entered(member, into, at) with { Late = Chance(4) };
            case 4 or 5 when zone[member] >= 0:
                var left = zone[member];
                zone[member] = -1;
                return Fact.Left(member, left, at);
            case 6:
                zone[member] = -2;
                return Fact.VisitEnded(member, at - _dice.Next(600_000));
            case 7:
                return Fact.Purchased(member, -1, Tags[_dice.Next(3)], _dice.Next(200) * 100, at) with { Late = Chance(10) };
            case 8:
                var coupon = Give(member, at);
                coupons.Add(coupon);
                return Fact.Issued(coupon);
            case 9 when coupons.Count > 0:
                var kind = (FactKind)((int)FactKind.CouponOpened + _dice.Next(5));
                return Fact.OfCoupon(kind, coupons[_dice.Next(coupons.Count)], -1, at);
            case 10:
                return Chance(50) ? Fact.Scanned(member, "poster", -1, at)
                    : Fact.External(member, "cart-left", ImmutableDictionary<string, string>.Empty.Add("value", $"{_dice.Next(100)}"), at);
            default:
                return Chance(60) ? Fact.Changed(Profile(member), at) : Fact.Counted(_dice.Next(6), _dice.Next(100), _dice.Next(60), at);
        }
    }

    private Coupon Give(MemberId member, long at) => new()
    {
        Id = new CouponId(new Guid(_dice.Next(), 1, 2, [1, 2, 3, 4, 5, 6, 7, 8])), Code = "", ShortCode = "", Qr = "", Member = member, Offer = Pick(OfferIds), Rule = $"r{_dice.Next(4)}",
        RuleVersion = 1, IssuedAt = at, ExpiresAt = at + 3_600_000 + _dice.Next(36_000_000),
    };

    private MemberProfile Profile(MemberId member) => new()
    {
        Member = member,
        Allows = Chance(85) ? Purposes.Presence | Purposes.Marketing | Purposes.Profiling : Purposes.Presence | Purposes.Marketing,
        Birthday = Chance(70) ? new DateOnly(2000, 2, 29).AddDays(_dice.Next(4)) : null,
        Tier = Chance(50) ? Pick("gold", "silver") : null,
        Tags = Chance(50) ? [Pick("vip", "core")] : [],
        Declared = Chance(50) ? ImmutableDictionary<string, DeclaredAttribute>.Empty.Add("gender", new DeclaredAttribute(Pick("woman", "man"), Chance(70))) : ImmutableDictionary<string, DeclaredAttribute>.Empty,
    };

    private JsonObject Rule(string id) => new()
    {
        ["id"] = id, ["version"] = 1, ["state"] = Chance(90) ? "published" : "paused", ["author"] = "dice", ["title"] = id,
        ["when"] = Trigger(waits: true), ["if"] = If(3), ["then"] = new JsonArray(new JsonObject { ["offer"] = Pick(OfferIds) }),
    };

    private JsonObject Journey(string id)
    {
        var count = 2 + _dice.Next(4);
        var steps = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            // Only a wait may lead back, so that no journey goes round without waiting.
            string? on() => i + 1 >= count || Chance(25) ? "end" : $"s{i + 1 + _dice.Next(count - i - 1)}";
            string? any() => Chance(25) ? "end" : $"s{_dice.Next(count)}";
            steps.Add(_dice.Next(4) switch
            {
                0 => new JsonObject { ["id"] = $"s{i}", ["do"] = new JsonArray(new JsonObject { ["points"] = 1 + i }), ["next"] = on() },
                1 => new JsonObject
                {
                    ["id"] = $"s{i}",
                    ["choose"] = new JsonArray(new JsonObject { ["if"] = If(2), ["go"] = on() }), ["otherwise"] = on(),
                },
                2 => new JsonObject
                {
                    ["id"] = $"s{i}",
                    ["split"] = new JsonArray(new JsonObject { ["percent"] = 40, ["go"] = on() }, new JsonObject { ["percent"] = 60, ["go"] = on() }),
                },
                _ => new JsonObject
                {
                    ["id"] = $"s{i}",
                    ["wait"] = new JsonObject
                    {
                        ["for"] = new JsonArray(Branch(any()), Branch(any())),
                        [Chance(70) ? "atMost" : "until"] = "x",
                        ["otherwise"] = on(),
                    },
                },
            });
            if (steps[i]!["wait"] is JsonObject wait)
            {
                _ = wait.ContainsKey("atMost") ? wait["atMost"] = $"{1 + _dice.Next(300)} min" : wait["until"] = Time();
            }
        }

        return new JsonObject
        {
            ["id"] = id, ["version"] = 1, ["state"] = "published", ["author"] = "dice", ["title"] = id, ["start"] = Trigger(waits: true), ["if"] = If(1),
            ["reentry"] = Pick("none", "day", "visit", "ever"), ["exit"] = Chance(40) ? new JsonArray(Branch("end")) : new JsonArray(), ["steps"] = steps,
        };
    }

    private JsonObject Branch(string? go) => new() { ["when"] = Trigger(waits: true), ["if"] = If(1), ["go"] = go };

    private JsonObject Trigger(bool waits) => _dice.Next(waits ? 17 : 10) switch
    {
        0 or 1 => new JsonObject { ["enters"] = Place() },
        2 => new JsonObject { ["leaves"] = Place() },
        3 => new JsonObject { ["purchases"] = Chance(50) ? new JsonObject { ["category"] = Pick(Tags) } : new JsonObject { ["atLeast"] = _dice.Next(150) } },
        4 => new JsonObject { ["redeems"] = Coupons() },
        5 => new JsonObject { ["scans"] = Chance(50) ? new JsonObject { ["touchpoint"] = "poster" } : [] },
        6 => new JsonObject { ["event"] = new JsonObject { ["name"] = "cart-left" } },
        7 => new JsonObject { ["joinsSegment"] = "seg" },
        8 => new JsonObject { ["leavesSegment"] = "seg" },
        9 => new JsonObject { ["comesBack"] = new JsonObject { ["afterDays"] = 1 } },
        10 or 11 or 12 => new JsonObject { ["dwells"] = new JsonObject { ["in"] = Place(), ["atLeast"] = $"{1 + _dice.Next(60)} min" } },
        13 => new JsonObject { ["notSeen"] = new JsonObject { ["forDays"] = 1 + _dice.Next(2) } },
        14 => new JsonObject { ["notRedeemed"] = With(Coupons(), "after") },
        15 => new JsonObject { ["aboutToExpire"] = With(Coupons(), "before") },
        _ => new JsonObject { ["daily"] = new JsonObject { ["at"] = Time() } },
    };

    private JsonObject Coupons() => Chance(60) ? new JsonObject { ["offer"] = Pick(OfferIds) } : Chance(50) ? new JsonObject { ["rule"] = $"r{_dice.Next(4)}" } : [];

    private JsonObject With(JsonObject coupons, string what)
    {
        coupons[what] = $"{1 + _dice.Next(400)} min";
        return coupons;
    }

    private JsonArray If(int most)
    {
        var conditions = new JsonArray();
        for (var i = _dice.Next(most + 1); i > 0; i--)
        {
            conditions.Add(Condition(0));
        }

        return conditions;
    }

    private JsonObject Condition(int depth) => _dice.Next(depth > 2 ? 18 : 21) switch
    {
        0 => new JsonObject { ["tier"] = new JsonArray("gold") },
        1 => new JsonObject { ["tag"] = Pick("vip", "core") },
        2 => new JsonObject { ["declared"] = new JsonObject { ["attribute"] = "gender", ["is"] = "woman" } },
        3 => new JsonObject { ["age"] = Range("atLeast", "atMost", 40) },
        4 => new JsonObject { ["birthday"] = new JsonObject { ["daysBefore"] = _dice.Next(3), ["daysAfter"] = _dice.Next(3) } },
        5 => new JsonObject { ["stage"] = Pick("new", "active") },
        6 => new JsonObject { ["visits"] = Also(Range("atLeast", "atMost", 4), "days", 2) },
        7 => new JsonObject { ["lastVisit"] = Range("atLeastDays", "atMostDays", 3) },
        8 => new JsonObject { ["spend"] = Also(Range("atLeast", "atMost", 300), "days", 2) },
        9 => new JsonObject { ["purchases"] = Range("atLeast", "atMost", 4) },
        10 => new JsonObject { ["isIn"] = Place() },
        11 => new JsonObject { ["dwelt"] = new JsonObject { ["in"] = Place(), ["atLeast"] = $"{1 + _dice.Next(60)} min" } },
        12 => new JsonObject { ["walked"] = new JsonArray(Place(), Place()) },
        13 => new JsonObject { ["sinceSeen"] = new JsonObject { ["in"] = Place(), ["atMost"] = $"{1 + _dice.Next(90)} min" } },
        14 => new JsonObject { ["time"] = new JsonObject { ["from"] = $"{_dice.Next(24):00}:{2 * _dice.Next(30):00}", ["to"] = $"{_dice.Next(24):00}:{1 + (2 * _dice.Next(30)):00}" } },
        15 => new JsonObject { ["weekday"] = new JsonArray("saturday", "sunday", "tuesday") },
        16 => new JsonObject { ["offers"] = Offers() },
        17 => new JsonObject { ["occupancy"] = new JsonObject { ["zone"] = Pick(ZoneIds), ["atLeastPercent"] = _dice.Next(150) } },
        18 => new JsonObject { ["not"] = Condition(depth + 1) },
        19 => new JsonObject { ["any"] = new JsonArray(Condition(depth + 1), Condition(depth + 1)) },
        _ => new JsonObject { ["all"] = new JsonArray(Condition(depth + 1), Condition(depth + 1)) },
    };

    private JsonObject Offers()
    {
        var of = new JsonObject { ["were"] = Pick("issued", "opened", "redeemed", "ignored"), ["atLeast"] = 1 };
        if (Chance(50))
        {
            of[Pick("offer", "theme", "rule")] = Pick("coffee-free", "lunch", "r1");
        }

        if (Chance(50))
        {
            of["today"] = true;
        }

        return of;
    }

    private JsonObject Range(string low, string high, int most) => Chance(60) ? new JsonObject { [low] = _dice.Next(most) } : new JsonObject { [high] = _dice.Next(most) };

    private JsonObject Also(JsonObject range, string name, int most)
    {
        if (Chance(50))
        {
            range[name] = 1 + _dice.Next(most);
        }

        return range;
    }

    private JsonNode Place() => _dice.Next(3) switch { 0 => "venue", 1 => new JsonObject { ["zone"] = Pick(ZoneIds) }, _ => new JsonObject { ["tag"] = Pick(Tags) } };

    private string Time() => string.Create(CultureInfo.InvariantCulture, $"{_dice.Next(24):00}:{_dice.Next(60):00}");

    private string Pick(params string[] words) => words[_dice.Next(words.Length)];

    private bool Chance(int percent) => _dice.Next(100) < percent;
}

/// <summary>Collects rules that hold as lines.</summary>
internal sealed class Found : ICandidateSink
{
    public List<string> Lines { get; } = [];

    public void Holds(Candidate candidate) =>
        Lines.Add(string.Create(CultureInfo.InvariantCulture, $"{candidate.At} {candidate.Member.Value.ToString("N")[..8]} {candidate.Rule.Id}/{candidate.Step} in {candidate.Zone}"));
}
