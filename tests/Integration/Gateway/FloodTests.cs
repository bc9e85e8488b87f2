using System.Globalization;
using Presence.Capture.Files;
using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Settings;
using Presence.Integration.Mqtt;
using Presence.Kit;
using Presence.Kit.Gateway;

namespace Presence.Integration.Gateway;

/// <summary>More than a gateway was made for: a crowd at once, invented addresses, texts that want to be something else.</summary>
[Collection(Alone.Name)]
public sealed class FloodTests : IDisposable
{
    private const string Cgroup = "/sys/fs/cgroup/memory";
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-flood-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task A_burst_fifty_times_the_usual_is_borne_in_256_MB_and_what_was_left_out_is_counted()
    {
        var group = Path.Combine(Cgroup, $"presence-flood-{Environment.ProcessId}");
        Skip.IfNot(File.Exists(Path.Combine(Cgroup, "memory.limit_in_bytes")) && Environment.UserName is "root", "needs root, and the kernel's memory groups, version 1");
        Directory.CreateDirectory(group);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(group, "memory.limit_in_bytes"), "268435456");
            var capture = Path.Combine(_folder, "crowd.pcap");
            var crowd = ProbeCapture.Crowd(200_000, 20_000, 100_000, 1_795_255_200_000).ToList();
            var phones = crowd.Select(p => p.Address).Distinct().Count();
            ProbeCapture.Write(capture, crowd);
            await using var cloud = await new PaperCloud().OpenAsync();
            await using var gateway = GatewayProcess.StartIn(group, null,
            [
                "--tenant", "acme", "--venue", "mall", "--gateway", "gw-1", "--spool", Path.Combine(_folder, "spool"), "--broker", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{cloud.Port}"),
                "--day-key", GatewayProcess.Key, "--member-key", GatewayProcess.Key, "--capture", capture, "--exit-when-done",
            ]);
            Assert.Equal(0, await gateway.ExitedAsync());
            Assert.Contains("oom_kill 0", await File.ReadAllTextAsync(Path.Combine(group, "memory.oom_control")), StringComparison.Ordinal);

            // Each phone is heard ten times or so: it is told, or counted as dropped.
            var dropped = cloud.Statuses.Last().Drops.Sum(d => (long)d.Sightings);
            var tokens = cloud.Committed.SelectMany(c => TokensOf(c.Payload)).Distinct().Count();
            Assert.True(tokens + dropped >= phones && tokens <= phones, $"{tokens} of {phones} phones, {dropped} dropped");
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    [Fact]
    public void Invented_addresses_take_no_more_room_and_hide_nobody()
    {
        var told = new HashSet<ulong>();
        var batcher = new SightingBatcher((_, _) => { });
        using var listener = new FrameListener(new GatewaySettings(), batcher, new ShopClock(new(2026, 11, 20, 4, 0, 0, TimeSpan.Zero)), (token, _) => told.Add(token));
        listener.SetKeys(new byte[32], new byte[32]);
        long Held()
        {
            while (batcher.Take() is not null)
            {
                // What the disk would take.
            }

            return GC.GetTotalMemory(forceFullCollection: true);
        }

        Flood(70_000);
        var before = Held();
        Flood(200_000);
        Assert.InRange(Held() - before, long.MinValue, 8 << 20);

        // A real phone among them is news when it comes, and known while it stays.
        told.Clear();
        Hear(0x0A0B_0C0D_0E0F, -50);
        Assert.Single(told);
        Hear(0x0A0B_0C0D_0E0F, -50);
        Assert.Single(told);

        void Flood(int phones)
        {
            for (var i = 0; i < phones; i++)
            {
                Hear(0x0200_0000_0000UL | (ulong)Random.Shared.NextInt64(1L << 40), -70);
                if (i % 5_000 == 0)
                {
                    while (batcher.Take() is not null)
                    {
                        // What the disk would take.
                    }
                }
            }
        }

        void Hear(ulong phone, sbyte dbm)
        {
            var bytes = ProbeCapture.Frame(new(1, phone, dbm), 1);
            listener.Hear(0, new CapturedFrame { Link = LinkType.Radiotap, Bytes = bytes, OriginalLength = bytes.Length, FcsLength = -1 }, 0);
        }
    }

    [Fact]
    public async Task No_text_from_the_air_makes_a_line_of_the_log_or_a_colour_of_the_terminal()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var capture = Path.Combine(_folder, "names.pcap");
        string[] names = ["a\n00:00:00.000 crit: forged[1] line", "\u001b[2J\u001b[31mred", "\r\nSet-Cookie: x", "=cmd|' /C calc'!A0", "<script>", "%p%s%s%n", "\u202etxt.exe", "\0end"];
        ProbeCapture.Write(capture, names.Select((name, i) => new Probe(1_795_255_200_000 + i, 0x0A00_0000_0001UL + (ulong)i, -50, name)));
        await using var gateway = GatewayProcess.Start(Path.Combine(_folder, "spool"), cloud.Port, null, "--capture", capture, "--exit-when-done", "--log", "Trace");
        Assert.Equal(0, await gateway.ExitedAsync());
        Assert.Equal(names.Length, cloud.Sightings);
        var lines = gateway.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} (trce|dbug|info|warn|fail|crit): ", line.TrimEnd('\r')));
        Assert.DoesNotContain(gateway.Output, c => char.IsControl(c) && c is not ('\n' or '\r'));
        Assert.All(names, name => Assert.DoesNotContain(name, gateway.Output, StringComparison.Ordinal));
    }

    private static ulong[] TokensOf(byte[] payload)
    {
        var buffers = new Presence.Wire.SightingBuffers();
        Assert.True(Presence.Wire.SightingBatch.TryDecode(payload, buffers, out _, out _));
        return buffers.Columns.Tokens.ToArray();
    }
}
