using System.Buffers;
using System.Buffers.Binary;
using Presence.Identity;
using Presence.Visits;
using Presence.Wire;

namespace Presence.Cloud.Stages;

/// <summary>
/// A venue as a deterministic machine: an input of its log changes the state and leaves effects in an output. No clock, no I/O,
/// no dice; time is the input's own, so the same log gives the same visits, decisions and coupons, bit for bit.
/// </summary>
public sealed partial class VenueState
{
    /// <summary>Rises whenever the state is written differently; <c>tests/golden/snapshots</c> has one of it.</summary>
    public const int SnapshotVersion = 21;
    private readonly VenueSettings _settings;
    private readonly Dictionary<string, GatewayClock> _gateways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ushort[]> _receiverTables = new(StringComparer.Ordinal);
    private readonly SightingBuffers _buffers = new();
    private readonly VisitEventList _happened = new();
    private CopyWatch _copies = null!; // what is shown of now, and no part of a snapshot: a copy that goes on is seen again
    private ushort[] _mappedReceivers = new ushort[256];
    private long[] _mappedTimes = new long[256];
    private VenueVisits _visits;
    private MemberBook _members = new();
    private DoorCounts _doors = new();
    private UsualCounts _usual = new();
    private VenueCalendar _calendar;
    private long _venueTime;
    private long _settled;
    private long _lastTick;
    private long _nextId = 1;

    /// <param name="number">The venue's number in the store; part of every id.</param>
    /// <param name="map">The plan.</param>
    /// <param name="settings">How the venue is run.</param>
    /// <param name="decisions">Turns facts about members into decisions.</param>
    public VenueState(int number, VenueMap map, VenueSettings settings, DecisionStage decisions)
        : this(number, new VenuePlan(map, settings.Visits), settings, decisions)
    {
    }

    /// <param name="number">The venue's number in the store; part of every id.</param>
    /// <param name="plan">What visits are decided by.</param>
    /// <param name="settings">How the venue is run.</param>
    /// <param name="decisions">Turns facts about members into decisions.</param>
    public VenueState(int number, VenuePlan plan, VenueSettings settings, DecisionStage decisions)
    {
        Number = number;
        _settings = settings;
        Decisions = decisions;
        Plan = plan;
        NumberReceivers();
        _visits = new VenueVisits(Plan);
        _calendar = Map.Calendar();
    }

    public int Number { get; }

    /// <summary>What visits are decided by, now.</summary>
    public VenuePlan Plan { get; private set; }

    public VenueMap Map => Plan.Map;

    public DecisionStage Decisions { get; }

    public MemberBook Members => _members;

    public VenueVisits Visits => _visits;

    public IReadOnlyDictionary<string, GatewayClock> Gateways => _gateways;

    /// <summary>Unix ms: until then everything that gateways on line heard has arrived. Never goes back.</summary>
    public long VenueTime => _venueTime;

    /// <summary>Inputs applied since the venue began; the ordinal of the next one.</summary>
    public long NextInput { get; private set; }

    /// <summary>Sightings applied since the venue began.</summary>
    public long Sightings { get; private set; }

    /// <summary>Visits settled since the venue began.</summary>
    public long SettledVisits { get; private set; }

    /// <summary>Batches that came again and changed nothing.</summary>
    public long Repeats { get; private set; }

    /// <summary>Applies the next input of the log.</summary>
    /// <param name="input">As it was or will be written.</param>
    /// <param name="output">Gets what it brought about.</param>
    /// <param name="why">Why a payload was refused.</param>
    /// <returns>What became of it. A repeat and a refused payload change nothing and are not written to the log.</returns>
    public Applied Apply(in Input input, VenueOutput output, out Refusal why)
    {
        why = default;
        var applied = input.Kind switch
        {
            InputKind.Sightings => ApplySightings(input, output, out why),
            InputKind.Status => ApplyStatus(input, out why),
            InputKind.Tick => ApplyTick(input.ReceivedAt),
            InputKind.Command => ApplyCommand(VenueCommand.Decode(input.Payload), input.ReceivedAt, output),
            _ => Applied.Refused,
        };
        if (applied == Applied.Changed)
        {
            NextInput++;
            MoveTime(output);
        }

        return applied;
    }

