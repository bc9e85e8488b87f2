using System.Buffers;
using System.IO.Compression;
using Presence.Cloud.Stages;
using Presence.Storage;
using Presence.Storage.Sqlite;

namespace Presence.Integration.Cloud;

/// <summary>A snapshot is read again only by a program that writes it alike.</summary>
public sealed class SnapshotTests
{
    private static readonly byte[] Key = new byte[32];
    private static readonly MemberId Anna = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly MemberId Bo = new(Guid.Parse("22222222-2222-2222-2222-222222222222"));

    // Whoever writes the state differently: raise VenueState.SnapshotVersion and write this file anew (GOLDEN=write), for stores are out there.
    private static readonly string Golden = Path.Combine(Folder(), $"venue-{VenueState.SnapshotVersion}.deflate");

    [Fact]
    public void A_snapshot_of_this_version_reads_and_is_written_as_it_always_was()
    {
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
        {
            var state = New();
            ReplayTests.Day(1).ForEach(r => Apply(state, r));
            Commands(state);
            Directory.CreateDirectory(Folder());
            using var packed = new DeflateStream(File.Create(Golden), CompressionLevel.SmallestSize);
            packed.Write(Save(state));
        }

        using var bytes = new MemoryStream();
        using (var file = new DeflateStream(File.OpenRead(Golden), CompressionMode.Decompress))
        {
            file.CopyTo(bytes);
        }

        var venue = New();
        venue.Load(bytes.ToArray());
        var anna = venue.Members.Find(Anna)!;
        Assert.Equal(("gold", "page-one", "press", "teal"), (anna.Tier, anna.Adviser, anna.Tags[0], anna.Declared["colour"].Value));
        Assert.Equal((Channels.Wallet | Channels.Push, new TimeOnly(21, 0), 2, "shoes"), (anna.Reach, anna.Wishes.QuietFrom, anna.Wishes.MostPerDay, anna.Wishes.MutedThemes.Single()));
        Assert.True(venue.Members.IsErased(Bo));
        Assert.Equal([new DeviceToken(0xA11A)], venue.Members.DevicesOf(Anna));
        Assert.True(venue.Sightings > 1_000 && venue.SettledVisits > 10 && venue.Gateways.Count > 1 && venue.Visits.OpenVisits > 0);
        Assert.True(bytes.ToArray().AsSpan().SequenceEqual(Save(venue)), "the state is written differently now");
    }

