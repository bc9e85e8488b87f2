using Presence.Engine.Compiled;
using Presence.Engine.State;

namespace Presence.Engine;

/// <content>What happens when time comes.</content>
public sealed partial class RuleEngine
{
    private void Fire(in Due due, ICandidateSink sink)
    {
        switch (due.Kind)
        {
            case TimerKind.NewDay:
                _timers.Set(due with { At = _venue.Calendar.Next(due.At, _venue.Calendar.DayChange) }, ref _venueTimers);
                NewDay(due.At, sink);
                break;
            case TimerKind.Daily:
                var (time, listeners) = _book.DailyTimes[due.A];
                _timers.Set(due with { At = _venue.Calendar.Next(due.At, time) }, ref _venueTimers);
                EveryMember(due.At, listeners, sink);
                break;
            case TimerKind.Dwell:
                Rung(due, _book.Places[due.A].Ladder, sink);
                break;
            case TimerKind.NotSeen:
                Rung(due, _book.NotSeen, sink);
                break;
            case TimerKind.Coupon:
                CouponDue(_members[due.Owner]!, due, sink);
                break;
            case TimerKind.Wait:
                WaitOver(_members[due.Owner]!, due, sink);
                break;
        }
    }

    private void NewDay(long at, ICandidateSink sink)
    {
        if (_book.SegmentChecks.Length == 0)
        {
            return;
        }

        // Time alone moves members between segments: "seen in 30 days" becomes false by itself.
        for (var i = 0; i < _members.Count; i++)
        {
            if (_members[i] is { } member)
            {
                Sort(member, Fact.TimePassed(at), sink, 0);
            }
        }
    }

    private void EveryMember(long at, Bucket listeners, ICandidateSink sink)
    {
        for (var i = 0; i < _members.Count; i++)
        {
            if (_members[i] is { } member)
            {
                _moment.Be(member, Fact.TimePassed(at), at);
                Hear(listeners, sink, 0);
            }
        }
    }

    private void Rung(in Due due, Ladder ladder, ICandidateSink sink)
    {
        var member = _members[due.Owner]!;
        Climb(member, due.Kind, due.A, ladder, Pass(member, due, ladder.After[due.B]), ladder.After[due.B]);

        _moment.Be(member, Fact.TimePassed(due.At), due.At);
        Hear(ladder.Rungs[due.B], sink, 0);
    }

    // Marks the threshold as passed; returns since when the member has been waiting.
    private static long Pass(MemberState member, in Due due, long passed)
    {
        if (due.Kind == TimerKind.NotSeen)
        {
            return member.LastVisitEnd;
        }

        foreach (ref var stay in member.Places.Items)
        {
            if (stay.Place == due.A)
            {
                stay.Passed = passed;
                return stay.Since;
            }
        }

        return due.At;
    }

    private void CouponDue(MemberState member, in Due due, ICandidateSink sink)
    {
        foreach (ref readonly var given in member.Offers.Items)
        {
            if (Tag(given.Coupon.Value) == due.B && given.Fate == CouponFate.Issued)
            {
                _moment.Be(member, Fact.TimePassed(due.At), due.At);
                HearOne(_book.OfCoupon[due.A], sink, 0);
                return;
            }
        }
    }
}