    /// <summary>Passes over inputs whose content was emptied because their member was erased.</summary>
    public void Skip(int inputs) => NextInput += inputs;

    /// <summary>Writes the whole state; the same state gives the same bytes.</summary>
    public void Save(ArrayBufferWriter<byte> to)
    {
        var start = to.WrittenCount;
        var writer = new StateWriter(to);
        foreach (var number in (ReadOnlySpan<long>)[SnapshotVersion, NextInput, _venueTime, _settled, _lastTick, _nextId, Sightings, SettledVisits, _gateways.Count])
        {
            writer.Write(number);
        }

        foreach (var gateway in _gateways.Values.OrderBy(g => g.Name, StringComparer.Ordinal))
        {
            gateway.Save(writer);
        }

        SavePresent(writer);
        _members.Save(writer);
        writer.Write(PlanText);
        writer.Write(_visits.Save);
        _doors.Save(writer);
        _usual.Save(writer);
        SaveCounts(writer);
        Decisions.Save(writer);
        BinaryPrimitives.WriteUInt64LittleEndian(to.GetSpan(StateSum.Size), StateSum.Of(to.WrittenSpan[start..]));
        to.Advance(StateSum.Size);
    }

    /// <summary>Takes the state of a snapshot.</summary>
    /// <exception cref="InvalidDataException">The snapshot is of another version or plan, or not what was written; the log must be read from its start.</exception>
    /// <exception cref="FormatException">It is no snapshot, or cut off.</exception>
    public void Load(ReadOnlySpan<byte> from)
    {
        var reader = new StateReader(from);
        var version = reader.Long();
        if (version != SnapshotVersion)
        {
            throw new InvalidDataException($"the snapshot is of version {version}; this program knows {SnapshotVersion}");
        }

        var written = from[..^Math.Min(from.Length, StateSum.Size)];
        if (!BinaryPrimitives.TryReadUInt64LittleEndian(from[written.Length..], out var sum) || sum != StateSum.Of(written))
        {
            throw new InvalidDataException($"the snapshot of {from.Length} bytes is not what was written");
        }

        try
        {
            LoadParts(ref reader);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or SettingsException)
        {
            // A sum does not help against a program that wrote nonsense: a time of day after midnight, a device twice, a plan without floors.
            throw new InvalidDataException($"the snapshot holds what makes no sense: {e.Message}", e);
        }
    }

    private void LoadParts(ref StateReader reader)
    {
        (NextInput, _venueTime, _settled, _lastTick, _nextId) = (reader.Long(), reader.Time(), reader.Time(), reader.Time(), reader.Long());
        (Sightings, SettledVisits) = (reader.Long(), reader.Long());
        _gateways.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var gateway = GatewayClock.Load(ref reader);
            _gateways.Add(gateway.Name, gateway);
        }

