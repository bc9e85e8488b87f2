using System.Collections.Concurrent;
using Presence.Ingest;
using Presence.Mqtt;
using Presence.Storage;
using Presence.Visits;

namespace Presence.Cloud.Stages;

/// <summary>A venue at work: its state, what waits for it, and what others may look at. The state belongs to the lane's thread alone.</summary>
public sealed class Venue : IVenueDoor
{
    private readonly Func<VenueState> _begin;
    private readonly Action _ring;

    /// <param name="number">The venue's number in the store.</param>
    /// <param name="map">The plan.</param>
    /// <param name="key">The venue's secret.</param>
    /// <param name="begin">Makes the state of a venue to which nothing has happened.</param>
    /// <param name="ring">Wakes the lane.</param>
    public Venue(int number, VenueMap map, byte[] key, Func<VenueState> begin, Action ring)
    {
        (Number, Key, _begin, _ring) = (number, key, begin, ring);
        State = begin();
        Plan = new VenuePlan(map, new VisitPolicy());
    }

    public int Number { get; }

    /// <summary>What visits are decided by, as last committed.</summary>
    public VenuePlan Plan { get; internal set; }

    public VenueMap Map => Plan.Map;

    /// <summary>The venue's secret: codes are drawn with it.</summary>
    public byte[] Key { get; }

    /// <summary>Set when something was erased: the commit takes a snapshot without it, and the store is folded, so that it is nowhere on the disk.</summary>
    internal bool ForgetSoon { get; set; }

    /// <summary>Unix ms; 0 before the first one.</summary>
    internal long LastSnapshotAt { get; set; }

    /// <summary>Rule documents in force, as last committed.</summary>
    public IReadOnlyList<string> RuleDocuments { get; internal set; } = [];

    public Inbox<GatewayRoute, MqttReceipt> Inbox { get; } = new();

    /// <summary>Questions and orders from people, in the order they came.</summary>
    public ConcurrentQueue<VenueRequest> Requests { get; } = new();

    /// <summary>Only for the lane's thread.</summary>
    internal VenueState State { get; private set; }

    internal VenueOutput Output { get; } = new();

    /// <summary>Inputs that the last snapshot covers, and sightings applied until then.</summary>
    internal long SnapshotInput { get; set; }

    internal long SnapshotSightings { get; set; }

    internal long LastTickAt { get; set; }

    internal long LastTrimAt { get; set; }

    internal HashSet<string> Touched { get; } = new(StringComparer.Ordinal);

    internal long ToldMembers { get; set; } = -1;

    /// <summary>Copied devices that were named in the log, by token, and since when.</summary>
    internal Dictionary<ulong, long> ToldCopies { get; } = [];

    /// <summary>The plan that gateways were last told of; they take their time zone and day change from it.</summary>
    internal VenuePlan? ToldPlan { get; set; }

    /// <summary>How the venue looked after a commit not long ago; the newest replaces the one before.</summary>
    public LiveFloor Floor { get; internal set; } = LiveFloor.Empty;

    /// <summary>How rules and offers are called; the newest replaces the one before.</summary>
    public Live.VenueWords Words { get; internal set; } = Live.VenueWords.None;

    public void Ring() => _ring();

    /// <summary>Id of a zone by its index, or null when it is none.</summary>
    public string? ZoneId(int index) => index >= 0 && index < Map.Zones.Length ? Map.Zones[index].Id : null;

    /// <summary>Why the newest snapshot could not be gone on from; null when it could.</summary>
    public string? Refused { get; private set; }

