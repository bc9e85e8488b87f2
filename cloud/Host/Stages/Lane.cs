using System.Security.Cryptography;
using Presence.Ingest;
using Presence.Mqtt;
using Presence.Storage;
using Presence.Wire;

namespace Presence.Cloud.Stages;

/// <summary>
/// The one place that coordinates the commits of several venues: a thread that takes all that waits, applies it, commits once,
/// and only then acknowledges. While it commits, the next group gathers in the inboxes.
/// </summary>
public sealed partial class Lane : IDisposable
{
    // Under load a group gathers for a moment longer: one sync for ten times as many batches. A quiet lane answers at once.
    private const int BusyGroup = 64;

    // Under more load than it can take, venues take turns: a group of this many batches is some tens of milliseconds of work, and nobody's
    // acknowledgement waits for all that has come in for everybody.
    private const int FullGroup = 2_000;
    private static readonly TimeSpan BusyLinger = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan FloorEvery = TimeSpan.FromMilliseconds(200);

    // A gateway has its acknowledgement; the watermark only lets it forget. A quiet lane says it at once, a busy one now and then.
    private const int QuietGroup = 3;
    private static readonly TimeSpan WatermarksEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TrimEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SnapshotAtLeastEvery = TimeSpan.FromHours(1);

    private readonly IVenueStore _store;
    private readonly VenueSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILaneEvents _events;
    private readonly ILogger<Lane> _log;
    private readonly List<Venue> _venues = [];
    private readonly RefusalBook _refusals = new();

    // One venue after the other writes its part of the group there.
    private readonly System.Buffers.ArrayBufferWriter<byte> _records = new(64 * 1024);
    private readonly SemaphoreSlim _bell = new(0, 1);
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _toldFloorAt;
    private long _toldWatermarksAt;
    private volatile bool _stopping;
    private readonly List<VenueRequest> _asking = []; // taken from the queues, not answered yet
    private volatile bool _over;
    private int _rung;
    private int _turn;
    private bool _othersWait;

    public Lane(IVenueStore store, VenueSettings settings, TimeProvider time, ILaneEvents events, ILogger<Lane> log)
    {
        (_store, _settings, _time, _events, _log) = (store, settings, time, events, log);
        _thread = new Thread(Run) { IsBackground = true, Name = "venues" };
    }

    /// <summary>When a venue's member key was last rolled, Unix ms; null for never.</summary>
    public Func<VenueMap, long?> RolledAt { get; init; } = static _ => null;

    /// <summary>Whether a gateway has said that it holds the venue's keys of now.</summary>
    public Func<VenueMap, GatewayId, bool> HoldsKeys { get; init; } = static (_, _) => true;

    /// <summary>Venues of this lane; fixed before <see cref="Start"/>.</summary>
    public IReadOnlyList<Venue> Venues => _venues;

    /// <summary>Done when every venue is restored; failed when the lane has ended by an error of ours.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when the lane has stopped; faulted when it stopped by itself.</summary>
    public Task Stopped => _stopped.Task;

    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(Venue venue) => _venues.Add(venue);

    public void Start() => _thread.Start();

    /// <summary>Wakes the lane. Cheap when it is awake.</summary>
    public void Ring()
    {
        if (Interlocked.Exchange(ref _rung, 1) == 0)
        {
            _bell.Release();
        }
    }

    /// <summary>Asks something of a venue and waits until the answer is committed.</summary>
    public Task<T> AskAsync<T>(Venue venue, Func<Venue, IStoreCommit, long, (T Answer, IEnumerable<VenueCommand> Inputs)> run)
    {
        ArgumentNullException.ThrowIfNull(venue);
        var request = new VenueRequest<T>(run);
        venue.Requests.Enqueue(request);
        Ring();
        if (_over)
        {
            GiveUp(request);
        }

        return request.Answer;
    }

    public void Dispose()
    {
        _stopping = true;
        Ring();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        // The bell stays: connections that are still closing may ring it, and without a handle of the system it holds nothing to give back.
    }

    private long Restore(Venue venue)
    {
        var inputs = venue.Restore(_store);
        if (venue.Refused is { } why)
        {
            LogSnapshotRefused(venue.Map.Venue, why);
        }

        return inputs;
    }

    private void Run()
    {
        try
        {
            foreach (var venue in _venues)
            {
                var begun = System.Diagnostics.Stopwatch.GetTimestamp();
                var inputs = Restore(venue);
                LogRestored(venue.Map.Venue, inputs, System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalSeconds);
                (venue.Words, venue.RuleDocuments, venue.Plan) = (venue.State.Decisions.Words, venue.State.Decisions.Documents, venue.State.Plan);
                venue.Floor = venue.State.Look();
                TellGateways(venue);
            }

            // A kill may have come between an erasure and the folding that takes it off the disk.
            Fold();
            _ready.SetResult();
            var busy = false;
            while (!_stopping)
            {
                if (_bell.Wait(busy || _othersWait ? TimeSpan.Zero : TimeSpan.FromMilliseconds(50)))
                {
                    Volatile.Write(ref _rung, 0);
                }

                if (busy && !_othersWait)
                {
                    Thread.Sleep(BusyLinger);
                }

                var batches = RunGroup();
                busy = batches >= BusyGroup;
                TellWatermarks(atOnce: batches <= QuietGroup);
                TellFloors();
                TakeCareOfHistory();
            }

            foreach (var venue in _venues)
            {
                SaveSnapshot(venue);
            }

            _stopped.TrySetResult();
        }
        catch (Exception e)
        {
            // Our own mistake: nothing more is acknowledged, gateways keep what they have, and the host goes down loudly.
            LogFailed(e);
            _ready.TrySetException(e);
            _stopped.TrySetException(e);
        }
        finally
        {
            // Who asks from now on sees this and gives up alone; who asked before is in a queue, or was taken out of one.
            _over = true;
            foreach (var request in _venues.SelectMany(v => v.Requests).Concat(_asking))
            {
                GiveUp(request);
            }
        }
    }

