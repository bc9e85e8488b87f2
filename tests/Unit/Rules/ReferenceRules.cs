using Presence.Engine;

namespace Presence.Unit.Rules;

/// <summary>
/// What rules mean, written to be read: the whole history is kept, and every question is answered by looking through it.
/// No index, no wheel, no running totals.
/// </summary>
internal sealed class ReferenceRules(RuleBook book, RuleVenue venue)
{
    private readonly SortedDictionary<int, Person> _people = [];
    private readonly Dictionary<int, (long People, int Usual)> _counts = [];
    private long _now;
    private long _event;

    public List<string> Lines { get; } = [];

    public void Apply(Fact fact)
    {
        _now = _now == 0 ? fact.At : _now;
        if (!fact.Late)
        {
            Advance(fact.At);
        }

        _event++;
        if (fact.Kind == FactKind.ZoneCounted)
        {
            _counts[fact.Zone] = (fact.Amount, fact.Usual);
            return;
        }

        var person = _people.Values.FirstOrDefault(p => p.Profile.Member == fact.Member);
        if (fact.Profile is { } profile)
        {
            person ??= _people[_people.Count] = new Person(profile);
            person.Profile = profile;
        }

        if (person is null)
        {
            return;
        }

        var counted = !(fact.Kind == FactKind.VisitStarted && !fact.Late && new Past(person, venue, _counts).VisitSince != 0);
        if (counted)
        {
            person.History.Add(fact with { Profile = null });
        }

        if (!fact.Late)
        {
            Hear(person, fact.At, fact, t => Is(t, fact, person));
            if (fact.Kind is not (FactKind.ZoneEntered or FactKind.ZoneLeft))
            {
                Sort(person, fact.At, fact);
            }
        }
    }

    /// <summary>Fires everything due, in order: the venue's own first, then member by member.</summary>
    public void Advance(long to)
    {
        while (Next(to) is { } next)
        {
            _now = Math.Max(_now, next.At);
            _event++;
            next.Fire(next.At);
        }

        _now = Math.Max(_now, to);
    }

    private sealed class Person(MemberProfile profile)
    {
        public MemberProfile Profile = profile;
        public List<Fact> History = [];
        public HashSet<string> Segments = [];
        public HashSet<string> Fired = [];
        public Dictionary<string, Place> Journeys = [];
        public Dictionary<string, int> Begun = [];

        public sealed record Place(string Step, long Due, long Event);
    }

    private long _day, _nextDay = -1;
    private readonly Dictionary<TimeOnly, long> _nextDaily = [];

    private (long At, Action<long> Fire)? Next(long to)
    {
        var due = new List<(long At, int Owner, int Kind, int A, int B, Action<long> Fire)>();
        _day = _nextDay == -1 ? _now : _day;
        _nextDay = venue.Calendar.Next(_day, venue.Calendar.DayChange);
        due.Add((_nextDay, -1, 0, 0, 0, at =>
        {
            _day = at;
            foreach (var person in _people.Values)
            {
                Sort(person, at, Fact.TimePassed(at));
            }
        }));
        foreach (var time in Triggers().OfType<Daily>().Select(d => d.At).Distinct())
        {
            if (!_nextDaily.TryGetValue(time, out var last))
            {
                last = _nextDaily[time] = _now;
            }

            due.Add((venue.Calendar.Next(last, time), -1, 1, time.Hour * 60 + time.Minute, 0, at =>
            {
                _nextDaily[time] = at;
                foreach (var person in _people.Values)
                {
                    Hear(person, at, Fact.TimePassed(at), t => t is Daily d && d.At == time);
                }
            }));
        }

        foreach (var (owner, person) in _people)
        {
            due.AddRange(DueOf(owner, person));
        }

        var first = due.Where(d => d.At <= to).OrderBy(d => (d.At, d.Owner, d.Kind, d.A, d.B)).FirstOrDefault();
        return first.Fire is null ? null : (first.At, first.Fire);
    }

