using Presence.Kit.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace Presence.Unit.Simulator;

/// <summary>
/// The simulated signals are as hard as recorded ones: the simplest methods do as well on both. With recorded halls and offices the strongest receiver is
/// right .41 (open office, nine parts of one room) to .76 (flat with walls) of the time; remembered fingerprints .65 to .82 (see the recordings' own
/// table of baselines). A simulator on which they did better would let any model shine.
/// </summary>
public class HardnessTests(ITestOutputHelper told)
{
    [Fact]
    public void The_strongest_receiver_is_right_as_often_as_in_recorded_buildings()
    {
        var (hits, all) = (0, 0);
        foreach (var sample in Walk(seed: 11))
        {
            hits += DemoMall.Map.ZoneIndex(DemoMall.Map.Receivers[sample.Heard.MaxBy(h => h.Dbm).Receiver].Zone) == sample.Zone ? 1 : 0;
            all++;
        }

        told.WriteLine($"strongest receiver {(double)hits / all:p1} of {all}");
        Assert.InRange((double)hits / all, 0.41, 0.80);
    }

    [Fact]
    public void Remembered_fingerprints_are_right_as_often_as_in_recorded_buildings()
    {
        var survey = Walk(seed: 21).Where((_, i) => i % 5 == 0).ToList();
        var (hits, all) = (0, 0);
        foreach (var sample in Walk(seed: 22).Where((_, i) => i % 11 == 0))
        {
            var near = survey.OrderBy(s => Apart(s, sample)).Take(5).GroupBy(s => s.Zone).MaxBy(g => g.Count())!.Key;
            hits += near == sample.Zone ? 1 : 0;
            all++;
        }

        told.WriteLine($"five nearest fingerprints {(double)hits / all:p1} of {all}");
        Assert.InRange((double)hits / all, 0.65, 0.90);
    }

    private static double Apart(Sample a, Sample b)
    {
        var sum = 0.0;
        for (var r = 0; r < a.Level.Length; r++)
        {
            sum += (a.Level[r] - b.Level[r]) * (a.Level[r] - b.Level[r]);
        }

        return sum;
    }

    // People of a day, one frame each twenty seconds, in shops and in the hall.
    private static IEnumerable<Sample> Walk(ulong seed)
    {
        var map = DemoMall.Map;
        var plan = new DayPlan { Seed = seed, Strangers = 20, Members = 0 };
        var (air, dice) = (new Air(map, plan.Air, new Dice(3)), new Dice(seed));
        foreach (var person in new MallDay(map, plan).People)
        {
            var (power, leg) = (dice.Normal(14, 3), 0);
            for (var at = person.Since; at < person.Until; at += 20_000_000)
            {
                while (person.Way[leg].Until < at)
                {
                    leg++;
                }

                var heard = new List<(int Receiver, int Dbm)>();
                for (var r = 0; r < map.Receivers.Length; r++)
                {
                    if (map.Receivers[r].Kind == RadioKind.Wifi && air.Hear(r, person.Way[leg].At(at), power, dice.Normal(0, 1), dice) is { } dbm)
                    {
                        heard.Add((r, dbm));
                    }
                }

                if (heard.Count > 0 && person.Way[leg].Zone >= 0)
                {
                    yield return new Sample(person.Way[leg].Zone, heard, [.. Enumerable.Range(0, map.Receivers.Length).Select(r => heard.Where(h => h.Receiver == r).Select(h => (double)h.Dbm).DefaultIfEmpty(-95).First())]);
                }
            }
        }
    }

    private sealed record Sample(int Zone, List<(int Receiver, int Dbm)> Heard, double[] Level);
}
