using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Presence.Kit.Fuzz;
using Presence.Wire;
using Xunit;

namespace Presence.Unit.Wire;

public sealed class MessageTests
{
    private static readonly GatewayStatus Status = new()
    {
        Boot = 0xfeed, At = 1_795_255_200_000, Online = true, Version = "1.2.3", Clock = ClockState.Trusted, CompleteTo = 1_795_255_199_000,
        LiveSequence = 12, BacklogSequence = 3, LiveWaiting = 4, BacklogWaiting = 5, SpoolBytes = 6_000, OldestAt = 1_795_255_000_000,
        Drops = [new("spool-full", 7), new("too-fast", 8)], UpFor = 90_000, ConfigVersion = 2,
        ConfigRejected = 3, ClockErrorMs = -4_200, Temperature = 51_500, Radios = [new(0, 1_000, 2, 30), new(65_535, 5, 0, 60_000)], Statics = 4,
        TurnedAway = [new("udp 40", "check", 9), new("meraki", "secret", 1)], Trouble = "SQLite Error 10: 'disk I/O error'.",
    };

    private static readonly GatewayConfig Config = new()
    {
        Version = 9, Venue = "mall", TimeZone = "Asia/Shanghai", DayChangeMinutes = 240, Receivers = [new(1, "wlan0"), new(65_535, "hci0")],
        Members = [1, 2, ulong.MaxValue], Denied = [5], DropUnassociated = true, LingerMs = 1_000, ForgetMs = 2, LouderDb = 6, LiveLimitMs = 4,
        StatusEveryMs = 5, Broker = "mall.example:8883",
    };

    [Fact]
    public void A_status_arrives_as_it_was_sent()
    {
        Assert.True(GatewayStatus.TryDecode(Status.Encode(), out var read, out _));
        Assert.Equal(Status with { Drops = [], Radios = [], TurnedAway = [] }, read with { Drops = [], Radios = [], TurnedAway = [] });
        Assert.Equal(Status.Drops.ToArray(), read.Drops.ToArray());
        Assert.Equal(Status.Radios.ToArray(), read.Radios.ToArray());
        Assert.Equal(Status.TurnedAway.ToArray(), read.TurnedAway.ToArray());
        Assert.True(GatewayStatus.TryDecode((Status with { Trouble = "Gerät\n" + new string('x', 300) }).Encode(), out var cut, out _));
        Assert.Equal("Ger?t?" + new string('x', 194), cut.Trouble);
        Assert.Equal(Status.Encode(), Judge.GatewayStatus.Parser.ParseFrom(Status.Encode()).ToByteArray());
    }

    [Fact]
    public void A_configuration_arrives_as_it_was_sent()
    {
        Assert.True(GatewayConfig.TryDecode(Config.Encode(), out var read, out _));
        Assert.Equal(Config.Encode(), read.Encode());
        Assert.Equal(Config.Members.ToArray(), read.Members.ToArray());
        Assert.Equal(Config.Encode(), Judge.GatewayConfig.Parser.ParseFrom(Config.Encode()).ToByteArray());
    }

    [Fact]
    public void What_is_said_of_commits_keys_and_bindings_arrives_as_it_was_sent()
    {
        var watermark = new CommittedWatermark(0xfeed, ulong.MaxValue, 0, 1_795_255_200_000);
        Assert.True(CommittedWatermark.TryDecode(watermark.Encode(), out var mark, out _));
        Assert.Equal(watermark, mark);
        Assert.Equal(watermark.Encode(), Judge.CommittedWatermark.Parser.ParseFrom(watermark.Encode()).ToByteArray());

        foreach (var message in new[]
        {
            new KeyMessage(KeyWord.Held, 0), new KeyMessage(KeyWord.Seal, 7, "gw-2") { PublicKey = new byte[64] },
            new KeyMessage(KeyWord.Sealed, 7, "gw-2") { Sealed = new byte[] { 1, 2, 3 } },
            new KeyMessage(KeyWord.Identity, 0, "gw-2") { Device = new(0xfeed), Sealed = new byte[KeyMessage.IdentityBox] },
        })
        {
            Assert.True(KeyMessage.TryDecode(message.Encode(), out var keys, out _));
            Assert.Equal((message.Word, message.Generation, message.Peer, message.Device), (keys.Word, keys.Generation, keys.Peer, keys.Device));
            Assert.Equal(message.Encode(), Judge.KeyMessage.Parser.ParseFrom(message.Encode()).ToByteArray());
        }

        var report = new BindReport("aZ0-_", new(3), 1_795_255_200_000, BindHow.Link);
        Assert.True(BindReport.TryDecode(report.Encode(), out var read, out _));
        Assert.Equal(report, read);
        Assert.Equal(report.Encode(), Judge.BindReport.Parser.ParseFrom(report.Encode()).ToByteArray());
    }

