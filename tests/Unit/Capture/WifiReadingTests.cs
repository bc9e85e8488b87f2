using System.Buffers.Binary;
using Presence.Capture;
using Presence.Capture.Files;
using Presence.Capture.Wifi;
using Xunit;
using static Presence.Unit.Capture.FrameBytes;

namespace Presence.Unit.Capture;

public sealed class WifiReadingTests
{
    [Fact]
    public void A_probe_request_says_who_asks_for_what_how_loud_and_where()
    {
        var refusal = Read(LinkType.Radiotap, Radiotap(ProbeRequest(ssid: "café"u8.ToArray()), dbm: -61, mhz: 2462), out var heard);
        Assert.Equal(FrameRefusal.None, refusal);
        Assert.Equal(WifiKind.ProbeRequest, heard.Kind);
        Assert.Equal(Phone, heard.Address);
        Assert.True(heard.IsRandomAddress);
        Assert.False(heard.IsAssociated);
        Assert.Equal((-61, 11, 7), (heard.Radio.SignalDbm, heard.Radio.Channel, heard.Frame.Sequence));
        Assert.Equal("café"u8.ToArray(), heard.Ssid.ToArray());
    }

    [Theory]
    [InlineData((byte)0, WifiKind.Data)]
    [InlineData((byte)4, WifiKind.NullData)]
    [InlineData((byte)8, WifiKind.Data)]
    [InlineData((byte)12, WifiKind.NullData)]
    public void Data_to_the_access_point_shows_a_station_that_is_associated(byte subtype, WifiKind kind)
    {
        Read(LinkType.Ieee80211, Data(subtype: subtype), out var heard);
        Assert.Equal((kind, Phone, AccessPoint, true), (heard.Kind, heard.Address, heard.Frame.Bssid, heard.IsAssociated));
    }

    [Fact]
    public void Data_from_the_access_point_is_no_sighting()
    {
        var frame = Data();
        frame[1] = 2;
        Read(LinkType.Ieee80211, frame, out var heard);
        Assert.False(heard.IsFromStation);
    }

    [Fact]
    public void The_access_points_half_of_an_authentication_is_no_sighting()
    {
        byte[] frame(ulong from) => [0xB0, 0, 0, 0, .. Address(Phone), .. Address(from), .. Address(AccessPoint), 0, 0, 0, 0, 1, 0, 0, 0];
        Read(LinkType.Ieee80211, frame(AccessPoint), out var point);
        Read(LinkType.Ieee80211, frame(Phone), out var phone);
        Assert.Equal((WifiKind.Other, WifiKind.Authentication), (point.Kind, phone.Kind));
    }

    [Fact]
    public void Each_antenna_of_an_extended_header_is_told_apart_and_the_first_namespace_speaks_for_all()
    {
        // signal and antenna in three words; the second and third restart the radiotap namespace.
        byte[] header = [0, 0, 26, 0, .. Words(false, 0xA000_0020, 0xA000_0820, 0x0000_0820), 0xC4, 0xC0, 0, 0xBF, 1, 0, 0, 0, 0, 0];
        Read(LinkType.Radiotap, [.. header, .. ProbeRequest()], out var heard);
        Assert.Equal(-60, heard.Radio.SignalDbm);
        Assert.Equal([new(0, -64), new(1, -65)], heard.Radio.Antennas[..heard.Radio.AntennaCount].ToArray());
    }

    [Fact]
    public void A_vendors_fields_are_passed_over_by_their_length()
    {
        // flags | vendor namespace of 5 bytes, with a word of its own bits | radiotap again: signal
        byte[] header = [0, 0, 29, 0, .. Words(false, 0xC000_0002, 0xA000_FFFF, 0x0000_0020), 0x10, 0, 1, 2, 3, 4, 5, 0, 9, 9, 9, 9, 9];
        header = [.. header, 0xC3];
        header[2] = (byte)header.Length;
        Read(LinkType.Radiotap, [.. header, .. ProbeRequest(), 1, 2, 3, 4], out var heard);
        Assert.Equal((-61, FcsPresence.Present), (heard.Radio.SignalDbm, heard.Radio.Fcs));
    }

    [Fact]
    public void What_comes_before_fields_of_a_later_day_still_counts()
    {
        // flags and signal, then bit 28: fields with a length each.
        byte[] header = [0, 0, 18, 0, .. Words(false, 0x1000_0022), 0, 0xC4, 0, 0, .. Hex("1e00 0200 abcd")];
        Read(LinkType.Radiotap, [.. header, .. ProbeRequest()], out var heard);
        Assert.Equal((-60, Phone), (heard.Radio.SignalDbm, heard.Address));
    }

    [Theory]
    [InlineData(4, 0, 7_222_222)]
    [InlineData(0, 7, 65_000_000)]
    [InlineData(1, 15, 270_000_000)]
    [InlineData(5, 31, 600_000_000)]
    public void A_rate_follows_from_width_guard_and_index(byte flags, byte index, long bps)
    {
        byte[] header = [0, 0, 11, 0, .. Words(false, 0x0008_0000), 7, flags, index];
        Read(LinkType.Radiotap, [.. header, .. ProbeRequest()], out var heard);
        Assert.Equal(bps, heard.Radio.RateBps);
    }

