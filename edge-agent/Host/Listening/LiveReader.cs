using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Presence.Capture.Radios;
using Presence.Capture.Radios.Bluetooth;
using Presence.EdgeAgent.Settings;

namespace Presence.EdgeAgent.Listening;

/// <summary>
/// Reads radios: an interface through libpcap, firmware over UDP or a serial line. Each has a thread; one that vanishes is tried again
/// until it comes back.
/// </summary>
internal sealed partial class LiveReader(GatewaySettings settings, FrameListener listener, TimeProvider time, Action urgent, ILogger<LiveReader> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookAtDrops = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    public void Start(CancellationToken stopping)
    {
        if (settings is { Listen: [], Hci: [], Bluez: [], Udp: [], Serial: [], Capture: [], Feeds: null, Gpio: null })
        {
            LogNothing();
        }

        foreach (var source in settings.Listen.Select(s => CaptureSource.Parse(s, 0)!))
        {
            Keep(source, ListenTo, stopping);
        }

        foreach (var source in settings.Hci.Select(s => CaptureSource.Parse(s, 0)!))
        {
            Keep(source, ListenToController, stopping);
        }

        foreach (var source in settings.Bluez.Select(s => CaptureSource.Parse(s, 0)!))
        {
            Keep(source, ListenToBluez, stopping);
        }

        foreach (var source in settings.Udp.Select(s => CaptureSource.Parse(s, 0)!))
        {
            Keep(source, ListenToUdp, stopping);
        }

        foreach (var (line, speed) in settings.Serial.Select(s => SerialSource.Parse(s)!))
        {
            // One door for the line however often it is unplugged: what was lost is counted on.
            var door = new SerialDoor { OnRefused = why => listener.Doors.Refuse($"serial {line.Receiver}", why) };
            Keep(line, (source, opened, stop) => ListenToSerial(source, speed, door, opened, stop), stopping);
        }
    }

    // What listens says when its source is open: before, nobody could tell a radio that hears nothing from one that is not there.
    private void Keep(CaptureSource source, Action<CaptureSource, Action, CancellationToken> listen, CancellationToken stopping) => new Thread(() =>
    {
        for (var pause = TimeSpan.FromSeconds(1); !stopping.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var began = TimeProvider.System.GetTimestamp();
            try
            {
                listen(source, () => LogOpened(source.Path, source.Receiver), stopping);
                return;
            }
            catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
            {
                pause = TimeProvider.System.GetElapsedTime(began) > LongestPause ? TimeSpan.FromSeconds(1) : pause;
                LogGone(source.Path, e.Message, pause);
                stopping.WaitHandle.WaitOne(pause);
            }
        }
    })
    { Name = source.Path, IsBackground = true }.Start();

    private void ListenTo(CaptureSource source, Action opened, CancellationToken stopping)
    {
        if (MonitorMode.Prepare(source.Path))
        {
            LogMonitor(source.Path);
        }

        using var capture = LiveCapture.Open(source.Path, filter: null, Patience);
        using var hopping = ChannelHopper.Start(source.Path, settings.Channels, settings.Dwell, log);
        opened();
        var looked = TimeProvider.System.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            if (TimeProvider.System.GetElapsedTime(looked) > LookAtDrops)
            {
                looked = TimeProvider.System.GetTimestamp();
                listener.Radios.Lost((ushort)source.Receiver, capture.Dropped);
            }

            if (capture.TryRead(out var frame) && listener.Hear((ushort)source.Receiver, frame, 0))
            {
                urgent();
            }
        }
    }

    private void ListenToController(CaptureSource source, Action opened, CancellationToken stopping)
    {
        var name = source.Path.StartsWith("hci", StringComparison.Ordinal) ? source.Path[3..] : source.Path;
        using var link = HciUserChannel.Open(int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : throw new IOException($"'{source.Path}' is no controller such as hci0"));
        var scanner = new HciScanner(link, settings.BleActive, time);
        scanner.Start();
        opened();
        while (!stopping.IsCancellationRequested)
        {
            if (scanner.TryRead(Patience, out var frame) && listener.Hear((ushort)source.Receiver, frame, 0))
            {
                urgent();
            }
        }
    }

    private void ListenToBluez(CaptureSource source, Action opened, CancellationToken stopping)
    {
        using var scanner = BluezScanner.Open(source.Path, time, settings.Bus);
        opened();
        while (!stopping.IsCancellationRequested)
        {
            if (scanner.TryRead(Patience, out var frame) && listener.Hear((ushort)source.Receiver, frame, 0))
            {
                urgent();
            }
        }
    }

    private void ListenToUdp(CaptureSource source, Action opened, CancellationToken stopping)
    {
        using var door = new UdpDoor(IPEndPoint.Parse(source.Path), time) { OnRefused = why => listener.Doors.Refuse($"udp {source.Receiver}", why) };
        opened();
        while (!stopping.IsCancellationRequested)
        {
            if (door.TryRead(Patience, out var frame, out var radio) && listener.Hear((ushort)(source.Receiver + radio), frame, 0))
            {
                urgent();
            }
        }
    }

    private void ListenToSerial(CaptureSource source, int speed, SerialDoor door, Action opened, CancellationToken stopping)
    {
        using var line = SerialLine.Open(source.Path, speed);
        opened();
        var room = new byte[4_096];
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                HearLine(source, door, room.AsSpan(0, line.Read(room, Patience)));
            }
        }
        finally
        {
            door.Cut();
            CountSpoilt(source, door);
        }
    }

    private void HearLine(CaptureSource source, SerialDoor door, ReadOnlySpan<byte> bytes)
    {
        while (door.TryRead(ref bytes, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, out var frame, out var radio))
        {
            if (listener.Hear((ushort)(source.Receiver + radio), frame, 0))
            {
                urgent();
            }
        }

        CountSpoilt(source, door);
    }

    // Which of the line's radios heard a spoilt frame cannot be known; the first stands for them.
    private void CountSpoilt(CaptureSource source, SerialDoor door)
    {
        if (door.Spoilt is > 0 and var lost)
        {
            listener.Radios.Lost((ushort)source.Receiver, lost);
        }
    }

    [LoggerMessage(EventId = 1011, Level = LogLevel.Information, Message = "Listening to {Source} as receiver {Receiver}")]
    private partial void LogOpened(string source, int receiver);

    [LoggerMessage(EventId = 1014, Level = LogLevel.Warning, Message =
        "Nothing is listened to: name radios by --listen, --bluez, --hci, --udp, --serial or --feeds, or in the file of --settings")]
    private partial void LogNothing();

    [LoggerMessage(EventId = 1013, Level = LogLevel.Information, Message = "{Device} was put into monitor mode")]
    private partial void LogMonitor(string device);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Warning, Message = "{Source}: {Why}; trying again in {Pause}")]
    private partial void LogGone(string source, string why, TimeSpan pause);
}
