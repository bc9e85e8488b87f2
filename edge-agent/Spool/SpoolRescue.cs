using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Presence.Spool;

/// <summary>What a rescue found.</summary>
/// <param name="Aside">Where the damaged file is now.</param>
/// <param name="Kept">Batches that are in the new file.</param>
/// <param name="Damaged">Batches that could not be read, where neighbours on both sides tell; otherwise at least so many.</param>
/// <param name="Dropped">Batches for which a full disk had no room.</param>
internal readonly record struct Rescued(string Aside, long Kept, long Damaged, long Dropped);

/// <summary>Replaces a damaged file by a new one of what can still be read of it.</summary>
/// <remarks>
/// The new file is whole and on the disk before the damaged one loses its name, so that a power cut at any instant leaves one of
/// them to go on from:
/// <code>
///  spool.db.rescuing   being written; found after a cut, it is thrown away and written again
///  spool.db.rescued    whole; found after a cut, it takes its place
///  spool.db-wal.bad    a log that cannot be read to its end; spool.db-wal is then as much of it as can
/// </code>
/// </remarks>
internal sealed class SpoolRescue(string mainFile, string bootFile, Ballast ballast, Action<string> onStep)
{
    // Batches at the damaged end may have been sent under numbers that can no longer be read; a leap keeps them from being given again.
    private const long Leap = 1_000_000;
    private const int MostPerCommit = 64;
    private const string BadLog = "-wal.bad";

    private static readonly string[] Endings = [BadLog, "-wal", "-shm", ""];

    // Kept free while the new file grows: on a disk filled to the last byte it could not even be opened.
    private readonly Ballast _elbowRoom = new(mainFile + ".room", 512 * 1024);

    private readonly List<(long Number, SealedBatch Batch)> _open = [];
    private IReadOnlySet<long> _counted = new HashSet<long>();
    private long _kept;
    private long _keptSightings;
    private long _damaged;
    private long _damagedSightings;
    private long _dropped;
    private long _droppedSightings;

    private string Building => mainFile + ".rescuing";

    private string Built => mainFile + ".rescued";

    /// <summary>Whether the file is not to be gone on from, though it may look whole: its log was cut.</summary>
    public bool IsWanted => File.Exists(mainFile + BadLog);

    /// <summary>Ends what a power cut interrupted.</summary>
    /// <returns>Where the damaged file is now; null when nothing was under way.</returns>
    public string? Resume()
    {
        Remove(Building);
        _elbowRoom.Release();
        return File.Exists(Built) ? PutInPlace() : null;
    }

    /// <summary>Builds the new file and puts it in the damaged one's place.</summary>
    /// <param name="counted">Numbers of damaged batches that are counted already.</param>
    /// <exception cref="SqliteException">The disk refuses; the damaged file is as it was, and it can be tried again.</exception>
    /// <exception cref="IOException">Likewise.</exception>
    public Rescued Run(IReadOnlySet<long> counted)
    {
        for (var released = false; ; released = true)
        {
            try
            {
                Build(counted);
                break;
            }
            catch (Exception e) when (!released && ballast.IsAboard && (e is SqliteException or IOException))
            {
                // Most likely full; with the ballast gone there is room to try again. Where it cannot be deleted either, the disk is not full but ill.
                ballast.Release();
            }
        }

        onStep("rename");
        File.Move(Building, Built, overwrite: true);
        DiskFolder.Sync(Built);
        return new(PutInPlace(), _kept, _damaged, _dropped);
    }

    private void Build(IReadOnlySet<long> counted)
    {
        (_kept, _keptSightings, _damaged, _damagedSightings, _dropped, _droppedSightings) = (0, 0, 0, 0, 0, 0);
        _open.Clear();
        _counted = counted;
        Remove(Building);
        _elbowRoom.TryTake();
        onStep("build");

        CutLog();

        // Without the name of the incarnation nobody could tell whether the cloud has a batch already: then none is kept.
        var known = Known();
        using (var into = SpoolFile.OpenToBuild(Building))
        {
            var last = Copy(known is null ? null : into, known?.Last ?? 0);
            var state = known ?? new SpoolState { Boot = SqliteSpool.NewBoot() };
            last = Math.Max(last, state.Last);
            state = state with { Last = known is null || last == 0 ? 0 : last + Leap };
            state = _damagedSightings > 0 ? state.Lose("spool-damaged", _damagedSightings) : state;
            state = _droppedSightings > 0 ? state.Lose("disk-full", _droppedSightings) : state;
            Save(into, state);
        }

        onStep("sync");
        using var whole = new FileStream(Building, FileMode.Open, FileAccess.ReadWrite);
        whole.Flush(flushToDisk: true);
        DiskFolder.Sync(Building);
        _elbowRoom.Release();
    }

    private string PutInPlace()
    {
        // The log first: as long as the file itself has its name, what is left of the move is known.
        var aside = FreeName();
        foreach (var ending in Endings.Where(ending => File.Exists(mainFile + ending)))
        {
            onStep("move aside");
            File.Move(mainFile + ending, aside + ending, overwrite: true);
        }

        DiskFolder.Sync(mainFile);
        onStep("put in place");
        File.Move(Built, mainFile);
        DiskFolder.Sync(mainFile);
        return aside;
    }

