using System.Text.Json;
using Presence.Identity;
using Presence.Offers;
using Presence.Storage;

namespace Presence.Cloud.Stages;

/// <content>What is done besides coupons: points, tags, tasks, and what is told to other systems.</content>
public sealed partial class DecisionStage
{
    /// <summary>How often one input may change tags that change tags; a rule that goes on is stopped by its storm guard long before.</summary>
    private const int MostRounds = 32;

    private readonly Dictionary<string, IReadOnlyList<string>> _events = new(StringComparer.Ordinal);
    private readonly PointsBook _points = new();
    private readonly StaffTasks _tasks = new();
    private readonly List<(MemberId Member, TagMember Tag)> _tags = [];

    /// <summary>Who brought whom along.</summary>
    public Referrals Referrals { get; }

    /// <summary>The members' points.</summary>
    public PointsBook Points => _points;

    /// <summary>Rules that ran away and are stopped.</summary>
    public IReadOnlyCollection<string> Stopped => _desk.Stopped;

    /// <summary>Fields of an event of another system that a document in force declares; null when none does.</summary>
    public IReadOnlyList<string>? FieldsOf(string name) => _events.GetValueOrDefault(name);

    /// <summary>Lets a stopped rule run again.</summary>
    public void Release(string rule) => _desk.Release(rule);

    public void TaskDone(long task) => _tasks.Done(task);

    /// <summary>A redemption was taken back.</summary>
    public void Undone(CouponId coupon, long at, VenueState venue, VenueOutput output)
    {
        // One whose time is over meanwhile lapses with the next second, and the points go back.
        if (!Move(coupon.Value, RewardState.Collected, RewardState.Open, at, venue, output))
        {
            OfCoupon(FactKind.RedemptionUndone, coupon, at, venue, output);
        }
    }

    /// <summary>A coupon was cancelled by the venue's people.</summary>
    public void Cancelled(CouponId coupon, long at, VenueState venue, VenueOutput output)
    {
        if (!Move(coupon.Value, RewardState.Open, RewardState.Cancelled, at, venue, output))
        {
            OfCoupon(FactKind.CouponCancelled, coupon, at, venue, output);
        }
    }

    /// <summary>A coupon was looked at by its holder.</summary>
    public void Opened(CouponId coupon, long at, VenueState venue, VenueOutput output) => OfCoupon(FactKind.CouponOpened, coupon, at, venue, output);

    /// <summary>All open coupons of a member end, because the leave they were given under is taken back.</summary>
    private void CancelAll(MemberId member, long at, VenueState venue, VenueOutput output)
    {
        foreach (var coupon in _desk.OpenOf(member))
        {
            Cancelled(coupon.Id, at, venue, output);
        }
    }

    /// <summary>A touchpoint's code was scanned by a member.</summary>
    public void Scanned(MemberId member, string touchpoint, int zone, long at, VenueState venue, VenueOutput output) =>
        Tell(Fact.Scanned(member, touchpoint, zone, at), venue, output);

    /// <summary>A zone is noticeably fuller or emptier than before.</summary>
    public void Counted(in Visits.ZoneFill fill, long at, VenueState venue, VenueOutput output) =>
        Tell(Fact.Counted(fill.Zone, fill.Count, fill.Usual, at), venue, output);

    /// <summary>Another system reports something of a member.</summary>
    public void Reported(MemberId member, string name, IEnumerable<KeyValuePair<string, string>> fields, long at, VenueState venue, VenueOutput output) =>
        Tell(Fact.External(member, name, System.Collections.Immutable.ImmutableDictionary.CreateRange(StringComparer.Ordinal, fields), at), venue, output);

    /// <summary>Gives points outside of rules, for a purchase or a friend brought along.</summary>
    public void Give(MemberId member, string cause, long points, bool pending, long at, VenueState venue, VenueOutput output)
    {
        Write(member, _points.Give(member, cause, points, at, pending), venue, output);
    }

    /// <summary>Spends points; the caller has seen that there are enough.</summary>
    public void Spend(MemberId member, string cause, long points, long at, VenueState venue, VenueOutput output)
    {
        _points.TrySpend(member, cause, points, at, out var entries, out _);
        Write(member, entries, venue, output);
    }

