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
///  spool.db.moved      likewise, of a file whose sectors take nothing any more
///  spool.db-wal.bad    a log that cannot be read to its end; spool.db-wal is then as much of it as can
/// </code>
/// </remarks>
internal sealed class SpoolRescue(string mainFile, string bootFile, Ballast ballast, Action<string> onStep)
{
    // Batches at the damaged end may have been sent under numbers that can no longer be read; a leap keeps them from being given again.
    private const long Leap = 1_000_000;

    // Kept free while the new file grows: on a disk filled to the last byte it could not even be opened.
    private readonly Ballast _elbowRoom = new(mainFile + ".room", 512 * 1024);
    private readonly AsideFiles _damaged = new(mainFile, "damaged"), _worn = new(mainFile, "worn");
    private readonly DamagedLog _log = new(mainFile);

    private string Building => mainFile + ".rescuing";

    /// <summary>Whether the file is not to be gone on from, though it may look whole: its log was cut.</summary>
    public bool IsWanted => _log.IsCut;

    /// <summary>Whether a new file waits to take the damaged one's place.</summary>
    public bool IsUnderWay => File.Exists(Built(_damaged)) || File.Exists(Built(_worn));

    /// <summary>Ends what a power cut interrupted.</summary>
    /// <returns>Where the damaged file is now; null when nothing was under way.</returns>
    public string? Resume()
    {
        AsideFiles.Remove(Building);
        _elbowRoom.Release();
        return !IsUnderWay ? null : PutInPlace(File.Exists(Built(_worn)) ? _worn : _damaged);
    }

    /// <summary>Builds the new file and puts it in the damaged one's place.</summary>
    /// <param name="counted">Numbers of damaged batches that are counted already.</param>
    /// <param name="isWorn">Whether sectors of the old one take nothing any more.</param>
    /// <param name="mayDrop">Whether the ballast and the oldest batches may go where a full disk has no room; otherwise it fails.</param>
    /// <exception cref="SqliteException">The disk refuses; the damaged file is as it was, and it can be tried again.</exception>
    /// <exception cref="IOException">Likewise.</exception>
    public Rescued Run(IReadOnlySet<long> counted, bool isWorn, bool mayDrop)
    {
        RescueCopy? copy = null;
        while (copy is null)
        {
            try
            {
                copy = Build(counted, mayDrop);
            }
            catch (Exception e) when (mayDrop && ballast.IsAboard && (e is SqliteException or IOException))
            {
                // Most likely full; with the ballast gone there is room to try again. Where it cannot be deleted either, the disk is not full but ill.
                ballast.Release();
                if (ballast.IsAboard)
                {
                    throw;
                }
            }
            catch (SqliteException e) when (mayDrop && e.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL && RemoveAside())
            {
                // Not even begun: there is room to try again now.
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                // What was copied so far would fill the disk: whoever looks for room next would find none, and drop.
                AsideFiles.Remove(Building);
                _elbowRoom.Release();
                throw;
            }
        }

        onStep("rename");
        var files = isWorn ? _worn : _damaged;
        File.Move(Building, Built(files), overwrite: true);
        DiskFolder.Sync(Built(files));
        return new(PutInPlace(files), copy.Kept, copy.Damaged, copy.Dropped);
    }

    /// <summary>Removes what was kept for a curious person, which a full disk has no room for.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool RemoveDamaged() => _damaged.TryRemove();

    /// <summary>Removes what was kept for its bad sectors' sake: the next write may meet them again.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool RemoveWorn() => _worn.TryRemove();

    private RescueCopy Build(IReadOnlySet<long> counted, bool mayDrop)
    {
        AsideFiles.Remove(Building);
        _elbowRoom.TryTake();
        onStep("build");
        var isCut = _log.Cut();

        // Without the name of the incarnation nobody could tell whether the cloud has a batch already: then none is kept.
        var known = Known();
        RescueCopy copy;
        using (var into = SpoolFile.OpenToBuild(Building))
        {
            copy = new(known is null ? null : into, counted, mayDrop ? MakeRoom : RemoveDamaged, mayDrop);
            if (isCut)
            {
                copy.CountOne();
            }

            var last = Math.Max(copy.Take(new(mainFile), known?.Last ?? 0), known?.Last ?? 0);
            var state = (known ?? new SpoolState { Boot = SqliteSpool.NewBoot() }) with { Last = known is null || last == 0 ? 0 : last + Leap };
            state = copy.DamagedSightings > 0 ? state.Lose("spool-damaged", copy.DamagedSightings) : state;
            copy.Save(into, copy.DroppedSightings > 0 ? state.Lose("disk-full", copy.DroppedSightings) : state);
        }

        onStep("sync");
        using var whole = new FileStream(Building, FileMode.Open, FileAccess.ReadWrite);
        whole.Flush(flushToDisk: true);
        DiskFolder.Sync(Building);
        _elbowRoom.Release();
        return copy;
    }

    private bool MakeRoom()
    {
        var wasAboard = ballast.IsAboard;
        ballast.Release();
        return (wasAboard && !ballast.IsAboard) || RemoveAside();
    }

    // The name says what becomes of the old file, should a power cut come between.
    private string Built(AsideFiles files) => mainFile + (files == _worn ? ".moved" : ".rescued");

    private bool RemoveAside() => RemoveDamaged() || RemoveWorn();

    private string PutInPlace(AsideFiles files)
    {
        var aside = files.FreeName();
        foreach (var ending in AsideFiles.Endings.Where(ending => File.Exists(mainFile + ending)))
        {
            onStep("move aside");
            File.Move(mainFile + ending, aside + ending, overwrite: true);
        }

        DiskFolder.Sync(mainFile);
        onStep("put in place");
        File.Move(Built(files), mainFile);
        DiskFolder.Sync(mainFile);
        return aside;
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
}
