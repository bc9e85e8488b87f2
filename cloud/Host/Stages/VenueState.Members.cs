using System.Collections.Immutable;
using Presence.Identity;

namespace Presence.Cloud.Stages;

/// <content>What people do: join, allow, take back, buy, redeem, go.</content>
public sealed partial class VenueState
{
    private readonly Dictionary<MemberId, int> _present = [];

    /// <summary>A picture of the venue for pages; the caller's to keep.</summary>
    public LiveFloor Look() => new(
        _venueTime,
        _visits.OpenVisits,
        _present.Count,
        _visits.ZoneCounts.ToArray(),
        [.. Map.Receivers.Select(r => r.Gateway).Distinct(StringComparer.Ordinal).Select(Look)],
        Sightings,
        SettledVisits,
        _present.ToDictionary(p => p.Key.Value, p => p.Value))
    {
        Receivers = [.. _visits.Receivers],
        Apart = [.. _visits.Marks],
        Copies = [.. _copies.Copies.Where(c => _members.Resolve(c.Device) is not null).Select(c => new LiveCopy(c, _members.Resolve(c.Device)!.Member.Value))],
        Counts = _counts,
        Doors = new(_doors.In, _doors.Out, _doors.Inside, _doors.PeoplePerVisit),
    };

    private LiveGateway Look(string name) => _gateways.TryGetValue(name, out var g)
        ? new LiveGateway(name, g.Online, g.LastHeardAt, g.ClockError, g.Backlog)
        : new LiveGateway(name, false, 0, 0, 0);

    // Where members are, for their own page and for staff. Of a member with two devices the last one to move counts; the visit begins with
    // the first of them and ends with the last. Says whether the member moved by it.
    private bool Place(in VisitEvent e, MemberId member)
    {
        switch (e.Kind)
        {
            case VisitEventKind.VisitEnded:
                var devices = _members.DevicesOf(member);
                return !IsHere(devices, e.Device) && (_present.Remove(member) || devices.Count == 1);
            case VisitEventKind.ZoneEntered:
                _present[member] = e.Zone;
                return true;
            case VisitEventKind.VisitStarted:
                return _present.TryAdd(member, -1);
            default:
                return true;
        }
    }

    private bool IsHere(IEnumerable<DeviceToken> devices, DeviceToken but) => devices.Any(d => d != but && _visits.IsHere(d));

    // No device leads to them any more: for the rules and for their own page they have left.
    private void Depart(MemberId member, long at, VenueOutput output)
    {
        if (!IsHere(_members.DevicesOf(member), default) && _present.Remove(member))
        {
            Decisions.Gone(member, at, this, output);
        }
    }

