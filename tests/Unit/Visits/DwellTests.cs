using Presence.Kit.Simulator;
using Presence.Visits;
using Xunit;
using Xunit.Abstractions;

namespace Presence.Unit.Visits;

/// <summary>How wrong enter, leave and dwell are for long, shop-like stays, which recordings do not have: people of the simulated mall, heard through its air.</summary>
public class DwellTests(ITestOutputHelper told)
{
    [Theory]
    [InlineData(5, 12, 65)]
    [InlineData(60, 42, 240)]
    public void Stays_in_shops_begin_end_and_last_nearly_as_long_as_they_did(int every, double median, double most)
    {
        var (errors, found, stays) = Judge(new VisitPolicy(), every);
        foreach (var (name, of) in new (string, Func<(double Enter, double Leave, double Dwell), double>)[] { ("enter", e => e.Enter), ("leave", e => e.Leave), ("dwell", e => e.Dwell) })
        {
            var sorted = errors.Select(of).Order().ToArray();
            var (half, nine) = (sorted[sorted.Length / 2], sorted[sorted.Length * 9 / 10]);
            told.WriteLine($"every {every} s: {name} median {half:f1} s, p90 {nine:f1} s; {found} of {stays} stays found");
            Assert.True(half <= median, $"{name}: median {half:f1} s");
            Assert.True(nine <= most, $"{name}: p90 {nine:f1} s");
        }

        Assert.InRange((double)found / stays, 0.9, 1);
    }

    internal static (List<(double Enter, double Leave, double Dwell)> Errors, int Found, int Stays) Judge(VisitPolicy policy, int every)
    {
        var map = DemoMall.Map;
        var plan = new DayPlan { Strangers = 24, Members = 0 };
        var people = new MallDay(map, plan).People;
        var (air, dice) = (new Air(map, plan.Air, new Dice(3)), new Dice(4));
        var wifi = Enumerable.Range(0, map.Receivers.Length).Where(r => map.Receivers[r].Kind == RadioKind.Wifi).ToArray();
        var heard = new List<Heard>();
        for (var p = 0; p < people.Count; p++)
        {
            var (power, leg) = (dice.Normal(14, 3), 0);
            var body = new double[map.Receivers.Length];
            for (var at = people[p].Since + (long)(dice.Between(0, every) * 1e6); at < people[p].Until; at += (long)(every * dice.Between(0.9, 1.1) * 1e6))
            {
                while (people[p].Way[leg].Until < at)
                {
                    leg++;
                }

                foreach (var r in wifi)
                {
                    // The body turns within the time that the air's policy says.
                    var keeps = Math.Exp(-every / plan.Air.BodySeconds);
                    body[r] = (keeps * body[r]) + (Math.Sqrt(1 - (keeps * keeps)) * dice.Normal(0, 1));
                    if (air.Hear(r, people[p].Way[leg].At(at), power, body[r], dice) is { } dbm)
                    {
                        heard.Add(new Heard((ulong)p + 1, r, dbm, at / 1000));
                    }
                }
            }
        }

        var said = Settle(map, policy, heard);
        var (errors, stays) = (new List<(double, double, double)>(), 0);
        for (var p = 0; p < people.Count; p++)
        {
            foreach (var stay in Truth.StaysOf(people[p], TimeSpan.FromSeconds(20)).Where(s => map.Zones[s.Zone].IsStore && s.Until - s.Since >= 300_000_000))
            {
                stays++;
                var (since, until) = (stay.Since / 1000, stay.Until / 1000);
                var best = said.Where(e => e.Device.Hash == (ulong)p + 1 && e.Zone == stay.Zone)
                    .DefaultIfEmpty().MaxBy(e => Math.Min(e.At, until) - Math.Max(e.Since, since));
                if (best.Device.Hash != 0 && Math.Min(best.At, until) > Math.Max(best.Since, since))
                {
                    errors.Add((Math.Abs(best.Since - since) / 1000.0, Math.Abs(best.At - until) / 1000.0, Math.Abs(best.At - best.Since - (until - since)) / 1000.0));
                }
            }
        }

        return (errors, errors.Count, stays);
    }

    private static VisitEvent[] Settle(VenueMap map, VisitPolicy policy, List<Heard> heard)
    {
        var (visits, happened) = (new VenueVisits(map, policy), new VisitEventList());
        var said = new List<VisitEvent>();
        foreach (var second in heard.GroupBy(h => h.At / 1000).OrderBy(g => g.Key))
        {
            visits.Hear(happened, late: false, [.. second.OrderBy(h => h.At)]);
            visits.Advance(second.Key * 1000, happened);
            Keep();
        }

        visits.Advance((heard.Max(h => h.At)) + 7_200_000, happened);
        Keep();
        return [.. said];

        void Keep()
        {
            said.AddRange(happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.StaySettled));
            happened.Clear();
        }
    }
}
