using System.Collections;
using System.Collections.Immutable;
using Presence.Engine.State;

namespace Presence.Engine.Compiled;

/// <summary>A step with its names resolved. -1 as a next step is the end.</summary>
internal sealed record CompiledStep(
    Step Step, ImmutableArray<RuleAction> Then, int Next, long AtMost, TimeOnly? Until, ImmutableArray<(Check[] If, int Go)> Cases, ImmutableArray<(int Below, int Go)> Ways);

/// <summary>A journey with its names resolved.</summary>
internal sealed record CompiledJourney(JourneyDocument Document, RuleHead Head, ImmutableArray<CompiledStep> Steps);

/// <summary>A place that dwell rules watch, with the thresholds they wait for.</summary>
internal sealed record WatchedPlace(Place Place, BitArray? Zones, Ladder Ladder);

/// <summary>A rule book made ready: every trigger knows its listeners, by zone, word and hour of the week.</summary>
internal sealed class CompiledBook
{
    private readonly Words _words;
    private readonly ConditionCompiler _conditions;
    private readonly RuleVenue _venue;
    private readonly List<Listener> _listeners = [];

    public CompiledBook(RuleBook book, RuleVenue venue, Words words, Func<int, (long People, int Usual)> occupancy)
    {
        _words = words;
        _venue = venue;
        _conditions = new ConditionCompiler(venue, words, book.Segments, occupancy);
        Journeys = [.. book.Journeys.Select(Journey)];
        foreach (var document in book.Rules.Cast<Document>().Concat(book.Journeys).OrderBy(d => d.Id, StringComparer.Ordinal))
        {
            if (document is RuleDocument { State: DocumentState.Published } rule)
            {
                Listen(Purpose.Rule, rule.When, rule.If, Head(rule, rule.If, [rule.When]), rule.Then);
            }
            else if (document is JourneyDocument { State: DocumentState.Published } journey)
            {
                Listen(journey, Journeys.ToList().FindIndex(j => j.Document == journey));
            }
        }

        int ofZone(Place p) => p.Kind == PlaceKind.Zone ? venue.Map.ZoneIndex(p.Name) : -1;
        Enter = Zoned<Enters>(t => t.Place, ofZone);
        Leave = Zoned<Leaves>(t => t.Place, ofZone);
        Arrive = new Bucket(Of<Enters>().Where(l => l.T.Place.Kind == PlaceKind.Venue).Select(l => l.L).Concat(Of<ComesBack>().Select(l => l.L)));
        Depart = new Bucket(Of<Leaves>().Where(l => l.T.Place.Kind == PlaceKind.Venue).Select(l => l.L));
        Buy = new Buckets(Of<Purchases>().Select(l => (words.Number(l.T.Category), l.L)));
        Redeem = new Buckets(Of<Redeems>().Select(l => (words.Number(l.T.Of.Offer), l.L)));
        Scan = new Buckets(Of<Scans>().Select(l => (words.Number(l.T.Touchpoint), l.L)));
        Event = new Buckets(Of<Happens>().Select(l => (words.Number(l.T.Event), l.L)), any: -2);
        Join = new Bucket(Of<Joins>().Select(l => l.L));
        Segments = book.Segments;
        SegmentChecks = [.. book.Segments.Take(64).Select(s => _conditions.Compile(s.If))];
        int segment(string id) => book.Segments.ToList().FindIndex(s => s.Id == id);
        JoinSegment = new Buckets(Of<JoinsSegment>().Select(l => (segment(l.T.Segment), l.L)), any: -2);
        LeaveSegment = new Buckets(Of<LeavesSegment>().Select(l => (segment(l.T.Segment), l.L)), any: -2);
        NotSeen = new Ladder(Of<NotSeen>().Select(l => (l.T.ForDays * 86_400_000L, l.L)));
        Places = [.. Of<Dwells>().GroupBy(l => l.T.Place).OrderBy(g => g.Key.Kind).ThenBy(g => g.Key.Name, StringComparer.Ordinal)
            .Select(g => new WatchedPlace(g.Key, _conditions.Zones(g.Key), new Ladder(g.Select(l => ((long)l.T.AtLeast.TotalMilliseconds, l.L)))))];
        PlacesOfZone = [.. Enumerable.Range(0, venue.Map.Zones.Length).Select(z => Places.Index().Where(p => p.Item.Zones is { } zones && zones[z]).Select(p => p.Index).ToArray())];
        VenuePlace = Places.ToList().FindIndex(p => p.Zones is null);
        DailyTimes = [.. Of<Daily>().GroupBy(l => l.T.At).OrderBy(g => g.Key).Select(g => (g.Key, new Bucket(g.Select(l => l.L))))];
        OfCoupon = [.. _listeners.Where(l => l.Trigger is NotRedeemed or AboutToExpire)];
        Exits = [.. Journeys.Select((_, j) => _listeners.Where(l => l.Journey == j && l.Purpose == Purpose.Exit).ToArray())];
    }

    public IReadOnlyList<Listener> Listeners => _listeners;

    public ImmutableArray<CompiledJourney> Journeys { get; }

    public ImmutableArray<SegmentDocument> Segments { get; }

    public Check[][] SegmentChecks { get; }

    public Bucket[] Enter { get; }

    public Bucket[] Leave { get; }

    public Bucket Arrive { get; }

    public Bucket Depart { get; }

    public Bucket Join { get; }

    public Buckets Buy { get; }

    public Buckets Redeem { get; }

    public Buckets Scan { get; }

    public Buckets Event { get; }

    public Buckets JoinSegment { get; }

    public Buckets LeaveSegment { get; }

    public Ladder NotSeen { get; }

