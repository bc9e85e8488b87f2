using Presence.EdgeAgent.Binding;
using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Settings;
using Presence.Spool;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>What a gateway sends at once, what it lets wait, and what it leaves out.</summary>
public sealed class ListeningTests
{
    private const long Noon = 1_795_255_200_000;

    private readonly Dictionary<string, long> _dropped = [];
    private readonly SightingBatcher _batcher;

    public ListeningTests() => _batcher = new((reason, sightings) => _dropped[reason] = _dropped.GetValueOrDefault(reason) + sightings, mostReady: 3);

    [Fact]
    public void A_device_not_heard_before_is_sent_at_once_and_its_next_sighting_waits()
    {
        Assert.True(Hear(1, 0));
        _batcher.Take();
        Assert.False(Hear(1, 1_000));
        Assert.True(Hear(2, 2_000));
    }

    [Fact]
    public void After_a_long_silence_it_is_news_again()
    {
        Hear(1, 0);
        Take();
        Assert.False(Hear(1, 299_000));
        Take();
        Assert.True(Hear(1, 600_000));
    }

    [Fact]
    public void Coming_nearer_is_news_going_away_is_not()
    {
        Hear(1, 0, dbm: -70);
        Take();
        Assert.DoesNotContain(Enumerable.Range(1, 20), i => Hear(1, i * 100, dbm: -72));
        Assert.Contains(Enumerable.Range(21, 20), i => Hear(1, i * 100, dbm: -60));
        Take();
        Assert.DoesNotContain(Enumerable.Range(41, 20), i => Hear(1, i * 100, dbm: -80));
        Assert.Contains(Enumerable.Range(61, 20), i => Hear(1, i * 100, dbm: -60));
    }

    [Fact]
    public void Being_louder_at_another_receiver_is_news()
    {
        Hear(1, 0, receiver: 1, dbm: -60);
        Take();
        Assert.False(Hear(1, 100, receiver: 2, dbm: -58));
        Assert.True(Hear(1, 200, receiver: 2, dbm: -50));
        Take();
        Assert.False(Hear(1, 300, receiver: 1, dbm: -60));
    }

    [Fact]
    public void Of_one_device_at_one_receiver_a_batch_keeps_the_first_the_loudest_and_the_last()
    {
        foreach (var (at, dbm) in new[] { (0, -70), (10, -65), (20, -50), (30, -60), (40, -66), (50, -61) })
        {
            Hear(1, at, dbm: dbm);
        }

        Hear(2, 60);
        Hear(1, 70, receiver: 9);
        Assert.Equal("1@0:-70 1@20:-50 1@50:-61 2@60:-60 1@70:-60", Take());
        Assert.Equal((8, 3), _batcher.Counts);
    }

    [Fact]
    public void Members_travel_apart_so_that_they_can_be_kept_longest()
    {
        Hear(1, 0);
        Hear(2, 1, traits: TokenTraits.Bound);
        var (first, second) = (_batcher.Take()!, _batcher.TakeSealed()!);
        Assert.Equal((true, false), (first.Precious, second.Precious));
        Assert.Null(_batcher.TakeSealed());
    }

    [Fact]
    public void A_clock_that_jumps_back_begins_a_new_batch()
    {
        Hear(1, 10_000);
        Hear(1, 20_000);
        Hear(1, 5_000);
        Assert.Equal("1@10000:-60 1@20000:-60", Take());
        Assert.Equal("1@5000:-60", Take());
    }

    [Fact]
    public void A_batch_spans_no_more_than_an_hour()
    {
        Hear(1, 0);
        Hear(1, 3_600_001);
        Assert.Equal("1@0:-60", Take());
    }

    [Fact]
    public void When_the_disk_does_not_take_them_the_oldest_goes_and_is_counted()
    {
        for (var i = 0; i < 6; i++)
        {
            Hear(1, -i);
        }

        Assert.Equal(2, _dropped["disk-behind"]);
        Assert.Equal("1@-2:-60", Take());
    }

    [Fact]
    public void A_fingerprint_travels_with_the_first_sighting_only()
    {
        _batcher.Add(new(new(1), TokenTraits.None, 7, 8, 1, -60, Noon));
        Assert.Equal((7UL, 8UL), Prints());
        _batcher.Add(new(new(1), TokenTraits.None, 7, 8, 1, -60, Noon + 1));
        Assert.Equal((0UL, 0UL), Prints());
    }

    [Fact]
    public void What_is_not_on_disk_is_known_to_be_waiting()
    {
        Assert.Null(_batcher.OldestWaiting());
        Hear(1, 5);
        Hear(2, 6, traits: TokenTraits.Bound);
        Assert.Equal(Noon + 5, _batcher.OldestWaiting());
        _batcher.Take();
        Assert.Equal(Noon + 5, _batcher.OldestWaiting());
        _batcher.Take();
        Assert.Null(_batcher.OldestWaiting());
    }

