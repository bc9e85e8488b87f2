using System.Runtime.InteropServices;

namespace Presence.Capture.Radios;

/// <summary>The functions of libpcap that a live capture needs, as <c>pcap.h</c> declares them.</summary>
internal static unsafe partial class Libpcap
{
    public const int ErrorBufferSize = 256;

    private const string Library = "presence-libpcap";

    /// <summary>Debian's name first, which is there without a development package; then the names elsewhere.</summary>
    private static readonly string[] Names = ["libpcap.so.0.8", "libpcap.so.1", "libpcap.dylib", "libpcap"];

    static Libpcap() => NativeLibrary.SetDllImportResolver(typeof(Libpcap).Assembly, static (name, assembly, path) =>
    {
        if (!string.Equals(name, Library, StringComparison.Ordinal)) return 0;
        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle)) return handle;
        }

        return 0;
    });

    /// <summary>Whether the library is on this machine.</summary>
    public static bool IsInstalled
    {
        get
        {
            try
            {
                return pcap_lib_version() != 0;
            }
            catch (DllNotFoundException)
            {
                return false;
            }
        }
    }

    /// <summary>struct timeval, whose fields are as wide as the machine's words, then two lengths.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PacketHeader
    {
        public nint Seconds;
        public nint Fraction;
        public uint Captured;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Program
    {
        public uint Length;
        public nint Instructions;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Statistics
    {
        public uint Received;
        public uint Dropped;
        public uint DroppedByInterface;
    }

    [LibraryImport(Library)]
    public static partial int pcap_get_selectable_fd(nint capture);

    [LibraryImport(Library)]
    public static partial nint pcap_lib_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint pcap_create(string device, byte* error);

    [LibraryImport(Library)]
    public static partial int pcap_set_snaplen(nint capture, int length);

    [LibraryImport(Library)]
    public static partial int pcap_set_rfmon(nint capture, int on);

    [LibraryImport(Library)]
    public static partial int pcap_set_timeout(nint capture, int milliseconds);

    [LibraryImport(Library)]
    public static partial int pcap_set_buffer_size(nint capture, int bytes);

    [LibraryImport(Library)]
    public static partial int pcap_set_tstamp_precision(nint capture, int precision);

    [LibraryImport(Library)]
    public static partial int pcap_get_tstamp_precision(nint capture);

    [LibraryImport(Library)]
    public static partial int pcap_activate(nint capture);

    [LibraryImport(Library)]
    public static partial int pcap_setnonblock(nint capture, int on, byte* error);

    [LibraryImport(Library)]
    public static partial int pcap_datalink(nint capture);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int pcap_compile(nint capture, Program* program, string filter, int optimise, uint mask);

    [LibraryImport(Library)]
    public static partial int pcap_setfilter(nint capture, Program* program);

    [LibraryImport(Library)]
    public static partial void pcap_freecode(Program* program);

    [LibraryImport(Library)]
    public static partial int pcap_next_ex(nint capture, PacketHeader** header, byte** data);

    [LibraryImport(Library)]
    public static partial int pcap_stats(nint capture, Statistics* statistics);

    [LibraryImport(Library)]
    public static partial nint pcap_geterr(nint capture);

    [LibraryImport(Library)]
    public static partial void pcap_close(nint capture);
}
