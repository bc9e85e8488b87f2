using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Presence.Engine;
using Presence.Offers;

namespace Presence.Benchmarks;

/// <summary>Promise: rules that cannot fire cost nothing, and a mall's whole month can be tried while the operator waits.</summary>
internal sealed class RulesBench : IBench
{
    private const long Noon = 1_800_000_000_000;
    private const int PerZone = 20;

    public string Name => "rules";

    public async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping) =>
        [.. RunAlone(quick, stopping), .. await RedeemLoad.RunAsync(quick ? 4_000 : 100_000, stopping)];

    private static List<BenchRow> RunAlone(bool quick, CancellationToken stopping)
    {
        var members = quick ? 10_000 : 100_000;
        var thousand = new Setting(1_000, members);
        var (hundred, tenThousand) = (new Setting(100, members), new Setting(10_000, members));
        var rounds = quick ? 1 : 5;
        var operations = thousand.Events.Length;
        var taken = Measure.Interleaved(rounds, operations, thousand.Play, thousand.Straight, hundred.Play, tenThousand.Play);
        var events = 1e9 / taken[0];
        var (engine, both) = Memory(members);
        var (peer, peerBytes) = TryNRules(1_000, members, quick ? 5_000 : 100_000);
        var allocated = Measure.Allocated(operations, thousand.Play);
        return
        [
            BenchRow.Of(
                $"events/s on one core, 1,000 rules, {members:N0} members, 20 candidates an event, {100.0 * thousand.Fired / thousand.Played / PerZone:0.0} % of them fire", events, "events/s", ">= 500000",
                v => v >= 500_000, "a straight loop over all rules, same checks", 1e9 / taken[1]),
            BenchRow.Of("cost of an event at 10,000 rules against 100, same candidates and firings", taken[3] / taken[2], "x", "<= 2", v => v <= 2),
            BenchRow.Of("of it: the same rules and events through another engine", events, "events/s", "", null, peer is null ? "NRules (not measured)" : "NRules", peer),
            BenchRow.Of("allocated by an event", allocated, "bytes", "", null, peerBytes is null ? "NRules (not measured)" : "NRules", peerBytes),
            BenchRow.Of("memory of an active member in the engine", engine, "bytes", "<= 1024", v => v <= 1024),
            BenchRow.Of("the same with the desk: consent, sends, and open coupons with their codes", both, "bytes", ""),
            Month(quick ? 1 : 30, quick ? 5_000 : 50_000, stopping),
        ];
    }

    /// <summary>
    /// NRules on rules that ask the same, or null when <c>PRESENCE_NRULES</c> names no program: one that takes the numbers of rules, members
    /// and events, and prints <c>{"events_per_second":N,"allocated":BYTES}</c>. It is built from the public source, outside this project
    /// (RESULTS.md says how).
    /// </summary>
    private static (double? PerSecond, double? Bytes) TryNRules(int rules, int members, int events)
    {
        if (Environment.GetEnvironmentVariable("PRESENCE_NRULES") is not { Length: > 0 } program)
        {
            return (null, null);
        }

        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, $"{rules}", $"{members}", $"{events}"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var told = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        return (told.GetProperty("events_per_second").GetDouble(), told.GetProperty("allocated").GetDouble());
    }

    // 30 days of visits of eight facts each, made as they are read, through 200 rules with every gate.
    private static BenchRow Month(int days, int visits, CancellationToken stopping)
    {
        var map = Map(10);
        var calendar = new VenueCalendar("Asia/Shanghai");
        var offers = Offers();
        var book = Book(200, map, calendar, offers);
        long facts = 0;
        IEnumerable<Fact> history()
        {
            var dice = new Random(1);
            for (var i = 0; i < 100_000; i++)
            {
                yield return Fact.Joined(Profile(i), Noon);
            }

            for (var day = 0; day < days; day++)
            {
                // Visits overlap: 2,000 are in the building at a time, and each step is the next fact of one of them.
                var inside = new (int Member, int Step, int Zone)[2_000];
                inside.AsSpan().Fill((-1, 0, 0));
                var begun = 0;
                for (var step = 0; step < visits * 8; step++)
                {
                    var at = Noon + (day * 86_400_000L) + (step * 36_000_000L / (visits * 8L));
                    ref var guest = ref inside[step % inside.Length];
                    if (guest.Member < 0 && begun++ >= visits)
                    {
                        continue;
                    }

                    guest = guest.Member < 0 ? (dice.Next(100_000), 0, 0) : guest;
                    var member = Id(guest.Member);
                    facts++;
                    switch (guest.Step++)
                    {
                        case 0:
                            yield return Fact.VisitStarted(member, at);
                            break;
                        case 1 or 3 or 5:
                            guest.Zone = dice.Next(10);
                            yield return Fact.Entered(member, guest.Zone, at);
                            break;
                        case 2 or 4 or 6:
                            yield return Fact.Left(member, guest.Zone, at);
                            break;
                        default:
                            guest.Member = -1;
                            yield return Fact.VisitEnded(member, at);
                            break;
                    }
                }
            }
        }

        var desk = new DeskVenue(map, calendar, offers, Key, DeskPolicy.Default);
        var started = Stopwatch.GetTimestamp();
        var forecast = BackTest.Run(new RuleEngine(book, new RuleVenue(map, calendar, offers, Key)), desk, history(), (_, _) => !stopping.IsCancellationRequested);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return BenchRow.Of(
            string.Create(CultureInfo.InvariantCulture, $"back-test of {days} days, {visits:N0} visits a day, 200 rules: {facts / 1e6:0.0} million facts, {forecast.OffersPerDay.Values.Sum():N0} coupons"),
            seconds, "s", "<= 20", v => v <= 20);
    }

    private static (double Engine, double Both) Memory(int members)
    {
        var map = Map(50);
        var calendar = new VenueCalendar("Asia/Shanghai");
        var offers = Offers();
        var venue = new RuleVenue(map, calendar, offers, Key);
        var book = Book(1_000, map, calendar, offers);
        var sink = new Counter();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var engine = new RuleEngine(book, venue);
        var empty = GC.GetTotalMemory(forceFullCollection: true) - before;
        ADay(members, (in Fact f) => engine.Apply(f, sink));
        var alone = GC.GetTotalMemory(forceFullCollection: true) - before - empty;
        GC.KeepAlive(engine);
        engine = null;

        before = GC.GetTotalMemory(forceFullCollection: true);
        var decider = new Decider(new RuleEngine(book, venue), new OfferDesk(new DeskVenue(map, calendar, offers, Key, DeskPolicy.Default)));
        ADay(members, (in Fact f) => decider.Apply(f, sink));
        var both = GC.GetTotalMemory(forceFullCollection: true) - before - empty;
        GC.KeepAlive(decider);
        return (alone / (double)members, both / (double)members);
    }

    private delegate void Take(in Fact fact);

    // An active member: joined, four visits before, and a day with six stays, two purchases and two coupons.
    private static void ADay(int members, Take take)
    {
        for (var i = 0; i < members; i++)
        {
            take(Fact.Joined(Profile(i), Noon));
        }

        for (var visit = 0; visit < 5; visit++)
        {
            var at = Noon + (visit * 86_400_000L);
            Each(members, i => take(Fact.VisitStarted(Id(i), at + i)));
            for (var stay = 0; visit == 4 && stay < 6; stay++)
            {
                var then = at + ((stay + 1) * 600_000L);
                Each(members, i => take(Fact.Entered(Id(i), (i + stay) % 50, then + i)));
            }

            if (visit < 4)
            {
                Each(members, i => take(Fact.VisitEnded(Id(i), at + 3_600_000 + i)));
            }
        }

        var last = Noon + (4 * 86_400_000L) + 3_700_000;
        Each(members, i =>
        {
            take(Fact.Purchased(Id(i), -1, "food", 5_000, last + i));
            take(Fact.Purchased(Id(i), -1, "fashion", 9_000, last + i));
            take(Fact.Issued(Coupon(i, last + i, 0)));
            take(Fact.Issued(Coupon(i, last + i, 1)));
        });
    }

    private static void Each(int members, Action<int> then)
    {
        for (var i = 0; i < members; i++)
        {
            then(i);
        }
    }

    private static Coupon Coupon(int i, long at, int n) => new()
    {
        Id = new CouponId(new Guid(i, (short)n, 0, new byte[8])), Code = "", ShortCode = "", Qr = "", Member = Id(i), Offer = "offer-0", Rule = "r0", RuleVersion = 1, IssuedAt = at, ExpiresAt = at + 3_600_000,
    };

    private static readonly byte[] Key = Encoding.ASCII.GetBytes("a secret of the benchmark venue!");

    private static MemberId Id(int i) => new(new Guid(i, 0, 0, new byte[8]));

    private static MemberProfile Profile(int i) => new()
    {
        Member = Id(i),
        Allows = Purposes.Presence | Purposes.Marketing | Purposes.Profiling,
        Birthday = new DateOnly(1980, 1, 1).AddDays(i % 10_000),
        Tier = (i % 3) switch { 0 => "gold", 1 => "silver", _ => null },
        Tags = TagOf[i % 100],
    };

    private static readonly ImmutableArray<string>[] TagOf = [.. Enumerable.Range(0, 100).Select(i => ImmutableArray.Create($"tag-{i}"))];

    private static VenueMap Map(int zones) => new()
    {
        Tenant = "mall", Venue = "bench", Name = new LocalText("bench"), TimeZone = "Asia/Shanghai", Floors = [], Receivers = [],
        Zones = [.. Enumerable.Range(0, zones).Select(z => new Zone($"z{z}", "F1", new LocalText($"z{z}"), [], [$"t{z}"]))],
    };

    private static ImmutableArray<OfferDefinition> Offers() =>
        [.. Enumerable.Range(0, 20).Select(i => new OfferDefinition { Id = $"offer-{i}", Title = new LocalText($"{i}"), Theme = $"theme-{i}", ValidFor = TimeSpan.FromHours(4), Cost = 100 })];

    // 20 rules a zone: a window, a history and a tag that one member of a hundred has, all three asked; and two dwells a zone for the timers.
    private static RuleBook Book(int rules, VenueMap map, VenueCalendar calendar, ImmutableArray<OfferDefinition> offers)
    {
        var documents = Enumerable.Range(0, rules).Select(i => ($"r{i:00000}", string.Create(CultureInfo.InvariantCulture, $$$"""
            {"id": "r{{{i}}}", "version": 1, "state": "published", "author": "bench", "title": "r{{{i}}}", "when": {"enters": {"zone": "z{{{i % map.Zones.Length}}}"}},
             "if": [{"time": {"from": "06:00", "to": "05:59"}}, {"visits": {"days": 30, "atLeast": 0}}, {"tag": "tag-{{{i % 100}}}"}], "then": [{"offer": "offer-{{{i % 20}}}"}], "limits": {"once": "week"}}
            """)))
            .Concat(map.Zones.SelectMany((z, i) => new[] { 20, 45 }.Select(m => ($"d{i}-{m}", $$$"""
            {"id": "d{{{i}}}-{{{m}}}", "version": 1, "state": "published", "author": "bench", "title": "d", "when": {"dwells": {"in": {"zone": "z{{{i}}}"}, "atLeast": "{{{m}}} min"}}, "if": [{"tag": "tag-1"}],
             "then": [{"offer": "offer-{{{i % 20}}}"}], "limits": {"once": "week"}}
            """))));
        return RuleBook.Read(documents, new RuleVenue(map, calendar, offers, Key));
    }

    private sealed class Counter : ICandidateSink, IDecisionSink
    {
        public long Count { get; private set; }

        public void Holds(Candidate candidate) => Count++;

        public void Decided(RuleDecision decision, Coupon? coupon)
        {
        }

        public void Stopped(RuleAlarm alarm)
        {
        }
    }

    /// <summary>A book, an engine with members, and events that enter zones.</summary>
    private sealed class Setting
    {
        private readonly RuleEngine _engine;
        private readonly Counter _counter = new();
        private readonly (int Zone, Func<MemberProfile, long, bool>[] If)[] _straight;
        private readonly Dictionary<MemberId, MemberProfile> _profiles;
        private long _at = Noon;
        private long _hits;

        public Setting(int rules, int members)
        {
            var map = Map(rules / PerZone);
            var calendar = new VenueCalendar("Asia/Shanghai");
            var offers = Offers();
            var book = Book(rules, map, calendar, offers);
            _engine = new RuleEngine(book, new RuleVenue(map, calendar, offers, Key));
            _profiles = Enumerable.Range(0, members).ToDictionary(Id, Profile);
            foreach (var profile in _profiles.Values)
            {
                _engine.Apply(Fact.Joined(profile, Noon), _counter);
                _engine.Apply(Fact.VisitStarted(profile.Member, Noon), _counter);
            }

            var dice = new Random(1);
            Events = [.. Enumerable.Range(0, 100_000).Select(_ => (Id(dice.Next(members)), dice.Next(map.Zones.Length)))];
            _straight = [.. Enumerable.Range(0, rules).Select(i =>
            {
                var tag = $"tag-{i % 100}";
                return (i % map.Zones.Length, new Func<MemberProfile, long, bool>[] { (_, at) => calendar.MinuteOfDay(at) != 359, (p, _) => p.JoinedAt >= 0, (p, _) => p.Tags.Contains(tag) });
            })];
        }

        public (MemberId Member, int Zone)[] Events { get; }

        public long Fired => _counter.Count;

        public long Played { get; private set; }

        public void Play()
        {
            // A mall's day in the time of the facts: 100,000 moves in about a quarter of an hour.
            foreach (var (member, zone) in Events)
            {
                _engine.Apply(Fact.Entered(member, zone, _at += 10), _counter);
            }

            Played += Events.Length;
        }

        public void Straight()
        {
            foreach (var (member, zone) in Events)
            {
                var profile = _profiles[member];
                foreach (var (at, conditions) in _straight)
                {
                    if (at == zone && Array.TrueForAll(conditions, c => c(profile, _at)))
                    {
                        _hits++;
                    }
                }
            }

            GC.KeepAlive(_hits);
        }
    }
}
