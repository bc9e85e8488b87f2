using Presence.Capture;
using Presence.Capture.Files;
using Presence.Capture.Wifi;
using Xunit;
using static Presence.Unit.Capture.FrameBytes;

namespace Presence.Unit.Capture;

/// <summary>
/// The headers that the reference parser's own check reads (radiotap/radiotap-library, <c>check/</c>), with what it says of them as far as the
/// product keeps it: fields of the first namespace for the frame, and the length by which the frame is found.
/// </summary>
public sealed class RadiotapVectorTests
{
    private const ulong Clock = 9833440827789222417;

    [Theory]
    [InlineData("0", "0000100001000000 1122334455667788")]
    [InlineData("00: the namespace begins again", "00002000010000a00100000000000000 1122334455667788 aabbccddeeff0011")]
    [InlineData("0fcs: a field of 32 bits that is no longer in the standard", "0000140001400000 1122334455667788 aabbccdd")]
    [InlineData("0v0: a vendor's bits are no field of ours", "00003000010000c0010000a001000000 1122334455667788 000000000400 ffeeddcc 000000000000 aabbccddeeff0011")]
    [InlineData("0v0-2: nor another bit of the vendor's", "00003000010000c0020000a001000000 1122334455667788 000000000400 ffeeddcc 000000000000 aabbccddeeff0011")]
    [InlineData("0v0-3: nor another space of the vendor's", "00003000010000c0020000a001000000 1122334455667788 000000010400 ffeeddcc 000000000000 aabbccddeeff0011")]
    [InlineData("0v0-4: the vendor's bits go on over two words", "00003800010000c000000080000010a0 0100000000000000 1122334455667788 000000000400 ffeeddcc 000000000000 aabbccddeeff0011")]
    public void The_clock_and_the_frame_are_found(string vector, string hex)
    {
        var header = Hex(hex);
        byte[] frame = [.. header, .. ProbeRequest()];
        Assert.Equal(FrameRefusal.None, WifiReading.Read(LinkType.Radiotap, frame, frame.Length, -1, out var heard, UnsaidFcs.Detect));
        Assert.True(heard.Radio.HasTsft, vector);
        Assert.Equal((Clock, header.Length, Phone), (heard.Radio.Tsft, heard.Radio.Length, heard.Address));
    }

    [Fact]
    public void Flags_alone_say_that_a_check_sequence_follows()
    {
        // 1: flags 0x33, of which 0x10 is the check sequence and 0x20 the padding.
        Assert.Equal(FrameRefusal.None, Presence.Capture.Wifi.Radiotap.Read(Hex("000009000200000033"), out var header));
        Assert.Equal((9, FcsPresence.Present, true, false), (header.Length, header.Fcs, header.Padded, header.BadFcs));
    }

    [Theory]
    [InlineData("malformed-vendor: its length is cut off, which the reference ends with as well", "000022002e4800c0000000 80000000a004000000 10029e09a000e3050000 ffffffff")]
    [InlineData("unparsed-vendor: the rate behind it belongs to another antenna", "000027002e4800c0000000 80000000a004000000 10029e09a000e3050000 ffffffff0200dead 04")]
    public void What_stands_before_a_vendors_bytes_is_kept_whatever_they_are(string vector, string hex)
    {
        var bytes = Hex(hex);
        Assert.True(Presence.Capture.Wifi.Radiotap.Read(bytes, out var header) == FrameRefusal.None, vector);
        Assert.Equal(
            (bytes.Length, 1_000, (ushort)2462, (sbyte)-29, (byte)5, FcsPresence.Present),
            (header.Length, header.RateKbps, header.FrequencyMhz, header.SignalDbm, header.Antennas[0].Antenna, header.Fcs));
    }

    [Fact]
    public void What_stands_behind_a_vendors_bytes_is_found()
    {
        // As 0v0-3, with a strength in place of the second clock: it is there only if exactly the vendor's bytes were passed over.
        var header = Hex("00002600010000c0020000a020000000 1122334455667788 000000010400 ffeeddcc c4 000000");
        header[2] = (byte)header.Length;
        Presence.Capture.Wifi.Radiotap.Read(header, out var read);
        Assert.Equal(-60, read.SignalDbm);
    }
}
