using System.Text;
using Presence.Capture.Feeds;
using Presence.Capture.Privacy;
using Presence.Kit.Feeds;
using Presence.Kit.Fuzz;
using Xunit;

namespace Presence.Unit.Capture;

/// <summary>What the receivers that a mall already has send, read.</summary>
public sealed class FeedTests
{
    private const string Phone = "00:11:22:33:44:55", Tag = "c1:00:00:00:00:01", Point = "e0:cb:bc:00:00:01";
    private const long Noon = 1_795_255_200_000;

    [Fact]
    public void Every_sample_is_read_as_one_knows_it()
    {
        Assert.Equal(["e0cbbc000001 hears Wifi 001122334455 at -60, Associated, at noon"], Told(FeedSamples.MerakiVersion3(Phone, Point, -60, Noon), "meraki v3"));
        Assert.Equal(["e0cbbc000001 hears Wifi 001122334455 at -60, None, at noon"], Told(FeedSamples.MerakiVersion3(Phone, Point, -60, Noon, ssid: null), "meraki v3"));
        Assert.Equal(["e0cbbc000001 hears Wifi 001122334455 at -60, Associated, at noon"], Told(FeedSamples.MerakiVersion2(Phone, Point, 35, Noon), "meraki v2"));
        Assert.Equal(
            ["e0cbbc000001 hears IBeacon 000102030405060708090a0b0c0d0e0f00010002 at -60, Beacon, Bluetooth, at noon"],
            Told(FeedSamples.MerakiBeacon(Tag, Point, -60, Noon, "00010203-0405-0607-0809-0a0b0c0d0e0f", 1, 2), "meraki ble"));
        Assert.Equal(["z hears Wifi 001122334455 at -50, Associated, at noon"], Told(FeedSamples.Mist(Phone, "z", Noon), "mist"));
        Assert.Equal(["room hears BluetoothRandom c10000000001 at -61, Random, Bluetooth, at now"], Told(FeedSamples.Espresense(Tag, "known:c10000000001", -61), "espresense"));
        Assert.Equal(["omg hears BluetoothPublic 001122334455 at -61, Bluetooth, at now"], Told(FeedSamples.Theengs(Phone, -61), "theengs"));
        Assert.Equal(["map hears Wifi 001122334455 at -60, Associated, at noon"], Told(Encoding.UTF8.GetBytes(FeedSamples.Firehose(Phone, "map", -60, Noon, "u")), "firehose"));
        Assert.Equal(
            [
                "e0cbbc000001 hears IBeacon 0000000000000000000000000000000000010002 at -60, Beacon, Bluetooth, at noon",
                "e0cbbc000001 hears BluetoothRandom c10000000001 at -60, Random, Bluetooth, at noon",
                "e0cbbc000001 hears Wifi 001122334455 at -60, Associated, at noon",
            ],
            Told(FeedSamples.Aruba(Phone, Tag, Point, -60, Noon), "aruba"));
    }

    [Fact]
    public void An_iBeacon_is_the_same_by_whichever_system_it_is_heard()
    {
        var direct = Read(FeedSamples.Espresense(Tag, "iBeacon:00010203-0405-0607-0809-0a0b0c0d0e0f-1-2", -61), "espresense").Heard.Single();
        var meraki = Read(FeedSamples.MerakiBeacon(Tag, Point, -60, Noon, "000102030405060708090A0B0C0D0E0F", 1, 2), "meraki ble").Heard.Single();
        Assert.Equal(direct.Beacon.ToArray(), meraki.Beacon.ToArray());
        Assert.Equal(AddressSpace.IBeacon, meraki.Space);
    }

