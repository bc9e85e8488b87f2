using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Presence.Kit.Wire;
using Presence.Mqtt;
using Presence.Storage.Sqlite;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>The store's disk is full: nobody is told yes, nothing that was said yes to is lost, and it heals by itself.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _disk = Directory.CreateTempSubdirectory("presence-full-").FullName;
    private bool _mounted;

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", "-l", _disk);
        }

        Directory.Delete(_disk, recursive: true);
    }

    [SkippableFact]
    public async Task Nothing_is_acknowledged_while_the_disk_is_full_and_all_of_it_once_there_is_room()
    {
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", _disk) == 0, "needs to mount a tmpfs: run as root");
        _mounted = true;
        var data = Directory.CreateDirectory(Path.Combine(_disk, "data")).FullName;
        await using (var cloud = await RunningCloud.StartAsync([RunningCloud.WhenBuys("coffee", "books", """{"offer": "coffee-cake"}""")], data: data))
        {
            var (anna, secret) = await cloud.JoinAsync();
            await using var gateway = await ConnectAsync(cloud);
            Assert.True(await SendAsync(gateway, 1) < MqttReasonCode.UnspecifiedError);
            Assert.True(await RunningCloud.EventuallyAsync(async () => await SightingsAsync(cloud) == 200));

            Fill();
            var batches = Enumerable.Range(2, 20).Select(n => SendAsync(gateway, (ulong)n)).ToList();
            var purchase = cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/purchases", new { member = anna, zone = "page-one", category = "books", cents = 1_200 });
            await Task.Delay(2_000);
            Assert.DoesNotContain(batches, b => b.IsCompleted);
            Assert.False(purchase.IsCompleted, "a purchase was taken that could not be kept");
            Assert.True((await cloud.Http.GetAsync(new Uri("/api/v1/venues", UriKind.Relative))).IsSuccessStatusCode, "what only reads must go on");

            File.Delete(Filler);
            Assert.All(await Task.WhenAll(batches).WaitAsync(TimeSpan.FromSeconds(20)), r => Assert.True(r < MqttReasonCode.UnspecifiedError));
            Assert.Equal(HttpStatusCode.Accepted, (await purchase.WaitAsync(TimeSpan.FromSeconds(20))).Status);
            Assert.Single(await cloud.CouponsAsync(secret));
        }

        // Each batch is in the log exactly once, whatever was tried and thrown away meanwhile.
        using var store = new SqliteVenueStore(Path.Combine(data, "presence.db"));
        var log = store.ReadLog(store.Venues().Single().Number, 0).SelectMany(r => Batches(r.Records)).ToList();
        Assert.Equal(Enumerable.Range(1, 21).Select(n => (ulong)n), log);
        await using var again = await RunningCloud.StartAsync([], data: data);
        Assert.Equal(21 * 200, await SightingsAsync(again));
    }

    private static async Task<long> SightingsAsync(RunningCloud cloud) =>
        (await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/floor")).GetProperty("sightings").GetInt64();

    [Fact]
    public async Task A_question_that_goes_wrong_is_told_so_and_leaves_the_venue_as_it_was()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        await using var gateway = await ConnectAsync(cloud);
        Assert.True(await SendAsync(gateway, 1) < MqttReasonCode.UnspecifiedError);
        var venues = cloud.Services.GetRequiredService<Presence.Cloud.Live.Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        await Assert.ThrowsAsync<NotSupportedException>(() => venues.LaneOf(venue).AskAsync<bool>(venue, (at, commit, now) =>
        {
            commit.AddLink([1, 2, 3], at.Number, Guid.NewGuid(), now);
            throw new NotSupportedException("a mistake");
        }));
        Assert.True(await SendAsync(gateway, 2) < MqttReasonCode.UnspecifiedError);
        Assert.True(await RunningCloud.EventuallyAsync(async () => await SightingsAsync(cloud) == 400));
    }

    [Fact]
    public async Task A_question_that_comes_when_the_service_goes_down_is_told_that_nothing_was_kept()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var venues = cloud.Services.GetRequiredService<Presence.Cloud.Live.Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        var lane = venues.LaneOf(venue);
        lane.Dispose();
        await Assert.ThrowsAsync<Presence.Storage.StoreException>(() => lane.AskAsync<bool>(venue, (_, _, _) => (true, [])).WaitAsync(TimeSpan.FromSeconds(30)));
        var text = (await cloud.GetAsync("/api/v1/texts/consent")).GetProperty("version").GetString();
        var (status, _) = await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/members", new { nickname = "Late", language = "en", purposes = new[] { "presence" }, textVersion = text });
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, status);
    }

    private string Filler => Path.Combine(_disk, "filler");

    private void Fill()
    {
        using var file = File.Create(Filler);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<MqttClient> ConnectAsync(RunningCloud cloud)
    {
        var name = $"{Kit.Simulator.DemoMall.Map.Tenant}.{RunningCloud.Venue}.gw-1";
        var client = new MqttClient(new MqttClientOptions
        {
            Host = "127.0.0.1", Port = cloud.MqttPort, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(RunningCloud.Password),
        });
        await client.ConnectAsync();
        return client;
    }

    private static async Task<MqttReasonCode> SendAsync(MqttClient gateway, ulong number)
    {
        var batch = Batch.Usual((int)number, start: DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 5_000) with { Sequence = number };
        var room = new byte[SightingBatch.HeaderBytes + SightingBatch.MostBodyBytes(batch.Columns)];
        var header = SightingBatch.WriteHeader(7, number, room);
        var payload = room[..(header + SightingBatch.WriteBody(batch.Columns, room.AsSpan(header)))];
        return await gateway.PublishAsync($"presence/v1/{Kit.Simulator.DemoMall.Map.Tenant}/{RunningCloud.Venue}/gw-1/up/live", payload, MqttQos.AtLeastOnce);
    }

    private static List<ulong> Batches(ReadOnlySpan<byte> records)
    {
        var (found, buffers) = (new List<ulong>(), new SightingBuffers());
        while (!records.IsEmpty)
        {
            var input = Presence.Cloud.Stages.InputRecord.Read(ref records);
            if (input.Kind == Presence.Cloud.Stages.InputKind.Sightings && SightingBatch.TryDecode(input.Payload, buffers, out var header, out _))
            {
                found.Add(header.Sequence);
            }
        }

        return found;
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
