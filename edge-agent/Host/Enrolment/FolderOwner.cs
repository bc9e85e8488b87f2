using System.Runtime.InteropServices;

namespace Presence.EdgeAgent.Enrolment;

/// <summary>Whose a folder is: enrolment is typed by root, as a rule, and the gateway runs as a user of its own.</summary>
internal static partial class FolderOwner
{
    private const int HereAndNow = -100; // AT_FDCWD
    private const int TheLinkItself = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint KindUserAndGroup = 0x19; // STATX_TYPE | STATX_UID | STATX_GID
    private const int KindMask = 0xF000, Link = 0xA000; // S_IFMT, S_IFLNK

    /// <summary>
    /// Works in a folder with the rights of whom it belongs to, as far as files go: what root makes there is that user's from the beginning, and
    /// a link that the user put there leads root nowhere where the user could not go. Only root takes another's place; whoever else asks works as who it is.
    /// </summary>
    /// <param name="work">Is done by the calling thread alone: these rights are a thread's.</param>
    /// <exception cref="IOException">The folder is not there, or root lacks the right to be another (CAP_SETUID, CAP_SETGID).</exception>
    public static void Work(string folder, Action work)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            work();
            return;
        }

        var (user, group) = Of(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var (ownUser, ownGroup) = (Who(), WhoseGroup());
        try
        {
            // Neither says whether it could; asked for an id that nobody has, both tell who we are.
            _ = BeOfGroup(group);
            _ = Be(user);
            if (Who() != user || WhoseGroup() != group)
            {
                throw new IOException($"root may not work there for its owner, user {user} of group {group}; type it as that user");
            }

            work();
        }
        finally
        {
            _ = Be(ownUser);
            _ = BeOfGroup(ownGroup);
        }
    }

    // A link of root's leads where root wants; one of somebody else's shows only whose it is.
    private static (uint User, uint Group) Of(string folder)
    {
        var (kind, user, group) = About(folder, TheLinkItself);
        return kind == Link && user == 0 && About(folder, 0) is var there ? (there.User, there.Group) : (user, group);
    }

    private static (int Kind, uint User, uint Group) About(string folder, int flags)
    {
        // struct statx, the same on every machine: mask, block size u32 | attributes u64 | links, uid, gid u32 | mode u16 … Source: include/uapi/linux/stat.h
        var about = new byte[256];
        return Stat(HereAndNow, folder, flags, KindUserAndGroup, about) == 0
            ? (BitConverter.ToUInt16(about, 28) & KindMask, BitConverter.ToUInt32(about, 20), BitConverter.ToUInt32(about, 24))
            : throw new IOException($"whose {folder} is cannot be seen: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static uint Who() => Be(uint.MaxValue);

    private static uint WhoseGroup() => BeOfGroup(uint.MaxValue);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int at, string path, int flags, uint mask, [In, Out] byte[] into);

    // Both return who we were.
    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial uint Be(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial uint BeOfGroup(uint group);
}
