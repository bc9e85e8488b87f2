using System.Runtime.InteropServices;

namespace Presence.Capture.Radios;

/// <summary>The functions of the C library that several kinds of radio need.</summary>
internal static unsafe partial class Libc
{
    /// <summary>What poll() waits for.</summary>
    public const short Readable = 1;

    /// <summary>What poll() is told and tells (struct pollfd).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Waited
    {
        public int File;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Waited* waited, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, void* into, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int file, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);
}