    private IEnumerable<(long, int, int, int, int, Action<long>)> DueOf(int owner, Person person)
    {
        var past = new Past(person, venue, _counts);
        var places = Triggers().OfType<Dwells>().Select(d => d.Place).Distinct().OrderBy(p => p.Kind).ThenBy(p => p.Name, StringComparer.Ordinal).ToList();
        foreach (var (place, after) in Triggers().OfType<Dwells>().Select(d => (d.Place, d.AtLeast)).Distinct())
        {
            if (past.StayIn(place) is var (since, entered) && !person.Fired.Contains($"dwell {place} {since} {after}"))
            {
                var ms = (long)after.TotalMilliseconds;
                yield return (Math.Max(since + ms, entered), owner, 2, places.IndexOf(place), (int)after.TotalSeconds, at =>
                {
                    person.Fired.Add($"dwell {place} {since} {after}");
                    Hear(person, at, Fact.TimePassed(at), t => t is Dwells d && d.Place == place && d.AtLeast == after);
                });
            }
        }

        foreach (var days in Triggers().OfType<NotSeen>().Select(n => n.ForDays).Distinct())
        {
            if (past.VisitSince == 0 && past.LastVisitEnd is > 0 and var end && !person.Fired.Contains($"away {end} {days}"))
            {
                yield return (end + (days * 86_400_000L), owner, 3, 0, days, at =>
                {
                    person.Fired.Add($"away {end} {days}");
                    Hear(person, at, Fact.TimePassed(at), t => t is NotSeen n && n.ForDays == days);
                });
            }
        }

        foreach (var coupon in past.Coupons())
        {
            foreach (var trigger in Triggers().Where(t => t is NotRedeemed or AboutToExpire).Distinct())
            {
                var (of, at) = trigger is NotRedeemed n ? (n.Of, coupon.IssuedAt + (long)n.After.TotalMilliseconds) : (((AboutToExpire)trigger).Of, coupon.ExpiresAt - (long)((AboutToExpire)trigger).Before.TotalMilliseconds);
                var name = $"coupon {coupon.Id} {trigger}";

                // A timer counts from the moment the coupon became open: when it was issued, or its redemption was undone.
                if (coupon.Fate == CouponFate.Issued && at > coupon.OpenSince && !person.Fired.Contains(name + coupon.OpenSince) && (of.Offer is null || of.Offer == coupon.Offer) && (of.Rule is null || of.Rule == coupon.Rule))
                {
                    yield return (at, owner, 4, 0, 0, due =>
                    {
                        person.Fired.Add(name + coupon.OpenSince);
                        Hear(person, due, Fact.TimePassed(due), t => t == trigger);
                    });
                }
            }
        }

        foreach (var (journey, at) in person.Journeys)
        {
            yield return (at.Due, owner, 5, 0, 0, due =>
            {
                person.Journeys.Remove(journey);
                var document = book.Journeys.Single(j => j.Id == journey);
                Walk(document, ((WaitStep)document.Steps.Single(s => s.Id == at.Step)).Otherwise, person, due, Fact.TimePassed(due));
            });
        }
    }

    private IEnumerable<Trigger> Triggers() =>
        Documents().SelectMany(d => d is RuleDocument r ? [r.When] : Waits((JourneyDocument)d).Select(w => w.When));

    private IEnumerable<Document> Documents() =>
        book.Rules.Cast<Document>().Concat(book.Journeys).Where(d => d.State == DocumentState.Published).OrderBy(d => d.Id, StringComparer.Ordinal);

    private static IEnumerable<Branch> Waits(JourneyDocument j) =>
        j.Exit.Concat(j.Steps.OfType<WaitStep>().SelectMany(w => w.For)).Append(new Branch(j.Start, j.If, null));

