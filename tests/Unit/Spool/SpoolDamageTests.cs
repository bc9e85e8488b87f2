using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Spool;
using Xunit;

namespace Presence.Unit.Spool;

/// <summary>Spool files that lead astray, made by changing pages of a whole one.</summary>
public sealed class SpoolDamageTests : IDisposable
{
    private const int Batches = 300;
    private const int PageBytes = 4_096;

    private readonly string _folder = Directory.CreateTempSubdirectory("presence-damage-").FullName;

    private string SpoolFile => Path.Combine(_folder, "spool.db");

    private string SetAside => SpoolFile + ".damaged-1";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_that_can_be_read_at_the_second_look_is_not_set_aside()
    {
        var whole = await FilledAsync();
        await File.WriteAllBytesAsync(SpoolFile, new byte[9_000]);
        await using var spool = Open(step =>
        {
            if (step == "look again")
            {
                File.WriteAllBytes(SpoolFile, whole);
            }
        });
        Assert.False(File.Exists(SetAside));
        Assert.Equal(Batches, (await SentAsync(spool)).Count);
        Assert.Empty(spool.Drops);
        Assert.Equal(Batches + 1, await spool.AppendAsync(new(new byte[] { 1 }, 1, 1), CancellationToken.None));
    }

    [Fact]
    public void A_spool_that_cannot_be_opened_is_named()
    {
        Directory.CreateDirectory(SpoolFile);
        Assert.Contains(_folder, Assert.Throws<IOException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_folders_with_the_names_of_damaged_files_are_left_alone_and_in_nobodys_way()
    {
        var pages = await FilledAsync();
        pages.AsSpan(15 * PageBytes, PageBytes).Fill(0xEE);
        await File.WriteAllBytesAsync(SpoolFile, pages);
        foreach (var n in new[] { 1, 2 })
        {
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory($"{SpoolFile}.damaged-{n}").FullName, "notes"), "somebody's");
        }

        await using var spool = Open();
        await SentAsync(spool);
        Assert.True(File.Exists(SpoolFile + ".damaged-3"));
        Assert.True(File.Exists(Path.Combine(SetAside, "notes")));
    }

    [Fact]
    public async Task A_number_that_stands_twice_is_sent_once()
    {
        var pages = await FilledAsync();
        RenameRow(pages, 205, 204);
        pages.AsSpan(15 * PageBytes, PageBytes).Fill(0xEE);
        await File.WriteAllBytesAsync(SpoolFile, pages);
        await using var spool = Open();
        var sent = await SentAsync(spool);
        Assert.True(File.Exists(SetAside));
        Assert.Single(sent, b => b.Sequence == 204);
        Assert.DoesNotContain(sent, b => b.Sequence == 205);
        Assert.InRange(spool.Drops["spool-damaged"], 2, 10);
    }

    /// <param name="to">Above all others; where another stands; the next one's; the second next one's.</param>
    /// <param name="page">A page that is lost besides: far away, or the ones with neighbours of the row.</param>
    [Theory]
    [InlineData(8342, 15)]
    [InlineData(214, 15)]
    [InlineData(151, 15)]
    [InlineData(152, 15)]
    [InlineData(8342, -1)]
    [InlineData(214, -1)]
    [InlineData(8342, +1)]
    [InlineData(214, +1)]
    public async Task A_number_that_became_larger_hides_none_of_those_behind_it(int to, int page)
    {
        var whole = await FilledAsync();
        for (var number = 148; number <= 152; number++)
        {
            var pages = whole.ToArray();
            var at = RenameRow(pages, number, Math.Max(to, to < 200 ? number + to - 150 : to));
            pages.AsSpan((page == 15 ? page : at - 1 + page) * PageBytes, PageBytes).Fill(0xEE);
            await File.WriteAllBytesAsync(SpoolFile, pages);
            await using (var spool = Open())
            {
                var sent = await SentAsync(spool);
                Assert.True(File.Exists(SetAside));
                Assert.True(sent.Count >= Batches - 10, $"{number}: {sent.Count} kept");
                Assert.DoesNotContain(sent, b => b.Sequence == number);
            }

            Directory.GetFiles(_folder).ToList().ForEach(File.Delete);
        }
    }

