using System.Runtime.InteropServices;
using Presence.Integration.Mqtt;
using Presence.Spool;

namespace Presence.Integration.Spool;

/// <remarks>
/// Sectors that answer every read with an error (EIO), as those of a worn-out card do. The disk is a loop device whose file is cut short
/// behind its back: the kernel has nothing to give for what lay behind the cut.
/// </remarks>
public sealed partial class DiskTests
{
    private const int Batches = 400;

    [SkippableTheory]
    [InlineData(1_000)]
    [InlineData(9_000)]
    public async Task Sectors_that_cannot_be_read_at_a_start_cost_what_lay_in_them(int bytes)
    {
        var (image, folder, boot) = await SpoolAtTheEndOfADiskAsync(bytes);
        await LoseSectorsAsync(image, Path.Combine(folder, "spool.db"), keep: 0.6);
        await using var spool = Open(folder, ballast: 0);
        await SeeThatItGoesOnAsync(spool, boot);
    }

    [SkippableFact]
    public async Task Sectors_that_cannot_be_read_any_more_while_it_runs_cost_what_lay_in_them()
    {
        var (image, folder, boot) = await SpoolAtTheEndOfADiskAsync(bytes: 9_000);
        await using var spool = Open(folder, ballast: 0);
        await LoseSectorsAsync(image, Path.Combine(folder, "spool.db"), keep: 0.6);
        await SeeThatItGoesOnAsync(spool, boot);
    }

    [SkippableFact]
    public async Task Sectors_of_the_log_that_cannot_be_read_cost_what_lay_in_them_and_no_number_is_used_twice()
    {
        var (image, folder, boot) = await SpoolAtTheEndOfADiskAsync(bytes: 1_000, killed: true);
        await LoseSectorsAsync(image, Path.Combine(folder, "spool.db-wal"), keep: 0.5);

        // Interrupted in the middle, the file with what is left of its log looks whole, and must not be gone on from.
        Assert.Throws<IOException>(() => Open(folder, ballast: 0, step =>
        {
            if (step == "sync")
            {
                throw new IOException("the program is ended");
            }
        }));
        await using var spool = Open(folder, ballast: 0);
        await SeeThatItGoesOnAsync(spool, boot, all: false);
    }

    [SkippableFact]
    public async Task Sectors_that_cannot_be_read_for_a_moment_cost_nothing()
    {
        var (image, folder, boot) = await SpoolAtTheEndOfADiskAsync(bytes: 1_000);
        var whole = _folder + ".whole";
        File.Copy(image, whole);
        await LoseSectorsAsync(image, Path.Combine(folder, "spool.db"), keep: 0.6);
        var looks = 0;
        await using var spool = Open(folder, ballast: 0, step =>
        {
            // The reader was pushed back in.
            if (step == "look again" && ++looks == 2)
            {
                using var back = new FileStream(image, FileMode.Open, FileAccess.Write);
                using var from = File.OpenRead(whole);
                back.SetLength(from.Length);
                from.CopyTo(back);
            }
        });
        File.Delete(whole);
        Assert.Equal(boot, spool.Boot);
        Assert.Empty(Directory.GetFiles(folder, "*.damaged-*"));
        await spool.OpenLinkAsync(0, CancellationToken.None);
        Assert.Equal(Batches, spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count);
    }