    // Every document in order of id; in a journey its exits, then the branches of its waits, then its start.
    private void Hear(Person person, long at, Fact fact, Func<Trigger, bool> happens)
    {
        foreach (var document in Documents())
        {
            if (document is RuleDocument rule)
            {
                if (happens(rule.When) && Hold(rule.If, person, at, fact))
                {
                    Say(person, at, rule.Id, null);
                }

                continue;
            }

            var journey = (JourneyDocument)document;
            foreach (var exit in journey.Exit)
            {
                if (person.Journeys.ContainsKey(journey.Id) && happens(exit.When) && Hold(exit.If, person, at, fact))
                {
                    person.Journeys.Remove(journey.Id);
                    Walk(journey, exit.Go, person, at, fact);
                }
            }

            foreach (var wait in journey.Steps.OfType<WaitStep>())
            {
                foreach (var branch in wait.For)
                {
                    if (person.Journeys.GetValueOrDefault(journey.Id) is { } place && place.Step == wait.Id && place.Event != _event && happens(branch.When) && Hold(branch.If, person, at, fact))
                    {
                        person.Journeys.Remove(journey.Id);
                        Walk(journey, branch.Go, person, at, fact);
                    }
                }
            }

            if (!person.Journeys.ContainsKey(journey.Id) && MayBegin(journey, person, at) && happens(journey.Start) && Hold(journey.If, person, at, fact))
            {
                person.Begun[journey.Id] = Period(journey, person, at);
                Walk(journey, journey.Steps[0].Id, person, at, fact);
            }
        }
    }

    private bool MayBegin(JourneyDocument journey, Person person, long at) =>
        journey.Reentry == Presence.Period.None || !person.Begun.TryGetValue(journey.Id, out var period) || period != Period(journey, person, at);

    private int Period(JourneyDocument journey, Person person, long at) => journey.Reentry == Presence.Period.Visit
        ? new Past(person, venue, _counts).Visits
        : venue.Calendar.PeriodOf(journey.Reentry, at);

    private void Walk(JourneyDocument journey, string? step, Person person, long at, Fact fact)
    {
        while (step is not null)
        {
            switch (journey.Steps.Single(s => s.Id == step))
            {
                case DoStep d:
                    Say(person, at, journey.Id, d.Id);
                    step = d.Next;
                    break;
                case ChooseStep c:
                    step = c.Cases.Where(k => Hold(k.If, person, at, fact)).Select(k => (true, k.Go)).Append((false, c.Otherwise)).First().Item2;
                    break;
                case SplitStep s:
                    var drawn = RuleEngine.Draw(venue.Key.Span, $"split|{journey.Id}|{s.Id}|{person.Profile.Member.Value:N}");
                    var below = 0;
                    step = s.Ways.First(w => drawn < (below += w.Percent)).Go;
                    break;
                case WaitStep w:
                    var due = w.Until is { } until ? venue.Calendar.Next(at, until) : at + (long)w.AtMost!.Value.TotalMilliseconds;
                    person.Journeys[journey.Id] = new Person.Place(w.Id, due, _event);
                    return;
            }
        }
    }

    private void Sort(Person person, long at, Fact fact)
    {
        foreach (var segment in book.Segments)
        {
            var inside = Hold(segment.If, person, at, fact);
            if (inside != person.Segments.Contains(segment.Id))
            {
                _ = inside ? person.Segments.Add(segment.Id) : person.Segments.Remove(segment.Id);
                Hear(person, at, fact, t => inside ? t is JoinsSegment j && j.Segment == segment.Id : t is LeavesSegment l && l.Segment == segment.Id);
            }
        }
    }

    private bool Is(Trigger trigger, Fact fact, Person person)
    {
        bool zone(Place place, FactKind venueKind, FactKind zoneKind) => place.Kind switch
        {
            PlaceKind.Venue => fact.Kind == venueKind,
            PlaceKind.Zone => fact.Kind == zoneKind && venue.Map.Zones[fact.Zone].Id == place.Name,
            _ => fact.Kind == zoneKind && venue.Map.Zones[fact.Zone].Tags.Contains(place.Name),
        };
        return trigger switch
        {
            Enters t => zone(t.Place, FactKind.VisitStarted, FactKind.ZoneEntered),
            Leaves t => zone(t.Place, FactKind.VisitEnded, FactKind.ZoneLeft),
            ComesBack t => fact.Kind == FactKind.VisitStarted && new Past(person, venue, _counts).LastVisitEndBefore is > 0 and var end && fact.At - end >= t.AfterDays * 86_400_000L,
            Purchases t => fact.Kind == FactKind.Purchased && (t.Category is null || t.Category == fact.Name) && fact.Amount >= t.AtLeast,
            Redeems t => fact.Kind == FactKind.CouponRedeemed && (t.Of.Offer is null || t.Of.Offer == fact.Name) && (t.Of.Rule is null || t.Of.Rule == fact.Rule),
            Scans t => fact.Kind == FactKind.Scanned && (t.Touchpoint is null || t.Touchpoint == fact.Name),
            Happens t => fact.Kind == FactKind.External && t.Event == fact.Name && t.Where.All(w => fact.Fields?.GetValueOrDefault(w.Key) == w.Value),
            Joins => fact.Kind == FactKind.MemberJoined,
            _ => false,
        };
    }