    /// <param name="to">Above all others; where another stands; below.</param>
    [Theory]
    [InlineData(8342)]
    [InlineData(214)]
    [InlineData(130)]
    public async Task A_wrong_number_alone_is_noticed_when_read_and_costs_that_batch(int to)
    {
        var pages = await FilledAsync();
        RenameRow(pages, 150, to);
        await File.WriteAllBytesAsync(SpoolFile, pages);
        await using var spool = Open();
        await spool.OpenLinkAsync(0, CancellationToken.None);
        Assert.All(spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue), b => Assert.True(b.Body.All(value => value == (byte)b.Sequence), $"{b.Sequence} is {b.Body[0]}"));
        var number = await spool.AppendAsync(new(Array.Empty<byte>(), 1, 1), CancellationToken.None);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue) is not [.., var last] || last.Sequence != number)
        {
            await spool.WaitAsync(patience.Token);
        }

        Assert.Equal(Batches - 1, spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue).Count(b => b.Sequence <= Batches));
        Assert.Equal(1, spool.Drops["spool-damaged"]);
    }

    /// <param name="way">What a page of the tree was changed to lead to: itself, itself by two ways, or where its neighbour leads.</param>
    [Theory]
    [InlineData("itself")]
    [InlineData("itself twice")]
    [InlineData("its neighbour's")]
    public async Task A_tree_that_leads_round_in_a_circle_is_left_again(string way)
    {
        var pages = await FilledAsync();
        var root = RootOf();
        Assert.Equal(5, pages[Offset(root)]);
        switch (way)
        {
            case "itself":
                SetChild(pages, root, 40, root);
                break;
            case "itself twice":
                SetChild(pages, root, 40, root);
                SetChild(pages, root, 41, root);
                break;
            default:
                SetChild(pages, root, 40, Child(pages, root, 39));
                pages.AsSpan(15 * PageBytes, PageBytes).Fill(0xEE);
                break;
        }

        await File.WriteAllBytesAsync(SpoolFile, pages);
        await using var spool = await Task.Run(() => Open()).WaitAsync(TimeSpan.FromSeconds(60));
        var sent = await SentAsync(spool);
        Assert.True(File.Exists(SetAside));
        Assert.InRange(sent.Count, Batches - 20, Batches - 3);
    }

    private SqliteSpool Open(Action<string>? onStep = null) =>
        new(new() { Folder = _folder, Ballast = 0, OnStep = onStep ?? (static _ => { }) }, NullLogger<SqliteSpool>.Instance);

    /// <summary>A spool of batches that each say their own number, as it lies on disk.</summary>
    private async Task<byte[]> FilledAsync()
    {
        await using (var spool = Open())
        {
            await spool.OpenLinkAsync(0, CancellationToken.None);
            for (var i = 1; i <= Batches; i++)
            {
                await spool.AppendAsync(new(Enumerable.Repeat((byte)i, 900).ToArray(), 1, i), CancellationToken.None);
            }
        }

        return await File.ReadAllBytesAsync(SpoolFile);
    }

    /// <summary>What goes out: ascending, each once, as it was given, and with what is counted as lost it is all there was.</summary>
    private static async Task<IReadOnlyList<SpooledBatch>> SentAsync(SqliteSpool spool)
    {
        await spool.OpenLinkAsync(0, CancellationToken.None);
        var sent = spool.Read(SpoolStream.Live, 0, 10_000, int.MaxValue);
        Assert.Equal(sent.Select(b => b.Sequence).Distinct().Order(), sent.Select(b => b.Sequence));
        Assert.All(sent, b => Assert.True(b.Body.All(value => value == (byte)b.Sequence), $"{b.Sequence} is {b.Body[0]}"));
        Assert.Equal(Batches, sent.Count + spool.Drops.GetValueOrDefault("spool-damaged"));
        return sent;
    }

    private int RootOf()
    {
        using var connection = new SqliteConnection($"Data Source={SpoolFile};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT rootpage FROM sqlite_master WHERE name = 'batch'";
        return (int)(long)command.ExecuteScalar()!;
    }

    private static int Offset(int page) => (page - 1) * PageBytes;

    // An interior page: 05, free u16, cells u16, content u16, fragments u8, rightmost child u32; then where each cell lies, u16.
    // A cell: child u32, highest number below it (varint). Source: sqlite.org/fileformat2.html, section 1.6.
    private static Span<byte> Cell(byte[] pages, int page, int cell, int header)
    {
        var at = Offset(page);
        return pages.AsSpan(at + System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(pages.AsSpan(at + header + (cell * 2))));
    }

    private static int Child(byte[] pages, int page, int cell) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Cell(pages, page, cell, header: 12));

    private static void SetChild(byte[] pages, int page, int cell, int child) =>
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(Cell(pages, page, cell, header: 12), child);

    // A leaf (0D) has no child: its cells are length (varint), number (varint), row. Lengths and numbers here take two bytes each.
    /// <returns>The page it is on.</returns>
    private static int RenameRow(byte[] pages, int number, int to)
    {
        for (var page = 2; page <= pages.Length / PageBytes; page++)
        {
            var at = Offset(page);
            var cells = pages[at] == 13 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(pages.AsSpan(at + 3)) : 0;
            for (var i = 0; i < cells; i++)
            {
                var row = Cell(pages, page, i, header: 8);
                if (row[2] == (byte)(0x80 | (number >> 7)) && row[3] == (byte)(number & 0x7F))
                {
                    (row[2], row[3]) = ((byte)(0x80 | (to >> 7)), (byte)(to & 0x7F));
                    return page;
                }
            }
        }

        Assert.Fail($"no row {number}");
        return 0;
    }
}
