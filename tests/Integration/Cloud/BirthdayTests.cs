using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Presence.Cloud;
using Presence.Cloud.Stages;
using Presence.Kit.Simulator;
using Presence.Kit.Wire;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>
/// The birthday day, every branch, through the venue's own stages: what gateways heard of her phone becomes visits, visits become
/// facts about her, facts become decisions, coupons and their explanations. All shipped rules are in force beside it.
/// </summary>
public sealed class BirthdayTests
{
    private static readonly byte[] Key = "a secret of the venue in tests!!"u8.ToArray();
    private static readonly Guid Lin = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly DateOnly Date = new(2026, 11, 21);
    private static readonly string Golden = Path.Combine(Definitions(), "..", "..", "tests", "golden", "decisions", "birthday.txt");

    // Where she is from when, and what she does; "hall" is on the way, "out" has left.
    private static readonly (string Branch, string[] Declared, string[] Story)[] Branches =
    [
        ("redeemed all day: coffee, lunch, nails, dinner, taxi", ["gender=woman"],
            ["10:05 hall", "10:10 coffee-bar", "10:25 redeems coffee-free", "10:40 hall", "10:50 exit-west", "10:52 out", "12:15 exit-west", "12:17 hall", "12:24 gallery", "12:28 noodle-house",
            "13:05 redeems lunch-set", "13:20 gallery", "13:24 hall", "13:28 exit-west", "13:30 out", "17:15 exit-west", "17:17 hall", "17:22 gallery", "17:26 cinema", "19:30 gallery", "19:34 hall",
            "19:38 exit-west", "19:40 out", "21:28 hall", "21:40 exit-west", "21:50 out"]),
        ("seen but not redeemed: cake and lunch instead", [],
            ["10:05 hall", "10:20 fashion-one", "11:20 hall", "11:30 out", "15:00 hall", "15:20 out"]),
        ("not seen: nothing after the coffee", [], []),
        ("declared attribute absent: the neutral branch, a film; film seen, dessert with dinner", [],
            ["10:05 hall", "10:10 coffee-bar", "10:25 redeems coffee-free", "10:40 hall", "12:20 gallery", "12:24 noodle-house", "13:05 redeems lunch-set", "13:20 gallery", "13:24 hall", "13:30 out",
            "17:00 hall", "17:06 gallery", "17:10 cinema", "19:10 gallery", "19:14 hall", "19:20 out"]),
        ("declared, but not to be used: as if it were not declared", ["gender=woman?"],
            ["10:05 hall", "10:10 coffee-bar", "10:25 redeems coffee-free", "10:40 hall", "12:20 gallery", "12:24 noodle-house", "13:05 redeems lunch-set", "13:20 gallery", "13:24 hall", "13:30 out"]),
        ("dinner window missed: the film ends late, straight to the taxi", [],
            ["10:05 hall", "10:10 coffee-bar", "10:25 redeems coffee-free", "10:40 hall", "12:20 gallery", "12:24 noodle-house", "13:05 redeems lunch-set", "13:20 gallery", "13:24 hall", "13:30 out",
            "19:45 hall", "19:50 gallery", "19:55 cinema", "22:10 gallery", "22:14 hall", "22:18 exit-west", "22:25 out"]),
        ("took her consent back after the coffee", ["gender=woman"],
            ["10:05 hall", "10:10 coffee-bar", "10:25 redeems coffee-free", "10:30 withdraws", "12:20 gallery", "12:24 noodle-house", "13:20 hall", "13:40 out"]),
    ];