        LoadPresent(ref reader);
        _members = MemberBook.Load(ref reader);
        var plan = PlanJson.Read(reader.Text() ?? "{}");
        PlanCheck.CheckInForce(plan, "its plan");
        TakePlan(plan);
        _visits = VenueVisits.Load(reader.Part(), Plan);
        _doors = DoorCounts.Load(ref reader);
        _usual = UsualCounts.Load(ref reader);
        LoadCounts(ref reader);
        Decisions.Load(ref reader);
    }

    private Applied ApplySightings(in Input input, VenueOutput output, out Refusal why)
    {
        if (!SightingBatch.TryDecode(input.Payload, _buffers, out var header, out why))
        {
            return Applied.Refused;
        }

        var gateway = GatewayOf(input.Gateway);
        if (!gateway.TryAdvance(header.Boot, input.Stream, header.Sequence))
        {
            Repeats++;
            return Applied.Repeat;
        }

        // A live batch that lay in a dead connection for minutes is history too.
        var late = input.Stream != 0 || header.LastAt + gateway.Correction < input.ReceivedAt - (long)_settings.LateAfter.TotalMilliseconds;
        if (input.Stream != 0)
        {
            gateway.HeardBacklog(input.ReceivedAt);
        }
        else
        {
            gateway.HeardLive(header.LastAt + gateway.Correction, (long)_settings.Linger.TotalMilliseconds, input.ReceivedAt);
        }

        _happened.Clear();
        if (_buffers.Columns.Traits.IndexOf(TokenTraits.Door) >= 0)
        {
            // Doors travel in batches of their own.
            _doors.Take(_buffers.Columns, _calendar.Day(header.LastAt + gateway.Correction));
            return Applied.Changed;
        }

        _visits.Expect(input.ReceivedAt);
        var batch = InVenueTerms(_buffers.Columns, gateway);
        _devices.Hear(batch, _places.GetValueOrDefault(gateway.Name));
        _visits.Observe(batch, late, _happened);
        if (!late)
        {
            _copies.Hear(batch);
        }

        Sightings += header.Sightings;
        Happened(output);
        return Applied.Changed;
    }

    private Applied ApplyStatus(in Input input, out Refusal why)
    {
        if (!GatewayStatus.TryDecode(input.Payload, out var status, out why))
        {
            return Applied.Refused;
        }

        GatewayOf(input.Gateway).Heard(status, input.ReceivedAt, (long)_settings.ClockTolerance.TotalMilliseconds);
        return Applied.Changed;
    }

    private Applied ApplyTick(long at)
    {
        if (at / 60_000 != _lastTick / 60_000)
        {
            _copies.Forget(at, device => _members.Resolve(device) is not null);
        }

        _lastTick = Math.Max(_lastTick, at);
        var silence = (long)_settings.OfflineAfter.TotalMilliseconds;
        foreach (var gateway in _gateways.Values)
        {
            if (gateway.Online && at - gateway.LastHeardAt > silence)
            {
                gateway.Lose();
            }
        }

        return Applied.Changed;
    }

    // Receivers from the gateway's own numbers to the plan's, times from the gateway's clock to the cloud's.
    private SightingColumns InVenueTerms(in SightingColumns batch, GatewayClock gateway)
    {
        if (_mappedReceivers.Length < batch.Length)
        {
            _mappedReceivers = new ushort[batch.Length * 2];
            _mappedTimes = new long[batch.Length * 2];
        }

        var times = batch.At;
        if (gateway.Correction != 0)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                _mappedTimes[i] = batch.At[i] + gateway.Correction;
            }

            times = _mappedTimes.AsSpan(0, batch.Length);
        }

        // One rule for all who listen: what visits would refuse counts nowhere.
        var receivers = _mappedReceivers.AsSpan(0, batch.Length);
        var table = _receiverTables.GetValueOrDefault(gateway.Name) ?? [];
        for (var i = 0; i < receivers.Length; i++)
        {
            var number = batch.Receiver[i];
            receivers[i] = number < table.Length && _visits.Takes(times[i]) ? table[number] : ushort.MaxValue;
        }

        ForgetUnlinked(batch, receivers);
        return new SightingColumns
        {
            Tokens = batch.Tokens,
            Traits = batch.Traits,
            Exact = batch.Exact,
            Coarse = batch.Coarse,
            Device = batch.Device,
            Receiver = receivers,
            Dbm = batch.Dbm,
            At = times,
        };
    }

    // A gateway that was not told yet still says a former member's device by its lasting token; kept as a stranger's, it would link their
    // days. What no receiver heard counts for nothing.
    private void ForgetUnlinked(in SightingColumns batch, Span<ushort> receivers)
    {
        for (var device = 0; device < batch.Tokens.Length; device++)
        {
            if (!batch.Traits[device].HasFlag(TokenTraits.Bound) || _members.Resolve(new DeviceToken(batch.Tokens[device])) is not null)
            {
                continue;
            }

            for (var i = 0; i < receivers.Length; i++)
            {
                receivers[i] = batch.Device[i] == device ? ushort.MaxValue : receivers[i];
            }
        }
    }

    // Time moves by the lowest watermark of the gateways on line that keep up; with none on line it follows the ticks at a distance, so that
    // what waits for a time (a coupon not redeemed) is not held up by a dead radio.
    private void MoveTime(VenueOutput output)
    {
        // What a gateway on line has not completed for so long (its disk takes nothing, it hangs) is history when it comes, and nobody waits for that.
        var history = _lastTick - (long)_settings.LateAfter.TotalMilliseconds;
        var live = long.MaxValue;
        var settle = long.MaxValue;
        foreach (var gateway in _gateways.Values)
        {
            if (gateway.SettleMark == 0 || !gateway.IsPlanned)
            {
                continue;
            }

            settle = Math.Min(settle, gateway.SettleMark);
            live = gateway.Online && gateway.LiveMark >= history ? Math.Min(live, gateway.LiveMark) : live;
        }

        var isHeard = live != long.MaxValue;
        if (!isHeard)
        {
            live = _lastTick - (long)_settings.OfflineAfter.TotalMilliseconds;
        }

        _venueTime = Math.Max(_venueTime, live);
        var limit = _venueTime - (long)_settings.WaitForGateway.TotalMilliseconds;
        var cutShort = settle < limit;
        _settled = Math.Max(_settled, cutShort ? limit : Math.Min(settle, _venueTime));
        if (_settled >= _visits.NextDueMs)
        {
            _happened.Clear();
            _visits.Advance(_settled, _happened, cutShort);
            Happened(output);
        }

        CountDevices();
        Decisions.Advance(_venueTime, this, output);

        // A mall that nobody hears is not an empty one.
        foreach (var fill in isHeard ? _usual.Count(_venueTime, _calendar, _visits.ZoneCounts) : [])
        {
            Decisions.Counted(fill, _venueTime, this, output);
        }
    }

    private void Happened(VenueOutput output)
    {
        foreach (ref readonly var e in _happened.Events)
        {
            switch (e.Kind)
            {
                case VisitEventKind.StaySettled:
                    output.Stays.Add(new Storage.StayRow(
                        NextId(), Number, TokenOf(e), MemberOf(e), e.Zone, e.Since, e.At, e.Confidence, (byte)e.Sources));
                    break;
                case VisitEventKind.VisitSettled:
                    SettledVisits++;
                    output.Visits.Add(new Storage.VisitRow(
                        NextId(), Number, TokenOf(e), MemberOf(e), e.Since, e.At, (byte)e.Traits, e.Confidence, (byte)e.Sources, (byte)e.Standing));
                    break;
                default:
                    if (e.Kind is VisitEventKind.VisitStarted && !e.Traits.HasFlag(TokenTraits.Beacon))
                    {
                        _doors.Started(_calendar.Day(e.At));
                    }

                    if (e.Traits.HasFlag(TokenTraits.Bound) && _members.Resolve(e.Device) is { } member && Place(e, member.Member))
                    {
                        Decisions.Moved(e, member.Member, this, output);
                    }

                    break;
            }
        }
    }

    /// <summary>The next id of this venue's rows: ascending, and apart from every other venue's.</summary>
    internal long NextId() => ((long)Number << 36) | _nextId++;

    private Guid? MemberOf(in VisitEvent e) => e.Traits.HasFlag(TokenTraits.Bound) ? _members.Resolve(e.Device)?.Member.Value : null;

    // A visit that was open as its member went settles later: its lasting token would link it with what it was before, so it has none.
    private ulong TokenOf(in VisitEvent e) => e.Traits.HasFlag(TokenTraits.Bound) && _members.Resolve(e.Device) is null ? 0 : e.Device.Hash;

    private GatewayClock GatewayOf(ReadOnlySpan<byte> name)
    {
        // A venue has tens of gateways, and comparing bytes is cheaper than making a string for each batch.
        foreach (var known in _gateways.Values)
        {
            if (name.SequenceEqual(known.NameBytes))
            {
                return known;
            }
        }

        var gateway = new GatewayClock(System.Text.Encoding.ASCII.GetString(name));
        gateway.IsPlanned = _receiverTables.ContainsKey(gateway.Name);
        _gateways.Add(gateway.Name, gateway);
        return gateway;
    }
}

/// <summary>What became of an input.</summary>
public enum Applied
{
    /// <summary>It is a part of the log.</summary>
    Changed,

    /// <summary>It was taken before; acknowledge it and forget it.</summary>
    Repeat,

    /// <summary>It cannot be read, and never will be.</summary>
    Refused,
}
