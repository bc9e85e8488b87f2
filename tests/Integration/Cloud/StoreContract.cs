using Microsoft.Data.Sqlite;
using Presence.Storage;

namespace Presence.Integration.Cloud;

/// <summary>What every store promises.</summary>
public abstract class StoreContract : IDisposable
{
    private static readonly Guid Anna = Guid.Parse("11111111-1111-1111-1111-111111111111");
    private static readonly Guid Coffee = Guid.Parse("22222222-2222-2222-2222-222222222222");

    protected abstract IVenueStore Open();

    public abstract void Dispose();

    [Fact]
    public void What_was_committed_is_there_after_opening_again_and_the_rest_is_not()
    {
        using (var store = Open())
        {
            var venue = store.SaveVenue("t", "plaza", "{}").Number;
            using (var commit = store.Begin())
            {
                commit.AppendLog(venue, 0, 2, 1, null, "kept"u8);
                commit.Complete();
            }

            using var lost = store.Begin();
            lost.AppendLog(venue, 2, 1, 2, null, "lost"u8);
        }

        using var again = Open();
        var rows = again.ReadLog(again.Venues().Single().Number, 0).ToList();
        Assert.Equal("kept"u8.ToArray(), Assert.Single(rows).Records);
    }

    [Fact]
    public void A_coupon_is_redeemed_once_and_everyone_else_is_told_so()
    {
        using var store = Open();
        var venue = WithCoupon(store);
        Assert.Equal(("redeemed", true), Redeem(store, venue, "key-1"));
        Assert.Equal(("already-redeemed", false), Redeem(store, venue, "key-2"));
    }

    [Fact]
    public void The_same_key_gets_the_same_reply_again()
    {
        using var store = Open();
        var venue = WithCoupon(store);
        Redeem(store, venue, "key-1");
        Assert.Equal(("redeemed", false), Redeem(store, venue, "key-1"));
        Redeem(store, venue, "key-2");
        Assert.Equal(("already-redeemed", false), Redeem(store, venue, "key-2"));
    }

    [Fact]
    public void A_key_used_for_another_coupon_is_the_callers_mistake()
    {
        using var store = Open();
        var venue = WithCoupon(store);
        Redeem(store, venue, "key-1");
        Assert.Equal(("key-reused", false), Redeem(store, venue, "key-1", "OTHER"));
    }

    [Theory]
    [InlineData("NONE", 0, "unknown-coupon")]
    [InlineData("CODE", 2_000_000, "expired")]
    public void A_coupon_that_is_unknown_or_over_is_refused_by_name(string code, long at, string outcome)
    {
        using var store = Open();
        Assert.Equal((outcome, false), Redeem(store, WithCoupon(store), "key-1", code, at));
    }

    [Fact]
    public void The_same_coupon_cannot_be_issued_twice()
    {
        using var store = Open();
        var venue = WithCoupon(store);
        using var commit = store.Begin();
        Assert.Throws<InvalidOperationException>(() => commit.AddCoupon(Of(venue, 2)));
    }

    [Fact]
    public void A_one_time_link_is_used_once_and_only_in_its_time()
    {
        using var store = Open();
        var venue = store.SaveVenue("t", "plaza", "{}").Number;
        using var commit = store.Begin();
        commit.AddLink([1, 2, 3], venue, Anna, 1_000);
        commit.AddLink([4, 5, 6], venue, Anna, 1_000);
        Assert.Null(commit.UseLink([4, 5, 6], venue, 1_001));
        Assert.Equal(Anna, commit.UseLink([1, 2, 3], venue, 999));
        Assert.Null(commit.UseLink([1, 2, 3], venue, 999));
    }

    [Fact]
    public void An_erased_members_inputs_are_emptied_and_their_place_is_kept()
    {
        using var store = Open();
        var venue = store.SaveVenue("t", "plaza", "{}").Number;
        using (var commit = store.Begin())
        {
            commit.AppendLog(venue, 0, 1, 1, Anna, "born on the fourth of May"u8);
            commit.AppendLog(venue, 1, 3, 1, null, "others"u8);
            commit.EraseMember(venue, Anna, 2);
            commit.Complete();
        }

        Assert.Equal([(0L, 1, 0), (1L, 3, 6)], store.ReadLog(venue, 0).Select(r => (r.FirstInput, r.Inputs, r.Records.Length)));
    }