    [Fact]
    public void A_venue_with_a_snapshot_of_another_version_is_built_from_its_log_or_says_that_it_cannot()
    {
        var folder = Directory.CreateTempSubdirectory("presence-snapshot-");
        using (var store = new SqliteVenueStore(Path.Combine(folder.FullName, "presence.db")))
        {
            var map = Kit.Simulator.DemoMall.Map;
            var number = store.SaveVenue(map.Tenant, map.Venue, "{}").Number;
            var log = ReplayTests.Day(1).Take(50).ToList();
            using (var commit = store.Begin())
            {
                log.Index().ToList().ForEach(r => commit.AppendLog(number, r.Index, 1, ReplayTests.Morning, null, r.Item));
                var old = new ArrayBufferWriter<byte>();
                new Presence.StateWriter(old).Write((long)VenueState.SnapshotVersion - 1);
                commit.AddSnapshot(number, 50, ReplayTests.Morning, old.WrittenSpan);
                commit.Complete();
            }

            var venue = new Venue(number, map, Key, New, () => { });
            Assert.Equal(50, venue.Restore(store));
            using (var commit = store.Begin())
            {
                commit.TrimLog(number, 10, long.MaxValue);
                commit.Complete();
            }

            Assert.Contains("run the version that wrote the store", Assert.Throws<StoreException>(() => venue.Restore(store)).Message);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_snapshot_of_which_a_bit_changed_is_refused_and_the_log_is_read_instead()
    {
        var log = ReplayTests.Day(1).Take(50).ToList();
        var state = New();
        log.ForEach(r => Apply(state, r));
        var (sound, dice) = (Save(state), new Random(7));
        New().Load(sound);
        for (var i = 0; i < 500; i++)
        {
            var broken = sound.ToArray();
            broken[dice.Next(broken.Length)] ^= (byte)(1 << dice.Next(8));
            Assert.Throws<InvalidDataException>(() => New().Load(broken));
        }

        var folder = Directory.CreateTempSubdirectory("presence-snapshot-");
        using (var store = new SqliteVenueStore(Path.Combine(folder.FullName, "presence.db")))
        {
            var map = Kit.Simulator.DemoMall.Map;
            var number = store.SaveVenue(map.Tenant, map.Venue, "{}").Number;
            using (var commit = store.Begin())
            {
                log.Index().ToList().ForEach(r => commit.AppendLog(number, r.Index, 1, ReplayTests.Morning, null, r.Item));
                sound[sound.Length / 2] ^= 4;
                commit.AddSnapshot(number, 50, ReplayTests.Morning, sound);
                commit.Complete();
            }

            var venue = new Venue(number, map, Key, New, () => { });
            Assert.Equal(50, venue.Restore(store));
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_venue_whose_newest_snapshot_broke_and_whose_log_was_trimmed_goes_on_from_the_one_before()
    {
        var log = ReplayTests.Day(1).Take(50).ToList();
        var (state, folder) = (New(), Directory.CreateTempSubdirectory("presence-snapshot-"));
        log.Take(20).ToList().ForEach(r => Apply(state, r));
        var before = Save(state);
        log.Skip(20).ToList().ForEach(r => Apply(state, r));
        var (sound, broken) = (Save(state), Save(state).ToArray());
        broken[broken.Length / 2] ^= 4;
        using (var store = new SqliteVenueStore(Path.Combine(folder.FullName, "presence.db")))
        {
            var map = Kit.Simulator.DemoMall.Map;
            var number = store.SaveVenue(map.Tenant, map.Venue, "{}").Number;
            using (var commit = store.Begin())
            {
                log.Index().ToList().ForEach(r => commit.AppendLog(number, r.Index, 1, ReplayTests.Morning, null, r.Item));
                commit.AddSnapshot(number, 20, ReplayTests.Morning, before);
                commit.AddSnapshot(number, 50, ReplayTests.Morning, broken);
                commit.TrimLog(number, 20, long.MaxValue);
                commit.Complete();
            }

            VenueState? begun = null;
            var venue = new Venue(number, map, Key, () => begun = New(), () => { });
            Assert.Equal(30, venue.Restore(store));
            Assert.NotNull(venue.Refused);
            Assert.Equal(sound, Save(begun!));

            // A hole in the log, as a clock that was behind leaves when it is trimmed: what would come out is another venue.
            using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder.FullName, "presence.db")}"))
            {
                connection.Open();
                using var hole = connection.CreateCommand();
                hole.CommandText = "DELETE FROM log WHERE first_input BETWEEN 30 AND 39";
                Assert.Equal(10, hole.ExecuteNonQuery());
            }

            Assert.Contains("nothing between inputs 30 and 40", Assert.Throws<StoreException>(() => venue.Restore(store)).Message);

            // One input too many is gone: there is nothing to go on from, and a guess would be worse than a halt.
            using (var commit = store.Begin())
            {
                commit.TrimLog(number, 21, long.MaxValue);
                commit.Complete();
            }

            Assert.Contains("run the version that wrote the store", Assert.Throws<StoreException>(() => venue.Restore(store)).Message);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_venue_that_gave_up_a_floor_can_read_what_it_writes()
    {
        var map = Kit.Simulator.DemoMall.Map;
        var gone = map.Floors[^1].Id;
        var rest = map with
        {
            Floors = map.Floors.RemoveAll(f => f.Id == gone), Zones = map.Zones.RemoveAll(z => z.Floor == gone), Receivers = map.Receivers.RemoveAll(r => r.Floor == gone),
            Passages = map.Passages.RemoveAll(p => map.Zones.Any(z => z.Floor == gone && (z.Id == p.From || z.Id == p.To))),
        };
        var state = New();
        ReplayTests.Day(1).Take(200).ToList().ForEach(r => Apply(state, r));
        state.Apply(
            new Input(InputKind.Command, 0, [], ReplayTests.Morning + 7_200_000, new PlanChanged(PlanJson.Write(new Presence.Visits.VenuePlan(rest, new Presence.Visits.VisitPolicy()))).Encode()),
            new VenueOutput(), out _);
        Assert.Equal((rest.Floors.Length, map.Zones.Length), (state.Map.Floors.Length, state.Map.Zones.Length));
        var (saved, read) = (Save(state), New());
        read.Load(saved);
        Assert.Equal(saved, Save(read));
    }

    [Fact]
    public void Nonsense_with_a_right_sum_is_refused_with_a_reason_or_can_be_lived_with()
    {
        var (tried, taken) = Trials.Fuzz.SnapshotFuzz.Run(snapshots: 70, 23);
        Assert.InRange(taken, 3, tried - 15);
    }

    private static void Commands(VenueState state)
    {
        var at = ReplayTests.Morning + 7_200_000;
        Do(new MemberGraded(Anna.Value, "gold", ["press"], "page-one"));
        Do(new MemberDeclared(Anna.Value, new(StringComparer.Ordinal) { ["colour"] = new("teal", true) }));
        Do(new MemberWished(Anna.Value, Channels.Push, new MemberWishes { QuietFrom = new(21, 0), QuietTo = new(9, 0), MostPerDay = 2, MutedThemes = ["shoes"] }));
        Do(new Bought(Anna.Value, 0, "books", 4_000, "sale-1"));
        Do(new MemberJoined(Bo.Value, null, "zh", Purposes.Presence));
        Do(new MemberErased(Bo.Value));
        void Do(VenueCommand command) => state.Apply(new Input(InputKind.Command, 0, [], at++, command.Encode()), new VenueOutput(), out _);
    }

    private static VenueState New() => new(1, Kit.Simulator.DemoMall.Map, new VenueSettings(), new DecisionStage(Kit.Simulator.DemoMall.Map, Key));

    private static void Apply(VenueState state, byte[] record)
    {
        ReadOnlySpan<byte> bytes = record;
        state.Apply(InputRecord.Read(ref bytes), new VenueOutput(), out _);
    }

    private static byte[] Save(VenueState state)
    {
        var to = new ArrayBufferWriter<byte>();
        state.Save(to);
        return to.WrittenSpan.ToArray();
    }

    private static string Folder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(at.FullName, "tests", "golden")))
        {
            at = at.Parent!;
        }

        return Path.Combine(at.FullName, "tests", "golden", "snapshots");
    }
}
