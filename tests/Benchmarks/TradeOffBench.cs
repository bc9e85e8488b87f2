using Presence.Kit.Simulator;
using Presence.Visits;

namespace Presence.Benchmarks;

/// <summary>
/// Promise: a change of room is said quickly and seldom wrongly. 200 devices x 10 receivers in ten 8 x 8 m rooms, one sighting per pair each 2 s,
/// noise of 5.9 dB; half of the devices go to a neighbouring room each minute, half stand still. Those who changed each five minutes are known to stand, and are told later.
/// </summary>
internal sealed class TradeOffBench : IBench
{
    private const int Devices = 200;
    private const int Rooms = 10;
    private const double Side = 8;

    public string Name => "tradeoff";

    public Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        var rows = new List<BenchRow>();
        var minutes = quick ? 10 : 40;
        (string Name, VisitPolicy Policy)[] settings =
        [
            ("default", new VisitPolicy()),
            Named(0.99, 60, 7),
            Named(0.95, 20, 7),
            Named(0.8, 10, 7),
            Named(0.8, 3, 7),
            Named(0.7, 5, 7),
            Named(0.7, 2.5, 7),
            Named(0.65, 2, 7),
        ];
        foreach (var (name, policy) in settings)
        {
            foreach (var (walk, stay) in ((bool, int)[])[(false, 1), (true, 1), (false, 5)])
            {
                stopping.ThrowIfCancellationRequested();
                var (p50, p95, wrong, restless) = Run(policy, walk, stay * minutes, stay * 60);
                var how = $"{name}, {(walk ? "walking through the wall at 1.2 m/s" : stay > 1 ? "the same each five minutes" : "from one spot at once to the next")}";
                var isDefault = name == "default" && !walk && stay == 1;
                rows.Add(BenchRow.Of($"{how}: delay, median", p50, "s", isDefault ? "<= 1.2" : "", isDefault ? v => v <= 1.2 : null, "ESPresense-companion, as measured elsewhere; nearest mode 0.6", 10.2));
                rows.Add(BenchRow.Of($"{how}: delay, p95", p95, "s", isDefault ? "<= 2.5" : "", isDefault ? v => v <= 2.5 : null, "the same; nearest mode 3.6", 16.8));
                rows.Add(BenchRow.Of($"{how}: false changes per still device and minute", wrong, "", isDefault ? "<= 0.1" : "", isDefault ? v => v <= 0.1 : null, "the same; nearest mode 10.5", 0.27));
                rows.Add(BenchRow.Of($"{how}: false changes per device and minute of those who change", restless, "", ""));
            }
        }

