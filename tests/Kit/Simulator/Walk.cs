namespace Presence.Kit.Simulator;

/// <summary>A straight piece of a person's way in one zone, or standing still where both ends are one. Times are Unix microseconds.</summary>
public readonly record struct Leg(long Since, long Until, Place From, Place To, int Zone)
{
    public Place At(long time)
    {
        var part = Until == Since ? 0 : Math.Clamp((time - Since) / (double)(Until - Since), 0, 1);
        return new(
            part < 0.5 ? From.Level : To.Level,
            new(From.At.X + (part * (To.At.X - From.At.X)), From.At.Y + (part * (To.At.Y - From.At.Y))));
    }
}

/// <summary>A stop on somebody's plan.</summary>
/// <param name="Zone">Where.</param>
/// <param name="Lasts">How long inside.</param>
/// <param name="At">Not before this venue-local time; who is early strolls through the hall until then. Null: as soon as there.</param>
public sealed record Stop(string Zone, TimeSpan Lasts, TimeOnly? At = null);

/// <summary>Makes a way through the mall out of a plan: in by an entrance, along the halls, through doors, out again.</summary>
public sealed class Walk
{
    /// <summary>Metres a second of somebody who is shopping; pedestrian studies of malls give 0.9 to 1.3.</summary>
    private const double Pace = 1.1;

    /// <summary>Seconds on the escalator.</summary>
    private const double Ride = 25;

    private static readonly Spot Escalator = new(36, 18);
    private static readonly Spot Entrance = new(0.5, 18);

    /// <summary>Not in a shop; which zone that is, says the spot.</summary>
    private const int Between = -1;

    private readonly VenueMap _map;
    private readonly Dice _dice;
    private readonly List<Leg> _legs = [];
    private long _now;
    private Place _here;

    private Walk(VenueMap map, Dice dice, long start)
    {
        (_map, _dice, _now) = (map, dice, start);
        _here = new(0, Entrance);
    }

    /// <param name="map">The mall.</param>
    /// <param name="start">When the person comes in, Unix µs.</param>
    /// <param name="stops">The plan.</param>
    /// <param name="clock">Venue-local time of day to Unix µs of this day.</param>
    /// <param name="dice">Chooses what the plan leaves open.</param>
    /// <returns>The whole way without gaps, from the entrance to the entrance.</returns>
    public static IReadOnlyList<Leg> Of(VenueMap map, long start, IEnumerable<Stop> stops, Func<TimeOnly, long> clock, Dice dice)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(stops);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(dice);
        var walk = new Walk(map, dice, start);
        foreach (var stop in stops)
        {
            var zone = map.Zones[map.ZoneIndex(stop.Zone)];
            if (stop.At is { } at)
            {
                walk.StrollUntil(clock(at) - 40_000_000);
            }

            walk.Visit(zone, (long)(stop.Lasts.TotalSeconds * 1e6));
        }

        walk.WalkTo(new(0, Entrance));
        return walk._legs;
    }

    private void Visit(Zone shop, long lasts)
    {
        var level = int.Parse(shop.Floor.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) - 1;
        if (!DemoMall.IsShop(shop))
        {
            WalkTo(new(level, Within(shop)));
            Stand(lasts, Between);
            return;
        }

        var (zone, door) = (_map.ZoneIndex(shop.Id), new Place(level, DemoMall.Door(shop)));
        WalkTo(door);
        var leaving = _now + lasts;
        while (_now < leaving)
        {
            Go(new(level, Within(shop)), zone, Pace * 0.6);
            Stand(Math.Min((long)(_dice.Exponential(90) * 1e6), leaving - _now), zone);
        }

        Go(door, zone, Pace);
    }

    private void StrollUntil(long time)
    {
        while (_now < time)
        {
            Go(new(_here.Level, new(_dice.Between(DemoMall.Porch + 1, DemoMall.Width - 3), _dice.Between(16, 20))), Between, Pace * 0.8);
            Stand(Math.Min((long)(_dice.Exponential(40) * 1e6), time - _now), Between);
        }
    }

    private void WalkTo(Place to)
    {
        ToLevel(to.Level);
        Go(to, Between, Pace);
    }

    private void ToLevel(int level)
    {
        if (level == _here.Level)
        {
            return;
        }

        Go(_here with { At = Escalator }, Between, Pace);
        var (up, half) = (new Place(level, Escalator), (long)(Ride / 2 * 1e6));
        Add(half, _here, Between);
        _here = up;
        Add(half, up, Between);
    }

    private void Go(Place to, int zone, double pace)
    {
        var (x, y) = (to.At.X - _here.At.X, to.At.Y - _here.At.Y);
        Add((long)(Math.Sqrt((x * x) + (y * y)) / pace * 1e6), to, zone);
    }

    private void Stand(long lasts, int zone)
    {
        if (lasts > 0)
        {
            Add(lasts, _here, zone);
        }
    }

    private void Add(long lasts, Place to, int zone)
    {
        if (zone != Between)
        {
            Append(lasts, to, zone);
            return;
        }

        // Between the shops of the ground floor lies the porch as well as the atrium: a way over the line is two.
        var (from, x) = (_here.At, _here.At.X);
        if (to.Level == 0 && (x < DemoMall.Porch) != (to.At.X < DemoMall.Porch))
        {
            var part = (DemoMall.Porch - x) / (to.At.X - x);
            var first = (long)(part * lasts);
            Append(first, new(0, new(DemoMall.Porch, from.Y + (part * (to.At.Y - from.Y)))), HallAt(0, x));
            lasts -= first;
            x = to.At.X;
        }

        Append(lasts, to, HallAt(to.Level, x));
    }

    private int HallAt(int level, double x) => _map.ZoneIndex(level == 0 && x < DemoMall.Porch ? DemoMall.Exit : DemoMall.HallOf(level));

    private void Append(long lasts, Place to, int zone)
    {
        _legs.Add(new(_now, _now + lasts, _here, to, zone));
        (_now, _here) = (_now + lasts, to);
    }

    // A metre from the walls, so that nobody stands in one.
    private Spot Within(Zone shop) => new(
        _dice.Between(shop.Outline[0].X + 1, shop.Outline[2].X - 1),
        _dice.Between(shop.Outline[0].Y + 1, shop.Outline[2].Y - 1));
}
