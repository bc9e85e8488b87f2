using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Kit.Wire;
using Presence.Storage;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>Who goes is gone, and who takes a consent back has taken it back: in every table, in the log, in every snapshot, on the disk.</summary>
public sealed class ForgettingTests
{
    private const string Nickname = "Xiaoyu-who-goes";
    private static readonly Guid Anna = Guid.Parse("a0000000-0000-0000-0000-000000000001");
    private static readonly Guid Bo = Guid.Parse("a0000000-0000-0000-0000-000000000002");
    private static readonly string[] Rules = [RunningCloud.WhenBuys("books", "books", """{"offer": "coffee-cake"}""")];

    [Fact]
    public async Task Somebody_who_goes_while_a_coupon_is_being_given_leaves_nothing_behind()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (anna, secret) = await cloud.JoinAsync(Nickname, "05-04");
        var holds = HoldAsync(cloud);
        var buys = BuyAsync(cloud, anna);
        await Task.Delay(200);
        var goes = GoAsync(cloud, secret);
        await Task.WhenAll(holds, buys, goes);
        Assert.Equal(HttpStatusCode.NoContent, await goes);
        foreach (var table in new[] { "members", "consents", "bindings", "decisions", "facts", "inbox", "arrivals", "coupons", "log", "visits", "stays" })
        {
            Assert.Equal(0, Count(cloud, $"SELECT COUNT(*) FROM {table} WHERE {(table == "members" ? "id" : "member")} = '{anna}'"));
        }