    public ImmutableArray<WatchedPlace> Places { get; }

    /// <summary>Indexes into <see cref="Places"/> of those that contain a zone.</summary>
    public int[][] PlacesOfZone { get; }

    /// <summary>Index of the venue among <see cref="Places"/>; -1 when no rule waits for a dwell in it.</summary>
    public int VenuePlace { get; }

    public ImmutableArray<(TimeOnly At, Bucket Listeners)> DailyTimes { get; }

    /// <summary>Those that wait for a coupon's time; a timer names them by index.</summary>
    public Listener[] OfCoupon { get; }

    public Listener[][] Exits { get; }

    /// <summary>In which hours of the week the conditions can hold; null is all.</summary>
    internal static bool[]? Hours(ImmutableArray<Condition> conditions)
    {
        bool[]? open = null;
        foreach (var condition in conditions.SelectMany(c => c is AllOf all ? all.Of : [c]))
        {
            Func<int, bool>? holds = condition switch
            {
                TimeIs time => hour => Enumerable.Range(0, 60).Any(minute => time.Holds((hour % 24 * 60) + minute)),
                WeekdayIs weekday => hour => weekday.Days.Contains((DayOfWeek)(hour / 24)),
                _ => null,
            };
            if (holds is not null)
            {
                open ??= [.. Enumerable.Repeat(true, 168)];
                for (var hour = 0; hour < 168; hour++)
                {
                    open[hour] &= holds(hour);
                }
            }
        }

        return open;
    }

    private static RuleHead Head(Document document, IEnumerable<Condition> conditions, IEnumerable<Trigger> triggers) =>
        new(document.Id, document.Version, document.Title, document.Limits, Parts.NeedsOf(conditions, triggers), document.Reason);

    private CompiledJourney Journey(JourneyDocument journey)
    {
        var index = journey.Steps.Select((s, i) => (s.Id, i)).ToDictionary(s => s.Id, s => s.i, StringComparer.Ordinal);
        int go(string? id) => id is null ? -1 : index[id];
        var steps = journey.Steps.Select(step => step switch
        {
            DoStep d => new CompiledStep(d, d.Then, go(d.Next), 0, null, [], []),
            WaitStep w => new CompiledStep(w, [], go(w.Otherwise), (long)(w.AtMost ?? default).TotalMilliseconds, w.Until, [], []),
            ChooseStep c => new CompiledStep(c, [], go(c.Otherwise), 0, null, [.. c.Cases.Select(k => (_conditions.Compile(k.If), go(k.Go)))], []),
            SplitStep s => new CompiledStep(s, [], -1, 0, null, [], Ways(s, go)),
            _ => throw new ArgumentException(step.Id, nameof(journey)),
        });
        return new CompiledJourney(journey, Head(journey, journey.If, [journey.Start]), [.. steps]);
    }

    private static ImmutableArray<(int Below, int Go)> Ways(SplitStep split, Func<string?, int> go)
    {
        var below = 0;
        return [.. split.Ways.Select(w => (below += w.Percent, go(w.Go)))];
    }

    private void Listen(JourneyDocument journey, int j)
    {
        var head = Journeys[j].Head;
        int go(string? id) => id is null ? -1 : journey.Steps.ToList().FindIndex(s => s.Id == id);
        foreach (var exit in journey.Exit)
        {
            Listen(Purpose.Exit, exit.When, exit.If, head, [], j, -1, go(exit.Go));
        }

        foreach (var (i, step) in journey.Steps.Index())
        {
            foreach (var branch in step is WaitStep wait ? wait.For : [])
            {
                Listen(Purpose.Branch, branch.When, branch.If, head, [], j, i, go(branch.Go));
            }
        }

        Listen(Purpose.Start, journey.Start, journey.If, head, [], j, -1, 0);
    }

    private void Listen(
        Purpose purpose, Trigger trigger, ImmutableArray<Condition> conditions, RuleHead head, ImmutableArray<RuleAction> then, int journey = -1, int step = -1, int go = -1)
    {
        var of = trigger switch { Redeems r => r.Of, NotRedeemed n => n.Of, AboutToExpire a => a.Of, _ => null };
        var checks = _conditions.Compile(conditions);
        _listeners.Add(new Listener
        {
            Quick = [.. checks.OrderBy(c => c.Cost)],
            IsPlain = journey < 0 && trigger is not (Purchases or ComesBack or Redeems or Happens),
            Order = _listeners.Count,
            Trigger = trigger,
            If = checks,
            Purpose = purpose,
            Head = head,
            Then = then,
            Journey = journey,
            Step = step,
            Go = go,
            Hours = Hours(conditions),
            AtLeast = trigger is Purchases p ? p.AtLeast : 0,
            Offer = _words.Number(of?.Offer),
            Rule = _words.Number(of?.Rule),
            Where = trigger is Happens { Where.IsEmpty: false } h ? h.Where : null,
            Days = trigger is ComesBack c ? c.AfterDays : 0,
        });
    }

    private IEnumerable<(T T, Listener L)> Of<T>()
        where T : Trigger => _listeners.Where(l => l.Trigger is T).Select(l => ((T)l.Trigger, l));

    private Bucket[] Zoned<T>(Func<T, Place> place, Func<Place, int> zone)
        where T : Trigger
    {
        var all = Of<T>().Where(l => place(l.T).Kind != PlaceKind.Venue).ToList();
        return [.. Enumerable.Range(0, _venue.Map.Zones.Length).Select(z => new Bucket(
            all.Where(l => place(l.T) is var p && (p.Kind == PlaceKind.Zone ? zone(p) == z : _venue.Map.Zones[z].Tags.Contains(p.Name))).Select(l => l.L)))];
    }
}
