namespace Presence.Spool;

/// <summary>Damaged files that were put out of the way. Two are kept for inspection; older ones make room.</summary>
internal sealed class AsideFiles(string mainFile)
{
    /// <summary>What belongs to a file, in the order in which it is moved: as long as the file itself has its name, what is left of a move is known.</summary>
    public static readonly string[] Endings = [DamagedLog.BadEnding, "-wal", "-shm", ""];

    /// <summary>A name for the next one.</summary>
    public string FreeName()
    {
        for (var n = 1; n <= 2; n++)
        {
            if (!File.Exists(Name(n)))
            {
                return Name(n);
            }
        }

        Remove(Name(1));
        foreach (var ending in Endings.Where(ending => File.Exists(Name(2) + ending)))
        {
            File.Move(Name(2) + ending, Name(1) + ending, overwrite: true);
        }

        return Name(2);
    }

    /// <summary>Damaged files of other days, which nobody but a curious person needs, make room for what is still to be sent.</summary>
    /// <returns>Whether there were any.</returns>
    public bool RemoveOlder()
    {
        var older = Enumerable.Range(1, 2).Where(n => File.Exists(Name(n))).ToList();
        older.ForEach(n => Remove(Name(n)));
        return older.Count > 0;
    }

    public static void Remove(string file)
    {
        foreach (var ending in (ReadOnlySpan<string>)[DamagedLog.BadEnding, "-wal", "-shm", "-journal", ""])
        {
            File.Delete(file + ending);
        }
    }

    private string Name(int n) => $"{mainFile}.damaged-{n}";
}
