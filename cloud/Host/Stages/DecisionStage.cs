using System.Collections.Immutable;
using System.Text.Json;
using Presence.Cloud.Live;
using Presence.Engine;
using Presence.Identity;
using Presence.Offers;
using Presence.Storage;

namespace Presence.Cloud.Stages;

/// <summary>
/// From what happened to a member to what is decided: facts to the rules, candidates to the desk, decisions to rows. Strangers
/// make no facts, so no rule can mean one.
/// </summary>
public sealed partial class DecisionStage : IDecisionSink
{
    /// <summary>Age from which a purchase that is told is history, ms: a till that was cut off for a minute is not.</summary>
    private const long MostDelay = 600_000;

    private VenueMap _map;
    private VenueCalendar _calendar;
    private readonly byte[] _key;
    private string[] _documents = [];
    private string _offersJson = "[]";
    private RuleEngine _rules;
    private OfferDesk _desk;
    private Decider _decider;
    private readonly System.Buffers.ArrayBufferWriter<byte> _written = new(256);
    private long _advanced;
    private VenueState _venue = null!;
    private VenueOutput _output = null!;

    /// <param name="map">The plan.</param>
    /// <param name="key">The venue's secret: codes and holdouts are drawn with it.</param>
    public DecisionStage(VenueMap map, byte[] key)
    {
        (_map, _key) = (map, key);
        Referrals = new Referrals(key);
        _calendar = map.Calendar();
        (_rules, _desk, _decider, Words) = Make([], "[]");
    }

    /// <summary>How the rules and offers in force are called.</summary>
    public VenueWords Words { get; private set; }

    /// <summary>The documents in force, as they were given.</summary>
    public IReadOnlyList<string> Documents => _documents;

    /// <summary>The offers in force, as they were given.</summary>
    public string Offers => _offersJson;

    /// <summary>Unix ms to which the rules have been told of time.</summary>
    public long AdvancedTo => _advanced;

    /// <summary>Checks documents without taking them into force.</summary>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public static IReadOnlyList<Problem> Check(VenueMap map, byte[] key, IReadOnlyList<string> documents, string offersJson)
    {
        var offers = OfferBook.Read(offersJson);
        RuleBook.TryRead(Named(documents), new RuleVenue(map, map.Calendar(), offers, key), out _, out var problems);
        return problems;
    }

    /// <summary>Takes other rules into force; what is known of members, open journeys and coupons stays.</summary>
    public void Replace(string[] documents, string offersJson)
    {
        var before = new System.Buffers.ArrayBufferWriter<byte>();
        _decider.Save(before);
        (_rules, _desk, _decider, Words) = Make(documents, offersJson);
        _decider.Load(before.WrittenSpan);
    }

    /// <summary>Takes another plan; zones keep their index, so what is known stays.</summary>
    public void Replace(VenueMap map)
    {
        (_map, _calendar) = (map, map.Calendar());
        ReplaceLoyalty(Loyalty);
        Replace(_documents, _offersJson);
    }

    /// <summary>Lets venue time pass.</summary>
    public void Advance(long at, VenueState venue, VenueOutput output)
    {
        // By the second of venue time, whether anything is due or not: when the decider looks must follow from the log alone.
        if (at >= _advanced + 1_000)
        {
            var day = _calendar.Day(_advanced);
            _advanced = at;
            Into(venue, output).Advance(at, this);
            ChangeTags(venue, output);
            Overdue(at, venue, output);
            PassLoyalty(at, venue, output);
            if (_calendar.Day(at) != day)
            {
                foreach (var (member, entry) in _points.Pass(at))
                {
                    Write(member, entry, venue, output);
                }
            }
        }
    }

    /// <summary>A member's device moved.</summary>
    public void Moved(in VisitEvent e, MemberId member, VenueState venue, VenueOutput output)
    {
        var fact = e.Kind switch
        {
            VisitEventKind.VisitStarted => Fact.VisitStarted(member, e.At),
            VisitEventKind.ZoneEntered => Fact.Entered(member, e.Zone, e.At),
            VisitEventKind.ZoneLeft => Fact.Left(member, e.Zone, e.At),
            _ => Fact.VisitEnded(member, e.At),
        };
        Tell(fact, venue, output);
    }

