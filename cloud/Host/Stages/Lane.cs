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
    private readonly SemaphoreSlim _bell = new(0, 1);
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _toldFloorAt;
    private long _toldWatermarksAt;
    private volatile bool _stopping;
    private int _rung;
    private int _turn;
    private bool _othersWait;

    public Lane(IVenueStore store, VenueSettings settings, TimeProvider time, ILaneEvents events, ILogger<Lane> log)
    {
        (_store, _settings, _time, _events, _log) = (store, settings, time, events, log);
        _thread = new Thread(Run) { IsBackground = true, Name = "venues" };
    }

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

        _bell.Dispose();
    }

    private void Run()
    {
        try
        {
            foreach (var venue in _venues)
            {
                var begun = System.Diagnostics.Stopwatch.GetTimestamp();
                var inputs = venue.Restore(_store);
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
            foreach (var request in _venues.SelectMany(v => v.Requests))
            {
                request.Cancel();
            }
        }
    }

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

        var tries = 0;
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
                RecoverStore(taken.Select(t => t.Venue), ++tries);
            }
        }

        if (tries > 0)
        {
            LogStoreMended(tries);
        }

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
                    venue.Restore(_store);
                }

                return;
            }
            catch (StoreException e)
            {
                LogStoreFailed(tries++, e.Message);
            }
        }
    }

    private void ApplyAll(Venue venue, Gathered<GatewayRoute, MqttReceipt> group, List<VenueRequest> requests, IStoreCommit commit, long now)
    {
        venue.Output.Clear();
        venue.Log.ResetWrittenCount();
        var first = venue.State.NextInput;
        foreach (ref readonly var item in group.Items)
        {
            if (item.Sender.Topic.Kind == TopicKind.Bind)
            {
                Bind(venue, item, group.Bytes(item), commit, ref first);
                continue;
            }

            var kind = item.Sender.Topic.Kind == TopicKind.Status ? InputKind.Status : InputKind.Sightings;
            var stream = item.Sender.Topic.Kind == TopicKind.Backlog ? (byte)1 : (byte)0;
            var input = new Input(kind, stream, item.Sender.Gateway, item.ReceivedAt, group.Bytes(item));
            switch (venue.State.Apply(input, venue.Output, out var why))
            {
                case Applied.Changed:
                    InputRecord.Write(venue.Log, input);
                    venue.Touched.Add(item.Sender.Topic.Gateway.Value);
                    break;
                case Applied.Repeat:
                    venue.Touched.Add(item.Sender.Topic.Gateway.Value);
                    Ingest.Instruments.Repeats.Add(1);
                    break;
                case Applied.Refused:
                    Refuse(venue, item, group.Bytes(item), why.ToString(), commit);
                    break;
            }
        }

        foreach (var request in requests)
        {
            venue.Output.WriteTo(commit);
            foreach (var command in Run(request, venue, commit, now))
            {
                Apply(venue, command, now, commit, ref first);
            }
        }

        if (now - venue.LastTickAt >= _settings.TickEvery.TotalMilliseconds)
        {
            venue.LastTickAt = now;
            var tick = new Input(InputKind.Tick, 0, [], now, []);
            venue.State.Apply(tick, venue.Output, out _);
            InputRecord.Write(venue.Log, tick);
        }

        FlushLog(venue, now, commit, ref first);
        venue.Output.WriteTo(commit);
        if (venue.ForgetSoon)
        {
            // With what was forgotten: a state of before would bring it back.
            AddSnapshot(venue, commit);
            commit.DropSnapshots(venue.Number, venue.State.NextInput);
        }
    }

    // One question that cannot be answered must not take the venues down: its asker is told, and the group is begun anew without it.
    private IEnumerable<VenueCommand> Run(VenueRequest request, Venue venue, IStoreCommit commit, long now)
    {
        if (request.HasFailed)
        {
            return [];
        }

        try
        {
            return request.Run(venue, commit, now);
        }
        catch (Exception e) when (e is not StoreException)
        {
            LogRequestFailed(venue.Map.Venue, e);
            request.Fail(e);
            throw new StoreException("a request failed; what it wrote is taken back");
        }
    }

    // A member's own input lies in a row of its own, so that it can be emptied when they are erased.
    private static void Apply(Venue venue, VenueCommand command, long now, IStoreCommit commit, ref long first)
    {
        FlushLog(venue, now, commit, ref first);
        var input = new Input(InputKind.Command, 0, [], now, command.Encode());
        venue.State.Apply(input, venue.Output, out _);
        InputRecord.Write(venue.Log, input);
        commit.AppendLog(venue.Number, first, 1, now, command.Concerns, venue.Log.WrittenSpan);
        venue.Log.ResetWrittenCount();
        first = venue.State.NextInput;
    }

    private static void FlushLog(Venue venue, long now, IStoreCommit commit, ref long first)
    {
        if (venue.State.NextInput > first)
        {
            commit.AppendLog(venue.Number, first, (int)(venue.State.NextInput - first), now, null, venue.Log.WrittenSpan);
            venue.Log.ResetWrittenCount();
            first = venue.State.NextInput;
        }
    }

    private void Bind(Venue venue, in Waiting<GatewayRoute, MqttReceipt> item, ReadOnlySpan<byte> payload, IStoreCommit commit, ref long first)
    {
        if (!BindReport.TryDecode(payload, out var report, out var why))
        {
            Refuse(venue, item, payload, why.ToString(), commit);
            return;
        }

        if (report.How == BindHow.Renewed)
        {
            Renew(venue, item, report, commit, ref first);
            return;
        }

        // A code that is unknown, used or over binds nothing; the gateway's page has told the visitor to look at their own page.
        if (commit.UseLink(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(report.Code)), venue.Number, item.ReceivedAt) is not { } member)
        {
            LogLinkUnknown(item.Sender.Topic.Gateway.Value);
            return;
        }

        var how = report.How switch { BindHow.Tag => "tag", BindHow.Identity => "identity", _ => "link" };
        if (venue.State.Members.Find(new MemberId(member)) is { } known && known.Purposes.HasFlag(Purposes.Presence))
        {
            commit.SetBinding(venue.Number, report.Device.Hash, member, how, item.ReceivedAt);
            Apply(venue, new DeviceBound(member, report.Device.Hash, how), item.ReceivedAt, commit, ref first);
        }
    }

    // The member key of the venue was changed; a gateway heard a bound device again and says what it is called from now on.
    private void Renew(Venue venue, in Waiting<GatewayRoute, MqttReceipt> item, BindReport report, IStoreCommit commit, ref long first)
    {
        if (ulong.TryParse(report.Code, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var was)
            && venue.State.Members.Resolve(new DeviceToken(was)) is { Member: var member })
        {
            commit.SetBinding(venue.Number, report.Device.Hash, member.Value, "renewed", item.ReceivedAt);
            Apply(venue, new DeviceBound(member.Value, report.Device.Hash, "renewed"), item.ReceivedAt, commit, ref first);
        }
    }

    private void Refuse(Venue venue, in Waiting<GatewayRoute, MqttReceipt> item, ReadOnlySpan<byte> payload, string why, IStoreCommit commit)
    {
        var gateway = item.Sender.Topic.Gateway.Value;
        Ingest.Instruments.Unreadable.Add(1, new KeyValuePair<string, object?>("reason", why));
        if (!_refusals.Take(venue.Number, gateway, item.ReceivedAt, out var unwritten))
        {
            return;
        }

        if (unwritten > 0)
        {
            commit.AddRefused(venue.Number, gateway, item.ReceivedAt, $"and {unwritten} more in the minute before", 0, "");
        }

        commit.AddRefused(venue.Number, gateway, item.ReceivedAt, why, payload.Length, Convert.ToHexStringLower(SHA256.HashData(payload))[..16]);
        LogUnreadable(gateway, payload.Length, why);
    }

    private int AcknowledgeAll(List<(Venue Venue, Gathered<GatewayRoute, MqttReceipt> Group, List<VenueRequest> Requests)> taken)
    {
        FailPoint.Pass("before-ack");
        var items = 0;
        foreach (var (venue, group, requests) in taken)
        {
            foreach (ref readonly var item in group.Items)
            {
                item.Receipt.Acknowledge();
            }

            items += group.Items.Length;
            requests.ForEach(r => r.Complete());
            if (venue.Output.HasNews)
            {
                _events.Happened(venue, venue.Output);
            }

            (venue.Words, venue.RuleDocuments, venue.Plan) = (venue.State.Decisions.Words, venue.State.Decisions.Documents, venue.State.Plan);
            if (venue.ToldMembers != venue.State.Members.Version || !ReferenceEquals(venue.ToldPlan, venue.State.Plan))
            {
                TellGateways(venue);
            }
        }

        FailPoint.Pass("after-ack");
        FoldWhatWasForgotten();
        return items;
    }

    private void TellGateways(Venue venue)
    {
        (venue.ToldMembers, venue.ToldPlan) = (venue.State.Members.Version, venue.State.Plan);
        _events.ConfigChanged(venue, venue.State.Members);
        foreach (var gateway in venue.State.Gateways.Values)
        {
            venue.Touched.Add(gateway.Name);
        }
    }

    private void TellWatermarks(bool atOnce)
    {
        var now = System.Diagnostics.Stopwatch.GetTimestamp();
        if (!atOnce && System.Diagnostics.Stopwatch.GetElapsedTime(_toldWatermarksAt, now) < WatermarksEvery)
        {
            return;
        }

        _toldWatermarksAt = now;
        foreach (var venue in _venues)
        {
            foreach (var name in venue.Touched)
            {
                // One that has sent nothing yet has nothing to forget.
                if (venue.State.Gateways.TryGetValue(name, out var gateway) && gateway.Newest.Boot != 0)
                {
                    _events.Committed(venue, name, gateway.Newest);
                }
            }

            venue.Touched.Clear();
        }
    }

    private void TellFloors()
    {
        var now = System.Diagnostics.Stopwatch.GetTimestamp();
        if (System.Diagnostics.Stopwatch.GetElapsedTime(_toldFloorAt, now) < FloorEvery)
        {
            return;
        }

        _toldFloorAt = now;
        foreach (var venue in _venues)
        {
            venue.Floor = venue.State.Look();
            _events.FloorChanged(venue);
        }
    }

    private void TakeCareOfHistory()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var venue in _venues)
        {
            // In a quiet venue by time: what is older than the snapshot may be forgotten, what is newer may not.
            if (venue.State.Sightings - venue.SnapshotSightings >= _settings.SnapshotEvery
                || (now - venue.LastSnapshotAt >= SnapshotAtLeastEvery.TotalMilliseconds && venue.State.NextInput > venue.SnapshotInput))
            {
                SaveSnapshot(venue);
            }

            if (now - venue.LastTrimAt >= TrimEvery.TotalMilliseconds)
            {
                venue.LastTrimAt = now;
                TryCommit(commit =>
                {
                    commit.TrimLog(venue.Number, venue.SnapshotInput, now - (long)_settings.KeepStrangers.TotalMilliseconds);
                    commit.ForgetDecisions(venue.Number, now - (long)_settings.KeepFacts.TotalMilliseconds);
                    commit.ForgetFacts(venue.Number, now - (long)_settings.KeepFacts.TotalMilliseconds);
                    commit.ForgetStrangers(venue.Number, now - (long)_settings.KeepStrangers.TotalMilliseconds);
                    commit.ForgetPapers(venue.Number, PapersKept.At(now));
                });
            }
        }
    }

    private void SaveSnapshot(Venue venue)
    {
        if (TryCommit(commit => AddSnapshot(venue, commit)))
        {
            Snapped(venue);
        }
    }

    private void AddSnapshot(Venue venue, IStoreCommit commit)
    {
        var state = new System.Buffers.ArrayBufferWriter<byte>(1024 * 1024);
        venue.State.Save(state);
        commit.AddSnapshot(venue.Number, venue.State.NextInput, _time.GetUtcNow().ToUnixTimeMilliseconds(), state.WrittenSpan);
    }

    private void Snapped(Venue venue) => (venue.SnapshotInput, venue.SnapshotSightings, venue.LastSnapshotAt) =
        (venue.State.NextInput, venue.State.Sightings, _time.GetUtcNow().ToUnixTimeMilliseconds());

    // Once everybody has their answer: folding waits for the disk.
    private void FoldWhatWasForgotten()
    {
        var any = false;
        foreach (var venue in _venues)
        {
            if (venue.ForgetSoon)
            {
                (venue.ForgetSoon, any) = (false, true);
                Snapped(venue);
            }
        }

        if (any)
        {
            Fold();
        }
    }

    private void Fold()
    {
        try
        {
            _store.FoldLog();
        }
        catch (StoreException e)
        {
            LogStoreFailed(0, e.Message);
        }
    }

    // Housekeeping can wait: when the disk fails now, it is tried again with the next occasion.
    private bool TryCommit(Action<IStoreCommit> what)
    {
        try
        {
            using var commit = _store.Begin();
            what(commit);
            commit.Complete();
            return true;
        }
        catch (StoreException e)
        {
            LogStoreFailed(0, e.Message);
            return false;
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "{Venue} is restored: {Inputs} inputs applied again in {Seconds:0.000} s")]
    private partial void LogRestored(string venue, long inputs, double seconds);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "The store cannot be written (try {Tries}): {Message}. Nothing is acknowledged until it can")]
    private partial void LogStoreFailed(int tries, string message);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "The store can be written again, after {Tries} tries")]
    private partial void LogStoreMended(int tries);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Warning, Message = "{Gateway} sent {Length} bytes that cannot be read: {Reason}")]
    private partial void LogUnreadable(string gateway, int length, string reason);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Information, Message = "{Gateway} reported a one-time link that is unknown, used or over")]
    private partial void LogLinkUnknown(string gateway);

    [LoggerMessage(EventId = 5007, Level = LogLevel.Error, Message = "A request of {Venue} failed by a mistake of ours; nothing of it was kept")]
    private partial void LogRequestFailed(string venue, Exception e);

    [LoggerMessage(EventId = 5006, Level = LogLevel.Critical, Message = "The venues' loop has stopped by a mistake of ours")]
    private partial void LogFailed(Exception e);
}

/// <summary>Who is told what was committed. Called on the lane's thread: must not wait.</summary>
public interface ILaneEvents
{
    /// <summary>News for people; the output is used again after the call.</summary>
    void Happened(Venue venue, VenueOutput output);

    void FloorChanged(Venue venue);

    /// <summary>The gateway may forget what is at or below these sequences.</summary>
    void Committed(Venue venue, string gateway, BootMark mark);

    /// <summary>Which devices gateways may send as bound has changed.</summary>
    void ConfigChanged(Venue venue, Identity.MemberBook members);
}
