using System.Buffers;
using System.Net;
using System.Text.Json;
using Presence.Cloud.Stages;

namespace Presence.Integration.Cloud;

/// <summary>A tier follows from spend while the mall is at work: rules hear of it, the member and staff see it, and its date ends it.</summary>
public sealed class TierLifeTests
{
    private const string Base = $"/api/v1/venues/{RunningCloud.Venue}";

    private static readonly string[] Rules =
    [
        """{"segment": "silvers", "title": "Silver", "if": [{"tier": "silver"}]}""",
        """{"id": "rises", "version": 1, "state": "published", "author": "test", "title": "rises", "when": {"joinsSegment": "silvers"}, "then": [{"points": 70}], "limits": {"once": "none"} }""",
        """{"id": "falls", "version": 1, "state": "published", "author": "test", "title": "falls", "when": {"leavesSegment": "silvers"}, "then": [{"points": 7}], "limits": {"once": "none"} }""",
    ];

    private static readonly string Programme = """
        {"tiers": {"over": "3 days", "keeps": "3 days", "levels": [{"name": "silver", "spend": 50}, {"name": "gold", "spend": 500}]}}
        """;

    [Fact]
    public async Task She_rises_with_the_purchase_that_reaches_it_and_sees_what_is_missing_to_the_next()
    {
        await using var cloud = await RunningCloud.StartAsync(Rules);
        Assert.Equal(HttpStatusCode.OK, (await cloud.SendAsync(HttpMethod.Put, $"{Base}/loyalty?by=Lan", JsonSerializer.Deserialize<JsonElement>(Programme))).Status);
        var (member, secret) = await cloud.JoinAsync();
        await BuyAsync(cloud, member, 2_000);
        Assert.Equal((JsonValueKind.Null, "silver", 3_000L), Read(await cloud.GetAsync("/api/v1/me/tier", secret)));
        await BuyAsync(cloud, member, 4_000);
        var tier = await cloud.GetAsync("/api/v1/me/tier", secret);
        Assert.Equal((JsonValueKind.String, "gold", 44_000L), Read(tier));
        Assert.Equal(TimeSpan.FromDays(3), tier.GetProperty("until").GetDateTimeOffset() - tier.GetProperty("since").GetDateTimeOffset());
        Assert.Equal(70, (await cloud.GetAsync("/api/v1/me/points", secret)).GetProperty("spendable").GetInt64());
        Assert.Equal("silver", (await cloud.GetAsync("/api/v1/me/export", secret)).GetProperty("profile").GetProperty("tier").GetString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    public void She_keeps_it_over_a_restart_and_falls_on_its_date_though_nobody_came(int restartAfterHours)
    {
        const long hour = 3_600_000, begin = 1_795_219_200_000;
        var (state, told) = (New(), new List<string>());
        Do(new RulesChanged(Rules, "[]"), begin);
        Do(new LoyaltyChanged(Programme), begin);
        Do(new MemberJoined(Anna, null, "en", Purposes.Presence | Purposes.Marketing | Purposes.Profiling), begin);
        Do(new Bought(Anna, 0, "books", 6_000), begin + hour);
        for (var at = begin + hour; at < begin + (100 * hour); at += hour)
        {
            if ((at - begin) / hour == restartAfterHours)
            {
                var bytes = new ArrayBufferWriter<byte>();
                state.Save(bytes);
                state = New();
                state.Load(bytes.WrittenSpan);
            }

            Apply(InputKind.Tick, at, []);
        }

        Assert.Equal(["1 h silver", "1 h rises", "74 h none", "74 h falls"], told);
        Assert.Equal(new Offers.TierState(null, begin + (73 * hour), 0), state.Decisions.Tiers.Of(new(Anna)));

        void Do(VenueCommand command, long at) => Apply(InputKind.Command, at, command.Encode());
        void Apply(InputKind kind, long at, byte[] payload)
        {
            var output = new VenueOutput();
            state.Apply(new Input(kind, 0, [], at, payload), output, out _);
            told.AddRange(output.Tiers.Select(t => $"{(at - begin) / hour} h {t.Tier ?? "none"}").Concat(output.Decisions.Select(d => $"{(at - begin) / hour} h {d.Rule}")));
        }
    }

    private static readonly Guid Anna = Guid.Parse("11111111-1111-1111-1111-111111111111");

    private static VenueState New() => new(1, Kit.Simulator.DemoMall.Map, new VenueSettings(), new DecisionStage(Kit.Simulator.DemoMall.Map, new byte[32]));

    private static (JsonValueKind Name, string? Next, long Missing) Read(JsonElement tier) =>
        (tier.GetProperty("name").ValueKind, tier.GetProperty("next").GetString(), tier.GetProperty("missing").GetInt64());

    private static Task BuyAsync(RunningCloud cloud, Guid member, long cents) =>
        cloud.PostAsync($"{Base}/purchases", new { member, zone = "page-one", category = "books", cents });
}
