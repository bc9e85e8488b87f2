using Presence.Engine.Compiled;
using Presence.Engine.State;

namespace Presence.Engine;

/// <content>What each fact changes, and who listens to it.</content>
public sealed partial class RuleEngine
{
    private void Happen(MemberState member, in Fact fact, ICandidateSink sink, int depth)
    {
        _moment.Be(member, fact, fact.At);
        Remember(member, fact);
        if (fact.Late)
        {
            return;
        }

        switch (fact.Kind)
        {
            case FactKind.VisitStarted:
                Hear(_book.Arrive, sink, depth);
                break;
            case FactKind.VisitEnded:
                Hear(_book.Depart, sink, depth);
                break;
            case FactKind.ZoneEntered when (uint)fact.Zone < (uint)_book.Enter.Length:
                Hear(_book.Enter[fact.Zone], sink, depth);
                break;
            case FactKind.ZoneLeft when (uint)fact.Zone < (uint)_book.Leave.Length:
                Hear(_book.Leave[fact.Zone], sink, depth);
                break;
            case FactKind.Purchased:
                Hear(_book.Buy[_words.Number(fact.Name)], sink, depth);
                break;
            case FactKind.CouponRedeemed:
                Hear(_book.Redeem[_words.Number(fact.Name)], sink, depth);
                break;
            case FactKind.Scanned:
                Hear(_book.Scan[_words.Number(fact.Name)], sink, depth);
                break;
            case FactKind.External:
                Hear(_book.Event[_words.Number(fact.Name)], sink, depth);
                break;
        }

        if (_book.SegmentChecks.Length > 0 && fact.Kind is not (FactKind.ZoneEntered or FactKind.ZoneLeft))
        {
            Sort(member, fact, sink, depth);
        }
    }

