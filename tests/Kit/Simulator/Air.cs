namespace Presence.Kit.Simulator;

/// <summary>What the air and the receivers do to a signal. Defaults are of 2.4 GHz in a shopping building.</summary>
/// <remarks>
/// Sources: distance and floors ITU-R P.1238 (power loss coefficient 22 of commercial areas at 1.9 GHz, 28 and more through offices;
/// one floor 15 dB and more); walls 3 to 7 dB at 2.4 GHz, ITU-R P.2040; shadowing of 3 to 7 dB that forgets itself within a few metres,
/// Gudmundson 1991; small-scale fading between Rice with a weak direct ray and Rayleigh, Hashemi 1993; a body between phone and
/// receiver up to 10 dB, here a slow swing of half that.
/// </remarks>
public sealed record AirPolicy
{
    /// <summary>Loss over the first metre, dB (free space at 2.44 GHz: 40.2).</summary>
    public double FirstMetre { get; init; } = 40;

    /// <summary>dB lost with each tenfold distance.</summary>
    public double PerDecade { get; init; } = 26;

    /// <summary>dB lost in a wall between shops.</summary>
    public double PerWall { get; init; } = 4.5;

    /// <summary>dB lost in a floor slab.</summary>
    public double PerFloor { get; init; } = 18;

    /// <summary>Deviation of what furniture and people in the way do, dB; the same again at the same spot.</summary>
    public double Shadowing { get; init; } = 5;

    /// <summary>Metres over which shadowing forgets itself.</summary>
    public double ShadowingLength { get; init; } = 4;

    /// <summary>Share of the direct ray's power over the scattered: 0 is Rayleigh fading.</summary>
    public double RiceFactor { get; init; } = 1.5;

    /// <summary>Deviation of the swing that the carrier's body causes per receiver, dB; lasts about <see cref="BodySeconds"/>.</summary>
    public double Body { get; init; } = 3;

    public double BodySeconds { get; init; } = 40;

    /// <summary>Strength at which half of the frames are lost, dBm; ±3 dB around it the share changes from nearly all to nearly none.</summary>
    public double HalfHeard { get; init; } = -89;

    /// <summary>Share of frames lost whatever their strength: collisions, and a radio busy elsewhere.</summary>
    public double Collisions { get; init; } = 0.08;
}

/// <summary>Says how loud a receiver hears a transmitter, or that it does not.</summary>
public sealed class Air
{
    private const int Waves = 24;

    private readonly VenueMap _map;
    private readonly AirPolicy _policy;
    private readonly Walls _walls;
    private readonly int[] _level;
    private readonly Wave[][] _shadows;

    public Air(VenueMap map, AirPolicy policy, Dice dice)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(dice);
        (_map, _policy, _walls) = (map, policy, new Walls(map));
        _level = [.. map.Receivers.Select(receiver => LevelOf(receiver.Floor))];
        _shadows = [.. map.Receivers.Select(receiver => Field(dice.For($"shadow {receiver.Gateway} {receiver.Number}")))];
    }

    /// <param name="receiver">Index into the map's receivers.</param>
    /// <param name="from">Where the transmitter is.</param>
    /// <param name="power">Its radiated power, dBm.</param>
    /// <param name="body">Its carrier's swing for this receiver, in deviations.</param>
    /// <param name="dice">Falls for this frame.</param>
    /// <returns>Strength in whole dBm, or null when the receiver misses the frame.</returns>
    public int? Hear(int receiver, in Place from, double power, double body, Dice dice)
    {
        ArgumentNullException.ThrowIfNull(dice);
        var mean = Mean(receiver, from, power) + (body * _policy.Body);

        // Far below what can be heard no luck of fading helps: the dice are spared.
        if (mean < _policy.HalfHeard - 12)
        {
            return null;
        }

        var strength = mean + Fading(dice);
        var heard = (1 - _policy.Collisions) / (1 + Math.Exp((_policy.HalfHeard - strength) / 1.0));
        return dice.Chance(heard) ? Math.Clamp((int)Math.Round(strength), -100, -10) : null;
    }

    /// <summary>Strength in dBm before body and fading.</summary>
    public double Mean(int receiver, in Place from, double power)
    {
        var to = _map.Receivers[receiver];
        var floors = Math.Abs(_level[receiver] - from.Level);
        var (x, y, z) = (to.At.X - from.At.X, to.At.Y - from.At.Y, 2 + (floors * 5.0));
        var distance = Math.Max(1, Math.Sqrt((x * x) + (y * y) + (z * z)));
        var walls = floors == 0 ? _walls.Between(to.Floor, to.At, from.At) : 0;
        return power - _policy.FirstMetre - (_policy.PerDecade * Math.Log10(distance)) - (_policy.PerWall * walls)
            - (_policy.PerFloor * floors) + Shadow(receiver, from);
    }

    public int LevelOf(string floor)
    {
        for (var i = 0; i < _map.Floors.Length; i++)
        {
            if (string.Equals(_map.Floors[i].Id, floor, StringComparison.Ordinal))
            {
                return i;
            }
        }

        throw new ArgumentException($"no floor {floor}", nameof(floor));
    }

    // A sum of plane waves of random direction is a smooth random field; the length of the waves sets how soon it forgets.
    private double Shadow(int receiver, in Place from)
    {
        var sum = 0.0;
        foreach (var wave in _shadows[receiver])
        {
            sum += Math.Cos((wave.X * from.At.X) + (wave.Y * from.At.Y) + wave.Phase + (from.Level * wave.PerLevel));
        }

        return _policy.Shadowing * Math.Sqrt(2.0 / Waves) * sum;
    }

    private Wave[] Field(Dice dice)
    {
        var waves = new Wave[Waves];
        for (var i = 0; i < Waves; i++)
        {
            var (direction, number) = (dice.Between(0, 2 * Math.PI), Math.Abs(dice.Normal(0, 1)) / _policy.ShadowingLength);
            waves[i] = new(number * Math.Cos(direction), number * Math.Sin(direction), dice.Between(0, 2 * Math.PI), dice.Between(1, 5));
        }

        return waves;
    }

    private double Fading(Dice dice)
    {
        // Power of one direct ray and a cloud of scattered ones, on average 1.
        var k = _policy.RiceFactor;
        var scatter = Math.Sqrt(1 / (2 * (k + 1)));
        var (i, q) = (Math.Sqrt(k / (k + 1)) + dice.Normal(0, scatter), dice.Normal(0, scatter));
        return 10 * Math.Log10(Math.Max(1e-4, (i * i) + (q * q)));
    }

    private readonly record struct Wave(double X, double Y, double Phase, double PerLevel);
}

/// <summary>A spot on a floor; level 0 is the lowest.</summary>
public readonly record struct Place(int Level, Spot At);
