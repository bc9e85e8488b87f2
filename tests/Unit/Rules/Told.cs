using System.Collections.Immutable;
using System.Globalization;
using Presence.Engine;
using Presence.Offers;

namespace Presence.Unit.Rules;

/// <summary>Plays a story to a rule book and tells what happened, as lines that read aloud.</summary>
internal sealed class Told : IDecisionSink
{
    private readonly VenueCalendar _calendar;
    private readonly Decider _decider;
    private readonly DateOnly _date;
    private readonly MemberProfile _member;
    private readonly List<Coupon> _coupons = [];

    public Told(RuleBook book, Example example, DeskPolicy? policy = null)
    {
        var venue = RuleMall.Venue(example.Member.TimeZone);
        _calendar = venue.Calendar;
        _date = example.Member.Date;
        _decider = new Decider(new RuleEngine(book, venue), new OfferDesk(RuleMall.Desk(example.Member.TimeZone, policy)));
        _member = Profile(example.Member);
        _decider.Apply(Fact.Joined(_member, _calendar.At(_date, new TimeOnly(4, 30))), this);
        foreach (var line in example.Story)
        {
            Tell(line);
        }
    }

    /// <summary>What was sent, in order.</summary>
    public List<string> Lines { get; } = [];

    public List<RuleDecision> Decisions { get; } = [];

    public List<RuleAlarm> Alarms { get; } = [];

    public void Decided(RuleDecision decision, Coupon? coupon)
    {
        Decisions.Add(decision);
        if (coupon is not null)
        {
            _coupons.Add(coupon);
        }

        if (decision.Outcome is DecisionOutcome.Offered or DecisionOutcome.Notified or DecisionOutcome.Done)
        {
            Lines.Add($"{Clock(decision.DecidedAt)} {Write(decision)}");
        }
    }

    public void Stopped(RuleAlarm alarm) => Alarms.Add(alarm);

    private static string Write(RuleDecision decision) => decision.Action switch
    {
        GiveOffer give => $"offer {give.Offer}",
        NotifyStaff => $"staff {(decision.Zone < 0 ? "" : RuleMall.Zones[decision.Zone].Id)}".TrimEnd(),
        StaffTask => "task",
        SendMessage message => $"message {message.Theme}",
        GivePoints points => $"points {points.Points}",
        TagMember tag => $"{(tag.Remove ? "untag" : "tag")} {tag.Tag}",
        CallHook hook => $"hook {hook.Hook}",
        _ => decision.Action.ToString(),
    };

    // "+1 09:10 enters coffee-bar": days after the example's date, local time, what happened.
    private void Tell(string line)
    {
        var words = line.Split(' ').ToList();
        var days = 0;
        if (words[0].StartsWith('+'))
        {
            days = int.Parse(words[0], CultureInfo.InvariantCulture);
            words.RemoveAt(0);
        }

        var at = _calendar.At(_date.AddDays(days), TimeOnly.ParseExact(words[0], "HH:mm", CultureInfo.InvariantCulture));
        if (words[1] == "passes")
        {
            _decider.Advance(at, this);
            return;
        }

        var id = _member.Member;
        _decider.Apply(
            words[1] switch
            {
                "arrives" => Fact.VisitStarted(id, at),
                "departs" => Fact.VisitEnded(id, at),
                "enters" => Fact.Entered(id, Zone(words[2]), at),
                "leaves" => Fact.Left(id, Zone(words[2]), at),
                "buys" => Fact.Purchased(id, -1, words[2], long.Parse(words[3], CultureInfo.InvariantCulture) * 100, at),
                "redeems" => Fact.Redeemed(_coupons.Last(c => c.Offer == words[2]), -1, at),
                "opens" => Fact.OfCoupon(FactKind.CouponOpened, _coupons.Last(c => c.Offer == words[2]), -1, at),
                "has" => Fact.Issued(Given(words[2], at)),
                "scans" => Fact.Scanned(id, words[2], -1, at),
                "event" => Fact.External(id, words[2], words.Skip(3).Select(f => f.Split('=')).ToImmutableDictionary(f => f[0], f => f[1], StringComparer.Ordinal), at),
                "counts" => Fact.Counted(Zone(words[2]), int.Parse(words[3], CultureInfo.InvariantCulture), int.Parse(words[4], CultureInfo.InvariantCulture), at),
                "becomes" => Fact.Changed(_member with { Tier = words[2] }, at),
                "joins" => Fact.Joined(_member, at),
                _ => throw new FormatException($"an example cannot say \"{line}\""),
            },
            this);
    }

    // A coupon that some other rule gave.
    private Coupon Given(string offer, long at)
    {
        var coupon = new Coupon
        {
            Id = new CouponId(new Guid(_coupons.Count + 1, 0, 0, new byte[8])), Code = "", ShortCode = "", Qr = "", Member = _member.Member, Offer = offer, Rule = "another", RuleVersion = 1,
            IssuedAt = at, ExpiresAt = at + (long)RuleMall.Offers.Single(o => o.Id == offer).ValidFor.TotalMilliseconds,
        };
        _coupons.Add(coupon);
        return coupon;
    }

    private static int Zone(string id) => RuleMall.ZoneIndex(id) is >= 0 and var zone ? zone : throw new FormatException($"no zone {id}");

    private string Clock(long at)
    {
        var days = _calendar.Date(at) - VenueCalendar.FromDate(_date);
        return $"{(days > 0 ? $"+{days} " : "")}{_calendar.MinuteOfDay(at) / 60:00}:{_calendar.MinuteOfDay(at) % 60:00}";
    }

    private static MemberProfile Profile(ExampleMember member)
    {
        var allows = Purposes.None;
        foreach (var purpose in member.Allows)
        {
            allows |= Enum.Parse<Purposes>(purpose, ignoreCase: true);
        }

        return new MemberProfile
        {
            Member = RuleMall.Anna,
            Allows = allows,
            Birthday = member.Birthday is { } born ? DateOnly.ParseExact(born.Length == 5 ? "0004-" + born : born, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
            Tier = member.Tier,
            Tags = member.Tags,
            Declared = member.Declared.ToImmutableDictionary(d => d.Key, d => new DeclaredAttribute(d.Value, MayBeUsed: true), StringComparer.Ordinal),
        };
    }
}
