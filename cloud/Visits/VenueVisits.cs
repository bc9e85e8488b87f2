using System.Runtime.CompilerServices;

namespace Presence.Visits;

/// <summary>
/// One venue's devices: where each is believed to be, and its visit. State in arrays that the venue's loop changes in place.
/// </summary>
/// <remarks>
/// Two tiers share a device. The live one follows the order of arrival and is quick; the final one sums sightings by bucket of
/// time and folds a bucket when the watermark has passed it by the lateness, so that settled visits do not depend on that order.
/// </remarks>
public sealed partial class VenueVisits
{
    /// <summary>Frames of one receiver within so many ms are one reading.</summary>
    private const long BurstMs = 500;

    /// <summary>Who stands (<see cref="ZoneBelief.Stands"/>) is taken to stay so many times longer than who came lately.</summary>
    private const double StandsFor = 4;

    private readonly VisitPolicy _policy;
    private readonly ZoneModel _model;
    private readonly Pace _pace;
    private readonly Pace _standing;
    private readonly Pace _settling;
    private readonly int _receivers;
    private readonly int[] _zoneCounts;
    private readonly long _silence;
    private readonly long _leastSilence;
    private readonly long[] _silences;
    private readonly long _lateness;
    private readonly long _longest;
    private readonly long _resident;
    private readonly long _shortest;
    private readonly bool[,] _walled;
    private readonly int _bucketMs;
    private readonly ulong _plan;
    private readonly DeviceTable _table;
    private readonly PendingEvidence _pending;
    private readonly Pages<DeviceState> _devices = new();
    private int _high;
    private int _free;
    private TimerWheel _liveWheel = new();
    private TimerWheel _finalWheel = new();
    private long _watermark = long.MinValue;

    /// <summary>Unix ms: what claims to be later than this is refused. A day after the watermark, or after what came last did.</summary>
    private long _newest;

    /// <summary>True once a watermark has been given: from then on what comes after the lateness is left out.</summary>
    private bool _moving;

    /// <summary>True when something of the batch was left out.</summary>
    private bool _leftOut;
    private int[] _slots = new int[64];
    private Burst[] _bursts = new Burst[64];

    /// <summary>The bucket that sightings are put into now, and Unix ms of its begin and end.</summary>
    private int _bucket;
    private long _begin;
    private long _end;

    public VenueVisits(VenueMap map, VisitPolicy policy)
        : this(new VenuePlan(map, policy))
    {
    }

    public VenueVisits(VenuePlan plan)
        : this(plan, new DeviceTable(256))
    {
    }

