using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Presence.Spool;

/// <remarks>The writer's half: one thread, one transaction for all that waits.</remarks>
public sealed partial class SqliteSpool
{
    private const int MostPerCommit = 512;
    private const long MostToDrop = 4 * 1024 * 1024;

    // A file that is moved away from again and again wears out the rest of the disk.
    private static readonly TimeSpan FirstMovePause = TimeSpan.FromMinutes(1), LongestMovePause = TimeSpan.FromHours(6);

    // So long a write is tried again in place: what is to pass has passed then.
    private static readonly TimeSpan InPlace = TimeSpan.FromSeconds(1), BetweenTries = TimeSpan.FromSeconds(5);

    private long _diskCapacity = long.MaxValue;
    private long _fits; // bytes of batches, beside what one commit takes before it drops as much, for which the file need not grow
    private long? _movedAt;
    private TimeSpan _movePause = FirstMovePause;
    private bool _logGrows; // what is in the log cannot be brought into the file
    private bool _foundNoRoom; // the last move failed, and might not drop
    private long _shortenedAt;

    // SQLite writes its log back long before; a single commit may be larger once.
    private long LongLog => (1024 * 1024) + Math.Min(4 * MostLog, 16 * 1024 * 1024);

    private long LeastFree => Math.Max(64 * 1024, 2 * MostLog);

    private void Write()
    {
        var taken = new List<Order>();
        while (!_orders.IsCompleted || _forgetsMore)
        {
            taken.Clear();
            if (_orders.TryTake(out var first, _forgetsMore ? TimeSpan.Zero : _options.Leisure))
            {
                taken.Add(first);
                for (var bytes = first.Bytes; taken.Count < MostPerCommit && bytes < MostLog / 2 && _orders.TryTake(out var more); bytes += more.Bytes)
                {
                    taken.Add(more);
                }
            }

            if ((taken.Count > 0 || HasLeisureWork()) && !WriteAll(taken))
            {
                return;
            }

            KeepLogShort();

            if (taken.Count == 0 && _trouble is null && !_ballast.IsAboard && _options.Ballast > 0 && HasRoom(2 * _options.Ballast))
            {
                TakeBallast();
                Reserve(_file);
            }
        }
    }

    /// <summary>Without ballast a file that filled its disk could not even be made smaller: until it is aboard, it grows no further than a short one may.</summary>
    private void TakeBallast() => _diskCapacity = _ballast.TryTake() ? long.MaxValue : Math.Max(Volatile.Read(ref _used), _fits);

    private void ReleaseBallast()
    {
        _ballast.Release();
        _diskCapacity = Math.Max(Volatile.Read(ref _used), _fits);
    }

    private void Measure()
    {
        try
        {
            Volatile.Write(ref _used, _file.Used());
            var all = _used + _file.Free();
            _fits = all - Math.Min(MostLog, all / 2);
        }
        catch (SqliteException)
        {
            // What was committed is not to be written a second time because nobody could measure it.
        }
    }

    private bool HasLeisureWork() => !_lost.IsEmpty || _suspect
        || Volatile.Read(ref _forgetLive) > _forgottenLive || Volatile.Read(ref _forgetBacklog) > _forgottenBacklog;

    // How far forgetting has been worked off, so that an idle gateway leaves its disk alone.
    private long _forgottenLive;
    private long _forgottenBacklog;
    private bool _forgetsMore;

    // What forgets also needs room in the log; a night's backlog at once would need more than a full disk has.
    private int MostForgotten => (int)Math.Clamp(MostLog / 8_192, 16, 512);

