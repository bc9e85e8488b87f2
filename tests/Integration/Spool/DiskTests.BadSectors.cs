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

    /// <summary>A disk on which a spool's files lie behind everything else that will ever be written.</summary>
    private async Task<(string Image, string Folder, ulong Boot)> SpoolAtTheEndOfADiskAsync(int bytes, bool killed = false)
    {
        var image = await ImageAsync();
        Skip.IfNot(
            Run("mkfs.ext4", "-q", "-F", "-b", "4096", "-O", "^has_journal", image) == 0 && Run("mount", "-o", "loop", image, Disk) == 0,
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

    [LibraryImport("libc", EntryPoint = "posix_fadvise64")]
    private static partial int Advise(int file, long from, long length, int advice);
}
