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

/// <summary>What came to one of a gateway's doors and was turned away, since the program started.</summary>
/// <param name="Door">Such as <c>udp 40</c>, with the number of the first receiver behind it, or the name of a foreign system.</param>
/// <param name="Reason">Lower-case words with hyphens.</param>
/// <param name="Times">How often.</param>
public readonly record struct TurnedAway(string Door, string Reason, ulong Times);

/// <summary>How a gateway is, by itself: on connecting, every minute, and as its will.</summary>
public sealed partial record GatewayStatus
{
    /// <summary>Longest payload taken, in bytes.</summary>
    public const int MostBytes = 16 * 1024;

    private const int MostText = 64;
    private const int MostDrops = 64;
    private const int MostRadios = 64;
    private const int MostDoors = 32;
    private const int MostTrouble = 200;

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

    /// <summary>By door and reason, at most 32.</summary>
    public ImmutableArray<TurnedAway> TurnedAway { get; init; } = [];

    /// <summary>What keeps the gateway from writing its disk, in words; of long ones the beginning is sent. Empty when all is well.</summary>
    public string Trouble { get; init; } = "";

    public byte[] Encode()
    {
        var writer = new ProtoWriter(new byte[1_024 + (Radios.Length * 48) + (Drops.Length * (MostText * 3 + 32)) + (TurnedAway.Length * (MostText * 6 + 32))]);
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
        foreach (var door in TurnedAway)
        {
            var one = new ProtoWriter(new byte[MostText * 6 + 32]);
            one.Text(1, door.Door);
            one.Text(2, door.Reason);
            one.Number(3, door.Times);
            writer.Begin(21, one.Written);
            writer.Append(one);
        }

        // A disk says what ails it in the machine's language; all that is needed here is to find it in the log.
        writer.Text(22, string.Concat(Trouble.Take(MostTrouble).Select(c => c is >= ' ' and <= '~' ? c : '?')));
        return writer.ToArray();
    }

    // Zigzag plus one, so that 0, which is not written, stays free for "not known".
    private static ulong Signed(long? value) => value is { } v ? ((ulong)((v << 1) ^ (v >> 63))) + 1 : 0;
}
