namespace Presence.Spool;

/// <summary>A log with a sector that cannot be read keeps SQLite from opening its file at all. It is read up to there.</summary>
/// <remarks>Nothing behind can be used: each frame's check goes on from the one before.</remarks>
internal sealed class DamagedLog(string mainFile)
{
    /// <summary>Of the log as it was, beside the part of it that can be read.</summary>
    public const string BadEnding = "-wal.bad";

    /// <summary>Whether the log was cut: then the file is not to be gone on from, though it may look whole.</summary>
    public bool IsCut => File.Exists(mainFile + BadEnding);

    /// <summary>Cuts the log where it cannot be read any more.</summary>
    /// <returns>False when all of it can be read.</returns>
    public bool Cut()
    {
        var (log, bad) = (mainFile + "-wal", mainFile + BadEnding);
        if (!IsCut)
        {
            if (IsReadable(log))
            {
                return false;
            }

            File.Move(log, bad);
            DiskFolder.Sync(bad);
        }

        using var cut = new FileStream(log, FileMode.Create);
        _ = TryRead(bad, cut);
        cut.Flush(flushToDisk: true);
        return true;
    }

    /// <summary>Whether a file can be read to its end, whatever stands in it; one that is not there can.</summary>
    public static bool IsReadable(string file) => !File.Exists(file) || TryRead(file, Stream.Null);

    private static bool TryRead(string file, Stream into)
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
}