    [Fact]
    public void A_venue_reads_its_own_log_in_order_however_long_its_neighbours_is()
    {
        using var store = Open();
        var (plaza, quiet) = (store.SaveVenue("t", "plaza", "{}").Number, store.SaveVenue("t", "quiet", "{}").Number);
        using (var commit = store.Begin())
        {
            for (var i = 0; i < 5_000; i++)
            {
                commit.AppendLog(plaza, i, 1, i, null, "busy"u8);
                if (i % 1_700 == 0) commit.AppendLog(quiet, i / 1_700, 1, i, null, "calm"u8);
            }

            commit.Complete();
        }

        Assert.Equal(Enumerable.Range(1_234, 5_000 - 1_234).Select(i => (long)i), store.ReadLog(plaza, 1_234).Select(r => r.FirstInput));
        Assert.Equal([0L, 1L, 2L], store.ReadLog(quiet, 0).Select(r => r.FirstInput));
        Assert.Equal([2L], store.ReadLogAside(quiet, 2).Select(r => r.FirstInput));
    }

    [Fact]
    public void Only_the_newest_snapshots_are_kept_and_the_newest_is_read()
    {
        using var store = Open();
        var venue = store.SaveVenue("t", "plaza", "{}").Number;
        using (var commit = store.Begin())
        {
            for (var i = 1; i <= 5; i++)
            {
                commit.AddSnapshot(venue, i * 10, i, [(byte)i]);
            }

            commit.Complete();
        }

        Assert.Equal((50L, (byte)5), (store.Snapshots(venue).First().NextInput, store.Snapshots(venue).First().State[0]));
    }

    private static int WithCoupon(IVenueStore store)
    {
        var venue = store.SaveVenue("t", "plaza", "{}").Number;
        using var commit = store.Begin();
        commit.AddCoupon(Of(venue, 1));
        commit.Complete();
        return venue;
    }

    private static CouponRow Of(int venue, long id) =>
        new(id, venue, Coffee, "CODE", "SHORT", "QR", Anna, "birthday", 1, "coffee-free", 0, 1_000_000, "{}");

    private static (string Outcome, bool Fresh) Redeem(IVenueStore store, int venue, string key, string code = "CODE", long at = 5)
    {
        using var commit = store.Begin();
        var reply = commit.Redeem(new RedeemAttempt(venue, key, code, 0, "till", at));
        commit.Complete();
        return (reply.Outcome, reply.Fresh);
    }
}

public sealed class SqliteStoreTests : StoreContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-store-").FullName;

    private string FilePath => Path.Combine(_folder, "presence.db");

    protected override IVenueStore Open() => new Storage.Sqlite.SqliteVenueStore(FilePath);

    [Fact]
    public void A_store_of_before_finds_what_is_forgotten_as_a_new_one_does()
    {
        Open().Dispose();
        var isNew = Indexes();
        Run("""
            DROP INDEX log_by_time; CREATE INDEX log_by_time ON log (venue, at);
            DROP INDEX visits_of_strangers; CREATE INDEX visits_of_strangers ON visits (venue, until) WHERE member IS NULL;
            DROP INDEX stays_of_strangers; CREATE INDEX stays_of_strangers ON stays (venue, until) WHERE member IS NULL;
            DROP INDEX facts_by_time; CREATE INDEX facts_by_time ON facts (venue, at);
            DROP INDEX decisions_by_time; CREATE INDEX decisions_by_time ON decisions (venue, at);
            DELETE FROM migrations WHERE name = 'sqlite/0010_forgetting_together'
            """);
        Assert.Equal(5, isNew.Except(Indexes()).Count());
        Open().Dispose();
        Assert.Equal(isNew, Indexes());
    }

    private List<string> Indexes() => Run("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name");

    private List<string> Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        var found = new List<string>();
        while (row.Read())
        {
            found.Add(row.GetString(0));
        }

        return found;
    }

    public override void Dispose() => Directory.Delete(_folder, recursive: true);
}