    [Fact]
    public void The_kernels_neighbours_are_read_from_its_messages()
    {
        byte[] message =
        [
            44, 0, 0, 0, 28, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 1,
            8, 0, 1, 0, 10, 0, 0, 7, 10, 0, 2, 0, 0xDA, 0xA1, 0x19,
        ];
        byte[] whole = [.. message[..40], 0xDA, 0xA1, 0x19, 0xC0, 0xFF, 0xEE, 0, 0];
        whole[0] = 48;
        byte[] end = [16, 0, 0, 0, 3, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(0xDAA119C0FFEEUL, NeighbourMessage.Find([.. whole, .. end], [10, 0, 0, 7]));
        Assert.Null(NeighbourMessage.Find([.. whole, .. end], [10, 0, 0, 8]));
        Assert.Null(NeighbourMessage.Find(message, [10, 0, 0, 7]));
        Assert.True(NeighbourMessage.IsLast([.. whole, .. end]));
        Assert.False(NeighbourMessage.IsLast(whole));
        whole[24] = 0x20;
        Assert.Null(NeighbourMessage.Find(whole, [10, 0, 0, 7]));
    }

    [SkippableFact]
    public void The_kernel_of_this_machine_answers()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs Linux");
        Assert.True(NeighbourMessage.IsLast(RouteNetlink.DumpNeighbours()));
    }

    [Theory]
    [InlineData("00:11:22:aa:BB:ff", 0x001122AABBFFUL)]
    [InlineData("00-11-22-33-44-55", 0x001122334455UL)]
    [InlineData("00:11:22:33:44", null)]
    [InlineData("00:11:22:33:44:5g", null)]
    [InlineData("001122334455", null)]
    public void An_address_reads_as_it_is_printed(string text, ulong? expected) => Assert.Equal(expected, Mac.TryParse(text, out var mac) ? mac : null);

    [Fact]
    public void What_stands_still_for_hours_is_not_sent_until_it_is_carried_away()
    {
        _batcher.Configure(TimeSpan.FromMinutes(5), 6, TimeSpan.FromHours(3));
        var dice = new Random(3);
        var (sentEarly, sentLate) = (0, 0);
        for (var minute = 0; minute < 300; minute++)
        {
            // A printer, past which people walk; a visitor who wanders; a member's phone in a locker.
            Hear(1, minute * 60_000L, dbm: -55 + dice.Next(-3, 4));
            Hear(2, minute * 60_000L + 1, receiver: (ushort)(1 + (minute / 20 % 4)), dbm: -55 + dice.Next(-3, 4));
            Hear(3, minute * 60_000L + 2, traits: TokenTraits.Bound);
            var told = string.Concat(Enumerable.Range(0, 2).Select(_ => _batcher.Take()).OfType<SealedBatch>().Select(b => string.Join(' ', Read(b))));
            Assert.Contains("2@", told, StringComparison.Ordinal);
            Assert.Contains("3@", told, StringComparison.Ordinal);
            (sentEarly, sentLate) = told.Contains("1@", StringComparison.Ordinal) ? minute < 180 ? (sentEarly + 1, sentLate) : (sentEarly, sentLate + 1) : (sentEarly, sentLate);
        }

        Assert.Equal((180, 0), (sentEarly, sentLate));
        Assert.Equal(2, _batcher.Statics);

        // Somebody takes it along: it is news at once, and a device like others again.
        var carried = Enumerable.Range(1, 20).Any(i => Hear(1, (300 * 60_000L) + (i * 1_000), receiver: 4, dbm: -35));
        Assert.True(carried);
        Assert.Equal(1, _batcher.Statics);
        Assert.NotNull(_batcher.Take());
    }

    private bool Hear(ulong token, long at, ushort receiver = 1, int dbm = -60, TokenTraits traits = TokenTraits.None) =>
        _batcher.Add(new(new(token), traits, 0, 0, receiver, (sbyte)dbm, Noon + at));

    private string Take() => string.Join(' ', Read(_batcher.Take()!));

    private (ulong Exact, ulong Coarse) Prints()
    {
        var buffers = Decode(_batcher.Take()!);
        return buffers.Columns.Exact.IsEmpty ? (0, 0) : (buffers.Columns.Exact[0], buffers.Columns.Coarse[0]);
    }

    private static List<string> Read(SealedBatch batch)
    {
        var columns = Decode(batch).Columns;
        Assert.Equal(batch.Sightings, columns.Length);
        var told = new List<string>();
        for (var i = 0; i < columns.Length; i++)
        {
            told.Add($"{columns.Tokens[columns.Device[i]]}@{columns.At[i] - Noon}:{columns.Dbm[i]}");
        }

        return told;
    }

    private static SightingBuffers Decode(SealedBatch batch)
    {
        var header = new byte[SightingBatch.HeaderBytes];
        var length = SightingBatch.WriteHeader(1, 1, header);
        var buffers = new SightingBuffers();
        Assert.True(SightingBatch.TryDecode([.. header[..length], .. batch.Body.Span], buffers, out _, out var why), why.ToString());
        return buffers;
    }
}
