using System.Runtime.InteropServices;

namespace Presence.Integration.Capture;

/// <summary>A serial line with firmware on it that is this test: a pseudo-terminal of the kernel, found under a name of the test's choice.</summary>
/// <remarks>It begins as the kernel makes it, for people to type at: line by line, with an echo, some characters meaning something.</remarks>
internal sealed unsafe partial class PaperLine : IDisposable
{
    // Closed in programs that a test starts: one of them would keep the line from ever being unplugged. And a wire waits for nobody.
    private const int Flags = 0x8_0902; // O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
    private const nuint Unlock = 0x4004_5431, NumberOf = 0x8004_5430, GetTerminal = 0x802C_542A; // TIOCSPTLCK, TIOCGPTN, TCGETS2
    private const int OutSpeedAt = 10;
    private int _file;

    private PaperLine(int file, string device) => (_file, Device) = (file, device);

    public string Device { get; }

    /// <summary>What the line was set to by who reads it, in baud.</summary>
    public int Speed
    {
        get
        {
            var terminal = stackalloc uint[11];
            return Ioctl(_file, GetTerminal, terminal) == 0 ? (int)terminal[OutSpeedAt] : throw new IOException("the line has no speed");
        }
    }

    /// <returns>Null where this machine has no pseudo-terminals.</returns>
    public static PaperLine? TryPlug(string device)
    {
        var file = OperatingSystem.IsLinux() ? Open("/dev/ptmx", Flags) : -1;
        if (file < 0) return null;
        int locked = 0, number = 0;
        if (Ioctl(file, Unlock, &locked) == 0 && Ioctl(file, NumberOf, &number) == 0 && File.Exists($"/dev/pts/{number}"))
        {
            File.CreateSymbolicLink(device, $"/dev/pts/{number}");
            return new(file, device);
        }

        _ = Close(file);
        return null;
    }

    public void Say(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            if (Write(_file, first, (nuint)bytes.Length) != bytes.Length) throw new IOException("nobody reads the line");
        }
    }

    /// <summary>Unplugs it.</summary>
    public void Dispose()
    {
        if (_file < 0) return;
        File.Delete(Device);
        _ = Close(_file);
        _file = -1;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, void* from, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
