using System.Collections.Immutable;
using Presence.Engine.Compiled;
using Presence.Engine.State;

namespace Presence.Engine;

/// <summary>
/// Evaluates a venue's rule book: facts in, rules that hold out. Pure and deterministic; time is that of the facts, and
/// waiting is done by timers on a wheel. State is kept per member and bounded.
/// </summary>
public sealed partial class RuleEngine : IRuleEvaluator
{
    /// <summary>A gap up to this between zones of one place does not end the stay in it: people walk from shop to shop.</summary>
    public const long Grace = 60_000;

    private readonly RuleVenue _venue;
    private readonly Words _words = new();
    private readonly CompiledBook _book;
    private readonly Dictionary<MemberId, int> _indexes = [];
    private readonly List<MemberState?> _members = [];
    private readonly (long People, int Usual)[] _occupancy;
    private readonly Moment _moment;
    private TimerWheel _timers = new(0);
    private int _venueTimers = -1;
    private long _now;
    private long _facts;

    /// <param name="book">What to decide by; only published documents count.</param>
    /// <param name="venue">Where.</param>
    public RuleEngine(RuleBook book, RuleVenue venue)
    {
        Book = book;
        _venue = venue;
        _occupancy = new (long, int)[venue.Map.Zones.Length];
        _book = new CompiledBook(book, venue, _words, zone => _occupancy[zone]);
        _moment = new Moment(venue.Calendar);
    }

    public RuleBook Book { get; }

    /// <summary>Members known.</summary>
    public int Members => _indexes.Count;

    /// <summary>Unix ms: the venue time up to which all timers have fired.</summary>
    public long Now => _now;

    /// <inheritdoc/>
    public long NextDue => _timers.NextDue;

    /// <inheritdoc/>
    public void Apply(in Fact fact, ICandidateSink sink, int depth = 0)
    {
        if (_now == 0)
        {
            Wake(fact.At);
        }

        if (!fact.Late && fact.At > _now)
        {
            Advance(fact.At, sink);
        }

        _facts++;
        switch (fact.Kind)
        {
            case FactKind.TimePassed:
                return;
            case FactKind.ZoneCounted:
                if ((uint)fact.Zone < (uint)_occupancy.Length)
                {
                    _occupancy[fact.Zone] = (fact.Amount, fact.Usual);
                }

                return;
            case FactKind.MemberErased:
                Forget(fact.Member);
                return;
            case FactKind.MemberJoined or FactKind.MemberChanged when fact.Profile is { } profile:
                Learn(profile, fact, sink, depth);
                return;
        }

        if (_indexes.TryGetValue(fact.Member, out var index))
        {
            Happen(_members[index]!, fact, sink, depth);
        }
    }

    /// <inheritdoc/>
    public void Advance(long at, ICandidateSink sink)
    {
        if (_now == 0)
        {
            Wake(at);
        }

        while (_timers.TryNext(at, out var timer, out var due))
        {
            ref var owned = ref Owned(due.Owner);
            _timers.Fired(timer, ref owned);
            _now = Math.Max(_now, due.At);
            _facts++;
            Fire(due, sink);
        }

        _now = Math.Max(_now, at);
    }

    private ref int Owned(int owner) => ref owner < 0 ? ref _venueTimers : ref _members[owner]!.Timers;

    // The venue's own timers begin with its first moment.
    private void Wake(long at)
    {
        _now = at;
        SetVenueTimers();
    }

    private void SetVenueTimers()
    {
        _timers.Set(new Due(_venue.Calendar.Next(_now, _venue.Calendar.DayChange), -1, TimerKind.NewDay, 0, 0), ref _venueTimers);
        for (var i = 0; i < _book.DailyTimes.Length; i++)
        {
            _timers.Set(new Due(_venue.Calendar.Next(_now, _book.DailyTimes[i].At), -1, TimerKind.Daily, i, 0), ref _venueTimers);
        }
    }

    private void Learn(MemberProfile profile, in Fact fact, ICandidateSink sink, int depth)
    {
        if (!_indexes.TryGetValue(profile.Member, out var index))
        {
            index = _members.Count;
            _members.Add(new MemberState(profile, index));
            _indexes.Add(profile.Member, index);
        }

        var member = _members[index]!;
        member.Profile = profile;
        Know(member);
        if (fact.Late)
        {
            return;
        }

        _moment.Be(member, fact, fact.At);
        if (fact.Kind == FactKind.MemberJoined)
        {
            Hear(_book.Join, sink, depth);
        }

        Sort(member, fact, sink, depth);
    }

    private void Know(MemberState member)
    {
        member.Tier = _words.Number(member.Profile.Tier);
        member.Tags = member.Profile.Tags.IsEmpty ? [] : [.. member.Profile.Tags.Select(_words.Number)];
    }

    private void Forget(MemberId id)
    {
        if (_indexes.Remove(id, out var index))
        {
            _timers.CancelAll(ref _members[index]!.Timers);
            _members[index] = null;
        }
    }

    // A member's segments are looked at again when something about them changed.
    private void Sort(MemberState member, in Fact fact, ICandidateSink sink, int depth)
    {
        for (var i = 0; i < _book.SegmentChecks.Length; i++)
        {
            _moment.Be(member, fact, fact.At);
            var inside = HoldAll(_book.SegmentChecks[i]);
            if (inside == ((member.Segments >> i & 1) != 0))
            {
                continue;
            }

            member.Segments ^= 1UL << i;
            Hear(inside ? _book.JoinSegment[i] : _book.LeaveSegment[i], sink, depth);
        }
    }

    private bool HoldAll(Check[] checks)
    {
        foreach (var check in checks)
        {
            if (!check.Holds(_moment))
            {
                return false;
            }
        }

        return true;
    }
}