    [Fact]
    public void What_a_later_version_adds_is_passed_over_so_that_cloud_and_gateways_can_be_updated_in_any_order()
    {
        // Field 100, of each kind that there is: a number, eight bytes, text, four bytes.
        byte[] later = [0xA0, 0x06, 0x7F, 0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xA2, 0x06, 3, 9, 9, 9, 0xA5, 0x06, 1, 2, 3, 4];
        byte[] Later(byte[] payload) => [.. later, .. payload, .. later];
        Assert.True(GatewayStatus.TryDecode(Later(Status.Encode()), out var status, out _));
        Assert.Equal(Status.Encode(), status.Encode());
        Assert.True(GatewayConfig.TryDecode(Later(Config.Encode()), out var config, out _));
        Assert.Equal(Config.Encode(), config.Encode());
        var mark = new CommittedWatermark(0xfeed, 3, 4, 1_795_255_200_000);
        Assert.True(CommittedWatermark.TryDecode(Later(mark.Encode()), out var read, out _));
        Assert.Equal(mark, read);
        var report = new BindReport("aZ0-_", new(3), 1_795_255_200_000, BindHow.Tag);
        Assert.True(BindReport.TryDecode(Later(report.Encode()), out var bound, out _));
        Assert.Equal(report, bound);
        var keys = new KeyMessage(KeyWord.Seal, 7, "gw-2") { PublicKey = new byte[64] };
        Assert.True(KeyMessage.TryDecode(Later(keys.Encode()), out var message, out _));
        Assert.Equal(keys.Encode(), message.Encode());

        // A way of binding that only a later version knows is still a binding.
        Assert.True(BindReport.TryDecode((report with { How = (BindHow)99 }).Encode(), out bound, out _));
        Assert.Equal((report.Device, BindHow.Unknown), (bound.Device, bound.How));
    }

    [Fact]
    public void A_strangers_message_is_refused_with_the_reason()
    {
        Assert.Equal(Refusal.NoBoot, Why(GatewayStatus.TryDecode((Status with { Boot = 0 }).Encode(), out _, out var why), why));
        Assert.Equal(Refusal.TimeAbsurd, Why(GatewayStatus.TryDecode((Status with { At = 5_000_000_000_000 }).Encode(), out _, out why), why));
        Assert.Equal(Refusal.TooLong, Why(GatewayStatus.TryDecode(new byte[16_385], out _, out why), why));
        Assert.Equal(Refusal.FieldOutOfRange, Why(GatewayConfig.TryDecode((Config with { Version = 0 }).Encode(), out _, out why), why));
        Assert.Equal(Refusal.FieldOutOfRange, Why(GatewayConfig.TryDecode((Config with { Receivers = [new(65_536, "")] }).Encode(), out _, out why), why));
        Assert.Equal(Refusal.TokenZero, Why(GatewayConfig.TryDecode((Config with { Members = [1, 0] }).Encode(), out _, out why), why));
        Assert.Equal(Refusal.NoBoot, Why(CommittedWatermark.TryDecode([], out _, out why), why));
        Assert.Equal(Refusal.TokenZero, Why(BindReport.TryDecode([], out _, out why), why));
        Assert.Equal(Refusal.FieldOutOfRange, Why(BindReport.TryDecode(new BindReport("a b", new(1), 1, BindHow.Unknown).Encode(), out _, out why), why));
        Assert.Equal(Refusal.Malformed, Why(BindReport.TryDecode(new BindReport(new('a', 65), new(1), 1, BindHow.Unknown).Encode(), out _, out why), why));
        Assert.Equal(Refusal.Malformed, Why(BindReport.TryDecode([10, 2, 0xC3, 0x28], out _, out why), why));
    }

    [Theory]
    [InlineData("presence/v1/acme/mall/gw-1/up/live", TopicKind.Live)]
    [InlineData("presence/v1/acme/mall/gw-1/up/backlog", TopicKind.Backlog)]
    [InlineData("presence/v1/acme/mall/gw-1/up/status", TopicKind.Status)]
    [InlineData("presence/v1/acme/mall/gw-1/up/bind", TopicKind.Bind)]
    [InlineData("presence/v1/acme/mall/gw-1/down/config", TopicKind.Config)]
    [InlineData("presence/v1/acme/mall/gw-1/down/committed", TopicKind.Committed)]
    [InlineData("presence/v1/acme/mall/gw-1/down/keys", TopicKind.Keys)]
    public void A_topic_reads_as_it_is_written(string text, TopicKind kind)
    {
        Assert.True(Topics.TryParse(text, out var topic));
        Assert.Equal(new Topic(new("acme"), new("mall"), new("gw-1"), kind), topic);
        Assert.Equal(text, topic.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("presence/v1/acme/mall/gw-1/up")]
    [InlineData("presence/v1/acme/mall/gw-1/up/live/")]
    [InlineData("presence/v1/acme/mall/gw-1/down/live")]
    [InlineData("presence/v2/acme/mall/gw-1/up/live")]
    [InlineData("presence/v1/acme/mall/+/up/live")]
    [InlineData("presence/v1/Acme/mall/gw-1/up/live")]
    [InlineData("presence/v1//mall/gw-1/up/live")]
    [InlineData("presence/v1/acme/mall/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/up/live")]
    [InlineData("/presence/v1/acme/mall/gw-1/up/live")]
    public void A_topic_that_is_not_ours_is_not_taken(string? text) => Assert.False(Topics.TryParse(text, out _));

    [Fact]
    public void A_name_that_would_change_the_topic_is_our_own_mistake() =>
        Assert.Throws<ArgumentException>(() => Topics.Of(new("acme"), new("a/b"), new("gw"), TopicKind.Live));

    [Fact]
    public void No_mutation_makes_a_decoder_throw() => Assert.True(WireFuzz.Run(inputs: 50_000, 20261121) >= 50_000);

    private static Refusal Why(bool taken, Refusal why) => taken ? Refusal.None : why;
}
