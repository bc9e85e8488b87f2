using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Presence.Integration.Capture;

/// <summary>
/// A network interface whose frames come from this test. Its link type is set to radiotap, so that libpcap takes it for a radio in
/// monitor mode. Needs root and <c>/dev/net/tun</c>.
/// </summary>
internal sealed unsafe partial class Tap : IDisposable
{
    private const int ReadWrite = 0x8_0002; // and closed in programs that a test starts, or they would hold the interface
    private const nuint SetInterface = 0x4004_54CA;
    private const nuint SetLink = 0x4004_54CD;
    private const short TapWithoutHeader = 0x1002;
    private const nint RadiotapHardware = 803;
    private readonly int _file;

    private Tap(int file, string name) => (_file, Name) = (file, name);

    public string Name { get; }

    /// <returns>Null where this machine does not allow it.</returns>
    /// <param name="kind">What its name begins with, one for each test.</param>
    public static Tap? TryCreate(string kind = "mon")
    {
        var name = $"{kind}{Environment.ProcessId % 100_000}";
        var file = open("/dev/net/tun", ReadWrite);
        if (file < 0) return null;
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, 16));
        *(short*)(request + 16) = TapWithoutHeader;
        var tap = new Tap(file, name);
        if (ioctl(file, SetInterface, (nint)request) == 0 && ioctl(file, SetLink, RadiotapHardware) == 0 && Up(name)) return tap;
        tap.Dispose();
        return null;
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            if (write(_file, bytes, frame.Length) != frame.Length) throw new IOException("the frame was not taken");
        }
    }

    public void Dispose() => _ = close(_file);

    private static bool Up(string name)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", ["link", "set", name, "up"]) { UseShellExecute = false, RedirectStandardError = true })!;
            ip.WaitForExit();
            return ip.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int ioctl(int file, nuint request, nint argument);

    [LibraryImport("libc")]
    private static partial nint write(int file, byte* bytes, nint count);

    [LibraryImport("libc")]
    private static partial int close(int file);
}