    /// <summary>A log with a sector that cannot be read keeps SQLite from opening the file at all. It is read up to there.</summary>
    /// <remarks>Nothing behind can be used: each frame's check goes on from the one before.</remarks>
    private void CutLog()
    {
        var (log, bad) = (mainFile + "-wal", mainFile + BadLog);
        if (!IsWanted)
        {
            if (!File.Exists(log) || Readable(log, Stream.Null))
            {
                return;
            }

            File.Move(log, bad);
            DiskFolder.Sync(bad);
        }

        // What was in the rest nobody can tell: at least one.
        using var cut = new FileStream(log, FileMode.Create);
        _ = Readable(bad, cut);
        (_damaged, _damagedSightings) = (_damaged + 1, _damagedSightings + 1);
        cut.Flush(flushToDisk: true);
    }

    /// <returns>Whether it could be read to its end.</returns>
    private static bool Readable(string file, Stream into)
    {
        using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        for (var piece = new byte[4_096]; ;)
        {
            int read;
            try
            {
                read = from.Read(piece);
            }
            catch (IOException)
            {
                return false;
            }

            if (read == 0)
            {
                return true;
            }

            into.Write(piece, 0, read);
        }
    }

    /// <summary>The state the damaged file was in, or one as near to it as can be told; null when even its name is lost.</summary>
    private SpoolState? Known()
    {
        try
        {
            using var file = SpoolFile.OpenDamaged(mainFile);
            if (file.LoadUncounted() is { } state)
            {
                return state;
            }
        }
        catch (SqliteException e) when (DamagedRows.IsUnreadable(e))
        {
            // Then the name beside it must do.
        }

        return File.Exists(bootFile)
            && ulong.TryParse(File.ReadAllText(bootFile), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var boot) && boot != 0
            ? new SpoolState { Boot = boot, Last = Leap, Open = true }
            : null;
    }

    /// <summary>Copies what can be read; batches whose check fails are left out and counted.</summary>
    /// <returns>The highest number met.</returns>
    private long Copy(SpoolFile? into, long lastKnown)
    {
        var (highest, missing) = (0L, 0L);
        new DamagedRows(mainFile).Walk(
            row => highest = Take(row, into),
            (met, behind) => missing += met > 0 && (behind ?? lastKnown + 1) is var above && above > met ? above - met - 1 : 1);
        Flush(into);

        // How much was in them nobody knows; what was kept is the best guess.
        _damaged += missing;
        _damagedSightings += missing * (_kept == 0 ? 1 : (_keptSightings + (_kept / 2)) / _kept);
        return highest;
    }

    private long Take(SpooledRow row, SpoolFile? into)
    {
        if (row.Batch is null || into is null)
        {
            _damaged++;
            _damagedSightings += _counted.Contains(row.Number) ? 0 : Math.Clamp(row.Sightings, 1, 65_536);
            return row.Number;
        }

        _open.Add((row.Number, row.Batch));
        if (_open.Count == MostPerCommit)
        {
            Flush(into);
        }

        return row.Number;
    }

    private void Flush(SpoolFile? into)
    {
        if (_open.Count == 0)
        {
            return;
        }

        Write(into!, () => _open.ForEach(one => into!.Append(one.Number, one.Batch)));
        _kept += _open.Count;
        _keptSightings += _open.Sum(one => (long)one.Batch.Sightings);
        _open.Clear();
    }

    private void Save(SpoolFile into, SpoolState state)
    {
        var lost = _droppedSightings;
        Write(into, () => into.Save(_droppedSightings == lost ? state : state.Lose("disk-full", _droppedSightings - lost), before: null));
    }

    private void Write(SpoolFile into, Action write)
    {
        while (true)
        {
            try
            {
                into.Begin();
                write();
                into.Commit();
                return;
            }
            catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL && !ballast.IsAboard)
            {
                into.RollBack();
                if (!RemoveOlder() && !DropOldest(into))
                {
                    throw;
                }
            }
        }
    }

    private bool DropOldest(SpoolFile into)
    {
        var oldest = into.Oldest(precious: false, MostPerCommit);
        oldest = oldest.Count > 0 ? oldest : into.Oldest(precious: true, MostPerCommit);
        if (oldest.Count == 0)
        {
            return false;
        }

        into.Begin();
        foreach (var one in oldest)
        {
            into.Delete(new(one.Number, one.Number));
        }

        into.Commit();
        _kept -= oldest.Count;
        _keptSightings -= oldest.Sum(one => one.Sightings);
        _dropped += oldest.Count;
        _droppedSightings += oldest.Sum(one => one.Sightings);
        return true;
    }

    /// <summary>Damaged files of other days, which nobody but a curious person needs, make room for what is still to be sent.</summary>
    private bool RemoveOlder()
    {
        var older = Enumerable.Range(1, 2).Where(n => File.Exists(Aside(n))).ToList();
        older.ForEach(n => Remove(Aside(n)));
        return older.Count > 0;
    }

    private string FreeName()
    {
        // Two damaged files are kept for inspection, older ones make room.
        for (var n = 1; n <= 2; n++)
        {
            if (!File.Exists(Aside(n)))
            {
                return Aside(n);
            }
        }

        Remove(Aside(1));
        foreach (var ending in Endings.Where(ending => File.Exists(Aside(2) + ending)))
        {
            File.Move(Aside(2) + ending, Aside(1) + ending, overwrite: true);
        }

        return Aside(2);
    }

    private string Aside(int n) => $"{mainFile}.damaged-{n}";

    private static void Remove(string file)
    {
        foreach (var ending in (ReadOnlySpan<string>)["-wal", "-shm", "-journal", ""])
        {
            File.Delete(file + ending);
        }
    }
}
