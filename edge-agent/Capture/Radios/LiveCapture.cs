using System.Runtime.InteropServices;
using System.Text;
using Presence.Capture.Files;

namespace Presence.Capture.Radios;

/// <summary>Frames off the air, from an interface in monitor mode or a Bluetooth controller (<c>bluetooth0</c>), through libpcap.</summary>
/// <remarks>One reader at a time; needs the capability CAP_NET_RAW and Debian's <c>libpcap0.8</c>.</remarks>
public sealed unsafe class LiveCapture : IDisposable
{
    /// <summary>What a station sends, filtered in the kernel: most frames in the air are acknowledgements and beacons, which no one needs.</summary>
    public const string StationsOnly =
        "type mgt subtype probe-req or type mgt subtype assoc-req or type mgt subtype reassoc-req or type mgt subtype auth or (type data and dir tods)";

    /// <summary>Room for the longest elements that phones send (about 600 bytes), not for the data they carry, which is none of ours.</summary>
    private const int SnapLength = 2_048;

    private const int BufferBytes = 16 << 20;

    // How long the kernel gathers frames before it hands them over: a hundredth of what a visitor notices, and 100 wakes a second, not one a frame.
    private const int HandfulMs = 10;
    private const int Nanoseconds = 1;
    private readonly nint _capture;
    private readonly long _nsPerFraction;
    private readonly int _file;

    private LiveCapture(nint capture, string device)
    {
        _capture = capture;
        Device = device;
        Link = (LinkType)Libpcap.pcap_datalink(capture);
        _file = Libpcap.pcap_get_selectable_fd(capture);
        _nsPerFraction = Libpcap.pcap_get_tstamp_precision(capture) == Nanoseconds ? 1 : 1_000;
    }

    /// <summary>Whether libpcap is on this machine.</summary>
    public static bool IsSupported => Libpcap.IsInstalled;

    public string Device { get; }

    /// <summary>What the frames begin with.</summary>
    public LinkType Link { get; }

    /// <summary>Frames given so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Frames that the kernel had no room for since the capture began.</summary>
    public long Dropped
    {
        get
        {
            Libpcap.Statistics statistics;
            return Libpcap.pcap_stats(_capture, &statistics) == 0 ? statistics.Dropped + (long)statistics.DroppedByInterface : 0;
        }
    }

    /// <param name="device">Name of the interface.</param>
    /// <param name="filter">A filter in libpcap's language; empty for none, null for <see cref="StationsOnly"/> where the link is 802.11.</param>
    /// <param name="patience">How long <see cref="TryRead"/> waits for a frame.</param>
    /// <exception cref="IOException">libpcap is missing, or the interface is, or may not be opened; the message says which.</exception>
    public static LiveCapture Open(string device, string? filter, TimeSpan patience)
    {
        if (!IsSupported) throw new IOException("libpcap is not installed; on Debian: apt install libpcap0.8");
        var error = stackalloc byte[Libpcap.ErrorBufferSize];
        error[0] = 0;
        var capture = Libpcap.pcap_create(device, error);
        if (capture == 0) throw new IOException($"{device}: {Marshal.PtrToStringUTF8((nint)error)}");
        try
        {
            _ = Libpcap.pcap_set_snaplen(capture, SnapLength);
            _ = Libpcap.pcap_set_timeout(capture, HandfulMs);
            _ = Libpcap.pcap_set_buffer_size(capture, BufferBytes);
            _ = Libpcap.pcap_set_tstamp_precision(capture, Nanoseconds);
            var activated = Libpcap.pcap_activate(capture);
            if (activated < 0) throw new IOException($"{device}: {Explain(capture, activated)}");

            // Reading itself would wait for ever; the reader waits on its own, so that it can be stopped.
            if (Libpcap.pcap_setnonblock(capture, 1, error) != 0) throw new IOException($"{device}: {Marshal.PtrToStringUTF8((nint)error)}");
            var link = (LinkType)Libpcap.pcap_datalink(capture);
            filter ??= link is LinkType.Ieee80211 or LinkType.Radiotap or LinkType.Prism or LinkType.Avs or LinkType.Ppi ? StationsOnly : "";
            if (filter.Length > 0) SetFilter(capture, device, filter);
            return new LiveCapture(capture, device) { Patience = patience };
        }
        catch
        {
            Libpcap.pcap_close(capture);
            throw;
        }
    }

    private TimeSpan Patience { get; init; }

    /// <summary>Waits for the next frame.</summary>
    /// <param name="frame">The frame, valid until the next call.</param>
    /// <returns>False when none came in time.</returns>
    /// <exception cref="IOException">The interface is gone.</exception>
    public bool TryRead(out CapturedFrame frame)
    {
        if (TryTake(out frame)) return true;
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        for (var left = (long)Patience.TotalMilliseconds; left > 0; left = end - Environment.TickCount64)
        {
            // The kernel wakes us when a handful is there; who looks every millisecond keeps a small box from ever sleeping.
            var waited = new Libc.Waited { File = _file, Events = Libc.Readable };
            if (_file < 0) Thread.Sleep(HandfulMs);
            else _ = Libc.Poll(&waited, 1, (int)left);
            if (TryTake(out frame)) return true;

            // An interface that is down is an error at once, again and again, until it is up.
            if ((waited.Happened & ~Libc.Readable) != 0) Thread.Sleep(HandfulMs);
        }

        return false;
    }

    public void Dispose() => Libpcap.pcap_close(_capture);

    private static void SetFilter(nint capture, string device, string filter)
    {
        Libpcap.Program program;
        if (Libpcap.pcap_compile(capture, &program, filter, 1, uint.MaxValue) != 0)
        {
            throw new IOException($"{device}: the filter \"{filter}\" is not understood: {Marshal.PtrToStringUTF8(Libpcap.pcap_geterr(capture))}");
        }

        var set = Libpcap.pcap_setfilter(capture, &program);
        Libpcap.pcap_freecode(&program);
        if (set != 0) throw new IOException($"{device}: {Marshal.PtrToStringUTF8(Libpcap.pcap_geterr(capture))}");
    }

    private static string Explain(nint capture, int code)
    {
        var said = Marshal.PtrToStringUTF8(Libpcap.pcap_geterr(capture));
        var why = new StringBuilder(code switch
        {
            -5 => "there is no such interface",
            -8 => "may not be opened; the program needs the capability CAP_NET_RAW",
            -9 => "the interface is not up",
            _ => $"cannot be opened ({code})",
        });
        return string.IsNullOrEmpty(said) ? why.ToString() : why.Append(": ").Append(said).ToString();
    }

    private bool TryTake(out CapturedFrame frame)
    {
        Libpcap.PacketHeader* header;
        byte* data;
        frame = default;
        switch (Libpcap.pcap_next_ex(_capture, &header, &data))
        {
            case 0:
                return false;
            case 1:
                frame = new CapturedFrame
                {
                    Number = ++Frames,
                    TimeNs = (header->Seconds * 1_000_000_000L) + (header->Fraction * _nsPerFraction),
                    Link = Link,
                    FcsLength = -1,
                    OriginalLength = (int)Math.Min(header->Length, int.MaxValue),
                    Bytes = new ReadOnlySpan<byte>(data, (int)header->Captured),
                };
                return true;
            default:
                throw new IOException($"{Device}: {Marshal.PtrToStringUTF8(Libpcap.pcap_geterr(_capture))}");
        }
    }
}
