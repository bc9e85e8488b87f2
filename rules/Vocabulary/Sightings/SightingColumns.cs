namespace Presence;

/// <summary>One receiver heard one device once. The readable form; the hot path uses <see cref="SightingColumns"/>.</summary>
public sealed record Sighting(GatewayId Gateway, int Receiver, DeviceToken Device, TokenTraits Traits, Rssi Strength, DateTimeOffset SeenAt);

/// <summary>
/// A batch of sightings in columns, as decoded from the wire. Valid only during the call it is passed to.
/// </summary>
/// <remarks>
/// The dictionary columns (<see cref="Tokens"/>, <see cref="Traits"/>, <see cref="Exact"/>, <see cref="Coarse"/>) have one entry per
/// distinct device of the batch; the sighting columns (<see cref="Device"/>, <see cref="Receiver"/>, <see cref="Dbm"/>,
/// <see cref="At"/>) have one per sighting.
/// </remarks>
public readonly ref struct SightingColumns
{
    /// <summary>Distinct devices of the batch, at least one, none twice.</summary>
    public required ReadOnlySpan<ulong> Tokens { get; init; }

    /// <summary>What is known of each device; as long as <see cref="Tokens"/>.</summary>
    public required ReadOnlySpan<TokenTraits> Traits { get; init; }

    /// <summary>Keyed hash of the device's exact information elements, 0 where unknown; empty, or as long as <see cref="Tokens"/>.</summary>
    public ReadOnlySpan<ulong> Exact { get; init; }

    /// <summary>Keyed hash of the elements that rarely change, 0 where unknown; empty, or as long as <see cref="Tokens"/>.</summary>
    public ReadOnlySpan<ulong> Coarse { get; init; }

    /// <summary>Index into <see cref="Tokens"/> of each sighting's device.</summary>
    public required ReadOnlySpan<ushort> Device { get; init; }

    /// <summary>The receiver that heard it: on the wire the gateway's own number, in the venue the index into <see cref="VenueMap.Receivers"/>.</summary>
    public required ReadOnlySpan<ushort> Receiver { get; init; }

    /// <summary>Strength in dBm, -127 to 20.</summary>
    public required ReadOnlySpan<sbyte> Dbm { get; init; }

    /// <summary>Unix milliseconds of each sighting by the gateway's clock (in the venue: corrected), not decreasing.</summary>
    public required ReadOnlySpan<long> At { get; init; }

    /// <summary>Number of sightings.</summary>
    public int Length => Device.Length;
}
