using Microsoft.Data.Sqlite;

namespace Presence.Spool;

/// <summary>Copies what can be read of a damaged file into a new one. What is left out is counted; when the disk is full the oldest make room, if they may.</summary>
/// <param name="into">The new file; null when nothing may be kept.</param>
/// <param name="counted">Numbers of damaged batches that are counted already.</param>
/// <param name="makeRoom">Asked before batches are dropped; false when it has no more to give.</param>
/// <param name="mayDrop">Whether the oldest may make room; otherwise a full disk ends it.</param>
internal sealed class RescueCopy(SpoolFile? into, IReadOnlySet<long> counted, Func<bool> makeRoom, bool mayDrop)
{
    private const int MostPerCommit = 64;

    private readonly List<(long Number, SealedBatch Batch)> _open = [];
    private long _keptSightings;

    /// <summary>Batches in the new file.</summary>
    public long Kept { get; private set; }

    /// <summary>Batches that could not be read.</summary>
    public long Damaged { get; private set; }

    /// <summary>Sightings in them, as far as somebody knows.</summary>
    public long DamagedSightings { get; private set; }

    /// <summary>Batches for which there was no room.</summary>
    public long Dropped { get; private set; }

    public long DroppedSightings { get; private set; }

    /// <summary>Something was lost of which nobody can tell how much: at least one.</summary>
    public void CountOne() => (Damaged, DamagedSightings) = (Damaged + 1, DamagedSightings + 1);

    /// <summary>Copies what can be read; batches whose check fails are left out and counted.</summary>
    /// <param name="from">The damaged file.</param>
    /// <param name="lastKnown">Highest number it is known to have given.</param>
    /// <returns>The highest number met.</returns>
    public long Take(DamagedRows from, long lastKnown)
    {
        var (highest, missing) = (0L, 0L);
        from.Walk(
            row => highest = Take(row),
            (met, behind) => missing += met > 0 && (behind ?? lastKnown + 1) is var above && above > met ? above - met - 1 : 1);
        Flush();

        // How much was in them nobody knows; what was kept is the best guess.
        Damaged += missing;
        DamagedSightings += missing * (Kept == 0 ? 1 : (_keptSightings + (Kept / 2)) / Kept);
        return highest;
    }

    /// <summary>Writes the state, with what making room for it cost.</summary>
    public void Save(SpoolFile file, SpoolState state)
    {
        var lost = DroppedSightings;
        Write(file, () => file.Save(DroppedSightings == lost ? state : state.Lose("disk-full", DroppedSightings - lost), before: null));
    }

    private long Take(SpooledRow row)
    {
        if (row.Batch is null || into is null)
        {
            Damaged++;
            DamagedSightings += counted.Contains(row.Number) ? 0 : Math.Clamp(row.Sightings, 1, 65_536);
            return row.Number;
        }

        _open.Add((row.Number, row.Batch));
        if (_open.Count == MostPerCommit)
        {
            Flush();
        }

        return row.Number;
    }

    private void Flush()
    {
        if (into is null || _open.Count == 0)
        {
            return;
        }

        Write(into, () => _open.ForEach(one => into.Append(one.Number, one.Batch)));
        Kept += _open.Count;
        _keptSightings += _open.Sum(one => (long)one.Batch.Sightings);
        _open.Clear();
    }

    private void Write(SpoolFile file, Action write)
    {
        while (true)
        {
            try
            {
                file.Begin();
                write();
                file.Commit();
                return;
            }
            catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL)
            {
                file.RollBack();
                if (!makeRoom() && !(mayDrop && DropOldest(file)))
                {
                    throw;
                }
            }
        }
    }

    private bool DropOldest(SpoolFile file)
    {
        var oldest = file.Oldest(precious: false, MostPerCommit);
        oldest = oldest.Count > 0 ? oldest : file.Oldest(precious: true, MostPerCommit);
        if (oldest.Count == 0)
        {
            return false;
        }

        file.Begin();
        foreach (var one in oldest)
        {
            file.Delete(new(one.Number, one.Number));
        }

        file.Commit();
        Kept -= oldest.Count;
        _keptSightings -= oldest.Sum(one => one.Sightings);
        Dropped += oldest.Count;
        DroppedSightings += oldest.Sum(one => one.Sightings);
        return true;
    }
}
