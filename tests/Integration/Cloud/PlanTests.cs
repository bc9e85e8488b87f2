using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Presence.Cloud;
using Presence.Kit.Simulator;
using Presence.Storage.Sqlite;

namespace Presence.Integration.Cloud;

/// <summary>Operators try another plan on the kept history, adopt it, and say who is no visitor.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("presence-plan-");

    [Fact]
    public async Task Another_silence_is_tried_on_the_kept_history_and_changes_nothing()
    {
        await using var shop = await OpenAsync(file: true);
        var same = await shop.PostAsync("plan/trial", new { });
        Assert.Equal(0, same["devicesUnlike"]!.GetValue<int>());
        Assert.True(JsonNode.DeepEquals(same["before"], same["after"]));
        Assert.True(same["sightings"]!.GetValue<long>() > 1_000);

        var plan = await shop.GetAsync("plan");
        plan["policy"]!["silence"] = "00:02:00";
        var trial = await shop.PostAsync("plan/trial", new { policy = plan["policy"] });
        Assert.True(Visits(trial["after"]!) > Visits(trial["before"]!) * 2, trial.ToJsonString());
        Assert.True(trial["devicesUnlike"]!.GetValue<int>() > 0);
        Assert.Equal("00:10:00", (await shop.GetAsync("plan"))["policy"]!["silence"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_plan_that_was_adopted_holds_after_a_restart_and_its_visits_say_how_sure_they_are()
    {
        string[] zones;
        await using (var shop = await OpenAsync(file: true))
        {
            var map = (await shop.GetAsync("plan"))["map"]!.AsObject();
            zones = [.. map["zones"]!.AsArray().Select(z => z!["id"]!.GetValue<string>())];
            // A new corner by the door, first in the list.
            var corner = map["zones"]![0]!.DeepClone();
            corner["id"] = "corner";
            map["zones"]!.AsArray().Insert(0, corner);
            await shop.AdoptAsync(new { map });
            Assert.Equal([.. zones, "corner"], (await shop.GetAsync("map"))["zones"]!.AsArray().Select(z => z!["id"]!.GetValue<string>()));

            var visits = (await shop.GetAsync("visits?take=500")).AsArray();
            Assert.NotEmpty(visits);
            Assert.All(visits, v => Assert.InRange(v!["confidence"]!.GetValue<int>(), 1, 100));
            Assert.All(visits, v => Assert.Contains(v!["standing"]!.GetValue<string>(), new[] { "passerBy", "visitor", "engaged" }));
            Assert.All(visits, v => Assert.Contains("wifi", v!["sources"]!.AsArray().Select(s => s!.GetValue<string>())));
        }

        await using var again = await OpenAsync(file: false);
        Assert.Equal([.. zones, "corner"], (await again.GetAsync("map"))["zones"]!.AsArray().Select(z => z!["id"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData(900, 1, "4500 pieces")]
    [InlineData(300, 1_400, "map.beacons are 1400; 1333 are possible")]
    public async Task A_plan_larger_than_any_mall_is_refused_before_it_takes_all_memory(int halls, int receivers, string said)
    {
        await using var shop = await OpenAsync(file: true);
        var map = (await shop.GetAsync("plan"))["map"]!;
        var (zone, receiver) = (map["zones"]![0]!, map["receivers"]![0]!);
        zone["outline"] = JsonNode.Parse("""[{"x":0,"y":0},{"x":900,"y":0},{"x":900,"y":90},{"x":0,"y":90}]""");
        map["zones"] = Many(zone, halls, (z, i) => z["id"] = i == 0 ? zone["id"]!.GetValue<string>() : $"hall-{i}");
        receiver["zone"] = zone["id"]!.GetValue<string>();
        map["receivers"] = Many(receiver, receivers, (r, i) => r["number"] = i);
        map.AsObject().Remove("passages");
        map.AsObject().Remove("beacons");
        using var reply = await shop.Http.PostAsJsonAsync(shop.At("plan/trial"), new { map });
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Contains(said, await reply.Content.ReadAsStringAsync());

        static JsonArray Many(JsonNode one, int count, Action<JsonNode, int> number) => [.. Enumerable.Range(0, count).Select(i =>
        {
            var copy = one.DeepClone();
            number(copy, i);
            return copy;
        })];
    }

    [Fact]
    public async Task A_plan_that_makes_no_sense_is_refused_with_the_place()
    {
        await using var shop = await OpenAsync(file: true);
        var map = (await shop.GetAsync("plan"))["map"]!;
        map["zones"]![0]!["floor"] = "F99";
        using var reply = await shop.Http.PostAsJsonAsync(shop.At("plan/trial"), new { map });
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Contains("F99", await reply.Content.ReadAsStringAsync());
        using var policy = await shop.Http.PutAsJsonAsync(shop.At("plan"), new { policy = new { sure = 2.0 } });
        Assert.Contains("Sure", await policy.Content.ReadAsStringAsync());
        foreach (var (body, place) in new (object, string)[]
        {
            (new { policy = new { silense = "00:05:00" } }, "$.policy.silense"), (new { policy = new { silence = "soon" } }, "$.silence"),
            (new { polity = 1 }, "$.polity"), (new { policy = new { silenceByTag = new { cinema = "05:00:00" } } }, "SilenceByTag.cinema"),
        })
        {
            using var refused = await shop.Http.PutAsJsonAsync(shop.At("plan"), body);
            var said = await refused.Content.ReadAsStringAsync();
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest && said.Contains(place, StringComparison.Ordinal), said);
        }
    }

    [Fact]
    public async Task One_threshold_is_changed_and_the_others_stay()
    {
        await using var shop = await OpenAsync(file: true);
        await shop.AdoptAsync(new { policy = new { silence = "00:05:00", silenceByTag = new { cinema = "02:00:00" } } });
        await shop.AdoptAsync(new { policy = new { sure = 0.9 } });
        var policy = (await shop.GetAsync("plan"))["policy"]!;
        Assert.Equal(("00:05:00", 0.9, "02:00:00"), (policy["silence"]!.GetValue<string>(), policy["sure"]!.GetValue<double>(), policy["silenceByTag"]!["cinema"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_operator_sees_receivers_and_sets_staff_apart()
    {
        await using var shop = await OpenAsync(file: true);
        var receivers = (await shop.GetAsync("receivers")).AsArray();
        Assert.Equal(DemoMall.Map.Receivers.Length, receivers.Count);
        Assert.Contains(receivers, r => r!["heardAt"] is not null);

        await shop.AdoptAsync(new { policy = new { silence = "00:05:00" } });
        var visit = (await shop.GetAsync("visits?take=1"))[0]!["id"]!.GetValue<long>();
        Assert.Equal(HttpStatusCode.NoContent, (await shop.Http.PutAsJsonAsync(shop.At($"visits/{visit}/role"), new { role = "staff" })).StatusCode);
        var apart = await shop.UntilAsync("apart", a => a.AsArray().Count == 1);
        Assert.Equal("staff", apart[0]!["role"]!.GetValue<string>());
        var number = apart[0]!["number"]!.GetValue<int>();
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.Http.PutAsJsonAsync(shop.At($"apart/{number}"), new { role = "staff", zone = "nowhere" })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.Http.DeleteAsync(shop.At($"apart/{number}"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.Http.DeleteAsync(shop.At($"apart/{number}"))).StatusCode);
    }

    [Fact]
    public async Task The_operator_sees_how_many_devices_there_were_and_people_by_what_was_counted()
    {
        await using var shop = await OpenAsync(file: true);
        var counts = (await shop.GetAsync("counts")).AsArray();
        Assert.InRange(counts.Count, 24, 31);
        Assert.All(counts, c => Assert.InRange(c!["devices"]!["about"]!.GetValue<int>(), c["devices"]!["low"]!.GetValue<int>(), c["devices"]!["high"]!.GetValue<int>()));
        Assert.All(counts, c => Assert.True(c!["addresses"]!.GetValue<int>() >= c["devices"]!["about"]!.GetValue<int>() && c["randomShare"]!.GetValue<double>() == 0));
        Assert.All(counts, c => Assert.InRange(c!["people"]!["about"]!.GetValue<int>(), c["people"]!["low"]!.GetValue<int>(), c["people"]!["high"]!.GetValue<int>()));
        Assert.Equal(4, counts.Count(c => !c!["settled"]!.GetValue<bool>()));
        Assert.NotNull((await shop.GetAsync("floor"))["count"]!["people"]);

        using var odd = await shop.Http.PostAsJsonAsync(shop.At("counts"), new { people = -1 });
        Assert.Contains("$.people", await odd.Content.ReadAsStringAsync());
        using var old = await shop.Http.PostAsJsonAsync(shop.At("counts"), new { people = 5, at = "2020-01-01T00:00:00Z" });
        Assert.Contains("$.at", await old.Content.ReadAsStringAsync());

        // A moment that was counted wrongly by far: the estimate follows what people say.
        var (at, before) = (counts[10]!["from"]!.GetValue<DateTimeOffset>(), counts[10]!["people"]!["about"]!.GetValue<int>());
        using var told = await shop.Http.PostAsJsonAsync(shop.At("counts"), new { people = 5_000, at });
        Assert.Equal(HttpStatusCode.Accepted, told.StatusCode);
        await shop.UntilAsync("counts", c => c[10]!["people"]!["about"]!.GetValue<int>() > before);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static int Visits(JsonNode side) => side["visits"]!.AsObject().Sum(v => v.Value!.GetValue<int>());

    // The service over a log of a morning that is there already.
    private async Task<Shop> OpenAsync(bool file)
    {
        var data = Path.Combine(_folder.FullName, "data");
        if (!Directory.Exists(data))
        {
            using var store = new SqliteVenueStore(Path.Combine(data, "presence.db"));
            var venue = store.SaveVenue(DemoMall.Map.Tenant, DemoMall.Map.Venue, JsonSerializer.Serialize(DemoMall.Map, VenueFile.Json));
            using var commit = store.Begin();
            foreach (var (index, record) in ReplayTests.Day(1).Index())
            {
                commit.AppendLog(venue.Number, index, 1, ReplayTests.Morning, null, record);
            }

            commit.Complete();
        }

        var paper = Path.Combine(_folder.FullName, "venue.json");
        await File.WriteAllTextAsync(paper, JsonSerializer.Serialize(new VenueFile { Map = DemoMall.Map }, VenueFile.Json));

        // The same evening, whenever this is run: a day later the history would be forgotten.
        string[] args =
        [
            "--data", data, "--http", "0", "--mqtt", "0", "--time-scale", "1", "--time-anchor", $"{DateTimeOffset.UtcNow:O}",
            "--time-origin", $"{DateTimeOffset.FromUnixTimeMilliseconds(ReplayTests.Morning).AddHours(16):O}", .. file ? ["--venue", paper] : Array.Empty<string>(),
        ];
        var app = await CloudProgram.BuildAsync(args);
        await app.StartAsync();
        return new Shop(app);
    }

    private sealed class Shop(Microsoft.AspNetCore.Builder.WebApplication app) : IAsyncDisposable
    {
        public HttpClient Http { get; } = new() { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(30) };

        public Uri At(string path) => new($"/api/v1/venues/{DemoMall.Map.Venue}/{path}", UriKind.Relative);

        public async Task<JsonNode> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonNode>(At(path)))!;

        public async Task<JsonNode> PostAsync(string path, object body)
        {
            using var reply = await Http.PostAsJsonAsync(At(path), body);
            Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
            return (await reply.Content.ReadFromJsonAsync<JsonNode>())!;
        }

        public async Task AdoptAsync(object plan)
        {
            using var reply = await Http.PutAsJsonAsync(At("plan"), plan);
            Assert.True(reply.StatusCode == HttpStatusCode.OK, await reply.Content.ReadAsStringAsync());
        }

        // Pages see what was committed a fifth of a second ago.
        public async Task<JsonNode> UntilAsync(string path, Func<JsonNode, bool> holds)
        {
            for (var tries = 0; tries < 100; tries++)
            {
                if (await GetAsync(path) is { } node && holds(node))
                {
                    return node;
                }

                await Task.Delay(50);
            }

            throw new TimeoutException(path);
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