        var named = Files(cloud).Where(f => Contains(f, Nickname) || Contains(f, anna.ToString()) || Contains(f, anna.ToByteArray())).Select(Path.GetFileName);
        Assert.Equal([], named.Where(f => !Erased(cloud, anna, f!)));
    }

    [Fact]
    public async Task A_coupon_that_is_given_as_the_consent_is_taken_back_is_cancelled_with_the_others()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (anna, secret) = await cloud.JoinAsync();
        var holds = HoldAsync(cloud);
        var buys = BuyAsync(cloud, anna);
        await Task.Delay(200);
        var back = ConsentAsync(cloud, secret);
        await Task.WhenAll(holds, buys, back);
        Assert.Equal(1, Count(cloud, $"SELECT COUNT(*) FROM coupons WHERE member = '{anna}'"));
        Assert.Equal(0, Count(cloud, $"SELECT COUNT(*) FROM coupons WHERE member = '{anna}' AND state = 'issued'"));
    }

    [Fact]
    public async Task With_the_consent_the_link_to_the_phone_goes_from_the_log_and_the_snapshots_too()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (anna, secret) = await cloud.JoinAsync();
        const ulong token = 0x1234_5678_9ABC_DEF0;
        var venues = cloud.Services.GetRequiredService<Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        await venues.LaneOf(venue).AskAsync<bool>(venue, (at, commit, now) =>
        {
            commit.SetBinding(at.Number, token, anna, "link", now);
            return (true, [new DeviceBound(anna, token, "link")]);
        });
        Assert.Equal(1, Count(cloud, "SELECT COUNT(*) FROM bindings"));
        await ConsentAsync(cloud, secret);
        Assert.Equal(0, Count(cloud, "SELECT COUNT(*) FROM bindings"));
        var decimals = token.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.DoesNotContain(Files(cloud), f => Contains(f, decimals) || Contains(f, BitConverter.GetBytes(token)));
    }

    [Fact]
    public async Task Nothing_that_comes_after_somebody_went_brings_them_back()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var text = (await cloud.GetAsync("/api/v1/texts/consent")).GetProperty("version").GetString();
        var join = new { nickname = Nickname, birthday = (string?)null, language = "en", purposes = new[] { "presence", "marketing", "profiling" }, textVersion = text };
        var key = Guid.NewGuid().ToString();
        var joined = (await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/members", join, key)).Body;
        var anna = joined.GetProperty("memberId").GetGuid();
        Assert.Equal(HttpStatusCode.NoContent, await GoAsync(cloud, joined.GetProperty("secret").GetString()!));

        // What was under way when she went, and the call to join once more, from a proxy that had kept it.
        var venues = cloud.Services.GetRequiredService<Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) => (true, [new TouchpointScanned(anna, "poster", -1), new DeviceBound(anna, 0xA1, "link")]));
        Assert.Equal(HttpStatusCode.Created, (await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/members", join, key)).Status);
        foreach (var table in new[] { "members", "consents", "bindings", "facts", "log" })
        {
            Assert.Equal((table, 0), (table, Count(cloud, $"SELECT COUNT(*) FROM {table} WHERE {(table == "members" ? "id" : "member")} = '{anna}'")));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_due_is_not_done_as_somebody_goes_or_takes_the_leave_back(bool goes)
    {
        const string reminds = """
            {"id": "reminds", "version": 1, "state": "published", "author": "test", "title": "reminds",
             "when": {"notRedeemed": {"offer": "coffee-cake", "after": "5 min"} }, "then": [{"offer": "fashion-10"}], "limits": {"once": "none"} }
            """;
        var (state, at) = (Begin(reminds), ReplayTests.Morning + 7_200_000);
        Do(state, new MemberJoined(Anna, null, "en", Purposes.Presence | Purposes.Marketing | Purposes.Profiling), at);
        Assert.Single(Do(state, new Bought(Anna, 0, "books", 4_000), at).Coupons);
        var output = Do(state, goes ? new MemberErased(Anna) : new ConsentChanged(Anna, Purposes.Presence), at + 600_000);
        Assert.Empty(output.Coupons);
        Assert.Empty(output.Messages);
        Assert.Equal(goes ? [] : [Anna], output.Decisions.Select(d => d.Member).Concat(output.Facts.Select(f => f.Member)).Distinct());
    }

    [Fact]
    public async Task A_redemption_is_not_taken_back_for_somebody_who_takes_part_no_more()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        var (anna, secret) = await cloud.JoinAsync();
        await BuyAsync(cloud, anna);
        var code = (await cloud.CouponsAsync(secret)).Single().GetProperty("code").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/coupons/{code}/redeem", new { zone = "coffee-bar", by = "Mei" }, Guid.NewGuid().ToString())).Status);
        await ConsentAsync(cloud, secret);
        Assert.Equal(HttpStatusCode.Conflict, (await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/coupons/{code}/undo", new { by = "Mei", reason = "by mistake" })).Status);
        Assert.Equal(0, Count(cloud, "SELECT COUNT(*) FROM coupons WHERE state = 'issued'"));
    }

    [Fact]
    public void The_state_somebody_leaves_behind_leads_to_them_only_as_erased()
    {
        var (state, at) = (Begin(), ReplayTests.Morning + 7_200_000);
        Do(state, new MemberJoined(Bo, null, "en", Purposes.Presence | Purposes.Marketing | Purposes.Profiling), at);
        Do(state, new MemberJoined(Anna, null, "en", Purposes.Presence | Purposes.Marketing | Purposes.Profiling, Bo), at);
        Assert.DoesNotContain(Do(state, new DeviceBound(Anna, 0xA11A, "link"), at).Points, p => p.Cause.Contains(Anna.ToString(), StringComparison.Ordinal));
        Assert.Single(Do(state, new Bought(Anna, 0, "books", 4_000), at).Coupons);
        Do(state, new MemberErased(Anna), at + 1);
        var saved = new System.Buffers.ArrayBufferWriter<byte>();
        state.Save(saved);
        var times = 0;
        for (var rest = saved.WrittenSpan; rest.IndexOf(Anna.ToByteArray()) is >= 0 and var found; rest = rest[(found + 16)..])
        {
            times++;
        }

        Assert.Equal(1, times);
    }

    [Fact]
    public void A_visit_that_was_open_as_somebody_went_settles_without_their_token()
    {
        var (state, at) = (Begin(), ReplayTests.Morning + 7_200_000);
        Do(state, new MemberJoined(Anna, null, "en", Purposes.Presence), at);
        Do(state, new DeviceBound(Anna, 0xA11A, "link"), at);
        Pass(state, at, at + 600_000, 0xA11A);
        Do(state, new MemberErased(Anna), at + 600_000);
        var settled = Pass(state, at + 600_000, at + 7_200_000);
        Assert.Equal([0UL], settled.Select(v => v.Token));
    }

    [Fact]
    public void A_visit_of_two_devices_ends_with_the_last_and_when_it_becomes_somebody_elses()
    {
        var (state, at) = (Begin(), ReplayTests.Morning + 7_200_000);
        Do(state, new MemberJoined(Anna, null, "en", Purposes.Presence), at);
        Do(state, new MemberJoined(Bo, null, "en", Purposes.Presence), at);
        Do(state, new DeviceBound(Anna, 0xA11A, "link"), at);
        Do(state, new DeviceBound(Anna, 0xA11B, "link"), at);
        Pass(state, at, at + 600_000, 0xA11A, 0xA11B);
        Pass(state, at + 600_000, at + 5_400_000, 0xA11B);
        Assert.True(state.Look().Present.ContainsKey(Anna));
        var rebound = Do(state, new DeviceBound(Bo, 0xA11B, "link"), at + 5_400_000);
        Assert.False(state.Look().Present.ContainsKey(Anna));
        Assert.Equal([FactKind.VisitEnded], rebound.Facts.Where(f => f.Member == Anna).Select(f => KindOf(f.Fact)));
    }

    private static FactKind KindOf(byte[] fact)
    {
        var reader = new Presence.StateReader(fact);
        return Fact.Load(ref reader).Kind;
    }

    private static VenueState Begin(params string[] more)
    {
        var map = Kit.Simulator.DemoMall.Map;
        var state = new VenueState(1, map, new VenueSettings(), new DecisionStage(map, new byte[32]));
        Do(state, new RulesChanged([.. Rules, .. more], File.ReadAllText(Path.Combine(RunningCloud.Definitions(), "offers.json"))), ReplayTests.Morning + 7_200_000);
        return state;
    }

    private static VenueOutput Do(VenueState state, VenueCommand command, long at)
    {
        var told = new VenueOutput();
        state.Apply(new Input(InputKind.Command, 0, [], at, command.Encode()), told, out _);
        return told;
    }

    // All gateways hear the devices every twenty seconds, one of them well.
    private static List<VisitRow> Pass(VenueState state, long from, long until, params ulong[] devices)
    {
        var (visits, output) = (new List<VisitRow>(), new VenueOutput());
        var gateways = state.Map.Receivers.Select(r => r.Gateway).Distinct().ToArray();
        for (var at = from; at < until; at += 20_000)
        {
            var sequence = (ulong)(at / 1_000);
            if (devices.Length > 0)
            {
                Apply(InputKind.Sightings, gateways[0], at + 500, new Batch
                {
                    Boot = 7, Sequence = sequence, Tokens = devices, Traits = [.. devices.Select(_ => TokenTraits.Bound | TokenTraits.Associated)], Exact = [.. devices], Coarse = [.. devices],
                    Device = [.. devices.Select((_, i) => (ushort)i)], Receiver = [.. devices.Select(_ => (ushort)state.Map.Receivers.First(r => r.Gateway == gateways[0]).Number)],
                    Dbm = [.. devices.Select(_ => (sbyte)-55)], At = [.. devices.Select(_ => at)],
                }.Encode());
            }

            foreach (var gateway in gateways)
            {
                Apply(InputKind.Status, gateway, at + 600, new GatewayStatus { Boot = 7, At = at + 600, Online = true, CompleteTo = at + 400, LiveSequence = sequence, Version = "test" }.Encode());
            }

            Apply(InputKind.Tick, "", at + 700, []);
            visits.AddRange(output.Visits);
            output.Clear();
        }

        return visits;

        void Apply(InputKind kind, string gateway, long at, byte[] payload) =>
            state.Apply(new Input(kind, 0, InputRecord.NameOf(gateway), at, payload), output, out _);
    }

    // Keeps the venue busy for a moment, so that what is asked meanwhile meets in one commit.
    private static Task HoldAsync(RunningCloud cloud)
    {
        var venues = cloud.Services.GetRequiredService<Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        return venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) =>
        {
            Thread.Sleep(800);
            return (true, []);
        });
    }

    private static Task BuyAsync(RunningCloud cloud, Guid member) =>
        cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/purchases", new { member, zone = "page-one", category = "books", cents = 1_200 });

    private static async Task<HttpStatusCode> GoAsync(RunningCloud cloud, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/v1/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var reply = await cloud.Http.SendAsync(request);
        return reply.StatusCode;
    }

    private static async Task ConsentAsync(RunningCloud cloud, string secret)
    {
        var version = (await cloud.GetAsync("/api/v1/texts/consent")).GetProperty("version").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/me/consent")
        {
            Content = new StringContent($$"""{"purposes": [], "textVersion": "{{version}}", "language": "en"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var reply = await cloud.Http.SendAsync(request);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
    }

    private static long Count(RunningCloud cloud, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(cloud.Data, "presence.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static IEnumerable<string> Files(RunningCloud cloud) => Directory.EnumerateFiles(cloud.Data, "*", SearchOption.AllDirectories);

    private static bool Contains(string file, string text) => Contains(file, Encoding.UTF8.GetBytes(text));

    private static bool Contains(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];

        // The log beside the store may be folded while it is read.
        return content.AsSpan(0, stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)).IndexOf(bytes) >= 0;
    }

    // That somebody of this random id asked to be forgotten is kept, so that no replay and no restored copy brings them back: in its own
    // table, in the log and in the state. The name is nowhere.
    private static bool Erased(RunningCloud cloud, Guid member, string file) =>
        file.StartsWith("presence.db", StringComparison.Ordinal) && Count(cloud, $"SELECT COUNT(*) FROM erased WHERE member = '{member}'") == 1
        && !Contains(Path.Combine(cloud.Data, file), Nickname);
}
