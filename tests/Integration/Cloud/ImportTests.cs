using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Presence.Cloud.Stages;
using Presence.Storage;
using Presence.Storage.Sqlite;

namespace Presence.Integration.Cloud;

/// <summary>Offers and purchases from files: what can be taken is taken, once, and each other line is named with the reason.</summary>
public sealed class ImportTests
{
    private const string Imports = $"/api/v1/venues/{RunningCloud.Venue}/imports";

    [Fact]
    public async Task Purchases_of_a_file_are_taken_once_and_lines_that_cannot_be_are_named()
    {
        await using var cloud = await RunningCloud.StartAsync([RunningCloud.WhenBuys("thanks", "books", """{"offer": "coffee-free"}""")]);
        var (member, secret) = await cloud.JoinAsync();
        var file = $"""
            key,member,zone,category,cents,at
            b-1,{member},page-one,books,2500,
            b-2,{member},page-one,"books, old",1000,2026-01-02T10:00:00Z
            b-3,{Guid.NewGuid()},page-one,books,100,
            b-4,{member},nowhere,books,100,
            b-5,{member},page-one,books,-3,
            b-6,{member},page-one,books,100,2199-01-01T00:00:00Z
            ,{member},page-one,books,100,
            b-7,{member},page-one,books,100,,more
            """;
        var first = await PostAsync(cloud, "purchases", file);
        Assert.Equal((2, 0, 6), (first.GetProperty("taken").GetInt32(), first.GetProperty("known").GetInt32(), first.GetProperty("refusedLines").GetInt32()));
        Assert.Equal([4, 5, 6, 7, 8, 9], first.GetProperty("refused").EnumerateArray().Select(r => r.GetProperty("line").GetInt32()));
        Assert.All(first.GetProperty("refused").EnumerateArray(), r => Assert.NotEmpty(r.GetProperty("why").GetString()!));
        var again = await PostAsync(cloud, "purchases", file);
        Assert.Equal((0, 2), (again.GetProperty("taken").GetInt32(), again.GetProperty("known").GetInt32()));

        // The one of now sends, the one of January does not; both count.
        Assert.Single(await cloud.CouponsAsync(secret));
        Assert.Equal(35, (await cloud.GetAsync("/api/v1/me/points", secret)).GetProperty("pending").GetInt64() + (await cloud.GetAsync("/api/v1/me/points", secret)).GetProperty("spendable").GetInt64());
    }

    [Fact]
    public async Task Offers_of_a_file_take_their_place_beside_those_there_are()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        const string File = """
            id,titleEn,titleZh,theme,validFor,whereTags,cost,percent
            socks,Warm socks,暖袜,socks,7 days,fashion kids,5,
            hat,A hat,,hats,soon,,5,
            cap,A cap,,caps,4 h,,5,120
            scarf,A scarf,,scarves,4 h,,99999999999999999999,
            """;
        var first = await PostAsync(cloud, "offers", File);
        Assert.Equal((1, 0, 3), (first.GetProperty("taken").GetInt32(), first.GetProperty("known").GetInt32(), first.GetProperty("refusedLines").GetInt32()));
        Assert.Contains("validFor", first.GetProperty("refused")[0].GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Equal((0, 1), ((await PostAsync(cloud, "offers", File)).GetProperty("taken").GetInt32(), (await PostAsync(cloud, "offers", File)).GetProperty("known").GetInt32()));
        var offers = (await cloud.GetAsync($"/api/v1/venues/{RunningCloud.Venue}/offers")).EnumerateArray().ToList();
        Assert.Contains(offers, o => o.GetProperty("id").GetString() == "socks" && o.GetProperty("whereTags").GetArrayLength() == 2);
        Assert.Contains(offers, o => o.GetProperty("id").GetString() == "coffee-free");
    }

    [Fact]
    public void A_till_whose_keys_begin_anew_gives_points_that_can_be_spent()
    {
        var map = Kit.Simulator.DemoMall.Map;
        var state = new VenueState(1, map, new VenueSettings(), new DecisionStage(map, new byte[32]));
        var (anna, at) = (Guid.Parse("11111111-1111-1111-1111-111111111111"), ReplayTests.Morning);
        foreach (var command in new VenueCommand[] { new MemberJoined(anna, null, "en", Purposes.Presence), new Bought(anna, 0, "books", 4_000, "till 1"), new Bought(anna, 0, "books", 4_000, "till 1") })
        {
            state.Apply(new Input(InputKind.Command, 0, [], at++, command.Encode()), new VenueOutput(), out _);
        }

        Assert.True(state.Decisions.Points.TrySpend(new(anna), "gift", 60, at + (15 * 86_400_000L), out _, out var paid));
        Assert.Equal([40, 20], paid.Select(p => p.Left));
    }

    [Fact]
    public void What_was_imported_is_known_as_long_as_the_venue_keeps_books()
    {
        var folder = Directory.CreateTempSubdirectory("presence-import-");
        using (var store = new SqliteVenueStore(Path.Combine(folder.FullName, "presence.db")))
        {
            var venue = store.SaveVenue("mall", "example", "{}").Number;
            using var commit = store.Begin();
            commit.KeepReply(new ReplyRow(venue, "import b-1", "", 200, "", null, 0));
            commit.KeepReply(new ReplyRow(venue, "till b-1", "", 200, "", null, 0));
            commit.ForgetPapers(venue, PapersKept.At(ReplayTests.Morning));
            Assert.NotNull(commit.FindReply(venue, "import b-1"));
            Assert.Null(commit.FindReply(venue, "till b-1"));
        }

        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("key,key\n")]
    [InlineData("key,colour\n1,2")]
    public async Task A_file_with_a_wrong_heading_is_refused_whole(string file)
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        using var content = new StringContent(file, Encoding.UTF8, "text/csv");
        using var reply = await cloud.Http.PostAsync($"{Imports}/purchases", content);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    private static async Task<JsonElement> PostAsync(RunningCloud cloud, string what, string file)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(file));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var reply = await cloud.Http.PostAsync($"{Imports}/{what}", content);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