    /// <summary>Holds on until it is written; false when told to give up.</summary>
    private bool WriteAll(List<Order> taken)
    {
        var lost = ImmutableArray.CreateBuilder<(string, long)>();
        while (_lost.TryDequeue(out var one))
        {
            lost.Add(one);
        }

        for (var wait = TimeSpan.FromMilliseconds(20); ; wait = Min(wait * 2, BetweenTries))
        {
            try
            {
                if (_suspect)
                {
                    Reopen("a batch could not be read");
                }

                Transact(taken, lost.ToImmutable());
                EndTrouble();

                if (taken.Exists(o => o.Kind is OrderKind.Append or OrderKind.OpenLink or OrderKind.Postpone))
                {
                    _more.Writer.TryWrite(true);
                }

                foreach (var order in taken)
                {
                    order.Done.TrySetResult(order.Answer);
                }

                return true;
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                // Full, read-only, I/O error: the one thing that can be done here is to make room, wait, and try again.
                MakeRoom(e);
                if (wait > InPlace && (IsUnwritable(e) || _logGrows))
                {
                    TryMoveAway(e.Message, mayDrop: true);
                }

                if (_giveUp.Token.WaitHandle.WaitOne(wait))
                {
                    taken.ForEach(o => o.Done.TrySetException(new IOException($"The spool could not be written: {e.Message}", e)));
                    return false;
                }
            }
        }
    }

    /// <summary>Whether sectors take nothing any more that were written before; not that there is no room, or no right.</summary>
    private static bool IsUnwritable(Exception e) => e is SqliteException
    {
        SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_IOERR_WRITE or SQLitePCL.raw.SQLITE_IOERR_FSYNC or SQLitePCL.raw.SQLITE_IOERR_TRUNCATE,
    };

    /// <summary>
    /// What cannot be written back into the file stays in the log, whose size alone tells: SQLite says nothing of it. It would grow until
    /// the disk is full.
    /// </summary>
    private void KeepLogShort()
    {
        var log = new FileInfo(MainFile + "-wal");
        if (!log.Exists || log.Length < LongLog)
        {
            _logGrows = false;
            EndTrouble();
            return;
        }

        if (_suspect || (_logGrows && Stopwatch.GetElapsedTime(_shortenedAt) < BetweenTries && HasRoom(LongLog)))
        {
            return;
        }

        _shortenedAt = Stopwatch.GetTimestamp();
        try
        {
            _file.Checkpoint();
            _logGrows = false;
        }
        catch (SqliteException e)
        {
            MakeRoom(e);
            _logGrows = true;
            if (IsUnwritable(e))
            {
                // As long as the log has room, nothing is lost: what is in the file can still be sent, and nothing is dropped to leave it.
                TryMoveAway(e.Message, mayDrop: !HasRoom(LongLog));
            }
        }

        EndTrouble();
    }

    private void EndTrouble()
    {
        if (_trouble is not null && !_logGrows)
        {
            _trouble = null;
            LogMended();
        }
    }

    private void TryMoveAway(string why, bool mayDrop)
    {
        if (_suspect)
        {
            // What lies under its name now may not be all of it.
            return;
        }

        // One that found no room without dropping is no reason to wait with it once dropping is right: then there is little room left to do it in.
        if (_movedAt is { } at && Stopwatch.GetElapsedTime(at) < _movePause && !(mayDrop && _foundNoRoom))
        {
            return;
        }

        _movePause = _movedAt is null ? _movePause : Min(_movePause * 2, LongestMovePause);
        _movedAt = Stopwatch.GetTimestamp();
        try
        {
            MoveAway(why, mayDrop);
            _logGrows = _foundNoRoom = false;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            // Nowhere to go: what is there can still be read and sent.
            _foundNoRoom = !mayDrop;
            _trouble = e.Message;
            if (!_suspect && !_ballast.IsAboard)
            {
                // The move threw it overboard.
                ReleaseBallast();
            }
        }
    }

    private void Transact(List<Order> taken, ImmutableArray<(string Reason, long Sightings)> lost)
    {
        var before = _state;
        var state = before;
        _file.Begin();
        try
        {
            foreach (var (reason, sightings) in lost)
            {
                state = state.Lose(reason, sightings);
            }

            var (forgetLive, forgetBacklog) = (Volatile.Read(ref _forgetLive), Volatile.Read(ref _forgetBacklog));
            var asked = (forgetLive, forgetBacklog);
            state = Forget(state, ref forgetLive, ref forgetBacklog);
            foreach (var order in taken)
            {
                state = Apply(state, order);
            }

            state = DropOver(state);

            // An append alone needs no word about the state: its number can be read from the table again.
            if (state with { Last = 0, LiveWaiting = 0, BacklogWaiting = 0 } != before with { Last = 0, LiveWaiting = 0, BacklogWaiting = 0 }
                || state.LiveWaiting + state.BacklogWaiting < before.LiveWaiting + before.BacklogWaiting + (state.Last - before.Last))
            {
                _file.Save(state, before);
            }

            _file.Commit();
            KeepForgotten(forgetLive, forgetBacklog, isAll: (forgetLive, forgetBacklog) == asked);
        }
        catch
        {
            _file.RollBack();
            throw;
        }

        _state = state;
        Measure();
    }

