using System.Runtime.InteropServices;

namespace Presence.Cloud.Access;

/// <summary>A file that only its owner can read, replaced as a whole: after a power cut there is the old one or the new one.</summary>
internal static partial class PrivateFile
{
    public static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var next = file + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(next, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, file, overwrite: true);
        SyncFolder(file);
    }

    // A file's name is its folder's content: it is so for good only when the folder is on disk. A gateway has the same words; the cloud refers to
    // nothing of a gateway's but the wire.
    private static void SyncFolder(string file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var folder = Open(Path.GetDirectoryName(Path.GetFullPath(file))!, 0);
        if (folder >= 0)
        {
            // What cannot be synced is as before; nothing is worse for it.
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
