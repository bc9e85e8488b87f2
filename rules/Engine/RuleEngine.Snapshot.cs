using System.Buffers;
using Presence.Engine.State;

namespace Presence.Engine;

/// <content>
/// Saving and restoring. Names are written out, so that a snapshot can be read with another rule book; timers are not
/// written, because the state says what is being waited for.
/// </content>
public sealed partial class RuleEngine
{
    private const int Version = 1;

    /// <inheritdoc/>
    public void Save(IBufferWriter<byte> to)
    {
        var w = new StateWriter(to);
        w.Write(Version);
        w.Write(_now);
        w.Write(_facts);
        w.Write(Circles);
        w.Write(_occupancy.Length);
        for (var i = 0; i < _occupancy.Length; i++)
        {
            w.Write(_venue.Map.Zones[i].Id);
            w.Write(_occupancy[i].People);
            w.Write(_occupancy[i].Usual);
        }

        w.Write(_book.Segments.Length);
        foreach (var segment in _book.Segments)
        {
            w.Write(segment.Id);
        }

        w.Write((long)_indexes.Count);
        foreach (var member in _members)
        {
            if (member is not null)
            {
                Save(w, member);
            }
        }
    }

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<byte> from)
    {
        var r = new StateReader(from);
        if (r.Long() is var version && version != Version)
        {
            throw new FormatException($"a snapshot of version {version}, expected {Version}");
        }

        _timers = new TimerWheel(0);
        _venueTimers = -1;
        _members.Clear();
        _indexes.Clear();
        _now = r.Time();
        _facts = r.Long();
        Circles = r.Long();
        for (var i = r.Count(); i > 0; i--)
        {
            var zone = _venue.Map.ZoneIndex(r.Text() ?? "");
            var (people, usual) = (r.Long(), r.Int());
            if (zone >= 0)
            {
                _occupancy[zone] = (people, usual);
            }
        }

        var segments = new int[r.Count()];
        for (var i = 0; i < segments.Length; i++)
        {
            var id = r.Text();
            segments[i] = _book.Segments.ToList().FindIndex(s => s.Id == id);
        }

        if (_now != 0)
        {
            SetVenueTimers();
        }

        for (var i = r.Count(); i > 0; i--)
        {
            var member = Load(ref r, segments);
            _members.Add(member);
            _indexes.Add(member.Id, member.Index);
            Wait(member);
        }
    }

    private void Save(StateWriter w, MemberState m)
    {
        w.Write(m.Profile);
        w.Write((long)m.Segments);
        w.Write(m.VisitSince);
        w.Write(m.LastVisitEnd);
        w.Write(m.PreviousVisitEnd);
        w.Write(m.VisitCount);
        w.Write(ZoneName(m.Zone));
        w.Write(m.StayDay);
        w.Write(m.Stays.Count);
        foreach (ref readonly var stay in m.Stays.Items)
        {
            w.Write(ZoneName(stay.Zone));
            w.Write(stay.In);
            w.Write(stay.Seconds);
        }

        w.Write(m.Visits.Count);
        foreach (var visit in m.Visits.Items)
        {
            w.Write(visit);
        }

        w.Write(m.Purchases.Count);
        foreach (ref readonly var purchase in m.Purchases.Items)
        {
            w.Write(purchase.At);
            w.Write(purchase.Cents);
            w.Write(_words[purchase.Category]);
        }

        w.Write(m.Offers.Count);
        foreach (ref readonly var given in m.Offers.Items)
        {
            w.Write(given.Coupon.Value);
            w.Write(given.IssuedAt);
            w.Write(given.ExpiresAt);
            w.Write(_words[given.Offer]);
            w.Write(_words[given.Rule]);
            w.Write((long)given.Fate);
            w.Write(given.Opened);
        }

        w.Write(m.Places.Count);
        foreach (ref readonly var stay in m.Places.Items)
        {
            var place = _book.Places[stay.Place].Place;
            w.Write((long)place.Kind);
            w.Write(place.Name);
            w.Write(stay.Since);
            w.Write(stay.LeftAt);
            w.Write(stay.Passed);
        }

        w.Write(m.Journeys.Count);
        foreach (ref readonly var progress in m.Journeys.Items)
        {
            var journey = _book.Journeys[progress.Journey];
            w.Write(journey.Document.Id);
            w.Write(journey.Steps[progress.Step].Step.Id);
            w.Write(progress.Since);
            w.Write(progress.Due);
            w.Write(progress.MovedBy);
        }

        w.Write(m.Begun.Count);
        foreach (var (journey, period) in m.Begun.Items)
        {
            w.Write(_book.Journeys[journey].Document.Id);
            w.Write(period);
        }
    }

    private MemberState Load(ref StateReader r, int[] segments)
    {
        var m = new MemberState(r.Profile(), _members.Count);
        Know(m);
        var saved = (ulong)r.Long();
        for (var i = 0; i < segments.Length && i < 64; i++)
        {
            m.Segments |= segments[i] >= 0 && (saved >> i & 1) != 0 ? 1UL << segments[i] : 0;
        }

        m.VisitSince = r.Long();
        m.LastVisitEnd = r.Long();
        m.PreviousVisitEnd = r.Long();
        m.VisitCount = r.Int();
        m.Zone = _venue.Map.ZoneIndex(r.Text() ?? "");
        m.StayDay = r.Int();
        for (var i = r.Count(); i > 0; i--)
        {
            var stay = new Stay { Zone = _venue.Map.ZoneIndex(r.Text() ?? ""), In = r.Int(), Seconds = r.Int() };
            if (stay.Zone >= 0)
            {
                m.Stays.Add(stay);
            }
        }

        for (var i = r.Count(); i > 0; i--)
        {
            m.Visits.Add(r.Long());
        }

        for (var i = r.Count(); i > 0; i--)
        {
            m.Purchases.Add(new Purchase { At = r.Long(), Cents = r.Long(), Category = _words.Number(r.Text()) });
        }

        for (var i = r.Count(); i > 0; i--)
        {
            m.Offers.Add(new Given
            {
                Coupon = new CouponId(r.Guid()),
                IssuedAt = r.Long(),
                ExpiresAt = r.Long(),
                Offer = _words.Number(r.Text()),
                Rule = _words.Number(r.Text()),
                Fate = (CouponFate)r.Long(),
                Opened = r.Bool(),
            });
        }

        LoadWaiting(ref r, m);
        return m;
    }

    private void LoadWaiting(ref StateReader r, MemberState m)
    {
        for (var i = r.Count(); i > 0; i--)
        {
            var place = new Place((PlaceKind)r.Long(), r.Text() ?? "");
            var stay = new PlaceStay { Place = _book.Places.ToList().FindIndex(p => p.Place == place), Since = r.Long(), LeftAt = r.Long(), Passed = r.Long() };
            if (stay.Place >= 0)
            {
                m.Places.Add(stay, most: 16);
            }
        }

        for (var i = r.Count(); i > 0; i--)
        {
            string? id = r.Text(), step = r.Text();
            var journey = JourneyIndex(id);
            var progress = new Progress
            {
                Journey = journey,
                Step = journey < 0 ? -1 : _book.Journeys[journey].Document.Steps.ToList().FindIndex(s => s.Id == step && s is WaitStep),
                Since = r.Long(),
                Due = r.Long(),
                MovedBy = r.Long(),
            };
            if (progress.Step >= 0)
            {
                m.Journeys.Add(progress);
            }
        }

        for (var i = r.Count(); i > 0; i--)
        {
            var (journey, period) = (JourneyIndex(r.Text()), r.Int());
            if (journey >= 0)
            {
                m.Begun.Add((journey, period));
            }
        }
    }

    /// <summary>Sets the timers a member's state asks for: those due up to now have fired already.</summary>
    private void Wait(MemberState member)
    {
        foreach (ref readonly var stay in member.Places.Items)
        {
            if (stay.LeftAt == 0)
            {
                Climb(member, TimerKind.Dwell, stay.Place, _book.Places[stay.Place].Ladder, stay.Since, stay.Passed);
            }
        }

        if (member.VisitSince == 0 && member.LastVisitEnd != 0)
        {
            Climb(member, TimerKind.NotSeen, 0, _book.NotSeen, member.LastVisitEnd, _now - member.LastVisitEnd);
        }

        foreach (ref readonly var given in member.Offers.Items)
        {
            if (given.Fate == CouponFate.Issued)
            {
                SetCoupon(member, given);
            }
        }

        foreach (ref readonly var progress in member.Journeys.Items)
        {
            _timers.Set(new Due(progress.Due, member.Index, TimerKind.Wait, progress.Journey, progress.Step), ref member.Timers);
        }
    }

    private string? ZoneName(int zone) => zone < 0 ? null : _venue.Map.Zones[zone].Id;

    private int JourneyIndex(string? id)
    {
        for (var i = 0; i < _book.Journeys.Length; i++)
        {
            if (_book.Journeys[i].Document.Id == id)
            {
                return i;
            }
        }

        return -1;
    }
}