    /// <summary>A member's visit ends otherwise than by leaving: no device leads to them any more.</summary>
    public void Gone(MemberId member, long at, VenueState venue, VenueOutput output) => Tell(Fact.VisitEnded(member, at), venue, output);

    public void Joined(KnownMember member, long at, VenueState venue, VenueOutput output) =>
        Tell(Fact.Joined(Profile(member), at), venue, output);

    public void Changed(KnownMember member, long at, VenueState venue, VenueOutput output) =>
        Tell(Fact.Changed(Profile(member), at), venue, output);

    public void Erased(MemberId member, long at, VenueState venue, VenueOutput output)
    {
        _points.Forget(member);
        _tiers.Forget(member);
        _rewards.Forget(member);
        _tasks.Forget(member.Value);
        Referrals.Forget(member.Value);

        // Late: what was due for them is not done first, for the store has forgotten them already.
        Tell(Fact.Erased(member, at) with { Late = true }, venue, output);
    }

    /// <summary>A member takes the leave for offers back: nothing that was due comes any more, and what is open ends.</summary>
    public void Withdrawn(KnownMember member, long at, VenueState venue, VenueOutput output)
    {
        // Known before time passes: what was due before now would else be sent under the leave that is no more.
        Tell(Fact.Changed(Profile(member), at) with { Late = true }, venue, output);
        CancelAll(member.Member, at, venue, output);
    }

    /// <param name="cause">Key of the call, or null for one made here.</param>
    /// <param name="at">When it was bought.</param>
    /// <param name="now">When we are told.</param>
    public void Bought(MemberId member, int zone, string category, long cents, string? cause, long at, long now, VenueState venue, VenueOutput output)
    {
        // A till's keys may begin anew, so the key alone does not name a giving.
        Give(member, $"{cause ?? "purchase"} {venue.NextInput}", _points.Policy.PointsOf(cents), pending: true, at, venue, output);

        // One that is told later completes what is known of the member and sends nothing: its moment has passed.
        Tell(Fact.Purchased(member, zone, category, cents, at) with { Late = now - at > MostDelay }, venue, output);
        Bought(member, cents, at, now, venue, output);
    }

    /// <summary>A coupon was taken; the database let it through.</summary>
    public void Redeemed(CouponId coupon, int zone, long at, VenueState venue, VenueOutput output)
    {
        if (!Move(coupon.Value, RewardState.Open, RewardState.Collected, at, venue, output) && _desk.Find(coupon) is { } known)
        {
            Tell(Fact.Redeemed(known, zone, at), venue, output);
        }
    }

    void IDecisionSink.Decided(RuleDecision decision, Coupon? coupon)
    {
        var at = decision.DecidedAt;
        _output.Decisions.Add(new DecisionRow(
            _venue.NextId(), _venue.Number, decision.Member.Value, decision.Step is null ? decision.Rule : $"{decision.Rule}/{decision.Step}",
            decision.Version, JsonNamingPolicy.CamelCase.ConvertName(decision.Outcome.ToString()), decision.Offer, decision.Zone, at,
            JsonSerializer.Serialize(decision.Gates, VenueFile.Json)));
        if (decision.Outcome is DecisionOutcome.Done or DecisionOutcome.Notified)
        {
            Act(decision);
        }

        var reason = JsonSerializer.Serialize(decision.Reason ?? Words.Title(decision.Rule), VenueFile.Json);
        if (coupon is not null)
        {
            var id = _venue.NextId();
            _output.Coupons.Add(new CouponRow(
                id, _venue.Number, coupon.Id.Value, coupon.Code, coupon.ShortCode, coupon.Qr, coupon.Member.Value, coupon.Rule,
                coupon.RuleVersion, coupon.Offer, coupon.IssuedAt, coupon.ExpiresAt, reason));
            _output.Messages.Add(new MessageRow(_venue.NextId(), _venue.Number, coupon.Member.Value, "coupon", at, id, reason));
        }
        else if (decision is { Outcome: DecisionOutcome.Notified, Action: NotifyStaff or StaffTask })
        {
            var text = decision.Action is NotifyStaff notify ? notify.Text : ((StaffTask)decision.Action).Text;
            _output.Arrivals.Add(new ArrivalRow(
                _venue.NextId(), _venue.Number, decision.Zone, decision.Member.Value, at, JsonSerializer.Serialize(InZone(text, decision.Zone), VenueFile.Json)));
        }
        else if (decision is { Outcome: DecisionOutcome.Done, Action: SendMessage message })
        {
            _output.Messages.Add(new MessageRow(
                _venue.NextId(), _venue.Number, decision.Member.Value, "text", at, null, JsonSerializer.Serialize(message.Text, VenueFile.Json)));
        }
    }