    [Fact]
    public void Without_the_secret_the_token_or_the_signature_nothing_is_heard()
    {
        var readings = new FeedReadings();
        Assert.Equal(FeedRefusal.NotTrusted, Meraki.Read(FeedSamples.MerakiVersion3(Phone, Point, -60, Noon), "another", readings));
        Assert.Equal(FeedRefusal.NotTrusted, Meraki.Read("{\"type\":\"WiFi\"}"u8.ToArray(), "another", readings));
        Assert.Equal(FeedRefusal.NotTrusted, Aruba.Read(FeedSamples.Aruba(Phone, Tag, Point, -60, Noon, "wrong"), FeedSamples.Secret, readings));
        var body = FeedSamples.Mist(Phone, "z", Noon);
        foreach (var signature in new[] { null, "", "00", FeedSamples.MistSignature(body)[..^2], FeedSamples.MistSignature([.. body, 32]), new string('z', 64) })
        {
            Assert.Equal(FeedRefusal.NotTrusted, Mist.Read(body, signature, null, FeedSamples.Secret, readings));
        }

#pragma warning disable CA5350 // What older installations sign with.
        var older = Convert.ToHexString(System.Security.Cryptography.HMACSHA1.HashData(Encoding.UTF8.GetBytes(FeedSamples.Secret), body));
#pragma warning restore CA5350
        Assert.Equal(FeedRefusal.NotTrusted, Mist.Read(body, FeedSamples.MistSignature([.. body, 32]), older, FeedSamples.Secret, readings));
        Assert.Empty(readings.Heard);
        Assert.Equal(FeedRefusal.None, Mist.Read(body, null, older, FeedSamples.Secret, readings));
        Assert.Single(readings.Heard);
    }

    [Fact]
    public void What_lacks_something_is_left_out_and_counted_by_what_it_lacks()
    {
        Assert.Equal(FeedRefusal.NoStrength, Lacks(FeedSamples.MerakiVersion3(Phone, Point, -200, Noon), "meraki v3"));
        Assert.Equal(FeedRefusal.NoAddress, Lacks(FeedSamples.MerakiVersion3("00:11:22", Point, -60, Noon), "meraki v3"));
        Assert.Equal(FeedRefusal.NoReceiver, Lacks(FeedSamples.MerakiVersion3(Phone, "nowhere", -60, Noon), "meraki v3"));
        Assert.Equal(FeedRefusal.NotDevices, Lacks(FeedSamples.Mist(Phone, "z", Noon, trigger: "exit"), "mist"));
        Assert.Equal(FeedRefusal.NoAddress, Lacks(FeedSamples.Espresense("", "apple:1005:9-26", -60), "espresense"));
        Assert.Equal(FeedRefusal.NotDevices, RoomTopics.Read("home/omg/BTtoMQTT/undecoded", "{}"u8.ToArray(), new()));
        Assert.Equal(FeedRefusal.NotDevices, Firehose.Read(Encoding.UTF8.GetBytes(FeedSamples.Firehose(Phone, "m", -60, Noon, "u", "KEEP_ALIVE")), new(), out var uid, out var at));
        Assert.Equal(("u", Noon), (uid, at));
    }

    [Fact]
    public void Broken_input_of_every_system_is_refused_and_never_trips_a_reader() => Assert.True(FeedFuzz.Run(inputs: 60_000, 11) >= 60_000);

    private static FeedRefusal Lacks(byte[] body, string feed)
    {
        var readings = Read(body, feed);
        Assert.Empty(readings.Heard);
        return readings.LeftOut.Single().Key;
    }

    private static FeedReadings Read(byte[] body, string feed)
    {
        var readings = new FeedReadings();
        Assert.Equal(FeedRefusal.None, FeedFuzz.Feeds().Single(f => f.Name == feed).Read(body, readings));
        return readings;
    }

    private static string[] Told(byte[] body, string feed) =>
    [
        .. Read(body, feed).Heard.Select(h => $"{h.Receiver} hears {h.Space} {(h.Beacon.IsEmpty ? $"{h.Address:x12}" : Convert.ToHexStringLower(h.Beacon.Span))} at {h.Dbm}, {h.Traits}, at {(h.AtMs == Noon ? "noon" : h.AtMs == 0 ? "now" : h.AtMs)}"),
    ];
}
