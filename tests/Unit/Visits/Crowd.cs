using Presence.Visits;

namespace Presence.Unit.Visits;

/// <summary>Devices that stroll about the rooms, heard by all receivers as the plan expects, with noise; what is wrong with a receiver is the test's to say.</summary>
internal sealed class Crowd(int devices, int seed = 1)
{
    private readonly Random _dice = new(seed);
    private readonly Spot[] _at = new Spot[devices];

    /// <summary>What a receiver makes of a level; null for nothing. Default: the level.</summary>
    public Func<int, Spot, double, double?> Hears { get; set; } = (_, _, dbm) => dbm;

    public VenueMap Map { get; init; } = Mall.Rooms(6);

    public VisitEventList Happened { get; } = new();

    public long Now { get; private set; } = Mall.Ten;

    /// <summary>Lets time pass in rounds of ten seconds; each device changes room about every five minutes.</summary>
    /// <returns>Share of devices and rounds for which the venue believed in the right room.</returns>
    public double Stroll(VenueVisits visits, TimeSpan time)
    {
        var (right, all) = (0, 0);
        for (var end = Now + (long)time.TotalMilliseconds; Now < end; Now += 10_000)
        {
            var heard = new List<Heard>();
            for (var d = 0; d < devices; d++)
            {
                if (_at[d] == default || _dice.Next(30) == 0)
                {
                    _at[d] = new Spot((10 * _dice.Next(Map.Zones.Length)) + 1 + (8 * _dice.NextDouble()), 1 + (8 * _dice.NextDouble()));
                }

                for (var r = 0; r < Map.Receivers.Length; r++)
                {
                    if (Hears(r, _at[d], Level(r, _at[d]) + (4 * Normal())) is { } dbm and > -92)
                    {
                        heard.Add(new Heard((ulong)d + 1, r, (int)Math.Max(dbm, -120), Now + (d % 10)));
                    }
                }
            }

            foreach (var batch in heard.Chunk(100))
            {
                visits.Hear(Happened, late: false, batch);
            }

            visits.Advance(Now, Happened);
            for (var d = 0; d < devices; d++, all++)
            {
                right += visits.TryFind(new DeviceToken((ulong)d + 1), out var slot) && visits.ZoneOf(slot) == (int)(_at[d].X / 10) ? 1 : 0;
            }
        }

        return (double)right / all;
    }

    public double Level(int receiver, Spot at)
    {
        var policy = Mall.Policy;
        var d = Outlines.Between(at, Map.Receivers[receiver].At);
        var wall = (int)(at.X / 10) == (int)(Map.Receivers[receiver].At.X / 10) ? 0 : policy.WallDb;
        return policy.NearWifiDbm - (policy.FallDb * Math.Log10(Math.Sqrt((d * d) + 4))) - wall;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _dice.NextDouble())) * Math.Cos(2 * Math.PI * _dice.NextDouble());
}
