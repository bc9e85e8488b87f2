namespace Presence.Visits;

/// <summary>What is taken for granted about radio and people in a kind of building; measured values take over where there are any.</summary>
public sealed record RadioPolicy
{
    /// <summary>Side of the squares of the belief, metres.</summary>
    public double Square { get; init; } = 2;

    /// <summary>Distance at which shadowing is no longer alike, metres.</summary>
    public double ShadowLength { get; init; } = 6;

    /// <summary>Spread of shadowing about the path loss, dB.</summary>
    public double ShadowDb { get; init; } = 7;

    /// <summary>Spread of readings at one place, dB: fading and the body.</summary>
    public double NoiseDb { get; init; } = 6;

    /// <summary>Share of the weight that one more source's reading carries, because neighbours' readings err together.</summary>
    public double Independence { get; init; } = 0.5;

    /// <summary>The same for a second group of sources, such as the beacons that a phone heard in a second: fewer speak at once.</summary>
    public double BeaconIndependence { get; init; } = 1;

    /// <summary>Weight of silence beside that of a reading.</summary>
    public double Silence { get; init; } = 0.5;

    /// <summary>Weight of scans that were like this one (<see cref="ScanMemory"/>); of Wi-Fi, and of a second's beacons.</summary>
    public double LikeScans { get; init; } = 2.4;

    /// <inheritdoc cref="LikeScans"/>
    public double LikeBeacons { get; init; } = 0.2;

    /// <summary>Likeness of two scans falls to 1/e over this much; of Wi-Fi, and of beacons, of which fewer are heard.</summary>
    public double LikeWidth { get; init; } = 0.01;

    /// <inheritdoc cref="LikeWidth"/>
    public double LikeBeaconsWidth { get; init; } = 0.04;

    /// <summary>Walking speed that the belief spreads with, m/s.</summary>
    public double Speed { get; init; } = 1.2;

    /// <summary>Chance per second of taking stairs, lift or escalator.</summary>
    public double FloorChange { get; init; } = 0.0005;

    /// <summary>Share of visitors who stand still at any time.</summary>
    public double Still { get; init; } = 0.3;

    /// <summary>Fall of the strength with ten times the distance, dB, where no survey tells: 10 x the path loss exponent.</summary>
    public double FallDb { get; init; } = 25;

    /// <summary>Strength at one metre where no survey tells, dBm.</summary>
    public double NearDbm { get; init; } = -55;

    /// <summary>Fainter than this nothing is heard, dBm.</summary>
    public double FloorDbm { get; init; } = -95;
}