    void IDecisionSink.Expired(Coupon coupon) => _output.Expired.Add((_venue.Number, coupon.Id.Value));

    void IDecisionSink.Stopped(RuleAlarm alarm)
    {
        _output.Alarms.Add(alarm);
        _output.AlarmRows.Add(new AlarmRow(_venue.NextId(), _venue.Number, alarm.Rule, alarm.Why, alarm.At));
    }

    // Called within a decision: what would change the member waits until the rules are done with what they were told.
    private void Act(RuleDecision decision)
    {
        var at = decision.DecidedAt;
        switch (decision.Action)
        {
            case GivePoints give:
                Give(decision.Member, $"decision {decision.Number}", give.Points, pending: false, at, _venue, _output);
                break;
            case TagMember tag:
                _tags.Add((decision.Member, tag));
                break;
            case StaffTask task:
                var id = _venue.NextId();
                var body = JsonSerializer.Serialize(InZone(task.Text, decision.Zone), VenueFile.Json);
                var due = at + (long)task.Within.TotalMilliseconds;
                _output.Tasks.Add(new TaskRow(id, _venue.Number, decision.Zone, decision.Member.Value, decision.Rule, body, at, due, task.EscalateTo));
                _tasks.Add(id, due, decision.Member.Value, task.EscalateTo, body);
                break;
            case CallHook hook:
                Tell(hook.Hook, decision);
                break;
        }
    }

    // The body is written once, with the decision: what is signed and sent is what was decided, whenever it gets through.
    private void Tell(string hook, RuleDecision decision)
    {
        var id = _venue.NextId();
        _output.Hooks.Add(new HookRow(id, _venue.Number, hook, decision.Member.Value, JsonSerializer.Serialize(
            new
            {
                id = id.ToString(System.Globalization.CultureInfo.InvariantCulture), venue = _map.Venue, rule = decision.Rule, version = decision.Version, step = decision.Step,
                member = decision.Member.Value, zone = decision.Zone >= 0 ? _map.Zones[decision.Zone].Id : null,
                at = DateTimeOffset.FromUnixTimeMilliseconds(decision.DecidedAt),
            },
            VenueFile.Json), decision.DecidedAt));
    }

    private void OfCoupon(FactKind kind, CouponId coupon, long at, VenueState venue, VenueOutput output)
    {
        if (_desk.Find(coupon) is { } known)
        {
            Tell(Fact.OfCoupon(kind, known, -1, at), venue, output);
        }
    }

    // A tag is a fact as well: a rule may wait for it, and may give the next.
    private void ChangeTags(VenueState venue, VenueOutput output)
    {
        for (var round = 0; _tags.Count > 0 && round < MostRounds; round++)
        {
            var changes = _tags.ToList();
            _tags.Clear();
            foreach (var (member, change) in changes)
            {
                if (venue.Members.Find(member) is { } known && known.Tags.Contains(change.Tag) == change.Remove)
                {
                    venue.Members.Grade(member, known.Tier, change.Remove ? known.Tags.Remove(change.Tag) : known.Tags.Add(change.Tag), known.Adviser);
                    TellOnce(Fact.Changed(Profile(venue.Members.Find(member)!), venue.VenueTime), venue, output);
                }
            }
        }

        _tags.Clear();
    }

    private void Overdue(long at, VenueState venue, VenueOutput output)
    {
        foreach (var (id, member, zone, body) in _tasks.Overdue(at))
        {
            output.Escalations.Add((venue.Number, id, at));
            output.Arrivals.Add(new ArrivalRow(venue.NextId(), venue.Number, _map.ZoneIndex(zone), member, at, body));
        }
    }

    private static void Write(MemberId member, PointsEntry entry, VenueState venue, VenueOutput output) => output.Points.Add(new PointsRow(
        venue.NextId(), venue.Number, member.Value, entry.Key, entry.Lot, entry.From.ToString().ToLowerInvariant(), entry.To.ToString().ToLowerInvariant(), entry.Points, entry.At));
}
