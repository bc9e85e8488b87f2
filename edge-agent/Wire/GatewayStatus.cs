using System.Collections.Immutable;

namespace Presence.Wire;

/// <summary>How far the gateway trusts its own clock.</summary>
public enum ClockState
{
    Unknown = 0,

    /// <summary>Set, and not seen to jump in the last hour.</summary>
    Trusted = 1,

    /// <summary>Before the year 2020, or jumped by more than 5 s against the monotonic clock in the last hour.</summary>
    Doubtful = 2,
}

/// <summary>How many sightings a gateway lost for one reason since its spool was begun.</summary>
/// <param name="Reason">A lower-case word with hyphens, such as <c>spool-full</c>.</param>
/// <param name="Sightings">How many, since the spool was begun.</param>
public readonly record struct Dropped(string Reason, ulong Sightings);

/// <summary>How one receiver of a gateway does.</summary>
/// <param name="Number">Its number on the wire.</param>
/// <param name="Frames">Frames it brought since the program started.</param>
/// <param name="Lost">Frames lost between the radio and the program since then, as far as the source counts them.</param>
/// <param name="QuietMs">Since its last frame; since the start before the first.</param>
public readonly record struct RadioHealth(int Number, ulong Frames, ulong Lost, long QuietMs);

/// <summary>How a gateway is, by itself: on connecting, every minute, and as its will.</summary>
public sealed record GatewayStatus
{
    /// <summary>Longest payload taken, in bytes.</summary>
    public const int MostBytes = 16 * 1024;

    private const int MostText = 64;
    private const int MostDrops = 64;
    private const int MostRadios = 64;

    /// <summary>Incarnation of the spool; never 0.</summary>
    public required ulong Boot { get; init; }

    /// <summary>The gateway's clock when sent, Unix ms; 0 in the will.</summary>
    public long At { get; init; }

    /// <summary>False only in the will, which the broker sends when the gateway is gone.</summary>
    public bool Online { get; init; }

    /// <summary>Of the gateway's program.</summary>
    public string Version { get; init; } = "";

    public ClockState Clock { get; init; }

    /// <summary>Unix ms: everything heard until then is in a batch up to the sequences below; time moves with it when nothing is heard.</summary>
    public long CompleteTo { get; init; }

    /// <summary>Highest sequence given in the live stream, 0 for none.</summary>
    public ulong LiveSequence { get; init; }

    /// <summary>Highest sequence given in the backlog stream, 0 for none.</summary>
    public ulong BacklogSequence { get; init; }

    /// <summary>Batches of the live stream in the spool that are not known to be committed.</summary>
    public ulong LiveWaiting { get; init; }

    /// <summary>Batches of the backlog stream in the spool that are not known to be committed.</summary>
    public ulong BacklogWaiting { get; init; }

    /// <summary>What they take, in bytes.</summary>
    public ulong SpoolBytes { get; init; }

    /// <summary>Unix ms of the oldest sighting in the spool, 0 when it is empty.</summary>
    public long OldestAt { get; init; }

    public ImmutableArray<Dropped> Drops { get; init; } = [];

    /// <summary>Milliseconds since the program started.</summary>
    public long UpFor { get; init; }

    /// <summary>Version of the configuration in force, 0 for none.</summary>
    public ulong ConfigVersion { get; init; }

    /// <summary>Version of the newest configuration that was tried and taken back, 0 for none.</summary>
    public ulong ConfigRejected { get; init; }

    /// <summary>The gateway's clock less the cloud's when it last spoke, ms; null before its first word.</summary>
    public long? ClockErrorMs { get; init; }

    /// <summary>The warmest sensor, in thousandths of a degree Celsius; null where there is none.</summary>
    public int? Temperature { get; init; }

    /// <summary>Its receivers by number, at most 64.</summary>
    public ImmutableArray<RadioHealth> Radios { get; init; } = [];

    /// <summary>Devices that have stood still for so long that they are not sent: printers, screens, phones in a drawer.</summary>
    public int Statics { get; init; }

    public byte[] Encode()
    {
        var writer = new ProtoWriter(new byte[640 + (Radios.Length * 48) + (Drops.Length * (MostText * 3 + 32))]);
        writer.Fixed64(1, Boot);
        writer.Number(2, (ulong)At);
        writer.Number(3, Online ? 1u : 0u);
        writer.Text(4, Version);
        writer.Number(5, (ulong)Clock);
        writer.Number(6, (ulong)CompleteTo);
        writer.Number(7, LiveSequence);
        writer.Number(8, BacklogSequence);
        writer.Number(9, LiveWaiting);
        writer.Number(10, BacklogWaiting);
        writer.Number(11, SpoolBytes);
        writer.Number(12, (ulong)OldestAt);
        foreach (var drop in Drops)
        {
            var one = new ProtoWriter(new byte[MostText * 3 + 32]);
            one.Text(1, drop.Reason);
            one.Number(2, drop.Sightings);
            writer.Begin(13, one.Written);
            writer.Append(one);
        }

        writer.Number(14, (ulong)UpFor);
        writer.Number(15, ConfigVersion);
        writer.Number(16, ConfigRejected);
        writer.Number(17, Signed(ClockErrorMs));
        writer.Number(18, Signed(Temperature));
        foreach (var radio in Radios)
        {
            var one = new ProtoWriter(new byte[48]);
            one.Number(1, (ulong)radio.Number);
            one.Number(2, radio.Frames);
            one.Number(3, radio.Lost);
            one.Number(4, (ulong)radio.QuietMs);
            writer.Begin(19, one.Written);
            writer.Append(one);
        }

        writer.Number(20, (ulong)Statics);
        return writer.ToArray();
    }

