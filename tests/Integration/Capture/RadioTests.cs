using System.Net;
using System.Net.Sockets;
using Presence.Capture;
using Presence.Capture.Files;
using Presence.Capture.Radios;
using Presence.Capture.Wifi;
using Presence.Integration.Gateway;
using Presence.Integration.Mqtt;
using Presence.Kit.Fuzz;
using Presence.Kit.Gateway;
using Xunit;

namespace Presence.Integration.Capture;

public sealed class RadioTests
{
    private static readonly byte[] Probe = CaptureSamples.Frames[0].Bytes;

    [SkippableFact]
    public void Live_frames_come_off_an_interface_and_the_kernel_keeps_what_nobody_needs()
    {
        Skip.IfNot(LiveCapture.IsSupported, "libpcap is not installed: apt install libpcap0.8");
        using var tap = Tap.TryCreate();
        Skip.If(tap is null, "no TAP interface can be made here: it needs root, /dev/net/tun and the program ip");
        using var live = LiveCapture.Open(tap.Name, LiveCapture.StationsOnly, TimeSpan.FromSeconds(2));
        Assert.Equal(LinkType.Radiotap, live.Link);
        var beacon = Probe.ToArray();
        beacon[26] = 0x80;
        const int probes = 500;
        for (var i = 0; i < probes; i++)
        {
            tap.Send(beacon);
            tap.Send(Probe);
        }

        var before = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds();
        for (var i = 0; i < probes; i++)
        {
            Assert.True(live.TryRead(out var frame), $"only {i} frames came");
            Assert.Equal(FrameRefusal.None, WifiReading.Read(frame, out var reading));
            Assert.Equal((WifiKind.ProbeRequest, 0xDAA1_1901_0203UL, true), (reading.Kind, reading.Address, frame.TimeMs > before));
        }

        Assert.Equal(0, live.Dropped);
    }

    [SkippableFact]
    public async Task An_interface_that_is_unplugged_is_waited_for_and_heard_again()
    {
        Skip.IfNot(LiveCapture.IsSupported, "libpcap is not installed: apt install libpcap0.8");
        var folder = Directory.CreateTempSubdirectory("presence-unplugged-").FullName;
        var tap = Tap.TryCreate("out");
        Skip.If(tap is null, "no TAP interface can be made here: it needs root, /dev/net/tun and the program ip");
        try
        {
            await using var cloud = await new PaperCloud().OpenAsync();
            await using var gateway = GatewayProcess.Start(folder, cloud.Port, null, "--listen", tap.Name, "--linger", "00:00:00.2");
            await HeardAsync(1);
            tap.Dispose();
            await Until.TrueAsync(() => gateway.Output.Contains("trying again in", StringComparison.Ordinal), "it says that the interface is gone", 20);
            var before = cloud.Sightings;
            tap = Tap.TryCreate("out");
            await HeardAsync(before + 1);

            async Task HeardAsync(long sightings)
            {
                // A phone that was not heard before each time, until one arrives.
                var phone = (ulong)Random.Shared.NextInt64(1L << 32) | 0x0200_0000_0000UL;
                await Until.TrueAsync(
                    () =>
                    {
                        tap!.Send(ProbeCapture.Frame(new(1, phone++, -50), 1));
                        return cloud.Sightings >= sightings;
                    }, () => $"it hears; it says {gateway.Output}", 30);
            }
        }
        finally
        {
            tap?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    public void An_interface_that_is_not_there_is_named()
    {
        Skip.IfNot(LiveCapture.IsSupported, "libpcap is not installed: apt install libpcap0.8");
        var e = Assert.Throws<IOException>(() => LiveCapture.Open("nowhere7", "", TimeSpan.FromSeconds(1)));
        Assert.StartsWith("nowhere7: there is no such interface", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_radio_is_not_put_into_monitor_mode()
    {
        Assert.False(MonitorMode.Prepare("lo"));
        Assert.False(MonitorMode.Prepare("nowhere7"));
        Assert.False(MonitorMode.Prepare("../net/lo"));
    }

    [Fact]
    public void A_radio_on_the_wire_hands_in_its_frames()
    {
        using var door = new UdpDoor(new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System);
        using var radio = new UdpClient();
        var content = new byte[FirmwareFrame.Overhead + Probe.Length];
        FirmwareFrame.Write(content, receiver: 3, LinkType.Radiotap, timeNs: 0, Probe);
        radio.Send(content, door.At);
        Assert.True(door.TryRead(TimeSpan.FromSeconds(60), out var frame, out var receiver));
        Assert.Equal(FrameRefusal.None, WifiReading.Read(frame, out var reading));
        Assert.Equal((WifiKind.ProbeRequest, (byte)3), (reading.Kind, receiver));
        radio.Send(content.AsSpan(1), door.At);
        Assert.False(door.TryRead(TimeSpan.FromSeconds(60), out _, out _));
        Assert.Equal(1, door.Refused(DoorRefusal.Check));
        Assert.False(door.TryRead(TimeSpan.FromMilliseconds(10), out _, out _));
    }
}
