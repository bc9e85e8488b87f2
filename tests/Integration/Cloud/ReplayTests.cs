using System.Buffers;
using System.Security.Cryptography;
using Presence.Cloud.Stages;
using Presence.Engine;
using Presence.Kit.Wire;
using Presence.Offers;
using Presence.Storage;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>Same log, same state, bit for bit; also from any snapshot.</summary>
public sealed class ReplayTests
{
    internal const long Morning = 1_795_219_200_000;
    private static readonly byte[] Key = SHA256.HashData("a venue's secret"u8);
    private static readonly MemberId Anna = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_same_log_gives_the_same_state_decisions_and_coupons(int seed)
    {
        var log = Day(seed);
        Assert.Equal(Run(log), Run(log));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_restart_from_any_snapshot_ends_in_the_same_state(int seed)
    {
        var log = Day(seed);
        var whole = Run(log);
        for (var at = 0; at <= log.Count; at += Math.Max(1, log.Count / 17))
        {
            var before = New();
            var story = new List<string>();
            log.Take(at).ToList().ForEach(r => Apply(before, r, story));
            var after = New();
            after.Load(Save(before));
            log.Skip(at).ToList().ForEach(r => Apply(after, r, story));
            var restarted = Convert.ToHexString(SHA256.HashData(Save(after))) + "\n" + string.Join('\n', story);
            Assert.Equal([], restarted.Split('\n').Skip(1).Except(whole.Split('\n')).Take(3));
            Assert.Equal([], whole.Split('\n').Skip(1).Except(restarted.Split('\n')).Take(3));
            Assert.Equal(whole, restarted);
        }
    }

    [Fact]
    public void A_batch_that_comes_again_changes_nothing()
    {
        var log = Day(1);
        var twice = log.SelectMany(r => new[] { r, r }).Where((r, i) => i % 2 == 0 || r[0] == (byte)InputKind.Sightings).ToList();
        Assert.Equal(Run(log), Run(twice));
    }

    [Fact]
    public void A_birthday_member_who_comes_in_gets_her_coffee_once()
    {
        var story = Run(Day(1)).Split('\n').Where(l => l.StartsWith("coupon", StringComparison.Ordinal)).ToList();
        Assert.Single(story, l => l.Contains("coffee-free", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Live_and_back_test_over_the_same_log_agree_exactly(int seed)
    {
        var state = New();
        var (facts, live) = (new List<FactRow>(), new List<string>());
        var output = new VenueOutput();
        foreach (var record in Day(seed))
        {
            ReadOnlySpan<byte> bytes = record;
            output.Clear();
            state.Apply(InputRecord.Read(ref bytes), output, out _);
            facts.AddRange(output.Facts);
            live.AddRange(output.Decisions.Select(d => $"{d.Member} {d.Rule} v{d.RuleVersion} {d.Outcome} {d.Offer} {d.Zone} {d.At} {d.Gates}"));
            live.AddRange(output.Coupons.Select(c => $"{c.Uid} {c.Code} {c.Qr} {c.Offer} {c.IssuedAt} {c.ExpiresAt}"));
        }

        Assert.NotEmpty(live);
        Assert.Equal(live.Order(StringComparer.Ordinal), BackTested(state, facts).Lines.Order(StringComparer.Ordinal));
    }

    private static Heard BackTested(VenueState state, List<FactRow> facts)
    {
        var heard = new Heard();
        var calendar = new VenueCalendar(state.Map.TimeZone, state.Map.DayChange);
        var offers = OfferBook.Read(state.Decisions.Offers);
        var place = new RuleVenue(state.Map, calendar, offers, Key);
        var book = RuleBook.Read(state.Decisions.Documents.Select((d, i) => ($"document {i + 1}", d)), place);
        BackTest.Run(
            new RuleEngine(book, place), new DeskVenue(state.Map, calendar, offers, Key, DeskPolicy.Default), Retold(facts),
            until: state.Decisions.AdvancedTo, heard: heard);
        return heard;
    }

    [Fact]
    public void A_rule_that_asks_how_full_a_zone_is_decides_live_as_in_a_back_test_and_only_once_it_is_known()
    {
        // It cannot hold on the first day: nobody knows yet what is usual at that hour.
        var facts = new List<FactRow>();
        var (state, decided) = (New(), new List<long>());
        var output = new VenueOutput();
        foreach (var record in Day(1, days: 2, """
            {"id": "busy", "version": 1, "state": "published", "author": "test", "title": "busy", "when": {"enters": {"zone": "atrium"} },
             "if": [{"occupancy": {"zone": "atrium", "atLeastPercent": 20}}], "then": [{"points": 1}], "limits": {"once": "none"} }
            """))
        {
            ReadOnlySpan<byte> bytes = record;
            output.Clear();
            state.Apply(InputRecord.Read(ref bytes), output, out _);
            facts.AddRange(output.Facts);
            decided.AddRange(output.Decisions.Where(d => d.Rule == "busy").Select(d => d.At));
        }

        Assert.Contains(facts, f => Load(f.Fact) is { Kind: FactKind.ZoneCounted, Usual: 0, Amount: > 0 });
        Assert.Contains(facts, f => Load(f.Fact) is { Kind: FactKind.ZoneCounted, Usual: > 0 });
        Assert.NotEmpty(decided);
        Assert.All(decided, at => Assert.True(at > Morning + 86_000_000, "decided before anything was usual"));
        Assert.Equal(decided, BackTested(state, facts).Lines.Where(l => l.Contains(" busy ", StringComparison.Ordinal)).Select(l => long.Parse(l.Split(' ')[6], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Who_takes_back_being_recognised_in_the_middle_of_a_visit_has_left_at_once_and_once_only()
    {
        var log = Day(1);
        var (state, output) = (New(), new VenueOutput());
        IEnumerable<FactKind> Told(byte[] record)
        {
            ReadOnlySpan<byte> bytes = record;
            output.Clear();
            state.Apply(InputRecord.Read(ref bytes), output, out _);
            return [.. output.Facts.Where(f => f.Member == Anna.Value).Select(f => Load(f.Fact).Kind)];
        }

        var middle = log.Count / 2;
        log.Take(middle).ToList().ForEach(r => Told(r));
        Assert.Contains(Anna.Value, state.Look().Present.Keys);

        var back = new List<byte[]>();
        Command(back, new ConsentChanged(Anna.Value, Purposes.Marketing), Morning + 3_700_000);
        Assert.Single(Told(Assert.Single(back)), k => k == FactKind.VisitEnded);
        Assert.DoesNotContain(Anna.Value, state.Look().Present.Keys);

        // Her phone is heard on; it is a stranger's now, and so is the visit it ends.
        Assert.Empty(log.Skip(middle).SelectMany(Told));
    }

    private static IEnumerable<Fact> Retold(List<FactRow> rows)
    {
        foreach (var row in rows)
        {
            yield return Fact.TimePassed(row.ToldAt);
            yield return Load(row.Fact);
        }
    }

    private static Fact Load(byte[] bytes)
    {
        var reader = new Presence.StateReader(bytes);
        return Fact.Load(ref reader);
    }

    private sealed class Heard : IDecisionSink
    {
        public List<string> Lines { get; } = [];

        public void Decided(RuleDecision d, Coupon? coupon)
        {
            var rule = d.Step is null ? d.Rule : $"{d.Rule}/{d.Step}";
            var outcome = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(d.Outcome.ToString());
            Lines.Add($"{d.Member.Value} {rule} v{d.Version} {outcome} {d.Offer} {d.Zone} {d.DecidedAt} {System.Text.Json.JsonSerializer.Serialize(d.Gates, Presence.Cloud.VenueFile.Json)}");
            if (coupon is not null)
            {
                Lines.Add($"{coupon.Id.Value} {coupon.Code} {coupon.Qr} {coupon.Offer} {coupon.IssuedAt} {coupon.ExpiresAt}");
            }
        }

        public void Stopped(RuleAlarm alarm) => Lines.Add(alarm.ToString());
    }

    private static VenueState New() => new(1, Kit.Simulator.DemoMall.Map, new VenueSettings(), new DecisionStage(Kit.Simulator.DemoMall.Map, Key));

    private static string Run(List<byte[]> log)
    {
        var state = New();
        var story = new List<string>();
        log.ForEach(r => Apply(state, r, story));
        return Convert.ToHexString(SHA256.HashData(Save(state))) + "\n" + string.Join('\n', story);
    }

    private static void Apply(VenueState state, byte[] record, List<string> story)
    {
        ReadOnlySpan<byte> bytes = record;
        var output = new VenueOutput();
        state.Apply(InputRecord.Read(ref bytes), output, out _);
        story.AddRange(output.Visits.Select(v => $"visit {v.Token:x} {v.Since} {v.Until}"));
        story.AddRange(output.Stays.Select(s => $"stay {s.Token:x} {s.Zone} {s.Since} {s.Until}"));
        story.AddRange(output.Decisions.Select(d => $"decision {d.Id} {d.Rule} {d.Outcome} {d.Gates}"));
        story.AddRange(output.Coupons.Select(c => $"coupon {c.Id} {c.Offer} {c.Code}"));
    }

    private static byte[] Save(VenueState state)
    {
        var to = new ArrayBufferWriter<byte>();
        state.Save(to);
        return to.WrittenSpan.ToArray();
    }

    // Two hours of a morning: two gateways, eighty strangers, and a member whose birthday it is.
    internal static List<byte[]> Day(int seed, int days = 1, params string[] more)
    {
        var dice = new Random(seed);
        var log = new List<byte[]>();
        var definitions = Definitions();
        var offers = File.ReadAllText(Path.Combine(definitions, "offers.json"));
        string[] documents = [.. Directory.EnumerateFiles(definitions, "*.json").Where(f => !f.EndsWith("offers.json", StringComparison.Ordinal) && !f.EndsWith(".schema.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllText), .. more];
        Assert.Empty(DecisionStage.Check(Kit.Simulator.DemoMall.Map, Key, documents, offers));
        var birthday = DateTimeOffset.FromUnixTimeMilliseconds(Morning).ToOffset(TimeSpan.FromHours(8));
        Command(log, new RulesChanged(documents, offers), Morning);
        Command(log, new MemberJoined(Anna.Value, $"{birthday:MM-dd}", "en", Purposes.Presence | Purposes.Marketing | Purposes.Profiling), Morning + 1);
        Command(log, new DeviceBound(Anna.Value, 0xA11A, "link"), Morning + 2);
        var gateways = Kit.Simulator.DemoMall.Map.Receivers.GroupBy(r => r.Gateway).Select(g => (Name: g.Key, Numbers: g.Select(r => r.Number).ToArray())).ToList();
        var sequences = gateways.ToDictionary(g => g.Name, _ => 0UL);
        for (var minute = 0; minute < 120 * days; minute++)
        {
            var at = Morning + (minute / 120 * 86_400_000L) + (minute % 120 * 60_000L);
            foreach (var (name, numbers) in gateways)
            {
                var batch = Batch.Usual(dice.Next(), 40, 20, 1, at, 700);
                batch = batch with
                {
                    Boot = 7,
                    Sequence = ++sequences[name],
                    Tokens = [.. batch.Tokens.Select((_, i) => i == 0 ? 0xA11AUL : (ulong)(1 + ((seed * 1000) + dice.Next(4) + (4 * i))))],
                    Traits = [.. batch.Traits.Select((_, i) => i == 0 ? TokenTraits.Bound | TokenTraits.Associated : TokenTraits.Associated)],
                    Receiver = [.. batch.Receiver.Select(_ => (ushort)numbers[dice.Next(numbers.Length)])],
                };
                batch = batch with { Exact = [.. batch.Tokens], Coarse = [.. batch.Tokens.Select(t => 1 + (t % 9))] };
                Add(log, InputKind.Sightings, name, at + 30_000, batch.Encode());
                var status = new GatewayStatus { Boot = 7, At = at + 31_000, Online = true, CompleteTo = at + 30_000, LiveSequence = sequences[name], Version = "test" };
                Add(log, InputKind.Status, name, at + 31_000, status.Encode());
            }

            Add(log, InputKind.Tick, "", at + 32_000, []);
            if (minute % 15 == 8)
            {
                Command(log, new HeadsCounted(60 + minute, at), at + 33_000);
            }
        }

        return log;
    }

    private static string Definitions()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(at.FullName, "rules", "definitions")))
        {
            at = at.Parent!;
        }

        return Path.Combine(at.FullName, "rules", "definitions");
    }

    private static void Command(List<byte[]> log, VenueCommand command, long at) => Add(log, InputKind.Command, "", at, command.Encode());

    private static void Add(List<byte[]> log, InputKind kind, string gateway, long at, byte[] payload)
    {
        var to = new ArrayBufferWriter<byte>();
        InputRecord.Write(to, new Input(kind, 0, InputRecord.NameOf(gateway), at, payload));
        log.Add(to.WrittenSpan.ToArray());
    }
}
