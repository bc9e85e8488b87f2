using Presence.Spool;

namespace Presence.EdgeAgent.Enrolment;

/// <summary>A file that only its owner can read, replaced as a whole: after a power cut there is the old one or the new one.</summary>
internal static class PrivateFile
{
    /// <param name="forget">Whether the old one holds a secret that must be gone: it is overwritten first.</param>
    public static void Write(string file, ReadOnlySpan<byte> bytes, bool forget = false)
    {
        var next = file + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(next, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        if (forget)
        {
            // The name of the new one first: until then the old one is all there is.
            DiskFolder.Sync(file);
            Overwrite(file);
        }

        File.Move(next, file, overwrite: true);
        DiskFolder.Sync(file);
    }

    /// <summary>Reads the newest that was written whole. A cut between overwriting the old one and moving the new one leaves only the new one whole.</summary>
    /// <param name="read">Null for what is not whole.</param>
    public static T? Read<T>(string file, Func<byte[], T?> read)
        where T : class
    {
        if (File.Exists(file) && read(File.ReadAllBytes(file)) is { } found)
        {
            return found;
        }

        var next = file + ".new";
        if (!File.Exists(next) || read(File.ReadAllBytes(next)) is not { } newer)
        {
            return null;
        }

        try
        {
            // The next writing begins by removing what is called new.
            File.Move(next, file, overwrite: true);
            DiskFolder.Sync(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that takes nothing loses nothing either.
        }

        return newer;
    }

    /// <summary>Removes a file without a secret, also one that was half written; what cannot be removed stays.</summary>
    public static void Discard(string file)
    {
        try
        {
            File.Delete(file + ".new");
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is not there, or not ours: then there is nothing of ours in it.
        }
    }

    /// <summary>Writes zeros over a file and removes it; a link goes, and what it leads to stays. What a flash chip keeps of it besides is out of our reach.</summary>
    public static void Shred(string file)
    {
        if (new FileInfo(file) is { LinkTarget: not null } or { Exists: true })
        {
            try
            {
                Overwrite(file);
            }
            catch (UnauthorizedAccessException)
            {
                // Another's file in our folder, as a gateway leaves that was run by root once: it can be removed only.
            }

            File.Delete(file);
            DiskFolder.Sync(file);
        }
    }

    private static void Overwrite(string file)
    {
        // A pipe has no length, and would wait for a reader.
        if (new FileInfo(file) is { LinkTarget: null, Exists: true, Length: > 0 })
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
            stream.Write(new byte[stream.Length]);
            stream.Flush(flushToDisk: true);
        }
    }
}
