namespace Presence.Spool;

/// <summary>Files of one kind that were put out of the way. Two are kept; older ones make room.</summary>
/// <param name="mainFile">The file in whose place others came.</param>
/// <param name="kind">What is wrong with them: "damaged", kept for inspection, or "worn", kept so that their bad sectors are nobody else's.</param>
internal sealed class AsideFiles(string mainFile, string kind)
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

    /// <summary>They make room for what is still to be sent.</summary>
    /// <returns>Whether any went; one that cannot be deleted stays.</returns>
    public bool TryRemove()
    {
        var went = false;
        foreach (var n in Enumerable.Range(1, 2).Where(n => File.Exists(Name(n))))
        {
            try
            {
                Remove(Name(n));
                went = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The disk may refuse this as well; there are other ways to room.
            }
        }

        return went;
    }

    public static void Remove(string file)
    {
        foreach (var ending in (ReadOnlySpan<string>)[DamagedLog.BadEnding, "-wal", "-shm", "-journal", ""])
        {
            File.Delete(file + ending);
        }
    }

    private string Name(int n) => $"{mainFile}.{kind}-{n}";
}
