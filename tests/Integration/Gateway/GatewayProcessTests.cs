using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Capture.Files;
using Presence.Capture.Radios;
using Presence.Cloud.Stages;
using Presence.Integration.Mqtt;
using Presence.Kit.Gateway;
using Presence.Spool;
using Presence.Wire;

namespace Presence.Integration.Gateway;

public sealed class GatewayProcessTests : IDisposable
{
    private static readonly long Today = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly string _folder = Directory.CreateTempSubdirectory("presence-gateway-").FullName;

    private readonly SightingBuffers _buffers = new();

    private string SpoolFolder => Path.Combine(_folder, "spool");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_capture_arrives_in_the_cloud_as_tokens()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var capture = Capture(ProbeCapture.Crowd(2_000, 100, 500, Today));
        await using var gateway = GatewayProcess.Start(SpoolFolder, cloud.Port, null, "--capture", "7=" + capture, "--as-fast", "--exit-when-done");
        Assert.Equal(0, await gateway.ExitedAsync());
        var heard = Told(cloud);
        Assert.Equal(100, heard.Select(s => s.Token).Distinct().Count());
        Assert.All(heard, s => Assert.Equal(7, s.Receiver));
        Assert.InRange(heard.Count, 100, 2_000);
        Assert.Equal(Today, heard.Min(s => s.At));
        Assert.Equal(Today + 3_998, heard.Max(s => s.At));
        Assert.Empty(cloud.Refused);
    }

    [Theory]
    [InlineData("after-spool:3")]
    [InlineData("before-publish:2")]
    [InlineData("after-ack:2")]
    [InlineData("before-trim:2")]
    public async Task Killed_anywhere_every_batch_the_spool_accepted_is_committed_exactly_once(string failPoint)
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var capture = Capture(ProbeCapture.Crowd(4_000, 400, 2_000, Today));
        await using (var gateway = GatewayProcess.Start(SpoolFolder, cloud.Port, failPoint, "--capture", capture, "--from-now", "--forget", "00:00:10"))
        {
            Assert.NotEqual(0, await gateway.ExitedAsync());
        }

        var accepted = await SpooledAsync();
        await using (var gateway = GatewayProcess.Start(SpoolFolder, cloud.Port, null, "--exit-when-done"))
        {
            Assert.Equal(0, await gateway.ExitedAsync());
        }

        Assert.Empty(await SpooledAsync());
        var committed = cloud.Committed;
        Assert.NotEmpty(committed);
        Assert.Equal(committed.Count, committed.Select(c => (c.Boot, c.Kind, c.Sequence)).Distinct().Count());
        Assert.Single(committed.Select(c => c.Boot).Distinct());
        foreach (var batch in accepted)
        {
            Assert.Single(committed, c => c.Payload.AsSpan().EndsWith(batch.Body));
        }
    }

    [Fact]
    public async Task What_was_heard_while_the_cloud_was_away_is_not_called_complete_before_it_arrived()
    {
        // Twenty-four minutes in twelve seconds; for eight of them nobody takes anything.
        const double fast = 120;
        await using var cloud = await new PaperCloud(Ports.Free()).OpenAsync();
        var capture = Capture(Enumerable.Range(0, 480).SelectMany(i => Enumerable.Range(0, 3).Select(phone => new Probe(Today + (i * 3_000L) + phone, 0x02_00_00_00_00_01UL + (uint)phone, -50))));
        await using var gateway = GatewayProcess.Start(
            SpoolFolder, cloud.Port, null, "--capture", capture, "--exit-when-done", "--status-every", "00:00:10", "--time-scale", fast.ToString(CultureInfo.InvariantCulture),
            "--time-origin", DateTimeOffset.FromUnixTimeMilliseconds(Today).ToString("O", CultureInfo.InvariantCulture), "--time-anchor", TimeProvider.System.GetUtcNow().AddSeconds(2).ToString("O", CultureInfo.InvariantCulture));
        await Until.TrueAsync(() => cloud.Committed.Any(c => c.Kind is TopicKind.Live), "something arrived live", 30);
        await cloud.CloseAsync();
        await Task.Delay(TimeSpan.FromSeconds(4));
        await cloud.OpenAsync();
        Assert.Equal(0, await gateway.ExitedAsync(90));

        var (clock, late, backlog) = (new GatewayClock("gw-1"), 0, 0);
        foreach (var (topic, payload) in cloud.Frames)
        {
            if (GatewayStatus.TryDecode(payload, out var status, out _) && topic.EndsWith("/status", StringComparison.Ordinal))
            {
                clock.Heard(status, status.At, tolerance: 1_000);
            }
            else if (SightingBatch.TryDecode(payload, _buffers, out _, out _) && _buffers.Columns.At is [var first, ..] times)
            {
                // The cloud takes what is up to half a minute behind what it has settled.
                if (topic.EndsWith("/live", StringComparison.Ordinal))
                {
                    clock.HeardLive(times[^1], linger: 3_000, times[^1]);
                    continue;
                }

                backlog++;
                late += first < clock.SettleMark - 30_000 ? 1 : 0;
            }
        }

        Assert.True(backlog > 0, "nothing waited");
        Assert.Equal(0, late);
    }

    [Fact]
    public async Task A_gateway_whose_disk_takes_nothing_is_heard_of_after_a_break_and_calls_nothing_complete_that_waits()
    {
        await using var cloud = await new PaperCloud { Commits = false }.OpenAsync();
        var capture = Capture(ProbeCapture.Crowd(2_000, 100, 500, Today));
        await using var gateway = GatewayProcess.Start(
            SpoolFolder, cloud.Port, null, "--capture", capture, "--from-now", "--exit-when-done", "--linger", "00:00:00.200", "--status-every", "00:00:01");
        await Until.TrueAsync(() => cloud.Statuses.Any(s => s.LiveWaiting > 0), () => "something waits for the cloud\n" + gateway.Output);
        await using (await HeldDisk.OfAsync(SpoolFolder))
        {
            cloud.Cut();
            await Until.TrueAsync(() => cloud.Statuses.Any(s => !s.Online), "it was cut off");
            await Until.TrueAsync(() => cloud.Statuses.SkipWhile(s => s.Online).Count(s => s.Online) > 3, () => "it says again and again how it is\n" + gateway.Output);
            Assert.All(cloud.Statuses.SkipWhile(s => s.Online).Where(s => s.Online), s => Assert.InRange(s.OldestAt, s.CompleteTo + 1, s.At));
        }

        cloud.Commits = true;
        cloud.Cut();
        Assert.Equal(0, await gateway.ExitedAsync());
        Assert.Equal(100, Told(cloud).Select(s => s.Token).Distinct().Count());
        Assert.Equal(cloud.Committed.Count, cloud.Committed.Select(c => Convert.ToHexString(c.Payload)).Distinct().Count());
    }

    [Fact]
    public async Task Batches_a_dying_broker_acknowledged_are_sent_again()
    {
        await using var cloud = await new PaperCloud { Commits = false }.OpenAsync();
        await using var gateway = GatewayProcess.Start(SpoolFolder, cloud.Port, null, "--capture", Capture(ProbeCapture.Crowd(500, 50, 5_000, Today)), "--from-now", "--exit-when-done");
        await Until.TrueAsync(() => cloud.Frames.Count(f => f.Topic.EndsWith("/live", StringComparison.Ordinal)) > 0, "the broker acknowledged batches", 30);
        cloud.Commits = true;
        cloud.Cut();
        Assert.Equal(0, await gateway.ExitedAsync());
        Assert.Equal(50, Told(cloud).Select(s => s.Token).Distinct().Count());
    }

    [Fact]
    public async Task No_address_and_no_network_name_leaves_the_gateway()
    {
        const ulong planted = 0xDA_A1_19_C0_FF_EE;
        const string ssid = "Planted-Home-WiFi";
        await using var cloud = await new PaperCloud().OpenAsync();
        await using var gateway = GatewayProcess.Start(
            SpoolFolder, cloud.Port, null, "--capture", Capture(Enumerable.Range(0, 300).Select(i => new Probe(Today + i, planted, -50, ssid))), "--as-fast", "--exit-when-done",
            "--log", "Trace");
        Assert.Equal(0, await gateway.ExitedAsync());
        var everything = cloud.Frames.Select(f => f.Payload).Concat(cloud.Frames.Select(f => Encoding.UTF8.GetBytes(f.Topic)))
            .Concat(Directory.GetFiles(SpoolFolder).Select(File.ReadAllBytes)).Append(Encoding.UTF8.GetBytes(gateway.Output)).ToList();
        Assert.NotEmpty(cloud.Committed);
        byte[] raw = [0xDA, 0xA1, 0x19, 0xC0, 0xFF, 0xEE];
        byte[][] needles =
        [
            raw, [.. raw.Reverse()], "daa119c0ffee"u8.ToArray(), "DAA119C0FFEE"u8.ToArray(), "da:a1:19:c0:ff:ee"u8.ToArray(), "DA-A1-19-C0-FF-EE"u8.ToArray(),
            Encoding.ASCII.GetBytes(planted.ToString(CultureInfo.InvariantCulture)), Encoding.UTF8.GetBytes(ssid), "Planted"u8.ToArray(),
        ];
        foreach (var needle in needles)
        {
            Assert.DoesNotContain(everything, bytes => bytes.AsSpan().IndexOf(needle) >= 0);
        }
    }

    [Fact]
    public async Task A_phone_on_the_venues_network_is_bound_by_its_link_and_known_from_then_on()
    {
        const ulong phone = 0x02_11_22_33_44_55;
        await using var cloud = await new PaperCloud().OpenAsync();
        var neighbours = Path.Combine(_folder, "neighbours");
        await File.WriteAllTextAsync(neighbours, "10.0.0.7 02:11:22:33:44:55\n");
        var port = Ports.Free();
        var capture = Capture(Enumerable.Range(0, 2_000).Select(i => new Probe(Today + (i * 10), phone, -60)));
        await using var gateway = GatewayProcess.Start(
            SpoolFolder, cloud.Port, null, "--capture", capture, "--from-now", "--neighbours", neighbours, "--bind-http", port.ToString(CultureInfo.InvariantCulture),
            "--linger", "00:00:00.200");
        await Until.TrueAsync(() => cloud.Statuses.Count > 0, "the gateway is connected", 30);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Equal(409, await PressAsync("one-time"));
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "10.0.0.7");
        Assert.Equal(400, (int)(await http.GetAsync("/bind/one%20time")).StatusCode);

        // A picture on someone's page, a link preview or another page's form open the link; only the visitor's own press binds.
        Assert.Contains("<form method=\"post\"", await http.GetStringAsync("/bind/one-time"));
        Assert.Equal(403, await PressAsync("one-time", origin: "http://elsewhere.example"));
        Assert.Equal(403, await PressAsync("one-time", origin: "null"));
        Assert.Equal(403, (int)(await http.PostAsync("/bind/one-time", null)).StatusCode);
        Assert.Equal(403, await PressAsync("one-time", site: "cross-site"));

        // Nor do they reach the tag desk, by their own name or by one that was made to lead here; the desk's own program does.
        Assert.Equal(403, await AtTheDeskAsync(origin: "http://elsewhere.example"));
        Assert.Equal(403, await AtTheDeskAsync(host: "rebound.example"));
        Assert.Equal(404, await AtTheDeskAsync());
        Assert.Empty(cloud.Bindings);

        Assert.Equal(200, await PressAsync("one-time"));
        var bound = Assert.Single(cloud.Bindings);
        Assert.Equal(("one-time", BindHow.Link), (bound.Code, bound.How));

        cloud.Configure(new("acme"), new("mall"), new("gw-1"), new() { Version = 1, Members = [bound.Device.Hash] });
        await Until.TrueAsync(() => Told(cloud).Any(s => s.Token == bound.Device.Hash && (s.Traits & TokenTraits.Bound) != TokenTraits.None), "the member is heard under the binding's token", 20);

        cloud.Configure(new("acme"), new("mall"), new("gw-1"), new() { Version = 2, Denied = [bound.Device.Hash] });
        await Until.TrueAsync(() => gateway.Output.Contains("Configuration 2", StringComparison.Ordinal), "the gateway was told", 20);
        await Task.Delay(500);
        var before = Told(cloud).Count;
        await Task.Delay(1_000);
        Assert.Equal(before, Told(cloud).Count);
        Assert.Contains("\"connected\":true", await http.GetStringAsync("/healthz"));

        async Task<int> AtTheDeskAsync(string? origin = null, string? host = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/bind/one-time/tag");
            request.Headers.Host = host;
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            return (int)(await http.SendAsync(request)).StatusCode;
        }

        async Task<int> PressAsync(string code, string? origin = null, string site = "same-origin")
        {
            using var press = new HttpRequestMessage(HttpMethod.Post, $"/bind/{code}");
            press.Headers.Add("Origin", origin ?? $"http://127.0.0.1:{port}");
            press.Headers.Add("Sec-Fetch-Site", site);
            using var reply = await http.SendAsync(press);
            return (int)reply.StatusCode;
        }
    }

    [Fact]
    public async Task Firmware_that_sends_frames_by_UDP_is_heard()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var port = Ports.Free();
        await using var gateway = GatewayProcess.Start(SpoolFolder, cloud.Port, null, "--udp", $"40=127.0.0.1:{port}");
        await Until.TrueAsync(() => cloud.Statuses.Count > 0, "the gateway is connected", 30);
        using var radio = new System.Net.Sockets.UdpClient();
        var frame = ProbeCapture.Frame(new(0, 0x02_00_00_00_00_07, -44), 1);
        var datagram = new byte[FirmwareFrame.Overhead + frame.Length];
        var length = FirmwareFrame.Write(datagram, receiver: 2, LinkType.Radiotap, timeNs: 0, frame);
        await Until.TrueAsync(() => radio.Send(datagram, length, "127.0.0.1", port) > 0 && Told(cloud).Count > 0, "the frame was heard", 20);
        Assert.Equal(42, Told(cloud)[0].Receiver);
    }

    [Theory]
    [InlineData("--tenant 'A'", "--tenant", "A")]
    [InlineData("--broker is missing", "--broker", "")]
    [InlineData("--day-key: /etc/hostname can be read by others", "--day-key", "/etc/hostname")]
    [InlineData("--day-key: no such file", "--day-key", "abc")]
    [InlineData("--member-key: no such file", "--member-key", "/none")]
    [InlineData("--capture '/none' does not exist", "--capture", "/none")]
    [InlineData("--udp 'here'", "--udp", "here")]
    [InlineData("--serial '4=/dev/ttyUSB0@fast': what stands behind the last '@' is no speed from 1200", "--serial", "4=/dev/ttyUSB0@fast")]
    [InlineData("--linger", "--linger", "1.00:00:00")]
    [InlineData("'--nonsense' is no option", "--nonsense", "1")]
    [InlineData("--settings '/none' does not exist", "--settings", "/none")]
    [InlineData("TimeScale", "--time-scale", "fast")]
    public async Task A_bad_setting_stops_the_program_with_its_name(string said, string option, string value)
    {
        var good = new Dictionary<string, string>
        {
            ["--tenant"] = "acme", ["--venue"] = "mall", ["--gateway"] = "gw-1", ["--spool"] = SpoolFolder, ["--broker"] = "127.0.0.1:1", ["--day-key"] = GatewayProcess.Key,
            ["--member-key"] = GatewayProcess.Key, [option] = value,
        };
        await using var gateway = GatewayProcess.StartBare(null, [.. good.SelectMany(g => new[] { g.Key, g.Value })]);
        Assert.Equal(2, await gateway.ExitedAsync());
        Assert.Contains(said, gateway.Output);
        Assert.DoesNotContain("   at ", gateway.Output);
    }

    [Fact]
    public async Task A_broken_capture_is_said_and_what_came_before_the_break_is_kept()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var capture = Capture(Enumerable.Range(0, 100).Select(i => new Probe(Today + i, 0x02_00_00_00_00_01UL + (uint)i, -50)));
        await File.WriteAllBytesAsync(capture, (await File.ReadAllBytesAsync(capture))[..^7]);
        await using var gateway = GatewayProcess.Start(SpoolFolder, cloud.Port, null, "--capture", capture, "--as-fast", "--exit-when-done");
        Assert.Equal(0, await gateway.ExitedAsync());
        Assert.Contains("99 frames; " + capture + ": at byte", gateway.Output);
        Assert.Equal(99, Told(cloud).Count);
    }

    private string Capture(IEnumerable<Probe> probes)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".pcap");
        ProbeCapture.Write(path, probes);
        return path;
    }

    private async Task<IReadOnlyList<SpooledBatch>> SpooledAsync()
    {
        await using var spool = new SqliteSpool(new() { Folder = SpoolFolder, Ballast = 100_000 }, NullLogger<SqliteSpool>.Instance);
        return [.. spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue), .. spool.Read(SpoolStream.Backlog, 0, 10_000, int.MaxValue)];
    }

    private static List<(ulong Token, TokenTraits Traits, int Receiver, long At)> Told(PaperCloud cloud)
    {
        var buffers = new SightingBuffers();
        var told = new List<(ulong, TokenTraits, int, long)>();
        foreach (var batch in cloud.Committed)
        {
            Assert.True(SightingBatch.TryDecode(batch.Payload, buffers, out _, out _));
            var columns = buffers.Columns;
            for (var i = 0; i < columns.Length; i++)
            {
                told.Add((columns.Tokens[columns.Device[i]], columns.Traits[columns.Device[i]], columns.Receiver[i], columns.At[i]));
            }
        }

        return told;
    }
}
