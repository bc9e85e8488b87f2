namespace Presence.Spool;

/// <summary>Files of one kind that were put out of the way. Two are kept; older ones make room. More are, where one cannot be deleted.</summary>
/// <param name="mainFile">The file in whose place others came.</param>
/// <param name="kind">What is wrong with them: "damaged", kept for inspection, or "worn", kept so that their bad sectors are nobody else's.</param>
internal sealed class AsideFiles(string mainFile, string kind)
{
    /// <summary>What belongs to a file, in the order in which it is moved: as long as the file itself has its name, what is left of a move is known.</summary>
    public static readonly string[] Endings = [DamagedLog.BadEnding, "-wal", "-shm", ""];

    private const int Most = 9;

    /// <summary>A name for the next one.</summary>
    public string FreeName()
    {
        if (Path.Exists(Name(1)) && Path.Exists(Name(2)))
        {
            try
            {
                Remove(Name(1));
                foreach (var ending in Endings.Where(ending => File.Exists(Name(2) + ending)))
                {
                    File.Move(Name(2) + ending, Name(1) + ending, overwrite: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What cannot be deleted, or is somebody else's, must not keep the new file from its place.
            }
        }

        return Enumerable.Range(1, Most).Select(Name).FirstOrDefault(name => !Path.Exists(name), Name(Most));
    }

    /// <summary>They make room for what is still to be sent.</summary>
    /// <returns>Whether any went; one that cannot be deleted stays.</returns>
    public bool TryRemove()
    {
        var went = false;
        foreach (var n in Enumerable.Range(1, Most).Where(n => File.Exists(Name(n))))
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