    [Fact]
    public void A_frame_with_a_bad_check_sequence_is_refused() =>
        Assert.Equal(FrameRefusal.BadFcs, Read(LinkType.Radiotap, Radiotap(ProbeRequest(), flags: 0x50), out _));

    [Fact]
    public void A_check_sequence_is_no_element_whether_announced_or_found()
    {
        var frame = ProbeRequest();
        Span<byte> check = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(check, FrameCheck.Of(frame));
        byte[] sent = [.. frame, .. check];
        Read(LinkType.Ieee80211, frame, out var without);
        Read(LinkType.Ieee80211, sent, out var found);
        Read(LinkType.Radiotap, Radiotap(sent, flags: 0x10), out var announced);
        Assert.Equal(FcsPresence.Absent, without.Radio.Fcs);
        Assert.True(found.Elements.SequenceEqual(without.Elements));
        Assert.True(announced.Elements.SequenceEqual(without.Elements));
    }

    [Fact]
    public void The_check_sequence_of_letters_is_the_known_one() => Assert.Equal(0xCBF43926u, FrameCheck.Of("123456789"u8));

    [Fact]
    public void A_piece_of_a_frame_is_a_sighting_without_elements()
    {
        var frame = ProbeRequest();
        frame[1] |= 4;
        Assert.Equal(FrameRefusal.None, Read(LinkType.Ieee80211, frame, out var heard));
        Assert.Equal((WifiKind.ProbeRequest, true), (heard.Kind, heard.Elements.IsEmpty));
    }

    [Fact]
    public void A_frame_cut_anywhere_is_refused_or_read_without_what_is_missing()
    {
        var whole = Radiotap(ProbeRequest(ssid: "shop"u8.ToArray()));
        for (var length = 0; length < whole.Length; length++)
        {
            var refusal = Read(LinkType.Radiotap, whole[..length], out var heard);
            Assert.Equal(length < 16 ? FrameRefusal.RadioHeaderCut : length < 40 ? FrameRefusal.MacHeaderCut : FrameRefusal.None, refusal);
            if (refusal == FrameRefusal.None) Assert.Equal(Phone, heard.Address);
        }
    }

    [Fact]
    public void Nobody_sends_from_a_group_address() =>
        Assert.Equal(FrameRefusal.AddressImpossible, Read(LinkType.Ieee80211, ProbeRequest(from: 0x0100_5E00_0001), out _));

    [Fact]
    public void A_ppi_header_gives_channel_and_signal_and_says_whether_there_is_a_check_sequence()
    {
        byte[] common = [2, 0, 20, 0, .. new byte[8], 1, 0, 2, 0, 0x85, 0x09, 0, 0, 0, 0, 0xC4, 0xA1];
        byte[] header = [0, 0, 32, 0, 105, 0, 0, 0, .. common];
        Read(LinkType.Ppi, [.. header, .. ProbeRequest(), 9, 9, 9, 9], out var heard);
        Assert.Equal((Phone, -60, 6, FcsPresence.Present), (heard.Address, heard.Radio.SignalDbm, heard.Radio.Channel, heard.Radio.Fcs));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_prism_header_of_either_byte_order_gives_channel_and_signal(bool big)
    {
        var header = new List<byte>(Words(big, 0x44, 144));
        header.AddRange(new byte[16]);
        uint[] values = [0, 77, 11, 0, 0, unchecked((uint)-63), 0, 4, 0, 200];
        for (var i = 0; i < 10; i++)
        {
            U32(header, (uint)((i + 1) << 16 | 0x44), big);
            U16(header, 0, big);
            U16(header, 4, big);
            U32(header, values[i], big);
        }

        Read(LinkType.Prism, [.. header, .. ProbeRequest()], out var heard);
        Assert.Equal((Phone, -63, 11, 2_000), (heard.Address, heard.Radio.SignalDbm, heard.Radio.Channel, heard.Radio.RateKbps));
    }

    [Fact]
    public void An_avs_header_gives_channel_and_signal_in_dbm()
    {
        byte[] header = Words(true, 0x80211001, 64, 0, 5, 0, 0, 1, 6, 110, 0, 0, 2, unchecked((uint)-70), 0, 0, 0);
        Read(LinkType.Avs, [.. header, .. ProbeRequest()], out var heard);
        Assert.Equal((Phone, -70, 6, 11_000), (heard.Address, heard.Radio.SignalDbm, heard.Radio.Channel, heard.Radio.RateKbps));
        Read(LinkType.Prism, [.. header, .. ProbeRequest()], out var inPrismsPlace);
        Assert.Equal(heard.Address, inPrismsPlace.Address);
    }

    private static FrameRefusal Read(LinkType link, byte[] bytes, out WifiReading reading) =>
        WifiReading.Read(link, bytes, bytes.Length, -1, out reading, UnsaidFcs.Detect);
}
