using System.Runtime.InteropServices;

namespace Presence.Spool;

/// <summary>A folder on a disk whose power may be cut.</summary>
public static partial class DiskFolder
{
    /// <summary>Brings the names in a file's folder to the disk: a file is made, renamed or removed for good only when they are there.</summary>
    /// <param name="file">Any file in the folder; it need not exist.</param>
    /// <remarks>What cannot be synced is as before; nothing is worse for it. On Windows names need no such word.</remarks>
    public static void Sync(string file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var folder = Open(Path.GetDirectoryName(Path.GetFullPath(file))!, 0);
        if (folder >= 0)
        {
            _ = Sync(folder);
            _ = Close(folder);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