    /// <param name="file">What lies on the sectors: the log, or the file that it is to be brought into.</param>
    [SkippableTheory]
    [InlineData("spool.db-wal")]
    [InlineData("spool.db")]
    public async Task Sectors_that_take_nothing_any_more_are_left_for_others_and_cost_nothing(string file)
    {
        var (image, memory) = await DiskInMemoryAsync();
        var folder = Path.Combine(Disk, "spool");
        var log = new Said();
        await using var spool = new SqliteSpool(new() { Folder = folder, Ballast = 200_000, Capacity = 20_000_000 }, log);
        var boot = spool.Boot;
        await FillAsync(spool, 1_500);
        spool.Forget(SpoolStream.Live, 1_400);
        await spool.AppendAsync(new(new byte[] { 7 }, 1, 1), CancellationToken.None);
        await Until.TrueAsync(() => spool.Depth.Live == 101, () => $"what is forgotten is deleted: {spool.Depth}");
        Assert.Equal(0, Run("sync", "-f", Disk));
        WearOut(image, Path.Combine(folder, file), memory);

        var before = spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count;
        var accepted = new List<long>();
        for (var i = 0; i < 1_000; i++)
        {
            var append = spool.AppendAsync(new(Enumerable.Repeat((byte)9, 4_000).ToArray(), 1, i), CancellationToken.None);
            Assert.True(await Task.WhenAny(append, Task.Delay(TimeSpan.FromMinutes(3))) == append, $"{i}: {spool.Trouble}; {string.Join("; ", log.Lines)}");
            accepted.Add(await append);
        }

        Assert.Contains(log.Lines, line => line.Contains("cannot be written any more", StringComparison.Ordinal));
        await Until.TrueAsync(() => spool.Trouble is null, () => $"it writes again: {spool.Trouble}; {string.Join("; ", log.Lines)}");
        Assert.InRange(log.Lines.Count, 2, 10);
        Assert.Equal(boot, spool.Boot);
        var kept = spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
        Assert.Equal(accepted, kept.Where(b => b.Body is [9, ..]).Select(b => b.Sequence));
        Assert.Equal(before + accepted.Count, kept.Count);
        Assert.True(File.Exists(Path.Combine(folder, "spool.db.worn-1")));
        Assert.Empty(spool.Drops);
        Assert.InRange(new FileInfo(Path.Combine(folder, "spool.db-wal")).Length, 0, 4_000_000);
    }

