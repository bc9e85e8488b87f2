using System.Runtime.InteropServices;

namespace Presence.EdgeAgent.Enrolment;

/// <summary>Whose the files in a folder are: enrolment is typed by root, as a rule, and the gateway runs as a user of its own.</summary>
internal static partial class FolderOwner
{
    private const int HereAndNow = -100; // AT_FDCWD
    private const uint UserAndGroup = 0x18; // STATX_UID | STATX_GID

    /// <summary>Gives all files of a folder to the user and group that the folder belongs to. Only root can; for others they are that user's already.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void GiveFiles(string folder)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return;
        }

        // struct statx, the same on every machine: mask, block size u32 | attributes u64 | links, uid, gid u32 | … Source: include/uapi/linux/stat.h
        var about = new byte[256];
        var failed = Stat(HereAndNow, folder, 0, UserAndGroup, about) != 0;
        var (user, group) = (BitConverter.ToUInt32(about, 20), BitConverter.ToUInt32(about, 24));
        foreach (var file in failed ? [] : Directory.GetFiles(folder))
        {
            failed |= Give(file, user, group) != 0;
        }

        if (failed)
        {
            throw new IOException($"the files in {folder} cannot be given to its owner: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int at, string path, int flags, uint mask, [In, Out] byte[] into);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Give(string path, uint user, uint group);
}
