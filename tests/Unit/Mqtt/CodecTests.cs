using FsCheck;
using FsCheck.Fluent;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Xunit;

namespace Presence.Unit.Mqtt;

public sealed class CodecTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Fact]
    public void Every_packet_reads_back_as_it_was_written() => Prop.ForAll(PacketGen.Any.ToArbitrary(), sample =>
    {
        var bytes = MqttCodec.Encode(sample.Packet, sample.Version);
        Assert.Equal(MqttReasonCode.Success, MqttCodec.TryDecode(bytes, sample.Version, out var read, out var length));
        Assert.Equal(bytes.Length, length);
        Assert.Equal(Story.Of(sample.Packet), Story.Of(read!));
        Assert.Equal(bytes, MqttCodec.Encode(read!, sample.Version));
    }).Check(Thorough);

    [Fact]
    public void Every_prefix_of_a_packet_waits_for_the_rest() => Prop.ForAll(PacketGen.Any.ToArbitrary(), sample =>
    {
        var bytes = MqttCodec.Encode(sample.Packet, sample.Version);
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.Equal(MqttReasonCode.Success, MqttCodec.TryDecode(bytes.AsSpan(0, i), sample.Version, out var read, out var length));
            Assert.Null(read);
            Assert.Equal(0, length);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Every_body_cut_short_is_valid_or_refused() => Prop.ForAll(PacketGen.Any.ToArbitrary(), sample =>
    {
        var bytes = MqttCodec.Encode(sample.Packet, sample.Version);
        var header = bytes.Length < 130 ? 2 : bytes.Length < 16_387 ? 3 : 4;
        for (var i = header; i < bytes.Length; i++) ValidOrRefused(bytes[0], bytes.AsSpan(header, i - header), sample.Version);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Every_change_of_one_byte_is_valid_or_refused() => Prop.ForAll(PacketGen.Any.ToArbitrary(), sample =>
    {
        var bytes = MqttCodec.Encode(sample.Packet, sample.Version);
        for (var at = 0; at < bytes.Length; at++)
        {
            var was = bytes[at];
            foreach (var now in new[] { 0, 1, was ^ 1, was ^ 0x80, was + 1, was - 1, 0x7F, 0x80, 0xFF })
            {
                bytes[at] = (byte)now;
                var why = MqttCodec.TryDecode(bytes, sample.Version, out var read, out var length);
                Assert.True(why == MqttReasonCode.Success ? (read is null) == (length == 0) : read is null && length == 0);
                if (read is not null) Again(read, sample.Version);
            }

            bytes[at] = was;
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Theory]
    [InlineData("a/b", true)]
    [InlineData("+/b/#", true)]
    [InlineData("#", true)]
    [InlineData("/", true)]
    [InlineData("a+/b", false)]
    [InlineData("a/#/b", false)]
    [InlineData("a/b#", false)]
    [InlineData("", false)]
    public void A_filter_has_wildcards_only_as_whole_levels(string filter, bool valid) => Assert.Equal(valid, MqttText.IsTopicFilter(filter));

    [Theory]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/c", "a/b/d", false)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/", true)]
    [InlineData("+", "a/b", false)]
    [InlineData("+/+", "/x", true)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    [InlineData("a", "a/b", false)]
    [InlineData("a/b", "a", false)]
    public void A_filter_takes_the_topics_the_standard_says(string filter, string topic, bool takes) =>
        Assert.Equal(takes, MqttTopicFilter.Matches(filter, topic));

    [Theory]
    [InlineData("C0 80", "an over-long zero")]
    [InlineData("ED A0 80", "half a surrogate pair")]
    [InlineData("00", "zero")]
    [InlineData("1F", "a control character")]
    [InlineData("EF BF BF", "a non-character")]
    [InlineData("F4 90 80 80", "beyond Unicode")]
    [InlineData("E2 82", "a character cut short")]
    public void Text_the_standard_forbids_is_refused(string hex, string what) =>
        Assert.False(MqttText.IsValid(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))), what);

    [Fact]
    public void Text_in_any_script_is_taken() => Assert.True(MqttText.IsValid("Grüße 商场 😀 \uFEFF"u8));

    [Fact]
    public void A_packet_longer_than_agreed_is_refused_from_its_header_on() =>
        Assert.Equal(MqttReasonCode.PacketTooLarge, MqttCodec.TryDecode([0x30, 0xFF, 0xFF, 0xFF, 0x7F], MqttVersion.V5, out _, out _, maxPacket: 1_000));

    private static void ValidOrRefused(byte first, ReadOnlySpan<byte> body, MqttVersion version)
    {
        var why = PacketDecoder.TryDecode(first, body, version, out var read);
        Assert.Equal(why == MqttReasonCode.Success, read is not null);
        if (read is not null) Again(read, version);
    }

    // Whatever is taken can be said again, and means the same.
    private static void Again(MqttPacket read, MqttVersion version)
    {
        if (read is ConnectPacket connect) version = connect.Version;
        Assert.Equal(MqttReasonCode.Success, MqttCodec.TryDecode(MqttCodec.Encode(read, version), version, out var again, out _));
        Assert.Equal(Story.Of(read), Story.Of(again!));
    }
}
