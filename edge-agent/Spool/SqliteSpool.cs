using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Presence.Spool;

/// <summary>
/// A spool in one SQLite file. One thread owns the file: it takes all that waits, writes it in one transaction, syncs once, and
/// only then says that it is kept.
/// </summary>
public sealed partial class SqliteSpool : ISpool
{
    private readonly SpoolOptions _options;
    private readonly ILogger<SqliteSpool> _log;
    private readonly BlockingCollection<Order> _orders = new(new ConcurrentQueue<Order>());
    private readonly FileStream _lock;
    private readonly Ballast _ballast;
    private readonly SpoolRescue _rescue;
    private readonly Thread _writer;
    private readonly Lock _reading = new(); // guards _reader, _isClosed, _oldest and _damaged
    private readonly HashSet<long> _damaged = [];
    private readonly ConcurrentQueue<(string Reason, long Sightings)> _lost = new();
    private readonly CancellationTokenSource _giveUp = new();

    // One nudge is as good as many: a reader that is awake reads all there is.
    private readonly Channel<bool> _more = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private SpoolFile _file;
    private SpoolFile _reader;
    private bool _isClosed; // its file is to be opened again, and could not be yet
    private long? _oldest; // when the file could last be asked
    private long _forgetLive;
    private long _forgetBacklog;
    private long _used;
    private ulong _begunHere;
    private volatile SpoolState _state;
    private volatile string? _trouble;
    private volatile bool _suspect;

    /// <summary>Opens the spool of a folder, or begins one. A damaged file is set aside and what can be read of it is kept.</summary>
    /// <exception cref="IOException">The folder cannot be written, or another gateway uses it; the message says which.</exception>
    public SqliteSpool(SpoolOptions options, ILogger<SqliteSpool> log)
    {
        _options = options;
        _log = log;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(options.Folder);
        }
        else
        {
            Directory.CreateDirectory(options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _lock = TakeLock();
        _ballast = new(Path.Combine(options.Folder, "ballast"), options.Ballast);
        _rescue = new(MainFile, BootFile, _ballast, options.OnStep);
        try
        {
            (_file, _reader, _state) = OpenOrSetAside();
        }
        catch (SqliteException e)
        {
            _lock.Dispose();
            throw new IOException($"The spool {options.Folder} cannot be opened: {e.Message}", e);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }

        Measure();
        TakeBallast();
        if (_state.Open)
        {
            // It ended without a word: what was appended may have been sent, what comes before the next link was not.
            _orders.Add(new(OrderKind.CloseLink), _giveUp.Token);
        }

        _writer = new Thread(Write) { Name = "spool", IsBackground = true };
        _writer.Start();
    }

    public ulong Boot => _state.Boot;

    public bool BegunHere => Volatile.Read(ref _begunHere) == Boot;

    public string? Trouble => _trouble;

    public ImmutableSortedDictionary<string, long> Drops => _state.Drops;

    public SpoolDepth Depth
    {
        get
        {
            var state = _state;
            return new(state.LiveWaiting, state.BacklogWaiting, state.LastLive, state.LastBacklog, state.Open ? state.Last : state.Offered, Volatile.Read(ref _used));
        }
    }

    private string MainFile => Path.Combine(_options.Folder, "spool.db");

    public Task<long> AppendAsync(SealedBatch batch, CancellationToken stopping) => Give(new(OrderKind.Append, batch), stopping);

    public Task OpenLinkAsync(long liveFrom, CancellationToken stopping) => Give(new(OrderKind.OpenLink, Time: liveFrom), stopping);

    public Task CloseLinkAsync(CancellationToken stopping) => Give(new(OrderKind.CloseLink), stopping);

    public Task PostponeAsync(long number, CancellationToken stopping) => Give(new(OrderKind.Postpone, Number: number), stopping);

    public Task RejectAsync(long number, string reason, CancellationToken stopping) => Give(new(OrderKind.Reject, Number: number, Reason: reason), stopping);

    public Task BeginAnewAsync(CancellationToken stopping) => Give(new(OrderKind.BeginAnew), stopping);

    public void CountDrop(string reason, long sightings) => _lost.Enqueue((reason, sightings));

    public void Forget(SpoolStream stream, long upTo)
    {
        ref var mark = ref stream is SpoolStream.Live ? ref _forgetLive : ref _forgetBacklog;
        for (var seen = Volatile.Read(ref mark); upTo > seen;)
        {
            var was = Interlocked.CompareExchange(ref mark, upTo, seen);
            if (was == seen)
            {
                return;
            }

            seen = was;
        }
    }

    public async ValueTask WaitAsync(CancellationToken stopping) => await _more.Reader.ReadAsync(stopping);

    public IReadOnlyList<SpooledBatch> Read(SpoolStream stream, long after, int most, int mostBytes)
    {
        var state = _state;
        var upTo = stream is SpoolStream.Backlog || state.Open ? state.Last : state.Offered;
        var found = new List<SpooledBatch>();
        lock (_reading)
        {
            if (_isClosed)
            {
                throw new IOException("The spool cannot be read: its file is damaged and was not mended yet");
            }

            try
            {
                foreach (var stretch in state.Stretches(stream, after, upTo))
                {
                    if (!_reader.Read(stretch, most, mostBytes, found, WhenDamagedUnderLock))
                    {
                        // Above it the other numbers would be passed over for ever.
                        _suspect = true;
                        break;
                    }

                    if (found.Count >= most || found.Sum(b => b.Body.Length) >= mostBytes)
                    {
                        break;
                    }
                }
            }
            catch (SqliteException e) when (DamagedRows.IsUnreadable(e))
            {
                _suspect = true;
            }
            catch (SqliteException e)
            {
                // A disk that does not answer just now: whoever reads tries again.
                throw new IOException($"The spool cannot be read: {e.Message}", e);
            }
        }

        return found;
    }

    public long? OldestAt()
    {
        var state = _state;
        lock (_reading)
        {
            if (_isClosed)
            {
                return _oldest;
            }

            try
            {
                // Within a stretch the first is the oldest; what was postponed joins one only where it is younger.
                return _oldest = state.Stretches(SpoolStream.Backlog, 0, state.Last).Concat(state.Stretches(SpoolStream.Live, 0, state.Last))
                    .Min(stretch => _reader.FirstAt(stretch));
            }
            catch (SqliteException)
            {
                // Whoever reads the batches tells what is wrong.
                return _oldest;
            }
        }
    }

    /// <summary>Finishes what was given to it and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _orders.CompleteAdding();
        _giveUp.CancelAfter(TimeSpan.FromSeconds(2));
        await Task.Run(_writer.Join, CancellationToken.None);
        while (_orders.TryTake(out var left))
        {
            left.Done.TrySetException(new IOException("The spool was closed before it could be written"));
        }

        lock (_reading)
        {
            _reader.Dispose();
        }

        _file.Dispose();
        await _lock.DisposeAsync();
        _orders.Dispose();
        _giveUp.Dispose();
    }