    private bool Hold(IEnumerable<Condition> conditions, Person person, long at, Fact fact) =>
        conditions.All(c => new Past(person, venue, _counts).Holds(c, at, fact, person.Segments));

    private void Say(Person person, long at, string rule, string? step) =>
        Lines.Add(System.FormattableString.Invariant($"{at} {person.Profile.Member.Value.ToString("N")[..8]} {rule}/{step} in {new Past(person, venue, _counts).Zone}"));

    /// <summary>A member's history, looked through from the start for every question.</summary>
    private sealed class Past(Person person, RuleVenue venue, Dictionary<int, (long People, int Usual)> counts)
    {
        private List<Fact> Live => person.History.Where(f => !f.Late).ToList();

        public long VisitSince => Live.LastOrDefault(f => f.Kind is FactKind.VisitStarted or FactKind.VisitEnded) is { Kind: FactKind.VisitStarted } start ? start.At : 0;

        public long LastVisitEnd => person.History.Where(f => f.Kind == FactKind.VisitEnded).Select(f => f.At).DefaultIfEmpty().Max();

        /// <summary>The end of the visit before the latest live start.</summary>
        public long LastVisitEndBefore =>
            person.History.Take(person.History.FindLastIndex(f => f is { Kind: FactKind.VisitStarted, Late: false }) + 1).Where(f => f.Kind == FactKind.VisitEnded).Select(f => f.At).DefaultIfEmpty().Max();

        public int Visits => person.History.Count(f => f.Kind == FactKind.VisitStarted);

        public int Zone => Live.LastOrDefault(MovesZone) is { Kind: FactKind.ZoneEntered } entered ? entered.Zone : -1;

        public sealed record CouponNow(CouponId Id, string Offer, string Rule, long IssuedAt, long ExpiresAt, long OpenSince, CouponFate Fate, bool Opened);

        public List<CouponNow> Coupons()
        {
            var coupons = new List<CouponNow>();
            foreach (var f in person.History)
            {
                if (f.Kind == FactKind.CouponIssued)
                {
                    coupons.Add(new CouponNow(f.Coupon, f.Name!, f.Rule!, f.At, f.Amount, f.At, CouponFate.Issued, Opened: false));
                    coupons = [.. coupons.TakeLast(32)];
                    continue;
                }

                coupons = [.. coupons.Select(c => c.Id != f.Coupon ? c : f.Kind switch
                {
                    FactKind.CouponOpened => c with { Opened = true },
                    FactKind.CouponRedeemed => c with { Fate = CouponFate.Redeemed },
                    FactKind.CouponExpired => c with { Fate = CouponFate.Ignored },
                    FactKind.CouponCancelled => c with { Fate = CouponFate.Opened },
                    FactKind.RedemptionUndone when c.Fate == CouponFate.Redeemed => c with { Fate = CouponFate.Issued, OpenSince = f.At },
                    _ => c,
                })];
            }

            return coupons;
        }

