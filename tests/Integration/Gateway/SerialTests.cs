using Presence.Capture.Files;
using Presence.Capture.Radios;
using Presence.Integration.Capture;
using Presence.Integration.Mqtt;
using Presence.Kit.Gateway;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>Firmware on a serial line: from the wire through the kernel and the program to the cloud.</summary>
public sealed class SerialTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-serial-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Firmware_is_heard_over_a_line_nobody_set_again_after_it_was_unplugged_and_a_silent_one_keeps_nobody_from_ending()
    {
        var device = Path.Combine(_folder, "ttyUSB0");
        using (var tried = PaperLine.TryPlug(device))
        {
            Skip.If(tried is null, "needs pseudo-terminals");
        }

        await using var cloud = await new PaperCloud().OpenAsync();
        await using var gateway = GatewayProcess.StartAsService(Path.Combine(_folder, "spool"), cloud.Port, "--serial", $"40={device}@115200", "--status-every", "00:00:01");
        Task HeardAsync(int phones, string which) => Until.TrueAsync(() => Phones(cloud) == phones, () => $"{which} was heard:\n{gateway.Output}");
        Task SetAsync(PaperLine at) => Until.TrueAsync(() => at.Speed == 115_200, () => $"the line is set:\n{gateway.Output}");

        // Who reads the log must be able to tell a line that is silent from one that is not there.
        await Until.TrueAsync(() => gateway.Output.Contains($"{device}: cannot be opened", StringComparison.Ordinal), () => $"the missing line is named:\n{gateway.Output}");
        Assert.DoesNotContain("Listening to", gateway.Output, StringComparison.Ordinal);
        using var first = PaperLine.TryPlug(device)!;
        await SetAsync(first);
        await Until.TrueAsync(() => gateway.Output.Contains($"Listening to {device} as receiver 40", StringComparison.Ordinal), () => $"it says that it listens:\n{gateway.Output}");
        first.Say(OnLine(7));
        await HeardAsync(1, "who passed first");

        // Unplugged in the middle of a frame; on the line that comes back it begins anew.
        first.Say([.. OnLine(8), .. OnLine(8).AsSpan(0, 20)]);
        await HeardAsync(2, "who passed before it was unplugged");
        Assert.Equal(0UL, Lost(cloud));
        first.Dispose();
        await Until.TrueAsync(() => gateway.Output.Contains($"{device}: the line was unplugged; trying again in", StringComparison.Ordinal), () => $"it was noticed:\n{gateway.Output}");
        await Until.TrueAsync(() => Lost(cloud) == 1, () => $"the half frame is counted, not {Lost(cloud)}");
        Assert.Equal(new TurnedAway("serial 40", "length", 1), Assert.Single(cloud.Statuses.Last().TurnedAway));
        using var second = PaperLine.TryPlug(device)!;
        await SetAsync(second);
        second.Say(OnLine(9));
        await HeardAsync(3, "who passed afterwards");

        // Nothing more comes; asked to end it ends.
        gateway.Terminate();
        Assert.Equal(0, await gateway.ExitedAsync(20));
    }

    private static int Phones(PaperCloud cloud)
    {
        var phones = new HashSet<ulong>();
        foreach (var batch in cloud.Committed)
        {
            var buffers = new SightingBuffers();
            Assert.True(SightingBatch.TryDecode(batch.Payload, buffers, out _, out var why), why.ToString());
            var columns = buffers.Columns;
            Assert.DoesNotContain(columns.Receiver.ToArray(), receiver => receiver != 42);
            phones.UnionWith(columns.Tokens.ToArray());
        }

        return phones.Count;
    }

    private static ulong Lost(PaperCloud cloud) => cloud.Statuses.LastOrDefault()?.Radios.FirstOrDefault(r => r.Number == 40).Lost ?? 0;

    // A name of characters that mean something to a terminal: interrupt, end, return, stop.
    private static byte[] OnLine(ulong phone)
    {
        var frame = ProbeCapture.Frame(new(0, 0x02_00_00_00_00_00 + phone, -44, "\u0003\u0004\r\u0013"), 1);
        var content = new byte[FirmwareFrame.Overhead + frame.Length];
        FirmwareFrame.Write(content, receiver: 2, LinkType.Radiotap, timeNs: 0, frame);
        return [0xC0, .. content.SelectMany(octet => octet switch { 0xC0 => [0xDB, 0xDC], 0xDB => new byte[] { 0xDB, 0xDD }, _ => [octet] }), 0xC0];
    }
}