    private SpoolState Apply(SpoolState state, Order order)
    {
        switch (order.Kind)
        {
            case OrderKind.Append:
                var number = state.Last + 1;
                _file.Append(number, order.Batch!);
                order.Answer = number;
                return state with { Last = number, LiveWaiting = state.LiveWaiting + 1 };

            case OrderKind.OpenLink:
                return state.Open ? state : MoveOld(state, order.Time) with { Open = true };

            case OrderKind.CloseLink:
                return state.Open ? state with { Open = false, Offered = state.Last } : state;

            case OrderKind.Postpone or OrderKind.Reject:
                return TakeOut(state, order);

            default:
                var boot = NewBoot();
                KeepBoot(boot);
                Volatile.Write(ref _begunHere, boot);
                return state with { Boot = boot };
        }
    }

    // A batch that is not there any more was forgotten or dropped meanwhile.
    private SpoolState TakeOut(SpoolState state, Order order)
    {
        if (_file.Find(order.Number) is not { } row)
        {
            return state;
        }

        _file.Delete(new(row.Number, row.Number));
        state = state.IsBacklog(row.Number)
            ? state with { BacklogWaiting = state.BacklogWaiting - 1, Backlog = state.BacklogWithout(row.Number) }
            : state with { LiveWaiting = state.LiveWaiting - 1 };
        if (order.Kind is OrderKind.Reject || row.Batch is null)
        {
            return state.Lose(order.Kind is OrderKind.Reject ? order.Reason : "spool-damaged", Math.Clamp(row.Sightings, 1, 65_536));
        }

        // With the link open it is backlog from now on: it comes behind younger ones, and the cloud must not take those for the whole story.
        var number = state.Last + 1;
        var isYounger = _file.FirstAt(new(state.Last, state.Last)) <= row.Batch.FirstAt;
        _file.Append(number, row.Batch);
        return state.Open
            ? state with { Last = number, Backlog = state.BacklogWith(number, isYounger), LastBacklog = number, BacklogWaiting = state.BacklogWaiting + 1 }
            : state with { Last = number, LiveWaiting = state.LiveWaiting + 1 };
    }

    /// <summary>Makes backlog of what was never offered and is older than a time; what comes after the first young batch stays live.</summary>
    private SpoolState MoveOld(SpoolState state, long liveFrom)
    {
        var young = _file.FirstYoung(state.Offered, liveFrom) ?? state.Last + 1;
        var old = new Span(state.Offered + 1, young - 1);
        var moved = old.From > old.To ? 0 : _file.CountIn(old);
        return moved == 0 ? state : state with
        {
            Backlog = state.Backlog.Add(old),
            LastBacklog = old.To,
            LiveWaiting = state.LiveWaiting - moved,
            BacklogWaiting = state.BacklogWaiting + moved,
        };
    }

    /// <summary>Deletes what was forgotten, as far as one commit may.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="live">How far the live stream is forgotten; comes back as how far it was deleted.</param>
    /// <param name="backlog">The backlog likewise.</param>
    private SpoolState Forget(SpoolState state, ref long live, ref long backlog) =>
        Trim(Trim(state, SpoolStream.Live, _forgottenLive, ref live), SpoolStream.Backlog, _forgottenBacklog, ref backlog);

    private void KeepForgotten(long live, long backlog, bool isAll)
    {
        (_forgottenLive, _forgottenBacklog) = (Math.Max(_forgottenLive, live), Math.Max(_forgottenBacklog, backlog));
        _forgetsMore = !isAll;
    }

