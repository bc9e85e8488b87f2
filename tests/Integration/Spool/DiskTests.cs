using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Integration.Mqtt;
using Presence.Spool;

namespace Presence.Integration.Spool;

/// <summary>What disks really do: they fill up, and their power is cut.</summary>
public sealed partial class DiskTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-disk-").FullName;
    private readonly List<string> _mounted = [];
    private readonly List<(nint At, nuint Length)> _held = [];

    private string Disk => Path.Combine(_folder, "disk");

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(Disk);
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _held.ForEach(h => _ = Unmap(h.At, h.Length));
        foreach (var mounted in _mounted)
        {
            Run("umount", "-l", mounted);
        }

        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [SkippableFact]
    public async Task A_full_disk_costs_the_oldest_to_the_sighting_and_heals_by_itself()
    {
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", Disk) == 0, "needs to mount a tmpfs: run as root");
        _mounted.Add(Disk);
        await using var spool = Open(Path.Combine(Disk, "spool"), ballast: 400_000);
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (var i = 1; i <= 6_000; i++)
        {
            var appended = spool.AppendAsync(new(new byte[1_000], Sightings: 7, i), CancellationToken.None);
            Assert.True(await Task.WhenAny(appended, Task.Delay(TimeSpan.FromSeconds(30))) == appended, $"batch {i}: {spool.Trouble}; {Files()}");
        }

        var kept = spool.Read(SpoolStream.Live, 0, 100_000, int.MaxValue);
        Assert.Equal(6_000, kept[^1].Sequence);
        Assert.InRange(kept.Count, 500, 4_000);
        Assert.Equal(Enumerable.Range((int)kept[0].Sequence, kept.Count).Select(n => (long)n), kept.Select(b => b.Sequence));
        Assert.Equal((6_000 - kept.Count) * 7, spool.Drops["disk-full"]);

        // Somebody else takes what is left: now nothing can be written, nothing is lost, and it goes on when there is room again.
        var filler = Path.Combine(Disk, "filler");
        Fill(filler);
        var waiting = Enumerable.Range(0, 3_000).Select(i => spool.AppendAsync(new(new byte[1_000], 1, i), CancellationToken.None)).ToList();
        await Task.Delay(500);
        File.Delete(filler);
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Null(spool.Trouble);
        Assert.Equal(9_000, spool.Read(SpoolStream.Live, 0, 100_000, int.MaxValue)[^1].Sequence);
    }

    [SkippableFact]
    public async Task A_disk_that_turns_read_only_keeps_what_it_has_and_a_start_on_it_says_so()
    {
        var image = await ImageAsync();
        Skip.IfNot(Run("mkfs.ext4", "-q", "-F", "-E", "nodiscard", "-e", "remount-ro", image) == 0 && Mount(image) == 0, "needs to mount an ext4 image: run as root, with loop devices");
        _mounted.Add(Disk);
        var folder = Path.Combine(Disk, "spool");
        var spool = Open(folder, ballast: 0);
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (var i = 1; i <= 20; i++)
        {
            await spool.AppendAsync(new(new byte[1_000], 1, i), CancellationToken.None);
        }

        // A worn-out card makes the kernel give up writing. What comes then waits and is promised to nobody; what is there can be read and sent.
        Assert.Equal(0, Run("mount", "-o", "remount,abort", Disk));
        var waiting = Enumerable.Range(21, 1_000).Select(i => spool.AppendAsync(new(new byte[1_000], 1, i), CancellationToken.None)).ToList();
        await Until.TrueAsync(() => spool.Trouble is not null, "it says that it cannot write");
        Assert.DoesNotContain(waiting, append => append.IsCompleted);
        Assert.Equal(20, spool.Read(SpoolStream.Live, 0, 100, int.MaxValue).Count);
        await spool.DisposeAsync();
        foreach (var append in waiting)
        {
            await Assert.ThrowsAsync<IOException>(() => append.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        Assert.Contains(folder, Assert.Throws<IOException>(() => Open(folder, ballast: 0)).Message, StringComparison.Ordinal);

        // In the next life it is mended.
        Assert.Equal(0, Run("umount", Disk));
        Assert.Equal(0, Mount(image));
        await using var again = Open(folder, ballast: 0);
        await again.OpenLinkAsync(0, CancellationToken.None);
        Assert.Equal(20, again.Read(SpoolStream.Live, 0, 100, int.MaxValue).Count);
        Assert.Equal(21, await again.AppendAsync(new(new byte[1_000], 1, 21), CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_power_cut_takes_back_nothing_that_was_accepted()
    {
        var image = await ImageAsync();
        Skip.IfNot(Run("mkfs.ext4", "-q", "-F", "-E", "nodiscard", image) == 0 && Mount(image) == 0, "needs to mount an ext4 image: run as root, with loop devices");
        _mounted.Add(Disk);
        long accepted = 0;
        ulong boot = 0;
        for (var cut = 0; cut < 6; cut++)
        {
            // The program dies with its machine: nothing of it may reach the disk afterwards.
            var spool = Open(Path.Combine(Disk, "spool"), ballast: 0);
            boot = boot == 0 ? spool.Boot : boot;
            Assert.Equal(boot, spool.Boot);
            await spool.OpenLinkAsync(0, CancellationToken.None);
            var kept = spool.Read(SpoolStream.Live, 0, 100_000, int.MaxValue);
            Assert.True(kept.Count >= accepted && kept.Select(b => b.Sequence).SequenceEqual(Enumerable.Range(1, kept.Count).Select(n => (long)n)), $"cut {cut}: {kept.Count} of {accepted}");
            accepted = kept.Count;
            using var cutting = new CancellationTokenSource();
            var pulled = false;
            var power = Task.Run(async () =>
            {
                await Task.Delay(150 + (cut * 37));
                Volatile.Write(ref pulled, true);
                Assert.Equal(0, ShutDown(Disk));
                await cutting.CancelAsync();
            });
            try
            {
                while (true)
                {
                    // Only a word that was given before the plug was pulled could have reached anybody.
                    var number = await spool.AppendAsync(new(new byte[700 + (cut * 50)], 1, 1), cutting.Token);
                    accepted = Volatile.Read(ref pulled) ? accepted : Math.Max(accepted, number);
                }
            }
            catch (OperationCanceledException)
            {
                await power;
            }

            await spool.DisposeAsync();
            Assert.Equal(0, Run("umount", Disk));
            Assert.Equal(0, Mount(image));
        }

        Assert.True(accepted > 10, $"only {accepted} were accepted");
    }

    [SkippableFact]
    public async Task A_power_cut_while_a_damaged_spool_is_set_aside_loses_nothing_of_it()
    {
        var image = await ImageAsync();
        Skip.IfNot(Run("mkfs.ext4", "-q", "-F", "-E", "nodiscard", image) == 0 && Mount(image) == 0, "needs to mount an ext4 image: run as root, with loop devices");
        _mounted.Add(Disk);
        var folder = Path.Combine(Disk, "spool");
        ulong boot;
        await using (var spool = Open(folder, ballast: 0))
        {
            boot = spool.Boot;
            await FillAsync(spool, 200);
        }

        Damage(Path.Combine(folder, "spool.db"), page: 30);
        Assert.Equal(0, Run("sync"));
        var damaged = await File.ReadAllBytesAsync(Path.Combine(folder, "spool.db"));
        var cut = 0;
        for (var finished = false; !finished; cut++)
        {
            var steps = 0;
            try
            {
                await using var spool = Open(folder, ballast: 0, _ =>
                {
                    if (steps++ == cut)
                    {
                        Assert.Equal(0, ShutDown(Disk));
                        throw new IOException("the plug was pulled");
                    }
                });
                finished = steps <= cut;
            }
            catch (IOException)
            {
                // As meant.
            }

            Assert.Equal(0, Run("umount", Disk));
            Assert.Equal(0, Mount(image));
            await using (var again = Open(folder, ballast: 0))
            {
                Assert.Equal(boot, again.Boot);
                await again.OpenLinkAsync(0, CancellationToken.None);
                var kept = again.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
                Assert.InRange(kept.Count, 180, 199);
                Assert.Equal(200, kept.Count + again.Drops["spool-damaged"]);
                Assert.All(kept, b => Assert.All(b.Body, value => Assert.Equal((byte)b.Sequence, value)));
            }

            // The same damage again, for a cut one step later.
            Directory.GetFiles(folder).ToList().ForEach(File.Delete);
            await File.WriteAllBytesAsync(Path.Combine(folder, "spool.db"), damaged);
            await File.WriteAllTextAsync(Path.Combine(folder, "boot"), boot.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(0, Run("sync"));
        }

        Assert.True(cut > 4, $"only {cut} steps");
    }

    [SkippableTheory]
    [InlineData(3_000_000, true)]
    [InlineData(0, false)]
    public async Task A_disk_that_is_full_while_a_damaged_spool_is_set_aside_costs_the_oldest_at_most(long ballast, bool all)
    {
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", Disk) == 0, "needs to mount a tmpfs: run as root");
        _mounted.Add(Disk);
        var folder = Path.Combine(Disk, "spool");
        await using (var spool = Open(folder, ballast))
        {
            await FillAsync(spool, 1_500);
        }

        Damage(Path.Combine(folder, "spool.db"), page: 100);
        Fill(Path.Combine(Disk, "filler"));
        if (!all)
        {
            // A little room, not enough for a second file.
            using var filler = new FileStream(Path.Combine(Disk, "filler"), FileMode.Open);
            filler.SetLength(filler.Length - 1_500_000);
        }

        await using var again = Open(folder, ballast);
        await again.OpenLinkAsync(0, CancellationToken.None);
        var kept = again.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
        Assert.Equal(1_500, kept[^1].Sequence);
        Assert.Equal(1_500, kept.Count + again.Drops["spool-damaged"] + again.Drops.GetValueOrDefault("disk-full"));
        Assert.Equal(all, !again.Drops.ContainsKey("disk-full"));
        Assert.InRange(again.Drops["spool-damaged"], 1, 20);
        Assert.True(kept.Count > 300, $"only {kept.Count} kept");
    }

    [SkippableFact]
    public async Task On_a_full_disk_a_damaged_file_that_was_set_aside_goes_before_any_batch()
    {
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", Disk) == 0, "needs to mount a tmpfs: run as root");
        _mounted.Add(Disk);
        var folder = Path.Combine(Disk, "spool");
        await using (var spool = Open(folder, ballast: 0))
        {
            await FillAsync(spool, 1_000);
        }

        Damage(Path.Combine(folder, "spool.db"), page: 100);
        await File.WriteAllTextAsync(Path.Combine(folder, "spool.db.worn-1"), "lies on bad sectors since before the last start");
        await using var again = Open(folder, ballast: 400_000);
        await again.OpenLinkAsync(0, CancellationToken.None);
        Assert.True(File.Exists(Path.Combine(folder, "spool.db.damaged-1")));
        Fill(Path.Combine(Disk, "filler"));
        var last = 0L;
        for (var i = 1; i <= 500; i++)
        {
            last = await again.AppendAsync(new(new byte[1_000], 1, i), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.DoesNotContain("disk-full", again.Drops.Keys);
        Assert.False(File.Exists(Path.Combine(folder, "spool.db.damaged-1")));
        Assert.True(File.Exists(Path.Combine(folder, "spool.db.worn-1")));
        var kept = again.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
        Assert.Equal(1_500, kept.Count + again.Drops["spool-damaged"]);
        Assert.Equal(last, kept[^1].Sequence);
    }

    [SkippableFact]
    public async Task A_file_set_aside_that_a_full_disk_cannot_delete_stops_nobody()
    {
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", Disk) == 0, "needs to mount a tmpfs: run as root");
        _mounted.Add(Disk);
        var folder = Path.Combine(Disk, "spool");
        Directory.CreateDirectory(folder);
        foreach (var name in new[] { "spool.db.damaged-1", "spool.db.worn-1" })
        {
            var aside = Path.Combine(folder, name);
            await File.WriteAllTextAsync(aside, "in the way");
            Assert.Equal(0, Run("mount", "--bind", aside, aside));
            _mounted.Insert(0, aside);
        }

        await using var spool = Open(folder, ballast: 400_000);
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (var i = 1; i <= 4_000; i++)
        {
            await spool.AppendAsync(new(new byte[1_000], 1, i), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.Equal(4_000, spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count + spool.Drops["disk-full"]);
    }

    [SkippableFact]
    public async Task A_gateway_that_started_on_a_full_disk_uses_the_room_that_others_gave_back_though_its_shop_is_never_quiet()
    {
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", Disk) == 0, "needs to mount a tmpfs: run as root");
        _mounted.Add(Disk);
        var filler = Path.Combine(Disk, "filler");
        await File.WriteAllBytesAsync(filler, new byte[(8 << 20) - 380_000]);
        await using var spool = Open(Path.Combine(Disk, "spool"), ballast: 400_000);
        await spool.OpenLinkAsync(0, CancellationToken.None);
        File.Delete(filler);
        for (var i = 1; i <= 3_000; i++)
        {
            await spool.AppendAsync(new(new byte[1_000], 1, i), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.Empty(spool.Drops);
        Assert.Equal(3_000, spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count);
    }

    [SkippableFact]
    public async Task A_file_with_a_secret_that_was_written_is_there_after_a_power_cut()
    {
        var image = await ImageAsync();
        Skip.IfNot(Run("mkfs.ext4", "-q", "-F", "-E", "nodiscard", image) == 0 && Mount(image) == 0, "needs to mount an ext4 image: run as root, with loop devices");
        _mounted.Add(Disk);
        var (gateway, cloud) = (Path.Combine(Disk, "identity", "venue-keys"), Path.Combine(Disk, "cloud", "gateways.json"));
        Directory.CreateDirectory(Path.GetDirectoryName(gateway)!);
        foreach (var word in new[] { "first", "second", "third" })
        {
            Presence.EdgeAgent.Enrolment.PrivateFile.Write(gateway, System.Text.Encoding.UTF8.GetBytes(word), forget: word == "third");
            CutPower();
            Assert.Equal(word, await File.ReadAllTextAsync(gateway));
            new Presence.Cloud.Access.GatewayBook(cloud).Set(new("acme", "mall", 1, word, true));
            CutPower();
            Assert.Equal(word, new Presence.Cloud.Access.GatewayBook(cloud).GenerationOf("acme", "mall").Maker);
        }

        void CutPower()
        {
            Assert.Equal(0, ShutDown(Disk));
            Assert.Equal(0, Run("umount", Disk));
            Assert.Equal(0, Mount(image));
        }
    }

    private static async Task FillAsync(SqliteSpool spool, int batches, int bytes = 1_000)
    {
        await spool.OpenLinkAsync(0, CancellationToken.None);
        foreach (var some in Enumerable.Range(1, batches).Chunk(50))
        {
            await Task.WhenAll(some.Select(i => spool.AppendAsync(new(Enumerable.Repeat((byte)i, bytes).ToArray(), 1, i), CancellationToken.None)));
        }
    }

    private static void Damage(string file, int page)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.Position = page * 4_096;
        stream.Write(Enumerable.Repeat((byte)0xEE, 4_096).ToArray());
    }

    private async Task<string> ImageAsync()
    {
        // Whole, and not only as large: what a kernel finds no room for behind a disk's back would be a fault of this machine's disk.
        var image = Path.Combine(_folder, "disk.img");
        Assert.Equal(0, await Task.Run(() => Run("fallocate", "-l", "64M", image)));
        return image;
    }

    private string Files() => string.Join(", ", Directory.GetFiles(Path.Combine(Disk, "spool")).Select(f => $"{Path.GetFileName(f)} {new FileInfo(f).Length}"));

    private static SqliteSpool Open(string folder, long ballast, Action<string>? onStep = null) => new(
        new() { Folder = folder, Capacity = 100_000_000, Ballast = ballast, OnStep = onStep ?? (static _ => { }) }, NullLogger<SqliteSpool>.Instance);

    private static void Fill(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
            {
                file.Write(new byte[4_096]);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    private int Mount(string image) => Run("mount", "-o", "loop,commit=60", image, Disk);

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    /// <summary>EXT4_IOC_SHUTDOWN without flushing the log: what was not synced never reaches the disk, as when the plug is pulled.</summary>
    private static int ShutDown(string folder)
    {
        var directory = OpenFile(folder, 0);
        var flags = 2u;
        var done = Control(directory, 0x8004587d, ref flags);
        _ = Close(directory);
        return done;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, ref uint argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
