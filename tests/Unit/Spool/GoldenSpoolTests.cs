using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Spool;
using Xunit;

namespace Presence.Unit.Spool;

/// <summary>A gateway is updated with a spool that waits: what version 1 wrote is read for ever.</summary>
public sealed class GoldenSpoolTests : IDisposable
{
    private static readonly string Golden = Path.Combine(Root(), "tests", "golden", "spool", "version-1");
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-golden-spool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_spool_of_version_1_is_sent_as_it_always_was()
    {
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
        {
            await WriteAsync();
        }

        foreach (var file in Directory.GetFiles(Golden))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        await using var spool = new SqliteSpool(new() { Folder = _folder, Ballast = 0 }, NullLogger<SqliteSpool>.Instance);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Golden, "boot")), spool.Boot.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(spool.BegunHere);
        Assert.Equal((4, 3, 9, 5, 9), (spool.Depth.Live, spool.Depth.Backlog, spool.Depth.LastLive, spool.Depth.LastBacklog, spool.Depth.LastOffered));
        Assert.Equal(["refused 7", "spool-full 40"], spool.Drops.Select(d => $"{d.Key} {d.Value}"));

        // What is heard now comes behind it, under the next number.
        Assert.Equal(10, await spool.AppendAsync(Batch(10), CancellationToken.None));
        await spool.OpenLinkAsync(0, CancellationToken.None);
        Assert.Equal(["6 batch 6", "7 batch 7", "8 batch 8", "9 batch 2", "10 batch 10"], Read(spool, SpoolStream.Live));
        Assert.Equal(["3 batch 3", "4 batch 4", "5 batch 5"], Read(spool, SpoolStream.Backlog));
    }

    // Eight batches: one was forgotten, three became backlog, and one came again behind all others.
    private static async Task WriteAsync()
    {
        Directory.CreateDirectory(Golden);
        Directory.GetFiles(Golden).ToList().ForEach(File.Delete);
        await using (var spool = new SqliteSpool(new() { Folder = Golden, Ballast = 0 }, NullLogger<SqliteSpool>.Instance))
        {
            await spool.OpenLinkAsync(0, CancellationToken.None);
            await spool.AppendAsync(Batch(1), CancellationToken.None);
            await spool.AppendAsync(Batch(2), CancellationToken.None);
            await spool.CloseLinkAsync(CancellationToken.None);
            spool.Forget(SpoolStream.Live, 1);
            spool.CountDrop("spool-full", 40);
            spool.CountDrop("refused", 7);
            for (var i = 3; i <= 8; i++)
            {
                await spool.AppendAsync(Batch(i), CancellationToken.None);
            }

            await spool.OpenLinkAsync(6, CancellationToken.None);
            await spool.PostponeAsync(2, CancellationToken.None);
            await spool.CloseLinkAsync(CancellationToken.None);
        }

        File.Delete(Path.Combine(Golden, "lock"));
    }

    private static string[] Read(SqliteSpool spool, SpoolStream stream) =>
        [.. spool.Read(stream, 0, 100, int.MaxValue).Select(b => $"{b.Sequence} {Encoding.ASCII.GetString(b.Body)}")];

    private static SealedBatch Batch(int n) => new(Encoding.ASCII.GetBytes($"batch {n}"), Sightings: n, FirstAt: n, Precious: n % 2 == 0);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Presence.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Presence.sln is in no folder above the tests");
        }

        return folder;
    }
}