    [Fact]
    public void Every_branch_of_the_birthday_day_comes_out_as_it_is_written_down()
    {
        var told = new StringBuilder();
        foreach (var (branch, declared, story) in Branches)
        {
            told.Append(CultureInfo.InvariantCulture, $"## {branch}\n");
            Play(declared, story).ForEach(line => told.Append(line).Append('\n'));
            told.Append('\n');
        }

        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Golden)!);
            File.WriteAllText(Golden, told.ToString());
        }

        Assert.Equal(File.ReadAllText(Golden), told.ToString());
    }

    private static List<string> Play(string[] declared, string[] story)
    {
        var state = new VenueState(1, DemoMall.Map, new VenueSettings(), new DecisionStage(DemoMall.Map, Key));
        var (lines, coupons) = (new List<string>(), new Dictionary<string, Guid>(StringComparer.Ordinal));
        var documents = Directory.EnumerateFiles(Definitions(), "*.json").Order(StringComparer.Ordinal)
            .Where(f => !f.EndsWith("offers.json", StringComparison.Ordinal) && !f.EndsWith(".schema.json", StringComparison.Ordinal)).Select(File.ReadAllText).ToArray();
        var day = new Day(state, lines, coupons);
        day.Command(new RulesChanged(documents, File.ReadAllText(Path.Combine(Definitions(), "offers.json"))), At("08:00"));
        day.Command(new MemberJoined(Lin, "11-21", "en", Purposes.Presence | Purposes.Marketing | Purposes.Profiling), At("08:00"));
        day.Command(new DeviceBound(Lin, 0xA11A, "link"), At("08:00"));
        var attributes = declared.Select(d => d.Split('=')).ToDictionary(d => d[0], d => new DeclaredAttribute(d[1].TrimEnd('?'), !d[1].EndsWith('?')), StringComparer.Ordinal);
        day.Command(new MemberDeclared(Lin, attributes), At("08:00"));
        lines.Clear();

        var steps = new Queue<(long At, string What)>(story.Select(s => (At(s[..5]), s[6..])));
        string? zone = null;
        for (var now = At("08:00"); now <= At("08:00") + (20 * 3_600_000L); now += 20_000)
        {
            while (steps.TryPeek(out var step) && step.At <= now)
            {
                steps.Dequeue();
                switch (step.What.Split(' '))
                {
                    case ["redeems", var offer]:
                        lines.Add($"{Clock(now)} she redeems {offer}");
                        day.Command(new CouponTaken(Lin, coupons[offer], DemoMall.Map.ZoneIndex(zone!), "Mei"), now);
                        break;
                    case ["withdraws"]:
                        lines.Add($"{Clock(now)} she takes her consent back");
                        day.Command(new ConsentChanged(Lin, Purposes.None), now);
                        break;
                    default:
                        zone = step.What switch { "out" => null, "hall" => "atrium", var shop => shop };
                        break;
                }
            }

            day.Hear(zone, now);
        }

        return lines;
    }

    private static long At(string local) => new VenueCalendar(DemoMall.Map.TimeZone).At(Date, TimeOnly.ParseExact(local, "HH:mm", CultureInfo.InvariantCulture));

    private static string Clock(long at)
    {
        var minute = new VenueCalendar(DemoMall.Map.TimeZone).MinuteOfDay(at);
        return string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
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

    /// <summary>The venue on that day: each gateway sends what it heard every twenty seconds, and how it is.</summary>
    private sealed class Day(VenueState state, List<string> lines, Dictionary<string, Guid> coupons)
    {
        private static readonly string[] Gateways = [.. DemoMall.Map.Receivers.Select(r => r.Gateway).Distinct()];
        private readonly VenueOutput _output = new();
        private readonly Dice _dice = new(1);
        private readonly Air _air = new(DemoMall.Map, new AirPolicy(), new Dice(2));
        private ulong _sequence;

        public void Command(VenueCommand command, long at) => Apply(InputKind.Command, "", at, command.Encode());

        public void Hear(string? zone, long at)
        {
            // Four frames of her phone, two seconds apart, each as the mall's walls and air let it through, sent as soon as it was heard.
            for (var sent = at - 8_000; zone is not null && sent < at; sent += 2_000)
            {
                foreach (var gateway in Gateways)
                {
                    Hear(gateway, zone, sent);
                }
            }

            foreach (var gateway in Gateways)
            {
                Apply(InputKind.Status, gateway, at, new GatewayStatus { Boot = 7, At = at, Online = true, CompleteTo = at - 1_000, LiveSequence = _sequence, Version = "test" }.Encode());
            }

            Apply(InputKind.Tick, "", at, []);
        }

        private void Hear(string gateway, string zone, long sent)
        {
            var heard = DemoMall.Map.Receivers.Index().Where(r => r.Item.Gateway == gateway && r.Item.Kind != RadioKind.Bluetooth)
                .Select(r => (r.Item.Number, Dbm: _air.Hear(r.Index, PlaceOf(zone), 14, 0, _dice))).Where(h => h.Dbm is not null).ToArray();
            if (heard.Length > 0)
            {
                Apply(InputKind.Sightings, gateway, sent + 500, new Batch
                {
                    Boot = 7, Sequence = ++_sequence, Tokens = [0xA11A], Traits = [TokenTraits.Bound | TokenTraits.Associated], Exact = [0], Coarse = [0],
                    Device = [.. heard.Select(_ => (ushort)0)], Receiver = [.. heard.Select(h => (ushort)h.Number)], Dbm = [.. heard.Select(h => (sbyte)h.Dbm!.Value)], At = [.. heard.Select(_ => sent)],
                }.Encode());
            }
        }

        // In the middle of a shop; in the hall, and at its west end, in the middle of that.
        private static Place PlaceOf(string zone)
        {
            var outline = DemoMall.Map.Zones[DemoMall.Map.ZoneIndex(zone)];
            return new Place(outline.Floor == "F1" ? 0 : 1, new Spot(outline.Outline.Average(s => s.X), outline.Outline.Average(s => s.Y)));
        }

        private void Apply(InputKind kind, string gateway, long at, byte[] payload)
        {
            _output.Clear();
            Assert.NotEqual(Applied.Refused, state.Apply(new Input(kind, 0, InputRecord.NameOf(gateway), at, payload), _output, out _));
            foreach (var coupon in _output.Coupons)
            {
                coupons[coupon.Offer] = coupon.Uid;
            }

            // The journey, and what else she got. To the quarter of an hour: when exactly a shop is believed in is another test's matter.
            foreach (var d in _output.Decisions.Where(d => d.Rule.StartsWith("birthday-day", StringComparison.Ordinal) || d.Outcome == "offered"))
            {
                var what = d.Offer is null ? "" : $" {d.Offer}";
                lines.Add($"{Clock((d.At + 450_000) / 900_000 * 900_000)} {d.Rule}: {d.Outcome}{what}{(d.Zone >= 0 ? $" in {DemoMall.Map.Zones[d.Zone].Id}" : "")}");
                foreach (var gate in JsonSerializer.Deserialize<GateReading[]>(d.Gates, VenueFile.Json)!)
                {
                    lines.Add(gate.Passed ? $"      passed {gate.Gate} ({gate.Threshold})" : $"      FAILED {gate.Gate}: {gate.Observed} ({gate.Threshold}){(gate.Nearest is { } nearest ? $"; {nearest}" : "")}");
                }
            }
        }
    }
}
