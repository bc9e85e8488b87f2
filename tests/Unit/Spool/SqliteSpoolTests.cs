using Microsoft.Extensions.Logging.Abstractions;
using Presence.Spool;
using Xunit;

namespace Presence.Unit.Spool;

public sealed class SqliteSpoolTests : SpoolContract
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "presence-spool-" + Guid.NewGuid().ToString("N"));
    private readonly List<ISpool> _open = [];

    protected override Task<ISpool> OpenAsync(long capacity = 1_000_000)
    {
        var spool = new SqliteSpool(new() { Folder = _folder, Capacity = capacity, Ballast = 100_000 }, NullLogger<SqliteSpool>.Instance);
        _open.Add(spool);
        return Task.FromResult<ISpool>(spool);
    }

    /// <summary>A copy of the files while the program runs is what a kill leaves behind.</summary>
    protected override async Task<ISpool?> ReopenAsync()
    {
        var copy = _folder + "-killed";
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(_folder).Where(f => Path.GetFileName(f) is not "lock"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        await _open[^1].DisposeAsync();
        _open.Clear();
        Directory.Delete(_folder, recursive: true);
        Directory.Move(copy, _folder);
        return await OpenAsync();
    }

    public override async Task DisposeAsync()
    {
        foreach (var spool in _open)
        {
            await spool.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Two_gateways_cannot_share_a_spool()
    {
        await OpenAsync();
        var refused = Assert.Throws<IOException>(() => new SqliteSpool(new() { Folder = _folder }, NullLogger<SqliteSpool>.Instance));
        Assert.Contains("in use by another gateway", refused.Message);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Nobody_but_the_gateway_reads_the_folder()
    {
        await OpenAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    [Fact]
    public async Task A_file_that_is_no_spool_is_set_aside_and_a_new_one_begun()
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "spool.db"), new string('x', 9_000));
        var spool = await OpenAsync();
        Assert.Equal(1, await spool.AppendAsync(new(new byte[] { 1 }, 1, 1), CancellationToken.None));
        Assert.True(File.Exists(Path.Combine(_folder, "spool.db.damaged-1")));
    }

    [Fact]
    public async Task Of_a_damaged_file_what_can_be_read_is_kept_under_its_numbers()
    {
        var spool = await OpenAsync(capacity: 10_000_000);
        var boot = spool.Boot;
        for (var i = 1; i <= 300; i++)
        {
            if (i == 101)
            {
                await spool.OpenLinkAsync(101, CancellationToken.None);
            }

            await spool.AppendAsync(new(Enumerable.Repeat((byte)i, 900).ToArray(), 1, i), CancellationToken.None);
        }

        await spool.DisposeAsync();
        _open.Clear();
        var file = Path.Combine(_folder, "spool.db");
        var bytes = await File.ReadAllBytesAsync(file);
        for (var page = 20; page < 23; page++)
        {
            Random.Shared.NextBytes(bytes.AsSpan(page * 4_096, 4_096));
        }

        await File.WriteAllBytesAsync(file, bytes);
        var again = await OpenAsync(capacity: 10_000_000);
        await again.OpenLinkAsync(0, CancellationToken.None);
        var read = await ReadAllAsync(again);
        Assert.Equal(boot, again.Boot);

        // What was backlog is not taken for live, which the cloud has farther on.
        var backlog = again.Read(SpoolStream.Backlog, 0, 10_000, int.MaxValue);
        Assert.InRange(backlog.Count, 70, 100);
        Assert.All(backlog, b => Assert.InRange(b.Sequence, 1, 100));
        Assert.All(read, b => Assert.InRange(b.Sequence, 101, 300));
        Assert.InRange(read.Count + backlog.Count, 270, 299);
        Assert.Equal(300, read.Count + backlog.Count + again.Drops["spool-damaged"]);
        Assert.All(read, b => Assert.All(b.Body, value => Assert.Equal((byte)b.Sequence, value)));
        Assert.True(await again.AppendAsync(new(new byte[] { 1 }, 1, 1), CancellationToken.None) > 1_000_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_spool_file_that_is_gone_is_counted_and_nothing_goes_out_under_its_name(bool emptied)
    {
        var spool = await OpenAsync();
        var boot = spool.Boot;
        Assert.Empty(spool.Drops);
        await spool.AppendAsync(new(new byte[] { 1 }, 1, 1), CancellationToken.None);
        await spool.DisposeAsync();
        _open.Clear();
        File.Delete(Path.Combine(_folder, "spool.db"));
        if (emptied)
        {
            await File.WriteAllBytesAsync(Path.Combine(_folder, "spool.db"), []);
        }

        var again = await OpenAsync();
        Assert.NotEqual(boot, again.Boot);
        Assert.Equal(1, again.Drops["spool-damaged"]);
    }

    [Fact]
    public async Task What_lies_between_two_damaged_places_is_kept()
    {
        var spool = await OpenAsync(capacity: 10_000_000);
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (var i = 1; i <= 300; i++)
        {
            await spool.AppendAsync(new(Enumerable.Repeat((byte)i, 900).ToArray(), 1, i), CancellationToken.None);
        }

        await spool.DisposeAsync();
        _open.Clear();
        var file = Path.Combine(_folder, "spool.db");
        var bytes = await File.ReadAllBytesAsync(file);
        foreach (var page in (ReadOnlySpan<int>)[15, 30, 31, 60])
        {
            bytes.AsSpan(page * 4_096, 4_096).Fill(0xEE);
        }

        await File.WriteAllBytesAsync(file, bytes);
        var again = await OpenAsync(capacity: 10_000_000);
        await again.OpenLinkAsync(0, CancellationToken.None);
        var read = await ReadAllAsync(again);
        Assert.InRange(read.Count, 280, 296);
        Assert.Equal(300, read.Count + again.Drops["spool-damaged"]);
    }

    [Fact]
    public async Task While_damage_cannot_be_mended_reading_waits_and_then_goes_on_by_itself()
    {
        await using (var before = new SqliteSpool(new() { Folder = _folder, Ballast = 0 }, NullLogger<SqliteSpool>.Instance))
        {
            await before.OpenLinkAsync(0, CancellationToken.None);
            for (var i = 1; i <= 100; i++)
            {
                await before.AppendAsync(new(new byte[9_000], 1, i), CancellationToken.None);
            }
        }

        var tries = 0;
        await using var spool = new SqliteSpool(
            new()
            {
                Folder = _folder, Leisure = TimeSpan.FromMilliseconds(50), Ballast = 0,
                OnStep = step =>
                {
                    if (step == "build" && ++tries <= 4)
                    {
                        throw new IOException("the disk refuses");
                    }
                },
            },
            NullLogger<SqliteSpool>.Instance);
        using (var file = new FileStream(Path.Combine(_folder, "spool.db"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = 120 * 4_096;
            file.Write(new byte[4_096 * 3]);
        }

        var refused = 0;
        for (var again = true; again;)
        {
            try
            {
                again = spool.Read(SpoolStream.Live, 0, 1_000, int.MaxValue) is not [.., { Sequence: 100 }];
            }
            catch (IOException)
            {
                refused++;
            }

            await Task.Delay(5);
        }

        Assert.True(tries > 4 && refused > 0, $"{tries} tries, {refused} refused");
        Assert.InRange(spool.Drops["spool-damaged"], 1, 4);
        await spool.WaitAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_is_heard_after_a_power_cut_and_before_the_next_link_may_become_backlog()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, CancellationToken.None);
        await spool.AppendAsync(new(new byte[] { 1 }, 1, 1), CancellationToken.None);
        await spool.DisposeAsync();
        _open.Clear();
        var again = await OpenAsync();
        await again.AppendAsync(new(new byte[] { 2 }, 1, 2), CancellationToken.None);
        await again.OpenLinkAsync(10, CancellationToken.None);
        Assert.Equal([1], again.Read(SpoolStream.Live, 0, 9, 9_999).Select(b => b.Sequence));
        Assert.Equal([2], again.Read(SpoolStream.Backlog, 0, 9, 9_999).Select(b => b.Sequence));
    }

    [Fact]
    public async Task A_flipped_bit_in_a_batch_is_found_and_counted()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (byte i = 1; i <= 3; i++)
        {
            await spool.AppendAsync(new(Enumerable.Repeat((byte)(0xA0 + i), 64).ToArray(), 1, i), CancellationToken.None);
        }

        await spool.DisposeAsync();
        _open.Clear();
        var file = Path.Combine(_folder, "spool.db");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.AsSpan().IndexOf(Enumerable.Repeat((byte)0xA2, 64).ToArray()) + 9] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        var again = await OpenAsync();
        Assert.Equal([1, 3], again.Read(SpoolStream.Live, 0, 9, 9_999).Select(b => b.Sequence));
        Assert.Equal([1, 3], again.Read(SpoolStream.Live, 0, 2, 9_999).Select(b => b.Sequence));
        await again.AppendAsync(new(new byte[] { 1 }, 1, 1), CancellationToken.None);
        Assert.Equal(1, again.Drops["spool-damaged"]);
    }

    [Fact]
    public async Task Whatever_byte_is_changed_it_opens_goes_on_and_sends_nothing_else_than_was_given()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (var i = 1; i <= 40; i++)
        {
            await spool.AppendAsync(new(Enumerable.Repeat((byte)i, 120).ToArray(), 1, i), CancellationToken.None);
        }

        await spool.DisposeAsync();
        _open.Clear();
        var whole = await File.ReadAllBytesAsync(Path.Combine(_folder, "spool.db"));
        var random = new Random(11);
        for (var round = 0; round < 120; round++)
        {
            Directory.GetFiles(_folder).ToList().ForEach(File.Delete);
            var changed = whole.ToArray();
            changed[random.Next(round % 3 == 0 ? 4_096 : changed.Length)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(Path.Combine(_folder, "spool.db"), changed);
            var again = await OpenAsync();
            await again.OpenLinkAsync(0, CancellationToken.None);
            var number = await again.AppendAsync(new(new byte[] { 7 }, 1, 99), CancellationToken.None);
            Assert.All(again.Read(SpoolStream.Live, 0, 1_000, 1_000_000).Where(b => b.Sequence != number), b => Assert.Equal(Enumerable.Repeat((byte)b.Body[0], 120), b.Body));
            Assert.Contains(again.Read(SpoolStream.Live, number - 1, 1, 100), b => b.Body is [7]);
            await again.DisposeAsync();
            _open.Clear();
        }
    }

    [Fact]
    public async Task Truncated_anywhere_it_opens_and_goes_on()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (var i = 1; i <= 40; i++)
        {
            await spool.AppendAsync(new(new byte[700], 1, i), CancellationToken.None);
        }

        await spool.DisposeAsync();
        _open.Clear();
        var whole = await File.ReadAllBytesAsync(Path.Combine(_folder, "spool.db"));
        for (var length = 0; length < whole.Length; length += 3_001)
        {
            Directory.Delete(_folder, recursive: true);
            Directory.CreateDirectory(_folder);
            await File.WriteAllBytesAsync(Path.Combine(_folder, "spool.db"), whole[..length]);
            var again = await OpenAsync();
            await again.OpenLinkAsync(0, CancellationToken.None);
            var number = await again.AppendAsync(new(new byte[] { 7 }, 1, 99), CancellationToken.None);
            Assert.Contains(again.Read(SpoolStream.Live, number - 1, 1, 100), b => b.Body is [7]);
            await again.DisposeAsync();
            _open.Clear();
        }
    }

    private static async Task<List<SpooledBatch>> ReadAllAsync(ISpool spool)
    {
        // Damage that is met while reading is mended by the writer; then reading goes on.
        for (var tries = 0; tries < 50; tries++)
        {
            var read = spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
            if (read is [.., { Sequence: 300 }])
            {
                return [.. read];
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("the last batch was never read");
    }
}