    private static void GiveUp(VenueRequest request) => request.Fail(new StoreException("the venues are being closed; nothing of this was kept"));

    private int RunGroup()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var taken = new List<(Venue Venue, Gathered<GatewayRoute, MqttReceipt> Group, List<VenueRequest> Requests)>();
        var (items, asked) = (0, 0);
        for (; asked < _venues.Count && items < FullGroup; asked++)
        {
            var venue = _venues[(_turn + asked) % _venues.Count];
            var tick = now - venue.LastTickAt >= _settings.TickEvery.TotalMilliseconds;
            if (tick || venue.Inbox.HasAny || !venue.Requests.IsEmpty)
            {
                var requests = new List<VenueRequest>();
                while (venue.Requests.TryDequeue(out var request))
                {
                    requests.Add(request);
                    _asking.Add(request);
                }

                var group = venue.Inbox.TakeAll();
                taken.Add((venue, group, requests));
                items += group.Items.Length;
            }
        }

        _othersWait = asked < _venues.Count;
        _turn = (_turn + asked) % Math.Max(1, _venues.Count);

        if (taken.Count == 0)
        {
            return 0;
        }

        var (tries, begun) = (0, System.Diagnostics.Stopwatch.GetTimestamp());
        while (true)
        {
            try
            {
                using var commit = _store.Begin();
                foreach (var (venue, group, requests) in taken)
                {
                    ApplyAll(venue, group, requests, commit, now);
                }

                FailPoint.Pass("before-commit");
                commit.Complete();
                FailPoint.Pass("after-commit");
                break;
            }
            catch (StoreException e) when (!_stopping)
            {
                LogStoreFailed(tries, e.Message);
                Instruments.StoreFailures.Add(1);
                RecoverStore(taken.Select(t => t.Venue), ++tries);
            }
        }

        if (tries > 0)
        {
            LogStoreMended(tries);
        }

        Instruments.Commit.Record(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        Instruments.Group.Record(items);

        return AcknowledgeAll(taken);
    }

    // The state has run ahead of a disk that did not follow. It is thrown away and read again; what waits is applied to that.
    private void RecoverStore(IEnumerable<Venue> venues, int tries)
    {
        while (true)
        {
            var wait = Math.Min(5_000, 50 << Math.Min(tries, 7));
            Thread.Sleep(wait / 2 + RandomNumberGenerator.GetInt32(wait / 2 + 1));
            if (_stopping)
            {
                throw new StoreException("stopped while the store could not be written");
            }

            try
            {
                _store.Probe();
                foreach (var venue in venues)
                {
                    Restore(venue);
                }

                return;
            }
            catch (StoreException e)
            {
                LogStoreFailed(tries++, e.Message);
            }
        }
    }

    private int AcknowledgeAll(List<(Venue Venue, Gathered<GatewayRoute, MqttReceipt> Group, List<VenueRequest> Requests)> taken)
    {
        FailPoint.Pass("before-ack");

        // What people see first: a gateway that waits a moment longer notices nothing.
        foreach (var (venue, _, _) in taken)
        {
            // Whoever asked for a change and is answered finds it when asking again.
            (venue.Words, venue.RuleDocuments, venue.Plan) = (venue.State.Decisions.Words, venue.State.Decisions.Documents, venue.State.Plan);
            if (venue.Output.HasNews)
            {
                _events.Happened(venue, venue.Output);
            }
        }

        var items = 0;
        foreach (var (venue, group, requests) in taken)
        {
            foreach (ref readonly var item in group.Items)
            {
                item.Receipt.Acknowledge();
            }

            items += group.Items.Length;
            if (!venue.ForgetSoon)
            {
                requests.ForEach(r => r.Complete());
            }

            if (venue.ToldMembers != venue.State.Members.Version || !ReferenceEquals(venue.ToldPlan, venue.State.Plan))
            {
                TellGateways(venue);
            }
        }

        // Folding waits for the disk, so nobody else waits for it; who asked to be forgotten hears of it when nothing is left.
        FoldWhatWasForgotten();
        taken.ForEach(t => t.Requests.ForEach(r => r.Complete()));
        _asking.Clear();
        FailPoint.Pass("after-ack");
        return items;
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "{Venue} is restored: {Inputs} inputs applied again in {Seconds:0.000} s")]
    private partial void LogRestored(string venue, long inputs, double seconds);

    [LoggerMessage(EventId = 5008, Level = LogLevel.Warning, Message =
        "The newest snapshot of {Venue} cannot be gone on from ({Why}): one from before is, or the log from its beginning")]
    private partial void LogSnapshotRefused(string venue, string why);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "The store cannot be written (try {Tries}): {Message}. Nothing is acknowledged until it can")]
    private partial void LogStoreFailed(int tries, string message);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "The store can be written again, after {Tries} tries")]
    private partial void LogStoreMended(int tries);

    [LoggerMessage(EventId = 5006, Level = LogLevel.Critical, Message = "The venues' loop has stopped by a mistake of ours")]
    private partial void LogFailed(Exception e);
}