    public void Save(StateWriter to)
    {
        to.Write((long)_documents.Length);
        foreach (var document in _documents)
        {
            to.Write(document);
        }

        to.Write(_offersJson);
        to.Write(_advanced);
        to.Write(_decider.Save);
        to.Write(_points.Save);
        to.Write(_tasks.Save);
        to.Write(Referrals.Save);
        SaveLoyalty(to);
    }

    public void Load(ref StateReader from)
    {
        var documents = new string[from.Count()];
        for (var i = 0; i < documents.Length; i++)
        {
            documents[i] = from.Text() ?? "";
        }

        (_rules, _desk, _decider, Words) = Make(documents, from.Text() ?? "[]");
        _advanced = from.Long();
        _decider.Load(from.Part());
        _points.Load(from.Part());
        _tasks.Load(from.Part());
        Referrals.Load(from.Part());
        LoadLoyalty(ref from);
    }

    // Rules of a book that was valid when it was taken; a document that no longer is (an older program wrote it) is left out.
    private (RuleEngine, OfferDesk, Decider, VenueWords) Make(string[] documents, string offersJson)
    {
        var offers = OfferBook.Read(offersJson);
        var place = new RuleVenue(_map, _calendar, offers, _key);
        RuleBook.TryRead(Named(documents), place, out var book, out _);
        var rules = new RuleEngine(book, place);
        _events.Clear();
        foreach (var declared in book.Events)
        {
            _events[declared.Id] = declared.Fields;
        }

        var desk = new OfferDesk(new DeskVenue(_map, _calendar, offers, _key, DeskPolicy.Default));
        var titles = book.Rules.Concat<Document>(book.Journeys).DistinctBy(d => d.Id).ToImmutableDictionary(d => d.Id, d => d.Title, StringComparer.Ordinal);
        (_documents, _offersJson) = (documents, offersJson);
        return (rules, desk, new Decider(rules, desk), Named(titles, offers));
    }

    // Written as it is told, with the time the rules had reached: told again in this order to the same rules, it gives the same decisions.
    private void Tell(in Fact fact, VenueState venue, VenueOutput output)
    {
        TellOnce(fact, venue, output);
        ChangeTags(venue, output);
    }

    private void TellOnce(in Fact fact, VenueState venue, VenueOutput output)
    {
        if (fact.Kind != FactKind.MemberErased)
        {
            _written.ResetWrittenCount();
            fact.Save(new Presence.StateWriter(_written));
            output.Facts.Add(new FactRow(venue.NextId(), venue.Number, fact.Member.Value, fact.At, _advanced, _written.WrittenSpan.ToArray()));
        }

        Into(venue, output).Apply(fact, this);
    }

    private Decider Into(VenueState venue, VenueOutput output)
    {
        (_venue, _output) = (venue, output);
        return _decider;
    }

    private LocalText InZone(LocalText text, int zone)
    {
        var name = zone >= 0 && zone < _map.Zones.Length ? _map.Zones[zone].Name : _map.Name;
        return new LocalText(
            text.En.Replace("{zone}", name.En, StringComparison.Ordinal), text.Zh?.Replace("{zone}", name.In("zh"), StringComparison.Ordinal));
    }

    internal static MemberProfile Profile(KnownMember member) => new()
    {
        Member = member.Member,
        Allows = member.Purposes,
        JoinedAt = member.JoinedAt,

        // A leap year stands for the year that was not asked for, so that 29 February is a date.
        Birthday = member.Birthday is { } day && DateOnly.TryParseExact("0004-" + day, "yyyy-MM-dd", out var date) ? date : null,
        Tier = member.Tier,
        Tags = member.Tags,
        Adviser = member.Adviser,
        Declared = member.Declared.ToImmutableDictionary(StringComparer.Ordinal),
        Reach = member.Reach,
        Wishes = member.Wishes,
    };

    private static IEnumerable<(string, string)> Named(IReadOnlyList<string> documents) => documents.Select((d, i) => ($"document {i + 1}", d));
}
