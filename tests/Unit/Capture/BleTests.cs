using Presence.Capture;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Xunit;
using static Presence.Unit.Capture.FrameBytes;

namespace Presence.Unit.Capture;

public sealed class BleTests
{
    private const string IBeacon = "0201061aff4c0002154142434445464748494041424344454600010002f8";

    [Fact]
    public void An_event_with_two_reports_gives_both()
    {
        var data = Hex("020106");
        byte[] report = [0, 1, .. Hex("ac7a4c3e315c"), (byte)data.Length, .. data, 0xC9];
        byte[] packet = [4, 0x3E, (byte)(2 + (2 * report.Length)), 2, 2, .. report, .. report];
        var walk = new BleWalk(LinkType.HciH4, packet, 0);
        Assert.True(walk.MoveNext());
        Assert.Equal((BleKind.Connectable, 0x5C31_3E4C_7AACUL, BleAddressKind.Resolvable, (sbyte)-55),
            (walk.Current.Kind, walk.Current.Address, walk.Current.AddressKind, walk.Current.SignalDbm));
        Assert.True(walk.MoveNext());
        Assert.False(walk.MoveNext());
        Assert.Equal(FrameRefusal.None, walk.Refusal);
    }

    [Fact]
    public void An_event_cut_anywhere_gives_its_whole_reports_and_a_reason()
    {
        byte[] report = [3, 0, .. Hex("010203040506"), 3, 2, 1, 6, 0xC9];
        byte[] packet = [4, 0x3E, (byte)(2 + (2 * report.Length)), 2, 2, .. report, .. report];
        for (var length = 0; length < packet.Length; length++)
        {
            var walk = new BleWalk(LinkType.HciH4, packet.AsSpan(0, length), 0);
            var reports = 0;
            while (walk.MoveNext()) reports++;
            Assert.Equal(length < 5 + report.Length ? 0 : 1, reports);
            if (length is not (3 or 4)) Assert.Equal(FrameRefusal.PacketCut, walk.Refusal);
        }
    }

    [Fact]
    public void A_strength_that_was_not_measured_is_no_strength()
    {
        var walk = new BleWalk(LinkType.HciH4, Hex("043e0c0201 0300 010203040506 00 7f"), 0);
        Assert.True(walk.MoveNext());
        Assert.Equal(BleReading.Unmeasured, walk.Current.SignalDbm);
    }

    [Theory]
    [InlineData(LinkType.HciH4, 0u, "04")]
    [InlineData(LinkType.HciH4WithDirection, 0u, "0000000104")]
    [InlineData(LinkType.HciH1, 3u, "")]
    [InlineData(LinkType.BtsnoopMonitor, 3u, "")]
    [InlineData(LinkType.LinuxMonitor, 0u, "00000003")]
    public void The_same_event_is_found_behind_each_header(LinkType link, uint flags, string before)
    {
        var walk = new BleWalk(link, Hex(before + "3e0c0201 0300 010203040506 00 c4"), flags);
        Assert.True(walk.MoveNext());
        Assert.Equal(0x0605_0403_0201UL, walk.Current.Address);
    }

    [Fact]
    public void An_extended_event_in_parts_becomes_one_advertisement()
    {
        var whole = Hex(IBeacon);
        var assembler = new AdvertisementAssembler();
        var first = new BleWalk(LinkType.HciH4, Report(0x20, whole[..10]), 0);
        Assert.True(first.MoveNext());
        Assert.True(first.Current.HasMore);
        Assert.False(assembler.TryComplete(first.Current, 1_000, out _));
        var second = new BleWalk(LinkType.HciH4, Report(0x00, whole[10..]), 0);
        Assert.True(second.MoveNext());
        Assert.True(assembler.TryComplete(second.Current, 1_020, out var complete));
        Assert.True(complete.Data.SequenceEqual(whole));
        Assert.True(BeaconReading.TryRead(complete.Data, out var beacon));
        Assert.Equal((BeaconKind.IBeacon, (ushort)1, (ushort)2, (sbyte)-8), (beacon.Kind, beacon.Major, beacon.Minor, beacon.Power));
    }

    [Fact]
    public void A_part_that_comes_much_later_belongs_to_nothing()
    {
        var assembler = new AdvertisementAssembler();
        var first = new BleWalk(LinkType.HciH4, Report(0x20, [1, 2, 3]), 0);
        first.MoveNext();
        assembler.TryComplete(first.Current, 1_000, out _);
        var second = new BleWalk(LinkType.HciH4, Report(0x00, [4]), 0);
        second.MoveNext();
        Assert.True(assembler.TryComplete(second.Current, 9_000, out var late));
        Assert.Equal([4], late.Data.ToArray());
    }

    [Theory]
    [InlineData("00 00 c9 00 d6be898e 3700 d6be898e 402116234282437d02011a0303111813 0941 6c657274204e6f74696669636174696f6e e5b902", 256)]
    [InlineData("d6be898e 402116234282437d02011a0303111813 0941 6c657274204e6f74696669636174696f6e e5b902", 251)]
    public void A_packet_off_the_air_is_read_when_its_crc_is_right(string hex, int link)
    {
        var bytes = Hex(hex);
        var walk = new BleWalk((LinkType)link, bytes, 0);
        Assert.True(walk.MoveNext());
        Assert.Equal((BleKind.Connectable, 0x7D43_8242_2316UL), (walk.Current.Kind, walk.Current.Address));
        bytes[^5] ^= 1;
        walk = new BleWalk((LinkType)link, bytes, 0);
        Assert.False(walk.MoveNext());
        Assert.Equal(FrameRefusal.BadCrc, walk.Refusal);
    }

    [Theory]
    [InlineData("0201060303aafe1716aafe00e3123456789012346789010000000000010000", BeaconKind.EddystoneUid)]
    [InlineData("0303aafe1316aafe10f8036769746875620063697472757a", BeaconKind.EddystoneUrl)]
    [InlineData("0201060303aafe1116aafe20000b1813000000146700002ac4e4", BeaconKind.EddystoneTlm)]
    [InlineData("0201060303aafe1116aafe2001414141414141414141414141deadbeff", BeaconKind.EddystoneEncryptedTlm)]
    [InlineData("0201060303aafe0d16aafe30e34549445f74657374", BeaconKind.EddystoneEid)]
    [InlineData(IBeacon, BeaconKind.IBeacon)]
    [InlineData("02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c50900", BeaconKind.AltBeacon)]
    [InlineData("02011a1aff1801ffff2f234454cf6d4a0fadf2f4911ba9ffa600010002c509", BeaconKind.None)]
    [InlineData("02010604ffe000be", BeaconKind.None)]
    public void Each_kind_of_beacon_is_known_and_none_cut_by_a_byte(string hex, BeaconKind kind)
    {
        var data = Hex(hex);
        Assert.Equal(kind != BeaconKind.None, BeaconReading.TryRead(data, out var beacon));
        Assert.Equal(kind, beacon.Kind);
        for (var length = 0; length < data.Length - 3; length++) Assert.False(BeaconReading.TryRead(data.AsSpan(0, length), out _));
    }

    [Fact]
    public void A_web_address_is_expanded() =>
        Assert.Equal("http://www.forums.google.com/123/456", EddystoneUrl.Expand(Hex("00666f72756d732e676f6f676c65003132332f343536")));

    private static byte[] Report(byte status, byte[] data) =>
        [4, 0x3E, (byte)(26 + data.Length), 0x0D, 1, status, 0, 1, .. Hex("010203040546"), 1, 2, 5, 127, 0xC4, 0, 0, 0, .. new byte[6], (byte)data.Length, .. data];
}
