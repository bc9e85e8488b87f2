using System.Net;
using System.Net.Sockets;
using Presence.Capture.Files;
using Presence.Capture.Radios;
using Presence.Integration.Mqtt;
using Presence.Kit.Gateway;

namespace Presence.Integration.Gateway;

/// <summary>Firmware on the venue's wire: what comes by UDP, through the program, to the cloud.</summary>
public sealed class UdpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-udp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_no_frame_is_counted_by_reason_and_the_cloud_is_told()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var door = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        await using var gateway = GatewayProcess.Start(Path.Combine(_folder, "spool"), cloud.Port, null, "--udp", $"40={door}", "--status-every", "00:00:01");
        await Until.TrueAsync(() => gateway.Output.Contains($"Listening to {door} as receiver 40", StringComparison.Ordinal), () => $"it listens:\n{gateway.Output}");

        var frame = ProbeCapture.Frame(new(0, 0x02_00_00_00_00_07, -44), 1);
        var content = new byte[FirmwareFrame.Overhead + frame.Length];
        FirmwareFrame.Write(content, receiver: 2, LinkType.Radiotap, timeNs: 0, frame);
        using var radio = new UdpClient();
        radio.Send(content, door);
        radio.Send(content.AsSpan(0, 3), door);
        for (var i = 0; i < 2; i++)
        {
            content[^1] ^= 1;
            content[^2] ^= (byte)(1 + i);
            radio.Send(content, door);
        }

        await Until.TrueAsync(() => cloud.Statuses.LastOrDefault()?.TurnedAway is [("udp 40", "check", 2), ("udp 40", "length", 1)], () => $"all three are counted: {cloud.Statuses.LastOrDefault()}");
        Assert.Equal([(42, 1UL)], cloud.Statuses.Last().Radios.Select(r => (r.Number, r.Frames)));
    }
}
