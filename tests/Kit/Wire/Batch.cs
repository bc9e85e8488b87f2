using System.Globalization;

namespace Presence.Kit.Wire;

/// <summary>A batch that a test can build, compare and print: the readable form of <see cref="SightingColumns"/>.</summary>
public sealed record Batch
{
    public ulong Boot { get; init; } = 0x0123456789abcdef;

    public ulong Sequence { get; init; } = 1;

    public ulong[] Tokens { get; init; } = [];

    public TokenTraits[] Traits { get; init; } = [];

    public ulong[] Exact { get; init; } = [];

    public ulong[] Coarse { get; init; } = [];

    public ushort[] Device { get; init; } = [];

    public ushort[] Receiver { get; init; } = [];

    public sbyte[] Dbm { get; init; } = [];

    public long[] At { get; init; } = [];

    public SightingColumns Columns => new()
    {
        Tokens = Tokens, Traits = Traits, Exact = Exact, Coarse = Coarse, Device = Device, Receiver = Receiver, Dbm = Dbm, At = At,
    };

    /// <summary>As a gateway sends it.</summary>
    public byte[] Encode()
    {
        var room = new byte[Presence.Wire.SightingBatch.HeaderBytes + Presence.Wire.SightingBatch.MostBodyBytes(Columns)];
        var header = Presence.Wire.SightingBatch.WriteHeader(Boot, Sequence, room);
        return room[..(header + Presence.Wire.SightingBatch.WriteBody(Columns, room.AsSpan(header)))];
    }

    /// <summary>What was decoded, kept beyond the next batch.</summary>
    public static Batch Of(Presence.Wire.BatchHeader header, in SightingColumns columns) => new()
    {
        Boot = header.Boot,
        Sequence = header.Sequence,
        Tokens = columns.Tokens.ToArray(),
        Traits = columns.Traits.ToArray(),
        Exact = columns.Exact.ToArray(),
        Coarse = columns.Coarse.ToArray(),
        Device = columns.Device.ToArray(),
        Receiver = columns.Receiver.ToArray(),
        Dbm = columns.Dbm.ToArray(),
        At = columns.At.ToArray(),
    };

    /// <summary>A shop's usual batch: many sightings of fewer devices, in the order of their times.</summary>
    public static Batch Usual(int seed = 1, int sightings = 200, int devices = 60, int receivers = 8, long start = 1_795_255_200_000, int steps = 20)
    {
        var dice = new Random(seed);
        var at = new long[sightings];
        for (var i = 0; i < sightings; i++)
        {
            at[i] = i == 0 ? start : at[i - 1] + dice.Next(steps);
        }

        return new()
        {
            Sequence = (ulong)dice.Next(1, 1_000_000),
            Tokens = [.. Enumerable.Range(0, devices).Select(_ => (ulong)dice.NextInt64(1, long.MaxValue)).Distinct()],
            Traits = [.. Enumerable.Range(0, devices).Select(_ => (TokenTraits)dice.Next(32))],
            Device = [.. Enumerable.Range(0, sightings).Select(_ => (ushort)dice.Next(devices))],
            Receiver = [.. Enumerable.Range(0, sightings).Select(_ => (ushort)dice.Next(receivers))],
            Dbm = [.. Enumerable.Range(0, sightings).Select(_ => (sbyte)dice.Next(-95, -30))],
            At = at,
        };
    }

    /// <summary>One line per column, for golden files and for failures.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        boot {Boot:x16} sequence {Sequence}
        tokens {string.Join(' ', Tokens.Select(t => t.ToString("x16", CultureInfo.InvariantCulture)))}
        traits {string.Join(' ', Traits.Select(t => (int)t))}
        exact {string.Join(' ', Exact.Select(t => t.ToString("x16", CultureInfo.InvariantCulture)))}
        coarse {string.Join(' ', Coarse.Select(t => t.ToString("x16", CultureInfo.InvariantCulture)))}
        device {string.Join(' ', Device)}
        receiver {string.Join(' ', Receiver)}
        dbm {string.Join(' ', Dbm)}
        at {string.Join(' ', At)}

        """);

    public bool Equals(Batch? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => Sequence.GetHashCode();
}