    private void Remember(MemberState member, in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.VisitStarted: Arrive(member, fact); break;
            case FactKind.VisitEnded: Depart(member, fact); break;
            case FactKind.ZoneEntered when (uint)fact.Zone < (uint)_occupancy.Length: Enter(member, fact); break;
            case FactKind.ZoneLeft when (uint)fact.Zone < (uint)_occupancy.Length: Leave(member, fact); break;
            case FactKind.Purchased:
                member.Purchases.Add(new Purchase { At = fact.At, Cents = fact.Amount, Category = _words.Number(fact.Name) });
                break;
            case FactKind.CouponIssued: Issued(member, fact); break;
            case FactKind.CouponOpened or FactKind.CouponRedeemed or FactKind.CouponExpired or FactKind.CouponCancelled or FactKind.RedemptionUndone:
                Mark(member, fact);
                break;
        }
    }

    private void Arrive(MemberState member, in Fact fact)
    {
        if (member.VisitSince != 0 && !fact.Late)
        {
            return;
        }

        member.VisitCount++;
        member.Visits.Add(fact.At);
        if (fact.Late)
        {
            return;
        }

        member.PreviousVisitEnd = member.LastVisitEnd;
        member.VisitSince = fact.At;
        _timers.Cancel(ref member.Timers, TimerKind.NotSeen);
        if (_book.VenuePlace >= 0)
        {
            Begin(member, _book.VenuePlace, fact.At);
        }
    }

    private void Depart(MemberState member, in Fact fact)
    {
        member.LastVisitEnd = Math.Max(member.LastVisitEnd, fact.At);
        if (fact.Late)
        {
            return;
        }

        CloseStay(member, fact.At);
        member.Zone = -1;
        member.VisitSince = 0;
        member.Places.Clear();
        _timers.Cancel(ref member.Timers, TimerKind.Dwell);
        _timers.Cancel(ref member.Timers, TimerKind.NotSeen);
        Climb(member, TimerKind.NotSeen, 0, _book.NotSeen, member.LastVisitEnd, _now - member.LastVisitEnd);
    }

    private void Enter(MemberState member, in Fact fact)
    {
        if (member.StayDay != _moment.Day)
        {
            if (fact.Late && _moment.Day < member.StayDay)
            {
                return;
            }

            member.StayDay = _moment.Day;
            member.Stays.Clear();
        }

        if (fact.Late)
        {
            return;
        }

        if (member.Zone >= 0)
        {
            CloseStay(member, fact.At);
            LeavePlaces(member, member.Zone, fact.At);
        }

        member.Zone = fact.Zone;
        member.Stays.Add(new Stay { Zone = fact.Zone, In = History.SecondOfDay(_moment), Seconds = -1 });
        foreach (var place in _book.PlacesOfZone[fact.Zone])
        {
            Begin(member, place, fact.At);
        }
    }

    private void Leave(MemberState member, in Fact fact)
    {
        if (fact.Late || member.Zone != fact.Zone)
        {
            return;
        }

        CloseStay(member, fact.At);
        LeavePlaces(member, fact.Zone, fact.At);
        member.Zone = -1;
    }

    private void CloseStay(MemberState member, long at)
    {
        var stays = member.Stays.Items;
        if (stays.Length > 0 && stays[^1].Seconds < 0)
        {
            var second = (int)((at / 1000) - (member.StayDay * 86_400L));
            stays[^1].Seconds = Math.Max(0, second - stays[^1].In);
        }
    }

    private void Begin(MemberState member, int place, long at)
    {
        var ladder = _book.Places[place].Ladder;
        var stays = member.Places.Items;
        var over = -1;
        for (var i = 0; i < stays.Length; i++)
        {
            // Too long ago to be gone on with: its room may be used again.
            over = stays[i].LeftAt != 0 && at - stays[i].LeftAt > Grace ? i : over;
            if (stays[i].Place == place)
            {
                var resumed = stays[i].LeftAt != 0 && at - stays[i].LeftAt <= Grace;
                stays[i] = resumed ? stays[i] with { LeftAt = 0 } : new PlaceStay { Place = place, Since = at };
                _timers.Cancel(ref member.Timers, TimerKind.Dwell, place);
                Climb(member, TimerKind.Dwell, place, ladder, stays[i].Since, stays[i].Passed);
                return;
            }
        }

        if (over >= 0)
        {
            stays[over] = new PlaceStay { Place = place, Since = at };
            Climb(member, TimerKind.Dwell, place, ladder, at, 0);
            return;
        }

        // More places than this at once are nested zones of zones; the oldest stay is the least worth watching.
        member.Places.Add(new PlaceStay { Place = place, Since = at }, most: 16);
        Climb(member, TimerKind.Dwell, place, ladder, at, 0);
    }

    private void LeavePlaces(MemberState member, int zone, long at)
    {
        var stays = member.Places.Items;
        for (var i = 0; i < stays.Length; i++)
        {
            if (stays[i].LeftAt == 0 && Array.IndexOf(_book.PlacesOfZone[zone], stays[i].Place) >= 0)
            {
                stays[i].LeftAt = at;
                _timers.Cancel(ref member.Timers, TimerKind.Dwell, stays[i].Place);
            }
        }
    }

    /// <summary>Sets the timer of the first threshold later than what has already been passed.</summary>
    private void Climb(MemberState member, TimerKind kind, int a, Ladder ladder, long since, long passed)
    {
        if (ladder.Above(passed) is >= 0 and var rung)
        {
            _timers.Set(new Due(Math.Max(since + ladder.After[rung], _now), member.Index, kind, a, rung), ref member.Timers);
        }
    }

    private void Issued(MemberState member, in Fact fact)
    {
        // One that falls out of memory takes its timers with it.
        if (member.Offers.Count == MemberState.Most)
        {
            CancelCoupon(member, member.Offers.Items[0].Coupon.Value);
        }

        var given = new Given
        {
            Coupon = fact.Coupon,
            IssuedAt = fact.At,
            ExpiresAt = fact.Amount,
            Offer = _words.Number(fact.Name),
            Rule = _words.Number(fact.Rule),
        };
        member.Offers.Add(given);
        SetCoupon(member, given);
    }

    private void SetCoupon(MemberState member, in Given given)
    {
        for (var i = 0; i < _book.OfCoupon.Length; i++)
        {
            var listener = _book.OfCoupon[i];
            if (Hears(listener, given))
            {
                var due = listener.Trigger is NotRedeemed n ? given.IssuedAt + (long)n.After.TotalMilliseconds : given.ExpiresAt - (long)((AboutToExpire)listener.Trigger).Before.TotalMilliseconds;
                if (due > _now)
                {
                    _timers.Set(new Due(due, member.Index, TimerKind.Coupon, i, Tag(given.Coupon.Value)), ref member.Timers);
                }
            }
        }
    }

    private static bool Hears(Listener listener, in Given given) =>
        (listener.Offer == 0 || listener.Offer == given.Offer) && (listener.Rule == 0 || listener.Rule == given.Rule);

    private void CancelCoupon(MemberState member, Guid coupon)
    {
        if (_book.OfCoupon.Length > 0)
        {
            _timers.Cancel(ref member.Timers, TimerKind.Coupon, null, Tag(coupon));
        }
    }

    // 32 bits of the coupon's id tell a member's few coupons apart.
    private static int Tag(Guid coupon) => BitConverter.ToInt32(coupon.ToByteArray());

    private void Mark(MemberState member, in Fact fact)
    {
        foreach (ref var given in member.Offers.Items)
        {
            if (given.Coupon != fact.Coupon)
            {
                continue;
            }

            switch (fact.Kind)
            {
                case FactKind.CouponOpened:
                    given.Opened = true;
                    break;
                case FactKind.RedemptionUndone when given.Fate != CouponFate.Redeemed:
                    break;
                case FactKind.RedemptionUndone:
                    given.Fate = CouponFate.Issued;
                    SetCoupon(member, given);
                    break;
                default:
                    given.Fate = fact.Kind switch { FactKind.CouponRedeemed => CouponFate.Redeemed, FactKind.CouponExpired => CouponFate.Ignored, _ => CouponFate.Opened };
                    CancelCoupon(member, given.Coupon.Value);
                    break;
            }
        }
    }
}