    private VenueVisits(VenuePlan plan, DeviceTable table)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (_beacons, _firstBeacon) = (plan.Map.Beacons, plan.Map.Receivers.Length);
        plan = plan.WithBeacons();
        var (map, policy) = plan;
        policy.Check();
        _policy = policy;
        _model = new ZoneModel(plan);
        _pace = new Pace(policy, policy.MeanStay, policy.Sure);
        _standing = new Pace(policy, policy.MeanStay * StandsFor, policy.Sure);
        _settling = new Pace(policy, policy.SettledStay, sure: 0.5);
        _receivers = map.Receivers.Length;
        _zoneCounts = new int[map.Zones.Length];
        _silence = (long)policy.Silence.TotalMilliseconds;
        _silences = [.. map.Zones.Select(z => (long)policy.SilenceIn(z).TotalMilliseconds)];
        _leastSilence = _silences.Append(_silence).Min();
        _lateness = (long)policy.Lateness.TotalMilliseconds;
        _longest = (long)policy.Longest.TotalMilliseconds;
        _resident = (long)policy.Resident.TotalMilliseconds;
        _watch = new ReceiverWatch(_receivers, policy);
        _missed = new float[_model.OwnNear.Length];
        _shortest = (long)policy.ShortestStay.TotalMilliseconds;
        _walled = ZoneReach.Walled(map);
        _bucketMs = (int)policy.Bucket.TotalMilliseconds;
        _plan = Fingerprint.Of(plan);
        (_table, _pending) = (table, new PendingEvidence(_receivers));
    }

    /// <summary>Devices that the state holds: in the venue, or with a visit that is not settled yet.</summary>
    public int Devices => _table.Count;

    /// <summary>Live visits under way.</summary>
    public int OpenVisits { get; private set; }

    /// <summary>Devices now believed to be in each zone; index as in <see cref="VenueMap.Zones"/>.</summary>
    public ReadOnlySpan<int> ZoneCounts => _zoneCounts;

    /// <summary>Sightings left out because they came after the stated lateness.</summary>
    public long TooLate { get; private set; }

    /// <summary>Sightings left out because their time is more than a day ahead of the venue's, or their receiver is not on the plan.</summary>
    public long Refused { get; private set; }

    /// <summary>Bytes of the state: devices, table, and evidence that waits for its bucket.</summary>
    public long Bytes => _devices.Bytes + _table.Bytes + PendingBytes;

    /// <summary>Bytes of evidence that waits; falls back when the last of its buckets is folded.</summary>
    public long PendingBytes => _pending.Bytes;

    /// <summary>Index of the zone the device is believed to be in, or -1.</summary>
    public int ZoneOf(int slot) => LiveZone(_devices[slot]);

    // The zone that was said to be entered and not left, -1 for none.
    private int LiveZone(in DeviceState device) => device.LivePart is >= 0 and var part ? _model.ZoneOf[part] : -1;

    // A phone lies in a bag through a film, and is in the hand on the way past: how long silence means nothing depends on the zone.
    private long SilenceIn(int zone) => zone < 0 ? _silence : _silences[zone];

    public bool TryFind(DeviceToken device, out int slot) => (slot = _table.Find(device.Hash, _devices)) >= 0;

    /// <summary>Takes in a batch. Live events are added at once; what the batch settles comes out of <see cref="Advance"/>.</summary>
    /// <param name="batch">Receivers are indexes into <see cref="VenueMap.Receivers"/>, times corrected Unix ms.</param>
    /// <param name="late">Backlog: completes visits and statistics, and makes nothing happen live.</param>
    /// <param name="happened">Gets the live events, in order of arrival.</param>
    // Apart, as ZoneBelief.Hear is.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Observe(in SightingColumns batch, bool late, VisitEventList happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (batch.Length == 0)
        {
            return;
        }

        if (_newest == 0)
        {
            // Recordings and trials, where nobody says when it came.
            Expect(batch.At[0]);
        }

        SendForHomes(batch.Tokens);
        var (more, guessed) = (late ? EvidenceSources.Late : EvidenceSources.None, false);
        var bursts = _bursts.AsSpan(0, batch.Tokens.Length);
        for (var i = Group(batch, 0, bursts); i < batch.Length; i = Group(batch, i, bursts))
        {
            var (device, bucket) = (batch.Device[i], BucketOf(batch.At[i]));
            if (bursts[device].Count > 0)
            {
                if (!guessed)
                {
                    GuessAll(batch.Tokens);
                    guessed = true;
                }

                Take(batch, device, more, late, happened);
            }

            (_bucket, _begin, _end) = (bucket, BeginOf(bucket), BeginOf(bucket + 1));
        }

        if (!guessed)
        {
            GuessAll(batch.Tokens);
        }

        TouchMore(bursts);
        for (var i = 0; i < bursts.Length; i++)
        {
            if (bursts[i].Count > 0)
            {
                Take(batch, i, more, late, happened);
            }
        }

        FreeUnused(batch.Tokens.Length);
    }

    // Puts sightings into bursts up to one whose device has another burst that must be taken first, or that is of another bucket. Nothing is called on the way, so
    // that all it needs stays in the processor's registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Group(in SightingColumns batch, int from, Span<Burst> bursts)
    {
        var devices = batch.Device;
        var receivers = batch.Receiver[..devices.Length];
        var times = batch.At[..devices.Length];
        var strengths = batch.Dbm[..devices.Length];
        var (known, span) = (_receivers, (ulong)Math.Max(0, _newest - Times.Epoch));
        for (var i = from; i < devices.Length; i++)
        {
            var (receiver, at) = (receivers[i], times[i]);
            if (receiver >= known || (ulong)(at - Times.Epoch) > span)
            {
                Refused++;
                continue;
            }

            // A phone speaks in bursts, and what one receiver hears of a burst errs together: its mean is one reading.
            ref var burst = ref bursts[devices[i]];
            var pass = (ulong)(at - burst.First);
            if (burst.Receiver != receiver || pass >= burst.Span)
            {
                // A bucket's sums must be the same whatever batches its sightings came in, so no burst reaches into the next.
                if (burst.Count > 0 || at < _begin || at >= _end)
                {
                    return i;
                }

                burst = new Burst { Receiver = receiver, Bucket = _bucket, InBucket = (ushort)(at - _begin), First = at, Span = (uint)Math.Min(BurstMs, _end - at) };
                pass = 0;
            }

            burst.Sum += strengths[i];
            burst.Last = Math.Max(burst.Last, (uint)pass);
            if (++burst.Count == byte.MaxValue)
            {
                burst.Span = 0;
            }
        }

        return devices.Length;
    }

    // What the model expects for a device and its receiver lies somewhere in some hundred kilobytes.
    private void TouchMore(ReadOnlySpan<Burst> bursts)
    {
        for (var i = 0; i < bursts.Length; i++)
        {
            if (_slots[i] < 0 || bursts[i].Count == 0)
            {
                continue;
            }

            ref readonly var device = ref _devices[_slots[i]];
            if (device.Live.Anchor >= 0)
            {
                Soon.Touch(ref _model.LineOf(device.Live.Anchor, bursts[i].Receiver));
            }
        }
    }

    // One receiver's burst of one device, into its belief and into its bucket.
    // Apart, as ZoneBelief.Hear is.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Take(in SightingColumns batch, int index, EvidenceSources more, bool late, VisitEventList happened)
    {
        ref var burst = ref _bursts[index];
        var traits = batch.Traits[index];
        ref var device = ref DeviceOf(batch.Tokens[index], traits, ref _slots[index]);
        var slot = _slots[index];
        var sources = more | Times.SourceOf(traits);
        if (!late && !device.Is(DeviceFlags.Apart))
        {
            Hear(ref device, slot, burst, sources, happened);
        }

        Keep(ref device, slot, burst, sources);
        (burst.Count, burst.Span) = (0, 0);
    }

    /// <summary>Something arrives now, by a clock that can be trusted: whoever speaks first, with a clock years off, must not say what time it is for all.</summary>
    public void Expect(long nowMs) => _newest = nowMs < Times.Epoch ? _newest : Math.Max(_newest, Math.Min(nowMs, Last - Times.MsPerDay) + Times.MsPerDay);

    /// <summary>Whether a sighting of that time is taken in; one of a clock that was never set, or is ahead of the venue by a day, is not.</summary>
    public bool Takes(long at) => at >= Times.Epoch && at <= _newest;

    /// <summary>Venue time moves: silences end live visits, and buckets older than the watermark by the lateness are settled.</summary>
    /// <param name="watermarkMs">Unix ms: lowest corrected watermark of the gateways on line; never goes back.</param>
    /// <param name="happened">Gets the live ends, then the settled stays and visits by bucket, and in it by device.</param>
    /// <param name="cutShort">True when the limit on waiting for a gateway that is cut off moved the watermark: what ends is marked.</param>
    public void Advance(long watermarkMs, VisitEventList happened, bool cutShort = false)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (watermarkMs <= _watermark)
        {
            return;
        }

        _watermark = watermarkMs = Math.Min(watermarkMs, Last);
        Expect(watermarkMs);
        var mark = cutShort ? EvidenceSources.CutShort : EvidenceSources.None;
        EndSilent(watermarkMs, mark, happened);
        SettleUntil(watermarkMs - _lateness, mark, happened);
    }

    /// <summary>Ends and settles all that is under way at its last evidence, marked, and goes on under another plan.</summary>
    /// <param name="plan">Holds from now on.</param>
    /// <param name="happened">Gets what ended.</param>
    /// <returns>The venue under the new plan, empty, at the same venue time.</returns>
    public VenueVisits ChangePlan(VenuePlan plan, VisitEventList happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        var next = new VenueVisits(plan) { TooLate = TooLate, Refused = Refused };
        (next._watermark, next._newest, next._moving) = (Math.Min(_watermark, next.Last), Math.Min(_newest, next.Last), _moving);
        next._pending.Oldest = next.BucketOf(Math.Min(BeginOf(_pending.Oldest) + next._bucketMs - 1, next.Last));
        next._marks = _marks;
        if (Devices > 0)
        {
            // As if nobody were heard again: every visit ends where its evidence does.
            var end = Math.Max(_watermark, _newest) + (2 * Times.MsPerDay);
            EndSilent(end, EvidenceSources.PlanChanged, happened);
            SettleUntil(end, EvidenceSources.PlanChanged, happened);
        }

        return next;
    }

    /// <summary>
    /// Unix ms of the lowest watermark at which <see cref="Advance"/> may have something to do: half a day after the last even when nothing waits, or a
    /// shop that was closed for longer would find all it hears too far ahead. <see cref="long.MaxValue"/> before the first sighting.
    /// </summary>
    public long NextDueMs => Math.Min(Math.Min(_liveWheel.NextDueMs(), NextSettleMs()), _newest == 0 ? long.MaxValue : _newest - (Times.MsPerDay / 2));
}
