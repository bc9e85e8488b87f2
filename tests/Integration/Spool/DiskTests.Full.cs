using Presence.Integration.Mqtt;
using Presence.Spool;

namespace Presence.Integration.Spool;

/// <remarks>A disk that others have filled, and what a start or the cloud asks of it then.</remarks>
public sealed partial class DiskTests
{
    [SkippableFact]
    public async Task A_ballast_that_a_power_cut_left_empty_is_taken_again()
    {
        var folder = SmallDisk("4m");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "ballast"), []);
        await using var spool = Open(folder, ballast: 400_000);
        Assert.Equal(400_000, new FileInfo(Path.Combine(folder, "ballast")).Length);
        await spool.OpenLinkAsync(0, CancellationToken.None);
        for (var i = 1; i <= 5_000; i++)
        {
            await AppendAsync(spool, i);
        }

        Assert.Equal(5_000, spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count + spool.Drops["disk-full"]);
    }

    [SkippableFact]
    public async Task On_a_disk_that_others_have_filled_the_shop_is_still_seen_live()
    {
        var folder = SmallDisk("6m");
        await using var spool = Open(folder, ballast: 400_000);
        await spool.OpenLinkAsync(0, CancellationToken.None);
        await AppendAsync(spool, 1);
        Fill(Path.Combine(Disk, "filler"));
        for (var i = 2; i <= 1_000; i++)
        {
            await AppendAsync(spool, i);
            Assert.Equal(i, Assert.Single(spool.Read(SpoolStream.Live, i - 1, 10, int.MaxValue)).Sequence);
            spool.Forget(SpoolStream.Live, i);
        }

        Assert.Empty(spool.Drops);
        Assert.Null(spool.Trouble);
    }

    [SkippableFact]
    public async Task On_a_full_disk_an_outage_that_the_cloud_has_at_once_is_forgotten_and_not_counted_as_lost()
    {
        var folder = SmallDisk("6m");
        await using var spool = Open(folder, ballast: 400_000);
        await FillAsync(spool, 3_000);
        Fill(Path.Combine(Disk, "filler"));
        spool.Forget(SpoolStream.Live, 3_000);
        await AppendAsync(spool, 1);
        await Until.TrueAsync(() => spool.Depth.Live == 1, () => $"all is forgotten: {spool.Depth}; {spool.Trouble}");
        Assert.Empty(spool.Drops);
    }

    [SkippableTheory]
    [InlineData("damaged")]
    [InlineData("worn")]
    public async Task A_start_on_a_full_disk_finds_its_room_in_what_was_set_aside(string kind)
    {
        var folder = SmallDisk("4m");
        await using (var spool = Open(folder, ballast: 0))
        {
            await FillAsync(spool, 500);
        }

        await File.WriteAllBytesAsync(Path.Combine(folder, $"spool.db.{kind}-1"), new byte[500_000]);
        Fill(Path.Combine(Disk, "filler"));
        await using var again = Open(folder, ballast: 400_000);
        await again.OpenLinkAsync(0, CancellationToken.None);
        await AppendAsync(again, 1);
        Assert.Equal(501, again.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count);
        Assert.Empty(again.Drops);
    }

    [SkippableFact]
    public async Task A_disk_that_fills_while_damage_is_looked_at_keeps_nobody_from_starting()
    {
        var folder = SmallDisk("6m");
        await using (var spool = Open(folder, ballast: 400_000))
        {
            await FillAsync(spool, 1_000);
        }

        Damage(Path.Combine(folder, "spool.db"), page: 100);
        await using var again = Open(folder, ballast: 400_000, step =>
        {
            if (step == "look again")
            {
                Fill(Path.Combine(Disk, "filler"));
            }
        });
        await again.OpenLinkAsync(0, CancellationToken.None);
        await AppendAsync(again, 1);
        var kept = again.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
        Assert.Equal(1_001, kept.Count + again.Drops["spool-damaged"] + again.Drops["disk-full"]);
        Assert.InRange(kept.Count, 200, 1_000);
    }

    private string SmallDisk(string size)
    {
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", Disk) == 0, "needs to mount a tmpfs: run as root");
        _mounted.Add(Disk);
        return Path.Combine(Disk, "spool");
    }

    private async Task AppendAsync(SqliteSpool spool, int at)
    {
        var append = spool.AppendAsync(new(new byte[1_000], 1, at), CancellationToken.None);
        Assert.True(await Task.WhenAny(append, Task.Delay(TimeSpan.FromMinutes(1))) == append, $"{at}: {spool.Trouble}; {Files()}");
        await append;
    }
}