    private SpoolState Trim(SpoolState state, SpoolStream stream, long from, ref long upTo)
    {
        var gone = 0;
        foreach (var stretch in state.Stretches(stream, from, Math.Min(upTo, state.Last)))
        {
            if (_file.NumberAt(stretch, MostForgotten - gone) is { } last)
            {
                gone += _file.Delete(stretch with { To = last });
                upTo = last;
                break;
            }

            gone += _file.Delete(stretch);
        }

        if (gone == 0)
        {
            return state;
        }

        var end = upTo;
        return stream is SpoolStream.Live
            ? state with { LiveWaiting = state.LiveWaiting - gone }
            : state with { BacklogWaiting = state.BacklogWaiting - gone, Backlog = state.Backlog.RemoveAll(s => s.To <= end) };
    }

    /// <summary>Over the capacity the oldest go, strangers before members, counted to the sighting.</summary>
    private SpoolState DropOver(SpoolState state)
    {
        if (_file.Used() > _diskCapacity && HasRoom(2 * _options.Ballast))
        {
            // A shop that is never quiet has no leisure to find out that there is room again.
            TakeBallast();
        }

        var over = _file.Used() - Math.Min(_options.Capacity, _diskCapacity);
        return over > 0 ? Drop(state, over, _diskCapacity < _options.Capacity ? "disk-full" : "spool-full") : state;
    }

    private SpoolState Drop(SpoolState state, long bytes, string reason)
    {
        var (batches, sightings) = (0, 0L);
        while (bytes > 0)
        {
            var oldest = _file.Oldest(precious: false, most: 64);
            if (oldest.Count == 0)
            {
                oldest = _file.Oldest(precious: true, most: 64);
            }

            if (oldest.Count == 0)
            {
                break;
            }

            foreach (var one in oldest)
            {
                _file.Delete(new(one.Number, one.Number));
                bytes -= one.Bytes + 32;
                batches++;
                sightings += one.Sightings;
                state = state.IsBacklog(one.Number)
                    ? state with { BacklogWaiting = state.BacklogWaiting - 1 }
                    : state with { LiveWaiting = state.LiveWaiting - 1 };
                if (bytes <= 0)
                {
                    break;
                }
            }
        }

        if (batches > 0)
        {
            LogDropped(batches, sightings);
        }

        return batches == 0 ? state : state.Lose(reason, sightings);
    }

    private void MakeRoom(Exception e)
    {
        _suspect |= e is SqliteException damage && DamagedRows.IsUnreadable(damage);
        if (_trouble is null)
        {
            LogTrouble(e.Message);
        }

        _trouble = e.Message;
        if (_suspect || e is not SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL })
        {
            return;
        }

        try
        {
            // First what was set aside for a curious person.
            if (_rescue.RemoveDamaged())
            {
                return;
            }

            // Then room in three steps: the ballast, the log written back and cut, and the oldest batches, whose pages the next will fill.
            ReleaseBallast();
            _file.Checkpoint();
            for (var wanted = Math.Min(Math.Max(_file.Used() / 8, Math.Min(MostLog, (_file.Used() + _file.Free()) / 2)), MostToDrop); _file.Free() < wanted;)
            {
                // In small steps, because what deletes needs room in the log as well. First what the cloud has.
                var (before, live, backlog) = (_state, Volatile.Read(ref _forgetLive), Volatile.Read(ref _forgetBacklog));
                _file.Begin();
                var state = Forget(before, ref live, ref backlog);
                state = state == before ? Drop(before, 64 * 1024, "disk-full") : state;
                _file.Save(state, before);
                _file.Commit();
                _state = state;
                KeepForgotten(live, backlog, isAll: true);
                _file.Checkpoint();
                if (state == before || state.LiveWaiting + state.BacklogWaiting == 0)
                {
                    break;
                }
            }

            // Until there is room for the ballast again, the file grows no further: without ballast it could not be made smaller.
            Measure();
            _diskCapacity = Math.Max(_used, _fits);
        }
        catch (Exception unmade) when (unmade is SqliteException or IOException or UnauthorizedAccessException)
        {
            _file.RollBack();

            // Nothing else is left to give: bad sectors that come back are better than a shop that waits for ever.
            _rescue.RemoveWorn();
        }
    }

    private bool HasRoom(long bytes)
    {
        try
        {
            return new DriveInfo(_options.Folder).AvailableFreeSpace > bytes;
        }
        catch (IOException)
        {
            // A disk that does not answer has no room.
            return false;
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    internal static ulong NewBoot()
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        var boot = BitConverter.ToUInt64(random);
        return boot == 0 ? 1 : boot;
    }
}
