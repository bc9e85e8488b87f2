using Presence.Spool;
using Xunit;

namespace Presence.Unit.Spool;

/// <summary>What every spool promises; each implementation inherits these sentences.</summary>
public abstract class SpoolContract : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract Task<ISpool> OpenAsync(long capacity = 1_000_000);

    /// <summary>Ends the program without a word and opens the spool again; null where that means nothing.</summary>
    protected abstract Task<ISpool?> ReopenAsync();

    public Task InitializeAsync() => Task.CompletedTask;

    public abstract Task DisposeAsync();

    [Fact]
    public async Task What_was_appended_is_read_in_order_under_ascending_numbers()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, None);
        for (byte i = 1; i <= 5; i++)
        {
            Assert.Equal(i, await spool.AppendAsync(Batch(i), None));
        }

        Assert.Equal("1 2 3 4 5", Numbers(spool, SpoolStream.Live));
        Assert.Equal("3 4", Numbers(spool, SpoolStream.Live, after: 2, most: 2));
        Assert.Equal([4, 4, 4], spool.Read(SpoolStream.Live, 3, 1, 1_000)[0].Body);
        Assert.Equal("1", Numbers(spool, SpoolStream.Live, mostBytes: 1));
        Assert.Equal("", Numbers(spool, SpoolStream.Backlog));
    }

    [Fact]
    public async Task Only_what_the_cloud_has_is_forgotten()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, None);
        await AppendAsync(spool, 1, 2, 3);
        spool.Forget(SpoolStream.Backlog, 3);
        await AppendAsync(spool, 4);
        Assert.Equal("1 2 3 4", Numbers(spool, SpoolStream.Live));
        spool.Forget(SpoolStream.Live, 2);
        spool.Forget(SpoolStream.Live, 1);
        await AppendAsync(spool, 5);
        Assert.Equal("3 4 5", Numbers(spool, SpoolStream.Live));
        Assert.Equal(3, spool.Depth.Live);
    }

    [Fact]
    public async Task While_the_link_is_away_nothing_is_offered()
    {
        var spool = await OpenAsync();
        await AppendAsync(spool, 1, 2);
        Assert.Equal("", Numbers(spool, SpoolStream.Live));
        await spool.OpenLinkAsync(0, None);
        Assert.Equal("1 2", Numbers(spool, SpoolStream.Live));
    }

    [Fact]
    public async Task What_grew_old_without_being_offered_becomes_backlog_and_the_rest_stays_live()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, None);
        await AppendAsync(spool, 1, 2);
        await spool.CloseLinkAsync(None);
        await AppendAsync(spool, 3, 4, 5, 6);
        await spool.OpenLinkAsync(liveFrom: 5, None);
        await AppendAsync(spool, 7);
        Assert.Equal("1 2 5 6 7", Numbers(spool, SpoolStream.Live));
        Assert.Equal("3 4", Numbers(spool, SpoolStream.Backlog));
        Assert.Equal((5L, 2L, 7L, 4L), (spool.Depth.Live, spool.Depth.Backlog, spool.Depth.LastLive, spool.Depth.LastBacklog));
        spool.Forget(SpoolStream.Live, 6);
        spool.Forget(SpoolStream.Backlog, 3);
        await AppendAsync(spool, 8);
        Assert.Equal(("7 8", "4"), (Numbers(spool, SpoolStream.Live), Numbers(spool, SpoolStream.Backlog)));
    }

    [Fact]
    public async Task What_may_have_been_sent_live_never_becomes_backlog()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, None);
        await AppendAsync(spool, 1, 2);
        await spool.CloseLinkAsync(None);
        await spool.OpenLinkAsync(liveFrom: 1_000, None);
        Assert.Equal(("1 2", ""), (Numbers(spool, SpoolStream.Live), Numbers(spool, SpoolStream.Backlog)));
    }

    [Fact]
    public async Task Backlog_of_two_outages_is_one_ascending_stream()
    {
        var spool = await OpenAsync();
        await AppendAsync(spool, 1, 2);
        await spool.OpenLinkAsync(3, None);
        await AppendAsync(spool, 3);
        await spool.CloseLinkAsync(None);
        await AppendAsync(spool, 4);
        await spool.OpenLinkAsync(5, None);
        Assert.Equal(("3", "1 2 4"), (Numbers(spool, SpoolStream.Live), Numbers(spool, SpoolStream.Backlog)));
        Assert.Equal("4", Numbers(spool, SpoolStream.Backlog, after: 2));
    }

    [Fact]
    public async Task When_full_the_oldest_goes_first_and_is_counted_and_members_stay_longest()
    {
        var spool = await OpenAsync(capacity: 300_000);
        await spool.OpenLinkAsync(0, None);
        for (var i = 1; i <= 400; i++)
        {
            await spool.AppendAsync(new(new byte[1_000], Sightings: 3, FirstAt: i, Precious: i % 10 == 0), None);
        }

        var kept = spool.Read(SpoolStream.Live, 0, 1_000, int.MaxValue).Select(b => b.Sequence).ToList();
        Assert.InRange(kept.Count, 150, 300);
        Assert.Equal(400, kept[^1]);
        Assert.Equal(40, kept.Count(n => n % 10 == 0));
        var strangers = kept.Where(n => n % 10 != 0).ToList();
        Assert.Equal(Enumerable.Range((int)strangers[0], 400).Where(n => n <= 400 && n % 10 != 0).Select(n => (long)n), strangers);
        Assert.Equal((400 - kept.Count) * 3, spool.Drops["spool-full"]);
        Assert.Equal(kept.Count, spool.Depth.Live);
    }

    [Fact]
    public async Task Losses_elsewhere_are_counted_with_the_next_batch()
    {
        var spool = await OpenAsync();
        spool.CountDrop("too-fast", 3);
        spool.CountDrop("too-fast", 4);
        await AppendAsync(spool, 1);
        Assert.Equal(7, spool.Drops["too-fast"]);
    }

    [Fact]
    public async Task A_spool_that_went_back_in_time_takes_a_new_name_and_numbers_on()
    {
        var spool = await OpenAsync();
        var boot = spool.Boot;
        await spool.OpenLinkAsync(0, None);
        await AppendAsync(spool, 1);
        await spool.BeginAnewAsync(None);
        Assert.NotEqual(boot, spool.Boot);
        Assert.Equal(2, await spool.AppendAsync(Batch(2), None));
    }

    [Fact]
    public async Task A_reader_is_woken_by_what_is_appended()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, None);
        await spool.WaitAsync(None);
        var woken = spool.WaitAsync(None).AsTask();
        Assert.False(woken.IsCompleted);
        await AppendAsync(spool, 1);
        await woken.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task After_a_restart_all_is_as_it_was()
    {
        var spool = await OpenAsync();
        var boot = spool.Boot;
        await AppendAsync(spool, 1, 2);
        await spool.OpenLinkAsync(2, None);
        await AppendAsync(spool, 3);
        await spool.CloseLinkAsync(None);
        await AppendAsync(spool, 4, 5, 6);
        spool.Forget(SpoolStream.Live, 2);
        spool.CountDrop("too-fast", 1);
        await AppendAsync(spool, 7);
        if (await ReopenAsync() is not { } again)
        {
            return;
        }

        Assert.Equal(boot, again.Boot);
        Assert.Equal(("3", "1"), (Numbers(again, SpoolStream.Live), Numbers(again, SpoolStream.Backlog)));
        Assert.Equal((5L, 1L, 1L), (again.Depth.Live, again.Depth.Backlog, again.Drops["too-fast"]));
        Assert.Equal(8, await again.AppendAsync(Batch(8), None));
        await again.OpenLinkAsync(6, None);
        Assert.Equal(("3 6 7 8", "1 4 5"), (Numbers(again, SpoolStream.Live), Numbers(again, SpoolStream.Backlog)));
    }

    [Fact]
    public async Task A_number_is_never_given_twice_even_when_all_was_forgotten_before_the_restart()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, None);
        await AppendAsync(spool, 1, 2, 3);
        spool.Forget(SpoolStream.Live, 3);
        await spool.CloseLinkAsync(None);
        if (await ReopenAsync() is { } again)
        {
            Assert.Equal(0, again.Depth.Live);
            Assert.Equal(4, await again.AppendAsync(Batch(4), None));
        }
    }

    [Fact]
    public async Task What_was_appended_with_the_link_open_counts_as_offered_after_a_kill()
    {
        var spool = await OpenAsync();
        await spool.OpenLinkAsync(0, None);
        await AppendAsync(spool, 1, 2);
        if (await ReopenAsync() is { } again)
        {
            await again.OpenLinkAsync(1_000, None);
            Assert.Equal(("1 2", ""), (Numbers(again, SpoolStream.Live), Numbers(again, SpoolStream.Backlog)));
        }
    }

    [Fact]
    public async Task What_is_postponed_comes_last_as_backlog_and_is_the_same()
    {
        var spool = await OpenAsync();
        await AppendAsync(spool, 1, 2, 3, 4);
        await spool.OpenLinkAsync(0, None);
        await spool.PostponeAsync(2, None);
        await spool.PostponeAsync(1, None);
        Assert.Equal(("3 4", "5 6"), (Numbers(spool, SpoolStream.Live), Numbers(spool, SpoolStream.Backlog)));
        Assert.Equal([2, 1], spool.Read(SpoolStream.Backlog, 0, 9, 999).Select(b => b.Body[0]));
        Assert.Equal((2, 2, 4, 6), (spool.Depth.Live, spool.Depth.Backlog, spool.Depth.LastLive, spool.Depth.LastBacklog));
        Assert.Equal(6, spool.Depth.LastOffered);
        spool.Forget(SpoolStream.Live, 3);
        await spool.PostponeAsync(3, None);
        await AppendAsync(spool, 7);
        Assert.Equal(("4 7", "5 6"), (Numbers(spool, SpoolStream.Live), Numbers(spool, SpoolStream.Backlog)));
        Assert.Equal(7, spool.Depth.LastLive);
        Assert.Empty(spool.Drops);
    }

    [Fact]
    public async Task The_oldest_that_waits_is_known_wherever_it_stands()
    {
        var spool = await OpenAsync();
        Assert.Null(spool.OldestAt());
        await AppendAsync(spool, 5, 6, 7, 8);
        Assert.Equal(5, spool.OldestAt());
        await spool.OpenLinkAsync(6, None);
        await spool.PostponeAsync(2, None);
        spool.Forget(SpoolStream.Backlog, 1);
        spool.Forget(SpoolStream.Live, 4);
        await AppendAsync(spool, 9);
        Assert.Equal(("6", "5"), (Numbers(spool, SpoolStream.Live), Numbers(spool, SpoolStream.Backlog)));
        Assert.Equal(6, spool.OldestAt());
        spool.Forget(SpoolStream.Backlog, 5);
        await AppendAsync(spool, 10);
        Assert.Equal(9, spool.OldestAt());
    }

    [Fact]
    public async Task A_cloud_that_refuses_for_days_does_not_muddle_what_waits()
    {
        var spool = await OpenAsync();
        await AppendAsync(spool, 1, 2, 3, 4, 5);
        await spool.OpenLinkAsync(0, None);
        for (var round = 0; round < 40; round++)
        {
            // Each connection is refused all that waits; meanwhile somebody is heard.
            foreach (var batch in spool.Read(SpoolStream.Live, 0, 100, 9_999).Concat(spool.Read(SpoolStream.Backlog, 0, 100, 9_999)).ToList())
            {
                await spool.PostponeAsync(batch.Sequence, None);
            }

            await AppendAsync(spool, (byte)(6 + round));
            Assert.Equal(1, spool.OldestAt());
            Assert.Equal((1, 5 + round), (spool.Depth.Live, spool.Depth.Backlog));
        }

        var waiting = spool.Read(SpoolStream.Backlog, 0, 100, 9_999).Concat(spool.Read(SpoolStream.Live, 0, 100, 9_999)).Select(b => (int)b.Body[0]);
        Assert.Equal(Enumerable.Range(1, 45), waiting.Order());
        Assert.Empty(spool.Drops);
    }

    [Fact]
    public async Task What_is_rejected_is_gone_and_counted()
    {
        var spool = await OpenAsync();
        await AppendAsync(spool, 1, 2, 3);
        await spool.OpenLinkAsync(0, None);
        await spool.RejectAsync(2, "refused", None);
        await spool.RejectAsync(2, "refused", None);
        Assert.Equal("1 3", Numbers(spool, SpoolStream.Live));
        Assert.Equal((2, 2), (spool.Depth.Live, spool.Drops["refused"]));
    }

    private static SealedBatch Batch(byte n) => new(new[] { n, n, n }, Sightings: 2, FirstAt: n);

    private static async Task AppendAsync(ISpool spool, params byte[] batches)
    {
        foreach (var n in batches)
        {
            await spool.AppendAsync(Batch(n), None);
        }
    }

    private static string Numbers(ISpool spool, SpoolStream stream, long after = 0, int most = 1_000, int mostBytes = int.MaxValue) =>
        string.Join(' ', spool.Read(stream, after, most, mostBytes).Select(b => b.Sequence));
}