    private Applied ApplyCommand(VenueCommand command, long at, VenueOutput output)
    {
        switch (command)
        {
            case MemberJoined joined:
                if (_members.Join(new KnownMember(new(joined.Member), joined.Birthday, joined.Language, joined.Purposes, at)))
                {
                    if (joined.BroughtBy is { } by && _members.Find(new(by)) is not null)
                    {
                        Decisions.Referrals.Begin(joined.Member, by);
                    }

                    Decisions.Joined(_members.Find(new(joined.Member))!, at, this, output);
                }

                break;
            case MemberGraded graded:
                if (_members.Grade(new(graded.Member), graded.Tier, graded.Tags, graded.Adviser))
                {
                    Decisions.Graded(new(graded.Member), graded.Tier, at);
                    Decisions.Changed(_members.Find(new(graded.Member))!, at, this, output);
                }

                break;
            case ConsentChanged changed:
                if (_members.SetConsent(new(changed.Member), changed.Purposes))
                {
                    if (!changed.Purposes.HasFlag(Purposes.Marketing))
                    {
                        Decisions.Withdrawn(_members.Find(new(changed.Member))!, at, this, output);
                    }

                    Decisions.Changed(_members.Find(new(changed.Member))!, at, this, output);
                    if (!changed.Purposes.HasFlag(Purposes.Presence))
                    {
                        Depart(new(changed.Member), at, output);
                    }
                }

                break;
            case MemberErased erased:
                foreach (var token in _members.DevicesOf(new(erased.Member)))
                {
                    _visits.Unmark(token);
                }

                _members.Erase(new(erased.Member));
                _present.Remove(new(erased.Member));
                Decisions.Erased(new(erased.Member), at, this, output);
                break;
            case DeviceBound bound:
                var before = _members.Resolve(new(bound.Token))?.Member;
                var isBound = _members.Bind(new(bound.Member), new(bound.Token));
                if (isBound && before is { } other && other.Value != bound.Member)
                {
                    Depart(other, at, output);
                }

                if (isBound && Decisions.Referrals.Verify(bound.Member, bound.Token) is { } brought)
                {
                    Decisions.Give(new(brought), $"referral {NextInput}", Decisions.Points.Policy.Referral, pending: false, at, this, output);
                }

                if (isBound && _members.Find(new(bound.Member))!.Tags.Contains(StaffTag, StringComparer.Ordinal))
                {
                    Mark(new DeviceMarked(bound.Token, DeviceRole.Staff, Bound: true), at, output);
                }

                break;
            case CouponTaken taken:
                Decisions.Redeemed(new(taken.Coupon), taken.Zone, at, this, output);
                break;
            case Bought bought:
                Decisions.Bought(new(bought.Member), bought.Zone, bought.Category, bought.Cents, bought.Cause, bought.At ?? at, at, this, output);
                break;
            case RulesChanged rules:
                Decisions.Replace(rules.Documents, rules.Offers);
                break;
            case PlanChanged changed:
                ChangePlan(PlanJson.Read(changed.Plan), output);
                break;
            case DeviceMarked marked:
                Mark(marked, at, output);
                break;
            case DeviceUnmarked unmarked:
                _visits.Unmark(new(unmarked.Token));
                break;
            case MemberDeclared declared:
                if (_members.Declare(new(declared.Member), declared.Declared.ToImmutableSortedDictionary(StringComparer.Ordinal)))
                {
                    Decisions.Changed(_members.Find(new(declared.Member))!, at, this, output);
                }

                break;
            case MemberWished wished:
                if (_members.Wish(new(wished.Member), wished.Reach, wished.Wishes))
                {
                    Decisions.Changed(_members.Find(new(wished.Member))!, at, this, output);
                }

                break;
            case LoyaltyChanged loyalty:
                Decisions.ReplaceLoyalty(loyalty.Loyalty);
                break;
            case RewardOrdered ordered:
                Decisions.Order(ordered, at, this, output);
                break;
            case RewardSent sent:
                Decisions.Sent(sent.Order, at, this, output);
                break;
            case RewardCalledOff off:
                Decisions.CallOff(off, at, this, output);
                break;
            case CouponUndone undone:
                Decisions.Undone(new(undone.Coupon), at, this, output);
                break;
            case CouponCancelled cancelled:
                Decisions.Cancelled(new(cancelled.Coupon), at, this, output);
                break;
            case CouponOpened opened:
                Decisions.Opened(new(opened.Coupon), at, this, output);
                break;
            case PointsSpent spent:
                Decisions.Spend(new(spent.Member), spent.Cause, spent.Points, at, this, output);
                break;
            case TouchpointScanned scanned:
                Decisions.Scanned(new(scanned.Member), scanned.Touchpoint, scanned.Zone, at, this, output);
                break;
            case EventReported reported:
                Decisions.Reported(new(reported.Member), reported.Name, reported.Fields, at, this, output);
                break;
            case PhoneHeard heard:
                Hear(heard, at, output);
                break;
            case HeadsCounted counted:
                Learn(counted);
                break;
            case TaskDone done:
                Decisions.TaskDone(done.Task);
                break;
            case RuleReleased released:
                Decisions.Release(released.Rule);
                break;
            default:
                throw new InvalidDataException($"the venue's log holds a command of an unknown kind: {command.GetType().Name}");
        }

        return Applied.Changed;
    }

    private void SavePresent(StateWriter to)
    {
        to.Write((long)_present.Count);
        foreach (var (member, zone) in _present.OrderBy(p => p.Key.Value))
        {
            to.Write(member.Value);
            to.Write((long)zone);
        }
    }

    private void LoadPresent(ref StateReader from)
    {
        _present.Clear();
        for (var left = from.Count(); left > 0; left--)
        {
            _present[new MemberId(from.Guid())] = from.Int();
        }
    }
}