    [SkippableFact]
    public async Task Where_there_is_no_room_to_move_to_a_file_that_takes_nothing_more_is_gone_on_with_and_nothing_is_dropped()
    {
        var (folder, filler) = await FullAndWornOutAsync();
        var worn = Path.Combine(folder, "spool.db.worn-1");
        await File.WriteAllTextAsync(worn, "lies on bad sectors since the last move");
        var log = new Said();
        await using var spool = new SqliteSpool(new() { Folder = folder, Ballast = 200_000, Capacity = 100_000_000 }, log);
        await spool.OpenLinkAsync(0, CancellationToken.None);

        // Room for the log, and not for a second file.
        var waiting = 1_801;
        while (spool.Trouble is null)
        {
            var append = spool.AppendAsync(new(new byte[4_000], 1, 1), CancellationToken.None);
            Assert.True(await Task.WhenAny(append, Task.Delay(TimeSpan.FromMinutes(1))) == append, $"{Files()}, {waiting}: {spool.Trouble}; {string.Join("; ", log.Lines)}");
            Assert.InRange(++waiting, 0, 2_800);
        }

        await Until.TrueAsync(() => spool.Trouble?.Contains("full", StringComparison.Ordinal) != false, () => $"it is told that there is no room: {spool.Trouble}");
        for (var i = 0; i < 100; i++, waiting++)
        {
            await spool.AppendAsync(new(new byte[4_000], 1, 1), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(3));
        }

        Assert.NotNull(spool.Trouble);
        Assert.Equal(waiting, spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count);
        Assert.Empty(spool.Drops);
        Assert.Equal([worn], Directory.GetFiles(folder, "*.worn-*"));
        Assert.Empty(Directory.GetFiles(folder, "*.rescuing"));

        // The sectors take bytes again, and the log becomes short though nobody appends.
        File.Delete(filler);
        await using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "spool.db")};Pooling=False"))
        {
            await other.OpenAsync();
            await using var command = other.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await command.ExecuteNonQueryAsync();
        }

        await Until.TrueAsync(() => spool.Trouble is null, () => $"the trouble is over: {spool.Trouble}");
        Assert.Equal(waiting, spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count);
    }

    [SkippableFact]
    public async Task A_move_that_fails_in_the_end_leaves_no_half_of_it_to_fill_the_disk()
    {
        var (folder, _) = await FullAndWornOutAsync(batches: 1_500);
        var options = new SpoolOptions
        {
            Folder = folder, Ballast = 200_000, Capacity = 100_000_000,
            OnStep = step =>
            {
                if (step == "sync")
                {
                    throw new IOException("no room after all");
                }
            },
        };
        await using var spool = new SqliteSpool(options, new Said());
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (var i = 0; i < 1_000 && spool.Trouble is null; i++)
        {
            await spool.AppendAsync(new(new byte[4_000], 1, 1), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(3));
        }

        await Until.TrueAsync(() => spool.Trouble is "no room after all", () => $"the move failed: {spool.Trouble}");
        await Until.TrueAsync(() => Directory.GetFiles(folder, "*.rescuing*").Length == 0, () => $"its half is gone: {Files()}");
        Assert.Empty(spool.Drops);
    }

    [SkippableFact]
    public async Task A_file_that_was_moved_away_from_is_known_as_such_though_the_move_was_interrupted()
    {
        var (image, memory) = await DiskInMemoryAsync();
        var folder = Path.Combine(Disk, "spool");
        var isCut = false;
        var options = new SpoolOptions
        {
            Folder = folder, Ballast = 200_000, Capacity = 20_000_000,
            OnStep = step =>
            {
                if (step == "put in place" && !isCut)
                {
                    isCut = true;
                    throw new IOException("the card was busy");
                }
            },
        };
        await using var spool = new SqliteSpool(options, new Said());
        await FillAsync(spool, 1_500);
        Assert.Equal(0, Run("sync", "-f", Disk));
        WearOut(image, Path.Combine(folder, "spool.db-wal"), memory);
        var last = 0L;
        for (var i = 0; i < 2_000 && !isCut; i++)
        {
            last = await spool.AppendAsync(new(new byte[4_000], 1, 1), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(3));
        }

        Assert.True(isCut);
        last = await spool.AppendAsync(new(new byte[] { 7 }, 1, 1), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(3));
        Assert.True(File.Exists(Path.Combine(folder, "spool.db.worn-1")), Files());
        Assert.Equal(last, spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue)[^1].Sequence);
        Assert.Empty(spool.Drops);
    }

    [SkippableFact]
    public async Task Where_the_log_of_a_file_that_takes_nothing_more_has_no_room_either_the_oldest_make_room()
    {
        var (folder, _) = await FullAndWornOutAsync();
        var log = new Said();
        await using var spool = new SqliteSpool(new() { Folder = folder, Ballast = 200_000, Capacity = 100_000_000 }, log);
        await spool.OpenLinkAsync(0, CancellationToken.None);
        var (i, last) = (0, 0L);
        for (var more = 0; more < 300; i++)
        {
            // Once a new file is gone on with, the shop is never quiet again: it gets no leisure to take the ballast back.
            var dropped = spool.Drops.ContainsKey("disk-full");
            Assert.InRange(i, 0, dropped ? 700 : 400);
            more += dropped ? 1 : 0;
            var append = spool.AppendAsync(new(new byte[dropped ? 4_000 : 40_000], 1, 1), CancellationToken.None);
            Assert.True(await Task.WhenAny(append, Task.Delay(TimeSpan.FromMinutes(1))) == append, $"{Files()}, {i}: {spool.Trouble}; {string.Join("; ", log.Lines)}");
            last = await append;
        }

        var kept = spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
        Assert.Equal(last, kept[^1].Sequence);
        Assert.Equal(1_801 + i, kept.Count + spool.Drops["disk-full"]);
    }

    /// <summary>A spool that takes more than half of its disk, and cannot be written any more.</summary>
    private async Task<(string Folder, string Filler)> FullAndWornOutAsync(int batches = 2_000)
    {
        var (image, memory) = await DiskInMemoryAsync();
        var folder = Path.Combine(Disk, "spool");
        await using (var spool = new SqliteSpool(new() { Folder = folder, Ballast = 200_000, Capacity = 100_000_000 }, new Said()))
        {
            await FillAsync(spool, batches, bytes: 10_000);
            spool.Forget(SpoolStream.Live, 200);
            await spool.AppendAsync(new(new byte[] { 7 }, 1, 1), CancellationToken.None);
        }

        Assert.Equal(0, Run("sync", "-f", Disk));
        WearOut(image, Path.Combine(folder, "spool.db"), memory);
        return (folder, Path.Combine(memory, "filler"));
    }

    /// <summary>A disk in memory, of which the kernel may keep no byte more: what is cut out of it cannot be written again.</summary>
    private async Task<(string Image, string Memory)> DiskInMemoryAsync()
    {
        var memory = Path.Combine(_folder, "memory");
        Directory.CreateDirectory(memory);
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=44m", "tmpfs", memory) == 0, "needs to mount a tmpfs: run as root");
        _mounted.Add(memory);
        var image = Path.Combine(memory, "disk.img");
        Assert.Equal(0, await Task.Run(() => Run("dd", "if=/dev/zero", $"of={image}", "bs=1M", "count=40")));

        // Formatting cuts the table of files out: one that is new there could not be synced, whatever sector it lies on.
        Skip.IfNot(
            Run("mkfs.ext4", "-q", "-F", "-b", "4096", "-O", "^has_journal", "-E", "nodiscard,lazy_itable_init=0", image) == 0
            && Run("fallocate", "-l", "40M", image) == 0 && Run("mount", "-o", "loop,nodiscard", image, Disk) == 0,
            "needs to mount an ext4 image: run as root, with loop devices");
        _mounted.Insert(0, Disk);
        return (image, memory);
    }

    // Half the ballast, in whole pages.
    private const long LogKept = 24 * 4_096;

    // Every other block of a file: written, they answer with an error; read, they would be empty once the kernel has let go of what it knows of them.
    private void WearOut(string image, string file, string memory)
    {
        var handle = OpenFile(file, 0);
        Hold(handle, new FileInfo(file).Length);
        // A log is cut to its usual length before anybody knows what is beyond, and the sectors there would be given to the next file: that costs a minute.
        var blocks = (uint)(Math.Min(new FileInfo(file).Length, file.EndsWith("-wal", StringComparison.Ordinal) ? LogKept : long.MaxValue) / 4_096);
        var worn = new List<uint>();
        for (uint i = 10; i < blocks; i += 2)
        {
            var block = i;
            Assert.Equal(0, Control(handle, request: 1, ref block)); // FIBMAP: where on the disk it lies
            worn.Add(block);
        }

        _ = Close(handle);
        Assert.NotEmpty(worn);
        worn.ForEach(block => Assert.Equal(0, Run("fallocate", "--punch-hole", "-o", $"{block * 4_096L}", "-l", "4096", image)));
        Fill(Path.Combine(memory, "filler"));
    }

    /// <summary>Keeps a file's content in memory, where worn sectors are still read right, whatever the kernel wants to use that memory for.</summary>
    private void Hold(int file, long length)
    {
        var at = Map(0, (nuint)length, protection: 1, flags: 1, file, 0); // PROT_READ, MAP_SHARED
        Assert.NotEqual(-1, at);
        _held.Add((at, (nuint)length));
        Assert.Equal(0, Lock(at, (nuint)length));
    }

    /// <summary>Keeps what a log was told.</summary>
    private sealed class Said : Microsoft.Extensions.Logging.ILogger<SqliteSpool>
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }

    /// <summary>A disk on which a spool's files lie behind everything else that will ever be written.</summary>
    private async Task<(string Image, string Folder, ulong Boot)> SpoolAtTheEndOfADiskAsync(int bytes, bool killed = false)
    {
        var image = await ImageAsync();
        Skip.IfNot(
            Run("mkfs.ext4", "-q", "-F", "-b", "4096", "-O", "^has_journal", "-E", "nodiscard", image) == 0 && Run("mount", "-o", "loop", image, Disk) == 0,
            "needs to mount an ext4 image: run as root, with loop devices");
        _mounted.Add(Disk);
        var (elsewhere, folder, before) = (Path.Combine(_folder, "spool"), Path.Combine(Disk, "spool"), Path.Combine(Disk, "before"));
        Directory.CreateDirectory(folder);
        Assert.Equal(0, Run("fallocate", "-l", "30M", before));
        var spool = Open(elsewhere, ballast: 0);
        var boot = spool.Boot;
        await FillAsync(spool, Batches, bytes);
        await spool.CloseLinkAsync(CancellationToken.None);
        if (!killed)
        {
            await spool.DisposeAsync();
        }

        foreach (var file in Directory.GetFiles(elsewhere).Where(f => Path.GetFileName(f) is not "lock"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        if (killed)
        {
            await spool.DisposeAsync();
        }

        Assert.Equal(0, Run("sync", "-f", Disk));
        Assert.Equal(0, Run("fallocate", "-l", $"{(new DriveInfo(Disk).AvailableFreeSpace >> 20) - 1}M", Path.Combine(Disk, "behind")));
        File.Delete(before);
        return (image, folder, boot);
    }

    private static async Task LoseSectorsAsync(string image, string file, double keep)
    {
        Assert.Equal(0, Run("sync", "-f", file));
        var handle = OpenFile(file, 0);
        var block = (uint)(new FileInfo(file).Length * keep / 4_096);
        Assert.Equal(0, Control(handle, request: 1, ref block)); // FIBMAP: where on the disk it lies
        Assert.Equal(0, Advise(handle, 0, 0, advice: 4)); // DONTNEED: not from memory
        _ = Close(handle);
        await using (var disk = new FileStream(image, FileMode.Open))
        {
            disk.SetLength(block * 4_096L);
        }

        await Assert.ThrowsAsync<IOException>(() => File.ReadAllBytesAsync(file));
    }

    private static async Task SeeThatItGoesOnAsync(SqliteSpool spool, ulong boot, bool all = true)
    {
        await spool.OpenLinkAsync(0, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        _ = spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
        var number = await spool.AppendAsync(new(new byte[] { 7 }, 1, 1), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        IReadOnlyList<SpooledBatch> kept = [];
        await Until.TrueAsync(
            () => (kept = spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue)).Count > 0 && kept[^1].Sequence >= number && spool.Drops.ContainsKey("spool-damaged"),
            "what was appended is read, and the loss counted");
        Assert.Equal(boot, spool.Boot);
        Assert.Null(spool.Trouble);
        Assert.True(kept[^1].Sequence > 1_000_000, "a number that may have been sent is not given again");
        Assert.True(!all || kept.Count - 1 + spool.Drops["spool-damaged"] == Batches, $"{kept.Count} kept, {spool.Drops["spool-damaged"]} lost");
        Assert.InRange(kept.Count, Batches / 3, Batches - 10);
        Assert.All(kept.SkipLast(1), b => Assert.All(b.Body, value => Assert.Equal((byte)b.Sequence, value)));
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint at, nuint length, int protection, int flags, int file, long from);

    [LibraryImport("libc", EntryPoint = "mlock")]
    private static partial int Lock(nint at, nuint length);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint at, nuint length);

    [LibraryImport("libc", EntryPoint = "posix_fadvise64")]
    private static partial int Advise(int file, long from, long length, int advice);
}