    /// <summary>Brings the state to what the store has: the newest snapshot that can be read, and the log behind it.</summary>
    /// <returns>How many inputs of the log were applied again.</returns>
    /// <exception cref="StoreException">The snapshots are of another version or broken, and the log alone is not enough.</exception>
    public long Restore(IVenueStore store)
    {
        var state = FromSnapshot(store);
        (SnapshotInput, SnapshotSightings) = (state.NextInput, state.Sightings);
        var from = state.NextInput;
        foreach (var row in store.ReadLog(Number, from))
        {
            if (row.FirstInput != state.NextInput)
            {
                throw new StoreException(
                    $"the log of {Map.Venue} has nothing between inputs {state.NextInput} and {row.FirstInput}{(Refused is null ? "" : $", and the newest snapshot cannot be read ({Refused})")}: bring back a copy of the store");
            }

            if (row.Records.Length == 0)
            {
                state.Skip(row.Inputs);
                continue;
            }

            ReadOnlySpan<byte> records = row.Records;
            while (!records.IsEmpty)
            {
                state.Apply(InputRecord.Read(ref records), Output, out _);
                Output.Clear();
            }
        }

        State = state;
        ToldMembers = -1;
        return state.NextInput - from;
    }

    // A snapshot may be written by another version, or broken on the disk. What came after the one before, or after the venue's beginning, is
    // in the log, if that still reaches back.
    private VenueState FromSnapshot(IVenueStore store)
    {
        Refused = null;
        foreach (var snapshot in store.Snapshots(Number))
        {
            try
            {
                var state = _begin();
                state.Load(snapshot.State);
                if (Refused is null || Reaches(snapshot.NextInput))
                {
                    LastSnapshotAt = snapshot.At;
                    return state;
                }
            }
            catch (Exception e) when (e is InvalidDataException or FormatException)
            {
                Refused ??= e.Message;
            }
        }

        if (Refused is not null && !Reaches(0))
        {
            throw new StoreException(
                $"{Refused}, and the log of {Map.Venue} does not reach back to its beginning any more: run the version that wrote the store, bring back a copy of it, or begin with a new one");
        }

        return _begin();

        bool Reaches(long input) => store.ReadLog(Number, input).FirstOrDefault() is { } row && row.FirstInput <= input;
    }
}

/// <summary>What a page shows of a venue now.</summary>
/// <param name="VenueTime">Unix ms.</param>
/// <param name="Zones">Devices believed to be in each zone, by index.</param>
public sealed record LiveFloor(
    long VenueTime, int Visitors, int Members, int[] Zones, LiveGateway[] Gateways, long Sightings, long Visits,
    IReadOnlyDictionary<Guid, int> Present)
{
    /// <summary>How each receiver of the plan does.</summary>
    public IReadOnlyList<ReceiverHealth> Receivers { get; init; } = [];

    /// <summary>Devices set apart from visitors.</summary>
    public IReadOnlyList<DeviceMark> Apart { get; init; } = [];

    /// <summary>Members' devices that are in two places at once.</summary>
    public IReadOnlyList<LiveCopy> Copies { get; init; } = [];

    /// <summary>What doors counted today.</summary>
    public LiveDoors Doors { get; init; } = new(0, 0, 0, 0);

    /// <summary>Devices and people in the windows of the last day, oldest first.</summary>
    public IReadOnlyList<LiveCount> Counts { get; init; } = [];

    public static readonly LiveFloor Empty = new(0, 0, 0, [], [], 0, 0, new Dictionary<Guid, int>());
}

/// <param name="Member">Whose device it is.</param>
public sealed record LiveCopy(CopiedDevice Copy, Guid Member);

/// <summary>How many there were in a window.</summary>
/// <param name="People">Null while nobody counted people often enough.</param>
public readonly record struct LiveCount(DeviceWindow Window, PeopleRange? People);

/// <param name="LastSeenAt">Unix ms; 0 before the first word.</param>
public sealed record LiveGateway(string Gateway, bool Online, long LastSeenAt, long ClockErrorMs, long Backlog);

/// <summary>People counted at doors since the venue's day began.</summary>
/// <param name="PeoplePerVisit">People that a heard device stands for; 0 while not known.</param>
public readonly record struct LiveDoors(long In, long Out, long Inside, double PeoplePerVisit);
