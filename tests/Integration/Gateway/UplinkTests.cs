using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Integration.Mqtt;
using Presence.Kit.Gateway;
using Presence.Kit.Wire;
using Presence.Mqtt;
using Presence.Spool;
using Presence.Uplink;
using Presence.Wire;

namespace Presence.Integration.Gateway;

public sealed class UplinkTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-uplink-").FullName;
    private readonly CancellationTokenSource _stopping = new();
    private SqliteSpool _spool = null!;
    private Task _running = Task.CompletedTask;
    private int _batches;
    private int _connections;

    public Task InitializeAsync()
    {
        _spool = new(new() { Folder = Path.Combine(_folder, "spool"), Ballast = 100_000 }, NullLogger<SqliteSpool>.Instance);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await _spool.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_waited_too_long_comes_as_backlog_beside_what_is_new()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await AppendAsync(now - 120_000, 30);
        await AppendAsync(now, 3);
        await using var cloud = await new PaperCloud().OpenAsync();
        Start(cloud.Port);
        await Until.TrueAsync(() => cloud.Committed.Count == 33, "all arrived");
        Assert.Equal(30, cloud.Committed.Count(c => c.Kind is TopicKind.Backlog));
        Assert.Equal([31, 32, 33], cloud.Committed.Where(c => c.Kind is TopicKind.Live).Select(c => c.Sequence));
        Assert.Equal(Enumerable.Range(1, 30).Select(i => (ulong)i), cloud.Committed.Where(c => c.Kind is TopicKind.Backlog).Select(c => c.Sequence));
        Assert.True(cloud.Committed.Select((c, at) => (c, at)).Where(x => x.c.Kind is TopicKind.Live).Max(x => x.at) <= 6, "live went before the backlog");
        await Until.TrueAsync(() => _spool.Depth is { Live: 0, Backlog: 0 }, "all was forgotten");
        Assert.Equal(0, cloud.Repeats);
    }

    [Fact]
    public async Task Nothing_is_forgotten_before_the_cloud_says_that_it_has_it()
    {
        await using var cloud = await new PaperCloud { Tells = false }.OpenAsync();
        Start(cloud.Port);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 5);
        await Until.TrueAsync(() => cloud.Committed.Count == 5, "all arrived");
        await Task.Delay(1_500);
        Assert.Equal(5, _spool.Depth.Live);
    }

    [Fact]
    public async Task A_spool_that_cannot_be_read_for_a_moment_is_sent_when_it_can()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 5);
        Start(cloud.Port, spool: new MoodySpool(_spool, refusals: 3));
        await Until.TrueAsync(() => cloud.Committed.Count == 5, "all arrived", 20);
    }

    [Fact]
    public async Task A_gateway_whose_disk_takes_nothing_is_heard_of_after_each_break_and_goes_on_when_it_takes_again()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        Start(cloud.Port, statusEvery: TimeSpan.FromMilliseconds(50));
        await AppendAsync(Now, 5);
        await Until.TrueAsync(() => _spool.Depth.Live == 0, "the first were forgotten");
        Task waiting;
        await using (await HoldDiskAsync())
        {
            waiting = AppendAsync(Now, 5);
            for (var breaks = 0; breaks < 3; breaks++)
            {
                await CutAsync(cloud);
                var before = cloud.Statuses.Count(s => s.Online);
                await Until.TrueAsync(() => cloud.Statuses.Count(s => s.Online) > before + 2, "it says again and again how it is");
            }

            Assert.False(waiting.IsCompleted, "the disk took something");
        }

        await waiting;
        await AppendAsync(Now, 5);
        await CutAsync(cloud);
        await AppendAsync(Now, 5);
        await Until.TrueAsync(() => cloud.Committed.Count == 20 && _spool.Depth is { Live: 0, Backlog: 0 }, "all arrived and was forgotten");
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (ulong)i), cloud.Committed.Select(c => c.Sequence));
        Assert.Equal(20, cloud.Committed.Select(c => Body(c.Payload)).Distinct().Count());
    }

    [Fact]
    public async Task What_the_cloud_refused_while_the_disk_took_nothing_comes_again_once()
    {
        var (poison, offered) = ("", 0);
        using var asked = new ManualResetEventSlim();
        using var answers = new ManualResetEventSlim();
        MqttReasonCode Answer(ReadOnlyMemory<byte> payload)
        {
            asked.Set();
            Assert.True(answers.Wait(TimeSpan.FromSeconds(60)));
            return Body(payload) == poison && ++offered == 1 ? MqttReasonCode.QuotaExceeded : MqttReasonCode.Success;
        }

        await using var cloud = await new PaperCloud { Answers = Answer }.OpenAsync();
        await AppendAsync(Now, 10);
        await _spool.OpenLinkAsync(0, CancellationToken.None);
        poison = Convert.ToHexString(_spool.Read(SpoolStream.Live, 3, 1, 100)[0].Body);
        Start(cloud.Port);
        await Until.TrueAsync(() => asked.IsSet, "they are under way");
        await using (await HoldDiskAsync())
        {
            // Those behind it are committed: the next word passes it over.
            answers.Set();
            await Until.TrueAsync(() => cloud.Committed.Count == 9, "the others arrived");
            for (var breaks = 0; breaks < 2; breaks++)
            {
                await CutAsync(cloud);
            }
        }

        await AppendAsync(Now, 5);
        await Until.TrueAsync(() => cloud.Committed.Count == 15 && _spool.Depth is { Live: 0, Backlog: 0 }, "it came again, and all was forgotten");
        Assert.Equal(2, offered);
        Assert.Equal(15, cloud.Committed.Select(c => Body(c.Payload)).Distinct().Count());
        Assert.Empty(_spool.Drops);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_a_disk_that_takes_nothing_it_ends_when_it_is_asked_to(bool afterABreak)
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        Start(cloud.Port);
        await AppendAsync(Now, 5);
        await Until.TrueAsync(() => _spool.Depth.Live == 0, "the first were forgotten");
        await using (await HoldDiskAsync())
        {
            if (afterABreak)
            {
                await CutAsync(cloud);
            }

            await _stopping.CancelAsync();
            await _running.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public async Task Cut_again_and_again_everything_arrives_once_and_in_order()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        Start(cloud.Port);
        for (var round = 0; round < 8; round++)
        {
            await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 25);
            cloud.Cut();
            await Task.Delay(40);
        }

        await Until.TrueAsync(() => cloud.Committed.Count == 200, "all arrived", 30);
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (ulong)i), cloud.Committed.Select(c => c.Sequence));
    }

    [Fact]
    public async Task The_cloud_away_for_a_while_costs_nothing()
    {
        var port = Ports.Free();
        await using (var cloud = await new PaperCloud(port).OpenAsync())
        {
            Start(port);
            await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 5);
            await Until.TrueAsync(() => _spool.Depth.Live == 0, "the first were forgotten");
        }

        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 20);
        await using var again = await new PaperCloud(port).OpenAsync();
        await Until.TrueAsync(() => again.Committed.Count == 20, "the rest arrived", 20);
        await Until.TrueAsync(() => _spool.Depth.Live == 0, "and was forgotten");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_that_carries_one_way_only_is_given_up_and_nothing_is_lost_or_doubled(bool swallowsUp)
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        await using var wire = new BadWire(cloud.Port);
        Start(wire.Port, keepAlive: TimeSpan.FromSeconds(1));
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 5);
        await Until.TrueAsync(() => cloud.Committed.Count == 5, "the first arrived");
        (wire.SwallowsUp, wire.SwallowsDown) = (swallowsUp, !swallowsUp);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 20);
        await Until.TrueAsync(() => wire.Connections > 1, "it was noticed, and another connection tried");
        (wire.SwallowsUp, wire.SwallowsDown) = (false, false);
        await Until.TrueAsync(() => cloud.Committed.Count == 25 && _spool.Depth is { Live: 0, Backlog: 0 }, "all arrived and was forgotten", 30);
        Assert.Equal(Enumerable.Range(1, 25).Select(i => (ulong)i), cloud.Committed.Select(c => c.Sequence).Order());
    }

    [Fact]
    public async Task On_a_thin_and_lossy_line_everything_arrives_once_and_what_is_new_does_not_wait_for_what_is_old()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await using var cloud = await new PaperCloud().OpenAsync();
        await using var wire = new BadWire(cloud.Port) { BytesPerSecond = 8_000, Lossy = 0.2 };
        await AppendAsync(now - 3_600_000, 300);
        Start(wire.Port);
        await Until.TrueAsync(() => cloud.Committed.Count > 10, "it catches up", 30);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 1);
        await Until.TrueAsync(() => cloud.Committed.Any(c => c.Kind is TopicKind.Live), "what is new arrived", 30);
        Assert.True(cloud.Committed.Count < 250, "it waited for the backlog");
        (wire.BytesPerSecond, wire.Lossy) = (0, 0);
        await Until.TrueAsync(() => cloud.Committed.Count == 301, "the rest arrived", 30);
        Assert.Equal(0, cloud.Repeats);
    }

    [Fact]
    public async Task A_spool_that_went_back_in_time_is_noticed_before_it_sends()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var boot = _spool.Boot;
        cloud.Pretend(new(boot, 900, 0));
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 3);
        Start(cloud.Port);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 2);
        await Until.TrueAsync(() => cloud.Committed.Count >= 2, "the new arrived");
        Assert.All(cloud.Committed, c => Assert.NotEqual(boot, c.Boot));
        Assert.Equal(0, cloud.Repeats);
    }

    [Fact]
    public async Task However_late_the_cloud_speaks_a_spool_that_went_back_in_time_uses_no_number_twice()
    {
        await using var cloud = await new PaperCloud { Tells = false }.OpenAsync();
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 3);
        await RestartAsync();
        var boot = _spool.Boot;
        cloud.Pretend(new(boot, 900, 0));
        Start(cloud.Port);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 20);
        await Task.Delay(1_200);
        cloud.Tells = true;
        await Until.TrueAsync(() => cloud.Committed.Count == 23 && _spool.Depth is { Live: 0, Backlog: 0 }, "all arrived and was forgotten");
        Assert.All(cloud.Committed, c => Assert.NotEqual(boot, c.Boot));
        Assert.Equal(0, cloud.Repeats);
    }

    [Fact]
    public async Task A_spool_that_went_back_in_time_on_a_disk_that_takes_nothing_is_heard_of_until_it_can_take_another_name()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        await AppendAsync(Now, 3);
        await RestartAsync();
        var boot = _spool.Boot;
        cloud.Pretend(new(boot, 900, 0));
        await using (await HoldDiskAsync())
        {
            Start(cloud.Port, statusEvery: TimeSpan.FromMilliseconds(50));
            await Until.TrueAsync(() => cloud.Statuses.Count > 5, "it says again and again how it is");
            Assert.Equal(1, _connections);
        }

        await Until.TrueAsync(() => cloud.Committed.Count == 3 && _spool.Depth is { Live: 0, Backlog: 0 }, "all arrived and was forgotten");
        Assert.All(cloud.Committed, c => Assert.NotEqual(boot, c.Boot));
        Assert.Equal(0, cloud.Repeats);
    }

    [Fact]
    public async Task While_no_cloud_answers_it_is_asked_ever_less_often()
    {
        await using var cloud = await new PaperCloud { Tells = false }.OpenAsync();
        await RestartAsync();
        Start(cloud.Port, firstWordMs: 30);
        await Until.TrueAsync(() => cloud.Statuses.Count >= 4, "it asks again");
        await Task.Delay(1_000);
        Assert.InRange(cloud.Statuses.Count, 4, 8);
    }

    [Fact]
    public async Task A_spool_that_went_back_in_time_and_heard_much_since_loses_nothing_of_it()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        await _spool.OpenLinkAsync(0, CancellationToken.None);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 3);
        await RestartAsync();
        var boot = _spool.Boot;

        // Five went out before it was restored to the third; now twenty are heard and the link returns.
        cloud.Pretend(new(boot, 5, 0));
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 20);
        Start(cloud.Port);
        await Until.TrueAsync(() => cloud.Committed.Count == 20 && _spool.Depth is { Live: 0, Backlog: 0 }, "the new arrived, and all was forgotten");
        Assert.All(cloud.Committed, c => Assert.NotEqual(boot, c.Boot));
        Assert.Equal(0, cloud.Repeats);
    }

    [Fact]
    public async Task A_watermark_above_all_that_was_sent_ends_the_connection_and_the_name()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var boot = _spool.Boot;
        Start(cloud.Port);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 5);
        await Until.TrueAsync(() => _spool.Depth.Live == 0, "the first were forgotten");

        // What a broker had kept of the other life is committed now.
        cloud.Pretend(new(boot, 900, 0));
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 10);
        await Until.TrueAsync(() => cloud.Committed.Count == 15 && _spool.Depth is { Live: 0, Backlog: 0 }, "the others came under another name");
        Assert.Equal(10, cloud.Committed.Count(c => c.Boot != boot));
    }

    [Fact]
    public async Task What_the_cloud_will_not_take_now_comes_again_and_none_of_it_is_passed_over()
    {
        // It thinks about each, so that a refusal finds others under way, and some of them refused too.
        var asked = 0;
        MqttReasonCode Answer()
        {
            Thread.Sleep(10);
            return ++asked % 7 == 3 && asked < 60 ? MqttReasonCode.QuotaExceeded : MqttReasonCode.Success;
        }

        await using var cloud = await new PaperCloud { Answers = _ => Answer() }.OpenAsync();
        Start(cloud.Port);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 60);
        await Until.TrueAsync(() => _spool.Depth is { Live: 0, Backlog: 0 }, "all was forgotten", 20);
        Assert.Equal(60, cloud.Committed.Select(c => Body(c.Payload)).Distinct().Count());
        Assert.Equal(60, cloud.Committed.Count);
        Assert.Empty(_spool.Drops);
    }

    [Fact]
    public async Task What_the_cloud_can_never_take_is_set_aside_and_counted()
    {
        var poison = "";
        var offered = 0;
        await using var cloud = await new PaperCloud { Answers = p => Body(p) == poison && ++offered > 0 ? MqttReasonCode.PayloadFormatInvalid : MqttReasonCode.Success }.OpenAsync();
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 20);
        await _spool.OpenLinkAsync(0, CancellationToken.None);
        poison = Convert.ToHexString(_spool.Read(SpoolStream.Live, 7, 1, 100)[0].Body);
        Start(cloud.Port);
        await Until.TrueAsync(() => _spool.Depth is { Live: 0, Backlog: 0 }, "all was forgotten", 20);
        Assert.Equal(19, cloud.Committed.Count);
        Assert.Equal(1, offered);
        Assert.Equal(3, _spool.Drops["refused"]);
    }

    [Fact]
    public async Task The_will_says_that_the_gateway_is_gone()
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        Start(cloud.Port);
        await Until.TrueAsync(() => !cloud.Statuses.IsEmpty, "it said hello");
        Assert.True(cloud.Statuses.First().Online);
        cloud.Cut();
        await Until.TrueAsync(() => cloud.Statuses.Any(s => !s.Online), "the will was published");
        Assert.Equal(_spool.Boot, cloud.Statuses.First(s => !s.Online).Boot);
    }

    [SkippableTheory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task It_works_behind_mosquitto(MqttVersion version)
    {
        Skip.IfNot(File.Exists("/usr/sbin/mosquitto"), "mosquitto is not installed (Debian package mosquitto)");
        var port = Ports.Free();
        await using var broker = await Mosquitto.StartAsync(_folder, port);
        var heard = new List<ulong>();
        var buffers = new SightingBuffers();
        MqttClient? cloud = null;
        await using var client = cloud = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = port, ClientId = "cloud",
            OnMessage = async message =>
            {
                if (SightingBatch.TryDecode(message.Payload.Span, buffers, out var header, out _))
                {
                    lock (heard)
                    {
                        heard.Add(header.Sequence);
                    }

                    await cloud!.PublishAsync("presence/v1/t/v/g/down/committed", new CommittedWatermark(header.Boot, header.Sequence, 0).Encode());
                }
            },
        });
        await client.ConnectAsync();
        await client.SubscribeAsync(Topics.EveryGatewayUp, MqttQos.AtLeastOnce);
        Start(port, version);
        await AppendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 50);
        try
        {
            await Until.TrueAsync(() => heard.Count >= 50, "all arrived", 20);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{heard.Count} arrived, {_spool.Depth.Live} wait, {_running.Status}\n{broker.LastWords()}", e);
        }

        await Until.TrueAsync(() => _spool.Depth.Live == 0, "all was forgotten", 20);
        lock (heard)
        {
            Assert.Equal(Enumerable.Range(1, 50).Select(i => (ulong)i), heard.Distinct());
        }
    }

    private void Start(int port, MqttVersion version = MqttVersion.V5, TimeSpan? keepAlive = null, ISpool? spool = null, int firstWordMs = 500, TimeSpan? statusEvery = null)
    {
        var options = new UplinkOptions
        {
            Tenant = new("t"), Venue = new("v"), Gateway = new("g"), Host = "127.0.0.1", Port = port, Version = version, FirstWord = TimeSpan.FromMilliseconds(firstWordMs),
            KeepAlive = keepAlive ?? TimeSpan.FromSeconds(30), StatusEvery = statusEvery ?? TimeSpan.FromMinutes(1),
            Backoff = new() { First = TimeSpan.FromMilliseconds(20), Longest = TimeSpan.FromMilliseconds(200) },
        };
        var uplink = new GatewayUplink(
            spool ?? _spool, options, () => new() { Boot = _spool.Boot, At = 1, Online = true, Version = "test" }, TimeProvider.System, TimeProvider.System, NullLogger<GatewayUplink>.Instance)
        {
            OnConnected = () => _connections++,
        };
        _running = uplink.RunAsync(_stopping.Token);
    }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private Task<SqliteConnection> HoldDiskAsync() => HeldDisk.OfAsync(Path.Combine(_folder, "spool"));

    private static async Task CutAsync(PaperCloud cloud)
    {
        var (gone, here) = (cloud.Statuses.Count(s => !s.Online), cloud.Statuses.Count(s => s.Online));
        cloud.Cut();
        await Until.TrueAsync(() => cloud.Statuses.Count(s => !s.Online) > gone && cloud.Statuses.Count(s => s.Online) > here, "it came back");
    }

    // Without the header, which is another under another number.
    private static string Body(ReadOnlyMemory<byte> payload)
    {
        Span<byte> header = stackalloc byte[SightingBatch.HeaderBytes];
        Assert.True(SightingBatch.TryDecode(payload.Span, new(), out var read, out _));
        return Convert.ToHexString(payload.Span[SightingBatch.WriteHeader(read.Boot, read.Sequence, header)..]);
    }

    private async Task RestartAsync()
    {
        await _spool.DisposeAsync();
        await InitializeAsync();
    }

    private async Task AppendAsync(long at, int batches)
    {
        for (var i = 0; i < batches; i++)
        {
            var batch = Batch.Usual(++_batches, 3, 2, start: at);
            var room = new byte[SightingBatch.MostBodyBytes(batch.Columns)];
            await _spool.AppendAsync(new(room[..SightingBatch.WriteBody(batch.Columns, room)], 3, at), CancellationToken.None);
        }
    }

    // A disk that now and then does not answer.
    private sealed class MoodySpool(ISpool inner, int refusals) : ISpool
    {
        private int _left = refusals;

        public ulong Boot => inner.Boot;

        public bool BegunHere => inner.BegunHere;

        public SpoolDepth Depth => inner.Depth;

        public System.Collections.Immutable.ImmutableSortedDictionary<string, long> Drops => inner.Drops;

        public string? Trouble => inner.Trouble;

        public IReadOnlyList<SpooledBatch> Read(SpoolStream stream, long after, int most, int mostBytes) =>
            _left-- > 0 ? throw new IOException("The spool cannot be read: disk I/O error") : inner.Read(stream, after, most, mostBytes);

        public long? OldestAt() => inner.OldestAt();

        public ValueTask WaitAsync(CancellationToken stopping) => inner.WaitAsync(stopping);

        public Task<long> AppendAsync(SealedBatch batch, CancellationToken stopping) => inner.AppendAsync(batch, stopping);

        public Task OpenLinkAsync(long liveFrom, CancellationToken stopping) => inner.OpenLinkAsync(liveFrom, stopping);

        public Task CloseLinkAsync(CancellationToken stopping) => inner.CloseLinkAsync(stopping);

        public void Forget(SpoolStream stream, long upTo) => inner.Forget(stream, upTo);

        public void CountDrop(string reason, long sightings) => inner.CountDrop(reason, sightings);

        public Task PostponeAsync(long number, CancellationToken stopping) => inner.PostponeAsync(number, stopping);

        public Task RejectAsync(long number, string reason, CancellationToken stopping) => inner.RejectAsync(number, reason, stopping);

        public Task BeginAnewAsync(CancellationToken stopping) => inner.BeginAnewAsync(stopping);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