        /// <summary>Since when the member is in a place, gaps up to a minute bridged, and when they entered it last; null when not there.</summary>
        public (long Since, long Entered)? StayIn(Place place)
        {
            if (place.Kind == PlaceKind.Venue)
            {
                return VisitSince is > 0 and var arrived ? (arrived, arrived) : null;
            }

            long since = 0, entered = 0, left = 0;
            var there = false;
            var zone = -1;
            foreach (var f in Live.Where(MovesZoneOrStarts))
            {
                if (f.Kind == FactKind.VisitEnded)
                {
                    (there, since, zone) = (false, 0, -1);
                    continue;
                }

                if (f.Kind == FactKind.ZoneLeft && f.Zone != zone)
                {
                    continue;
                }

                if (there && zone >= 0 && In(place, zone))
                {
                    (there, left) = (false, f.At);
                }

                zone = f.Kind == FactKind.ZoneEntered ? f.Zone : -1;
                if (zone >= 0 && In(place, zone))
                {
                    since = since != 0 && f.At - left <= RuleEngine.Grace ? since : f.At;
                    (there, entered) = (true, f.At);
                }
            }

            return there ? (since, entered) : null;
        }

        public bool Holds(Condition condition, long at, Fact fact, HashSet<string> segments)
        {
            var cal = venue.Calendar;
            var me = person.Profile;
            var known = me.Allows.HasFlag(Purposes.Profiling);
            switch (condition)
            {
                case AllOf c: return c.Of.All(x => Holds(x, at, fact, segments));
                case AnyOf c: return c.Of.Any(x => Holds(x, at, fact, segments));
                case NoneOf c: return !Holds(c.Of, at, fact, segments);
                case TierIs c: return known && me.Tier is { } tier && c.Tiers.Contains(tier);
                case HasTag c: return known && me.Tags.Contains(c.Tag);
                case DeclaredIs c: return known && me.Declared.TryGetValue(c.Attribute, out var told) && told.MayBeUsed && c.Values.Contains(told.Value);
                case AgeIs c: return known && me.Birthday is { Year: > 1800 } born && c.Years.Holds(Enumerable.Range(1, 150).Count(y => VenueCalendar.InYear(born, born.Year + y) <= VenueCalendar.ToDate(cal.Date(at))));
                case BirthdayNear c:
                    return known && me.Birthday is { } day && Enumerable.Range(-c.After, c.After + c.Before + 1).Any(d => VenueCalendar.ToDate(cal.Date(at)).AddDays(d) is var date && VenueCalendar.InYear(day, date.Year) == date);
                case StageIs c: return known && c.Stages.Contains(Stage(at));
                case VisitsAre c: return known && c.Count.Holds(c.Days == 0 ? Visits : person.History.Where(f => f.Kind == FactKind.VisitStarted).TakeLast(32).Count(f => f.At <= at && f.At > at - (c.Days * 86_400_000L)));
                case LastVisitWas c: return known && Away(at) is { } away && c.Days.Holds(away);
                case Bought c:
                    var bought = person.History.Where(f => f.Kind == FactKind.Purchased).TakeLast(32).Where(f => f.At <= at && (c.Days == 0 || f.At > at - (c.Days * 86_400_000L)) && (c.Category is null || c.Category == f.Name)).ToList();
                    return known && c.Amount.Holds(c.Count ? bought.Count : bought.Sum(b => b.Amount));
                case InSegment c: return known && segments.Contains(c.Segment);
                case IsIn c: return c.Place.Kind == PlaceKind.Venue ? VisitSince != 0 : Zone >= 0 && In(c.Place, Zone);
                case Dwelt c: return known && c.Minutes.Holds(c.Place.Kind == PlaceKind.Venue ? VisitSince == 0 ? 0 : Math.Max(0, at - VisitSince) / 60_000 : Stays(at).Where(s => In(c.Place, s.Zone)).Sum(s => Math.Max(0, (s.Out ?? (at / 1000)) - s.In)) / 60);
                case Walked c:
                    var path = 0;
                    foreach (var stay in Stays(at))
                    {
                        path += path < c.Path.Length && In(c.Path[path], stay.Zone) ? 1 : 0;
                    }

                    return known && path == c.Path.Length;
                case SinceSeen c:
                    var seen = Stays(at).Where(s => In(c.Place, s.Zone)).ToList();
                    return seen.Count > 0 && c.Minutes.Holds(seen.Any(s => s.Out is null) ? 0 : Math.Max(0, (at / 1000) - seen.Max(s => Math.Max(s.In, s.Out!.Value))) / 60);
                case TimeIs c: return Inside(c, TimeOnly.MinValue.AddMinutes(cal.MinuteOfDay(at)));
                case WeekdayIs c: return c.Days.Contains(VenueCalendar.ToDate(cal.Date(at)).DayOfWeek);
                case OccupancyIs c: return counts.TryGetValue(venue.Map.ZoneIndex(c.Zone), out var full) && full.Usual > 0 && c.Percent.Holds(full.People * 100 / full.Usual);
                case OffersWere c:
                    return c.Count.Holds(Coupons().Count(g =>
                        (c.Days < 0 || (c.Days == 0 ? cal.Day(g.IssuedAt) == cal.Day(at) : g.IssuedAt > at - (c.Days * 86_400_000L)))
                        && (c.Fate switch { CouponFate.Issued => true, CouponFate.Opened => g.Opened, _ => g.Fate == c.Fate })
                        && (c.Offer is null || c.Offer == g.Offer) && (c.Rule is null || c.Rule == g.Rule)
                        && (c.Theme is null || venue.Offers.Single(o => o.Id == g.Offer).Theme == c.Theme)));
                default: throw new NotSupportedException(condition.ToString());
            }
        }