    private Task<long> Give(Order order, CancellationToken stopping)
    {
        _orders.Add(order, stopping);
        return order.Done.Task.WaitAsync(stopping);
    }

    private void WhenDamagedUnderLock(SpooledRow row)
    {
        if (_damaged.Add(row.Number))
        {
            LogDamagedBatch(row.Number);
            CountDrop("spool-damaged", Math.Clamp(row.Sightings, 1, 65_536));
        }
    }

    private FileStream TakeLock()
    {
        try
        {
            return new FileStream(Path.Combine(_options.Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            throw new IOException($"The spool {_options.Folder} is in use by another gateway, or cannot be written: {e.Message}", e);
        }
    }

    private enum OrderKind
    {
        Append,
        OpenLink,
        CloseLink,
        Postpone,
        Reject,
        BeginAnew,
    }

    private sealed record Order(OrderKind Kind, SealedBatch? Batch = null, long Time = 0, long Number = 0, string Reason = "")
    {
        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Answer { get; set; }

        public int Bytes => Batch?.Body.Length ?? 0;
    }

    [LoggerMessage(EventId = 1501, Level = LogLevel.Error, Message =
        "Spool file {File} is damaged ({Why}); set aside as {Aside}: {Kept} batches kept, {Damaged} could not be read, {Dropped} had no room")]
    private partial void LogSetAside(string file, string why, string aside, long kept, long damaged, long dropped);

    [LoggerMessage(EventId = 1507, Level = LogLevel.Error, Message =
        "Spool file {File} cannot be written any more ({Why}); a new one is gone on with, this one is kept as {Aside}: {Kept} batches taken over, {Damaged} could not be read, {Dropped} had no room")]
    private partial void LogMoved(string file, string why, string aside, long kept, long damaged, long dropped);

    [LoggerMessage(EventId = 1506, Level = LogLevel.Warning, Message = "Setting aside the damaged spool file {File} was interrupted; it is now {Aside}")]
    private partial void LogResumed(string file, string aside);

    [LoggerMessage(EventId = 1508, Level = LogLevel.Error, Message = "Spool file {File} is gone, or was emptied; a new one is begun, and what waited in it is lost")]
    private partial void LogGone(string file);

    [LoggerMessage(EventId = 1502, Level = LogLevel.Error, Message = "Batch {Number} in the spool is damaged and left out")]
    private partial void LogDamagedBatch(long number);

    [LoggerMessage(EventId = 1503, Level = LogLevel.Error, Message = "Cannot write the spool: {Why}; holding on and trying again")]
    private partial void LogTrouble(string why);

    [LoggerMessage(EventId = 1504, Level = LogLevel.Information, Message = "The spool can be written again")]
    private partial void LogMended();

    [LoggerMessage(EventId = 1505, Level = LogLevel.Warning, Message = "Spool full: dropped {Batches} oldest batches with {Sightings} sightings")]
    private partial void LogDropped(int batches, long sightings);
}