        return Task.FromResult<IReadOnlyList<BenchRow>>(rows);
    }

    private static (string Name, VisitPolicy Policy) Named(double sure, double stay, double spread) => (
        $"Sure {sure:f2}, MeanStay {stay} s, SpreadDb {spread:f0}",
        new VisitPolicy { Sure = sure, MeanStay = TimeSpan.FromSeconds(stay), SpreadDb = spread });

    private static (double P50, double P95, double Wrong, double Restless) Run(VisitPolicy policy, bool walk, int minutes, double stay)
    {
        var map = Map();
        var visits = new VenueVisits(map, policy);
        var happened = new VisitEventList();
        var dice = new Dice(7);
        var at = new Spot[Devices];
        var to = new Spot[Devices];
        var turn = new double[Devices];
        var changed = new double[Devices];
        var truth = new int[Devices];
        var phase = new double[Devices * Rooms];
        for (var d = 0; d < Devices; d++)
        {
            truth[d] = d % Rooms;
            at[d] = to[d] = SpotIn(truth[d], dice);
            turn[d] = dice.Between(60, 60 + stay);
            changed[d] = double.NaN;
            for (var r = 0; r < Rooms; r++)
            {
                phase[(d * Rooms) + r] = dice.Between(0, 2);
            }
        }

        var delays = new List<double>();
        var (wrong, restless) = (0, 0);
        var heard = new List<(double At, int Device, int Receiver)>();
        const double step = 0.1;
        for (var now = 0.0; now < 60 * minutes; now += step)
        {
            for (var d = 0; d < Devices / 2; d++)
            {
                if (now >= turn[d])
                {
                    turn[d] += stay;
                    to[d] = SpotIn(Neighbour(truth[d], dice), dice);
                    at[d] = walk ? at[d] : to[d];
                }

                at[d] = Step(at[d], to[d], 1.2 * step);
                var room = RoomOf(at[d]);
                if (room != truth[d])
                {
                    // One not said before the next change counts as that late.
                    delays.AddRange(double.IsNaN(changed[d]) ? [] : [now - changed[d]]);
                    (truth[d], changed[d]) = (room, now);
                }
            }

            heard.Clear();
            for (var p = 0; p < phase.Length; p++)
            {
                if (phase[p] < now + step)
                {
                    heard.Add((phase[p], p / Rooms, p % Rooms));
                    phase[p] += 2;
                }
            }

            Send(visits, happened, map, heard, at, policy, dice);
            foreach (var e in happened.Events)
            {
                if (e.Kind == VisitEventKind.ZoneEntered)
                {
                    Judge((int)e.Device.Hash - 1, e.Zone, (e.At - Start) / 1000.0);
                }
            }

            happened.Clear();
        }

        delays.Sort();
        return (Measure.Percentile(delays, 0.5), Measure.Percentile(delays, 0.95), wrong / (Devices / 2.0) / (minutes - 1), restless / (Devices / 2.0) / (minutes - 1));

        void Judge(int d, int zone, double when)
        {
            if (d >= Devices / 2)
            {
                // The first minute is for finding out where each is.
                wrong += zone != truth[d] && when > 60 ? 1 : 0;
            }
            else if (zone == truth[d] && !double.IsNaN(changed[d]))
            {
                delays.Add(when - changed[d]);
                changed[d] = double.NaN;
            }
            else
            {
                restless += zone != truth[d] && when > 60 ? 1 : 0;
            }
        }
    }

    private const long Start = 1_800_000_000_000;

    private static void Send(
        VenueVisits visits, VisitEventList happened, VenueMap map, List<(double At, int Device, int Receiver)> heard, Spot[] at, VisitPolicy policy, Dice dice)
    {
        if (heard.Count == 0)
        {
            return;
        }

        heard.Sort();
        var tokens = heard.Select(h => (ulong)h.Device + 1).Distinct().ToArray();
        var index = tokens.Index().ToDictionary(t => t.Item, t => (ushort)t.Index);
        visits.Observe(
            new SightingColumns
            {
                Tokens = tokens,
                Traits = new TokenTraits[tokens.Length],
                Device = heard.Select(h => index[(ulong)h.Device + 1]).ToArray(),
                Receiver = heard.Select(h => (ushort)h.Receiver).ToArray(),
                Dbm = heard.Select(h => (sbyte)Math.Clamp(dice.Normal(Level(at[h.Device], h.Receiver, map, policy), 5.9), -120, 0)).ToArray(),
                At = heard.Select(h => Start + (long)(h.At * 1000)).ToArray(),
            },
            late: false,
            happened);
        visits.Advance(Start + (long)(heard[^1].At * 1000), happened);
    }

    private static double Level(Spot at, int receiver, VenueMap map, VisitPolicy policy)
    {
        var from = map.Receivers[receiver].At;
        var metres = Math.Sqrt(((at.X - from.X) * (at.X - from.X)) + ((at.Y - from.Y) * (at.Y - from.Y)) + 4);
        return policy.NearWifiDbm - (policy.FallDb * Math.Log10(metres)) - (RoomOf(at) == receiver ? 0 : policy.WallDb);
    }

    private static Spot Step(Spot at, Spot to, double most)
    {
        var (dx, dy) = (to.X - at.X, to.Y - at.Y);
        var left = Math.Sqrt((dx * dx) + (dy * dy));
        return left <= most ? to : new Spot(at.X + (dx / left * most), at.Y + (dy / left * most));
    }

    private static int RoomOf(Spot at) => (Math.Clamp((int)(at.Y / Side), 0, 1) * 5) + Math.Clamp((int)(at.X / Side), 0, 4);

    private static int Neighbour(int room, Dice dice)
    {
        int[] near = [.. new[] { room % 5 > 0 ? room - 1 : -1, room % 5 < 4 ? room + 1 : -1, (room + 5) % 10 }.Where(r => r >= 0)];
        return dice.Of(near);
    }

    private static Spot SpotIn(int room, Dice dice) => new((room % 5 * Side) + dice.Between(1, Side - 1), (room / 5 * Side) + dice.Between(1, Side - 1));

    private static VenueMap Map() => new()
    {
        Tenant = "bench",
        Venue = "rooms",
        Name = new LocalText("Ten rooms"),
        TimeZone = "UTC",
        Floors = [new Floor("F1", new LocalText("F1"), 5 * Side, 2 * Side)],
        Zones = [.. Enumerable.Range(0, Rooms).Select(z => new Zone(
            $"z{z}", "F1", new LocalText($"z{z}"),
            [new(z % 5 * Side, z / 5 * Side), new((z % 5 * Side) + Side, z / 5 * Side), new((z % 5 * Side) + Side, (z / 5 * Side) + Side), new(z % 5 * Side, (z / 5 * Side) + Side)], []))],
        Receivers = [.. Enumerable.Range(0, Rooms).Select(r => new Receiver($"gw-{r}", 0, "F1", new Spot((r % 5 * Side) + 4, (r / 5 * Side) + 4), $"z{r}"))],
    };
}