        private static bool Inside(TimeIs window, TimeOnly now) =>
            window.From <= window.To ? now >= window.From && now < window.To : now >= window.From || now < window.To;

        private long? Away(long at) =>
            (VisitSince != 0 ? LastVisitEndBefore : LastVisitEnd) is > 0 and var end ? Math.Max(0, at - end) / 86_400_000 : null;

        private string Stage(long at) => Visits <= 1 ? "new" : Away(at) switch { null or < 30 => "active", < 90 => "sleeping", _ => "lost" };

        // Stays of the venue day the last live or late entry began, in seconds; those of another day than asked for do not count.
        private List<(int Zone, long In, long? Out)> Stays(long at)
        {
            var day = -1;
            var zone = -1;
            var stays = new List<(int Zone, long In, long? Out)>();
            void close(long t)
            {
                if (stays.Count > 0 && stays[^1].Out is null)
                {
                    stays[^1] = stays[^1] with { Out = Math.Max(stays[^1].In, t / 1000) };
                }
            }

            foreach (var f in person.History)
            {
                switch (f.Kind)
                {
                    case FactKind.ZoneEntered:
                        var of = venue.Calendar.Day(f.At);
                        if (of != day && !(f.Late && of < day))
                        {
                            day = of;
                            stays.Clear();
                        }

                        if (!f.Late)
                        {
                            close(f.At);
                            stays.Add((f.Zone, f.At / 1000, null));
                            stays = [.. stays.TakeLast(32)];
                            zone = f.Zone;
                        }

                        break;
                    case FactKind.ZoneLeft when !f.Late && f.Zone == zone:
                        close(f.At);
                        zone = -1;
                        break;
                    case FactKind.VisitEnded when !f.Late:
                        close(f.At);
                        zone = -1;
                        break;
                }
            }

            return day == venue.Calendar.Day(at) ? stays : [];
        }

        private bool In(Place place, int zone) => place.Kind switch
        {
            PlaceKind.Venue => true,
            PlaceKind.Zone => venue.Map.Zones[zone].Id == place.Name,
            _ => venue.Map.Zones[zone].Tags.Contains(place.Name),
        };

        private bool MovesZone(Fact f) => f.Kind is FactKind.ZoneEntered or FactKind.VisitEnded || (f.Kind == FactKind.ZoneLeft && Leaves(f));

        private static bool MovesZoneOrStarts(Fact f) => f.Kind is FactKind.ZoneEntered or FactKind.ZoneLeft or FactKind.VisitEnded;

        // Leaving a zone the member was not in means nothing.
        private bool Leaves(Fact left)
        {
            var zone = -1;
            foreach (var f in Live)
            {
                if (f == left)
                {
                    return zone == left.Zone;
                }

                zone = f.Kind switch { FactKind.ZoneEntered => f.Zone, FactKind.VisitEnded => -1, FactKind.ZoneLeft when f.Zone == zone => -1, _ => zone };
            }

            return false;
        }
    }
}
