namespace Presence.Visits;

/// <summary>What counts as a visit. Immutable; a change is an input of the venue's log.</summary>
public sealed record VisitPolicy
{
    /// <summary>Silence after which a visit is over, back-dated to the last evidence. Default 10 min: phones that only probe are silent for up to five minutes in nine pauses of ten (<c>firmware-notes/what-radios-do.md</c>).</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Another silence for zones with a tag, such as two hours for a <c>cinema</c>; of several the longest. A zone's own (<see cref="Zone.Silence"/>) goes before it. Default none.</summary>
    public IReadOnlyDictionary<string, TimeSpan> SilenceByTag { get; init; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>How late a sighting may come and still give the same visits as in order. Default 30 s: fifteen times the linger of a gateway's batch.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Final visits are decided in steps of this length. Default 10 s: shorter than any stay that a rule may speak of.</summary>
    public TimeSpan Bucket { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest visit; what is heard longer is settled and begun anew, so that a till's radio does not make a visit of weeks. Default 24 h.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// A device is said, at once, to have changed zone when the new one is believed in this surely against the old, 0.5 to 1. Default 0.8: of ten
    /// changes said, eight are right at once. This is the hysteresis; how long it takes follows from how clear the readings are.
    /// </summary>
    public double Sure { get; init; } = 0.8;

    /// <summary>How long a visitor stays in one zone, about. Default 6 s; the shorter, the sooner a few readings change the belief. Who has stood in a place for a minute is taken to stay four times as long.</summary>
    public TimeSpan MeanStay { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The same for settled stays, which can wait for more evidence. Default 2 min.</summary>
    public TimeSpan SettledStay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Spread of readings about what the plan foretells, dB, beside how far the levels in one zone are apart. Default 7: fading, body and furniture.</summary>
    public double SpreadDb { get; init; } = 7;

    /// <summary>One reading speaks against a zone by at most this much, nats, so that one through a door or a body does not overrule all others. Default 12.</summary>
    public double MostMisfit { get; init; } = 12;

    /// <summary>Strength of a phone's Wi-Fi at one metre, dBm. Default -40; each device's own difference is learned.</summary>
    public double NearWifiDbm { get; init; } = -40;

    /// <summary>Strength of a Bluetooth advert at one metre, dBm. Default -60.</summary>
    public double NearBluetoothDbm { get; init; } = -60;

    /// <summary>Fall of the strength with ten times the distance, dB. Default 28 (ITU-R P.1238, offices and shops).</summary>
    public double FallDb { get; init; } = 28;

    /// <summary>What a wall costs, dB: each border on the way where the floor's plan draws doors, else one into every other zone. Default 4: a partition or shelves.</summary>
    public double WallDb { get; init; } = 4;

    /// <summary>A visit whose loudest ten seconds were fainter than this was outside. Default -85 dBm.</summary>
    public int VisitorDbm { get; init; } = -85;

    /// <summary>A visit shorter than this was passing by. Default 1 min.</summary>
    public TimeSpan VisitorDwell { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An engaged visitor was heard at least this loud. Default -75 dBm.</summary>
    public int EngagedDbm { get; init; } = -75;

    /// <summary>An engaged visitor stayed at least this long. Default 10 min.</summary>
    public TimeSpan EngagedDwell { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A settled stay is at least so long; passing through a zone in less is no stay, and twice that where a wall is between. Default 2 min: in the simulated mall it takes away most stays that were none.</summary>
    public TimeSpan ShortestStay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A stranger's device heard for so long in one visit is no visitor: staff, or one that never leaves. Default 14 h, longer than a mall is open.</summary>
    public TimeSpan Resident { get; init; } = TimeSpan.FromHours(14);

    /// <summary>A receiver is named silent when it has heard nothing for so long while others heard what it would have heard too. Default 5 min.</summary>
    public TimeSpan ReceiverSilence { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A receiver is named when its level, or the spread of its readings, is off by more than this. Default 8 dB: a hand or a door makes less.</summary>
    public double ReceiverOffDb { get; init; } = 8;

    /// <summary>
    /// Take it as evidence, for settled visits, that a zone's own receiver did not hear a device that others heard; as strong as that receiver usually answers. Default true.
    /// </summary>
    public bool HeedMissing { get; init; } = true;

    /// <summary>Correct each receiver by what the venue's own devices teach. Default true.</summary>
    public bool LearnReceivers { get; init; } = true;

    /// <summary>Silence after which a visit that was last in a zone is over.</summary>
    public TimeSpan SilenceIn(Zone zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var tagged = zone.Tags.IsDefaultOrEmpty ? [] : zone.Tags.Where(SilenceByTag.ContainsKey).Select(t => SilenceByTag[t]).ToList();
        return zone.Silence ?? (tagged.Count > 0 ? tagged.Max() : Silence);
    }

    /// <summary>Stops at the first setting that makes no sense, by its name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public void Check()
    {
        // A bucket's times are kept in 16 bits of milliseconds, a visit's in 32.
        ArgumentOutOfRangeException.ThrowIfLessThan(Bucket, TimeSpan.FromSeconds(1), nameof(Bucket));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Bucket, TimeSpan.FromSeconds(60), nameof(Bucket));
        CheckSilence(Silence, nameof(Silence));
        foreach (var (tag, silence) in SilenceByTag ?? throw new ArgumentOutOfRangeException(nameof(SilenceByTag), "null; leave it away when there is none"))
        {
            CheckSilence(silence, $"{nameof(SilenceByTag)}.{tag}");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Lateness, TimeSpan.Zero, nameof(Lateness));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Lateness, TimeSpan.FromHours(1), nameof(Lateness));
        ArgumentOutOfRangeException.ThrowIfLessThan(Longest, TimeSpan.FromHours(5), nameof(Longest));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Longest, TimeSpan.FromDays(30), nameof(Longest));
        ArgumentOutOfRangeException.ThrowIfLessThan(ShortestStay, TimeSpan.Zero, nameof(ShortestStay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ShortestStay, TimeSpan.FromHours(1), nameof(ShortestStay));
        ArgumentOutOfRangeException.ThrowIfLessThan(Resident, TimeSpan.FromMinutes(30), nameof(Resident));
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiverSilence, Bucket, nameof(ReceiverSilence));
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiverOffDb, 1, nameof(ReceiverOffDb));
        ArgumentOutOfRangeException.ThrowIfLessThan(Sure, 0.5, nameof(Sure));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Sure, 0.999, nameof(Sure));
        ArgumentOutOfRangeException.ThrowIfLessThan(MeanStay, TimeSpan.FromSeconds(1), nameof(MeanStay));
        ArgumentOutOfRangeException.ThrowIfLessThan(SettledStay, TimeSpan.FromSeconds(1), nameof(SettledStay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MostMisfit, 1, nameof(MostMisfit));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MostMisfit, 12, nameof(MostMisfit));
        ArgumentOutOfRangeException.ThrowIfLessThan(SpreadDb, 1, nameof(SpreadDb));
        ArgumentOutOfRangeException.ThrowIfLessThan(FallDb, 1, nameof(FallDb));
    }

    /// <exception cref="ArgumentOutOfRangeException">A silence is shorter than two buckets or longer than four hours.</exception>
    public void CheckSilence(TimeSpan silence, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(silence, Bucket * 2, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(silence, TimeSpan.FromHours(4), name);
    }
}