    /// <summary>Reads a payload; <paramref name="status"/> is null when refused.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GatewayStatus? status, out Refusal why)
    {
        status = null;
        ulong boot = 0, at = 0, online = 0, clock = 0, complete = 0, live = 0, backlog = 0;
        ulong liveWaiting = 0, backlogWaiting = 0, bytes = 0, oldest = 0, upFor = 0, config = 0;
        ulong rejected = 0, clockError = 0, temperature = 0, statics = 0;
        var radios = ImmutableArray.CreateBuilder<RadioHealth>();
        var version = "";
        var drops = ImmutableArray.CreateBuilder<Dropped>();
        if (payload.Length > MostBytes)
        {
            why = Refusal.TooLong;
            return false;
        }

        why = Refusal.Malformed;
        var reader = new ProtoReader(payload);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag))
            {
                return false;
            }

            var read = tag switch
            {
                (1 << 3) | 1 => reader.TryFixed64(out boot),
                2 << 3 => reader.TryVarint(out at),
                3 << 3 => reader.TryVarint(out online),
                (4 << 3) | 2 => reader.TryText(out version, MostText),
                5 << 3 => reader.TryVarint(out clock),
                6 << 3 => reader.TryVarint(out complete),
                7 << 3 => reader.TryVarint(out live),
                8 << 3 => reader.TryVarint(out backlog),
                9 << 3 => reader.TryVarint(out liveWaiting),
                10 << 3 => reader.TryVarint(out backlogWaiting),
                11 << 3 => reader.TryVarint(out bytes),
                12 << 3 => reader.TryVarint(out oldest),
                (13 << 3) | 2 => reader.TryBytes(out var drop) && TryDrop(drop, drops),
                14 << 3 => reader.TryVarint(out upFor),
                15 << 3 => reader.TryVarint(out config),
                16 << 3 => reader.TryVarint(out rejected),
                17 << 3 => reader.TryVarint(out clockError),
                18 << 3 => reader.TryVarint(out temperature),
                (19 << 3) | 2 => reader.TryBytes(out var radio) && TryRadio(radio, radios),
                20 << 3 => reader.TryVarint(out statics),
                _ => reader.TrySkip(tag),
            };
            if (!read)
            {
                return false;
            }
        }

        why = boot == 0 ? Refusal.NoBoot
            : at > SightingBatch.LatestTime || complete > SightingBatch.LatestTime || oldest > SightingBatch.LatestTime ? Refusal.TimeAbsurd
            : upFor > long.MaxValue || statics > int.MaxValue || Unsigned(temperature) is < -273_150 or > 1_000_000 ? Refusal.FieldOutOfRange
            : Refusal.None;
        if (why is not Refusal.None)
        {
            return false;
        }

        status = new()
        {
            Boot = boot, At = (long)at, Online = online != 0, Version = version,
            Clock = clock <= (ulong)ClockState.Doubtful ? (ClockState)clock : ClockState.Unknown,
            CompleteTo = (long)complete, LiveSequence = live, BacklogSequence = backlog,
            LiveWaiting = liveWaiting, BacklogWaiting = backlogWaiting, SpoolBytes = bytes, OldestAt = (long)oldest,
            Drops = drops.ToImmutable(), UpFor = (long)upFor, ConfigVersion = config,
            ConfigRejected = rejected, ClockErrorMs = Unsigned(clockError), Temperature = (int?)Unsigned(temperature),
            Radios = radios.ToImmutable(), Statics = (int)statics,
        };
        return true;
    }

    // Zigzag plus one, so that 0, which is not written, stays free for "not known".
    private static ulong Signed(long? value) => value is { } v ? ((ulong)((v << 1) ^ (v >> 63))) + 1 : 0;

    private static long? Unsigned(ulong value) => value == 0 ? null : (long)((value - 1) >> 1) ^ -(long)((value - 1) & 1);

    private static bool TryRadio(ReadOnlySpan<byte> message, ImmutableArray<RadioHealth>.Builder radios)
    {
        ulong number = 0, frames = 0, lost = 0, quiet = 0;
        var reader = new ProtoReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    1 << 3 => reader.TryVarint(out number),
                    2 << 3 => reader.TryVarint(out frames),
                    3 << 3 => reader.TryVarint(out lost),
                    4 << 3 => reader.TryVarint(out quiet),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        radios.Add(new((int)Math.Min(number, ushort.MaxValue), frames, lost, (long)Math.Min(quiet, long.MaxValue)));
        return radios.Count <= MostRadios;
    }

    private static bool TryDrop(ReadOnlySpan<byte> message, ImmutableArray<Dropped>.Builder drops)
    {
        var reason = "";
        ulong sightings = 0;
        var reader = new ProtoReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    (1 << 3) | 2 => reader.TryText(out reason, MostText),
                    2 << 3 => reader.TryVarint(out sightings),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        drops.Add(new(reason, sightings));
        return drops.Count <= MostDrops;
    }
}
