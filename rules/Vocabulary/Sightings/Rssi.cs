namespace Presence;

/// <summary>How loud a device was heard: received signal strength, -127 (barely) to 20 (touching) dBm.</summary>
/// <remarks>
/// Source: Bluetooth Core, LE Advertising Report event, which keeps 127 for "not measured"; Capture turns such a report
/// into no sighting. <c>default</c> is 0 dBm, louder than any shopper, so a forgotten reading stands out in a test.
/// </remarks>
public readonly record struct Rssi
{
    /// <summary>The faintest reading that has a meaning, in dBm.</summary>
    public const sbyte Faintest = -127;

    /// <summary>The loudest reading that has a meaning, in dBm.</summary>
    public const sbyte Loudest = 20;

    /// <param name="dbm">Strength in dBm.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside -127..20.</exception>
    public Rssi(int dbm)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dbm, Faintest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dbm, Loudest);
        Dbm = (sbyte)dbm;
    }

    public sbyte Dbm { get; }

    public override string ToString() => $"{Dbm} dBm";
}
