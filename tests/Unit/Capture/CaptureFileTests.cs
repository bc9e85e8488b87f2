using Presence.Capture.Files;
using Xunit;
using static Presence.Unit.Capture.FrameBytes;

namespace Presence.Unit.Capture;

public sealed class CaptureFileTests
{
    [Theory]
    [InlineData(false, false, 1_700_000_000_000_250_000)]
    [InlineData(true, false, 1_700_000_000_000_250_000)]
    [InlineData(false, true, 1_700_000_000_000_000_250)]
    [InlineData(true, true, 1_700_000_000_000_000_250)]
    public void A_pcap_of_either_byte_order_and_precision_gives_its_frames(bool big, bool nanoseconds, long expected)
    {
        var (frames, fault) = Read(PcapAs(127, big, nanoseconds, [1, 2, 3], [4]));
        Assert.Null(fault);
        Assert.Equal(["1 Radiotap 010203", "2 Radiotap 04"], frames.Select(f => f.Text));
        Assert.Equal(expected, frames[0].TimeNs);
    }

    [Fact]
    public void A_cut_file_gives_the_whole_frames_and_then_says_where_it_ends()
    {
        var file = Pcap(127, [1, 2, 3], [4, 5, 6, 7]);
        var (frames, fault) = Read(file[..^2]);
        Assert.Equal("1 Radiotap 010203", Assert.Single(frames).Text);
        Assert.Equal("shop.pcap: at byte 43: frame 2 has 4 bytes, but the file ends after 2 of them", fault!.ToString());
    }

    [Fact]
    public void A_file_cut_anywhere_never_gives_a_wrong_frame()
    {
        byte[][] files = [Pcap(127, [1, 2, 3], [4, 5]), PcapNg(true), PcapNg(false), Btsnoop(1002, [4, 0x3E, 0], [1])];
        foreach (var file in files)
        {
            var whole = Read(file);
            Assert.Null(whole.Fault);
            for (var length = 0; length < file.Length; length++)
            {
                var (frames, fault) = Read(file[..length]);
                Assert.Equal(whole.Frames.Take(frames.Count), frames);
                Assert.True(fault is not null || frames.Count < whole.Frames.Count || length >= file.Length - 32);
            }
        }
    }

    [Fact]
    public void A_frame_longer_than_any_frame_is_not_believed()
    {
        var file = Pcap(127, [1, 2, 3], [4]);
        file[24 + 16 + 3 + 8 + 3] = 0x7F;
        var (frames, fault) = Read(file);
        Assert.Single(frames);
        Assert.Contains("frame 2 claims 2130706433 bytes", fault!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pcapng_with_two_sections_of_different_byte_order_gives_all_frames_by_their_own_interfaces()
    {
        var (frames, fault) = Read([.. PcapNg(true), .. PcapNg(false)]);
        Assert.Null(fault);
        Assert.Equal(
            ["1 BluetoothLe aabbcc", "2 Radiotap 01", "3 Radiotap 0203", "4 BluetoothLe aabbcc", "5 Radiotap 01", "6 Radiotap 0203"],
            frames.Select(f => f.Text));
        Assert.Equal([1_500_000_000L, 7_250_000_000L, 0L], frames.Take(3).Select(f => f.TimeNs));
    }

    [Fact]
    public void A_block_whose_two_lengths_differ_is_named()
    {
        var file = PcapNg(false);
        file[^1] = 1;
        var (frames, fault) = Read(file);
        Assert.Equal(2, frames.Count);
        Assert.Matches("a block says [0-9]+ bytes at its beginning and [0-9]+ at its end", fault!.Problem);
    }

    [Fact]
    public void A_btsnoop_file_gives_packets_with_their_flags_and_the_right_century()
    {
        var (frames, fault) = Read(Btsnoop(1002, [4, 0x3E, 0]));
        Assert.Null(fault);
        Assert.Equal("1 HciH4 043e00", Assert.Single(frames).Text);
        Assert.Equal(1_674_874_116_395_644_000, frames[0].TimeNs);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("0a0d0d", "too short")]
    [InlineData("4d5a900003000000", "not a capture that can be read (pcap, pcapng or btsnoop): it begins with 4d5a900003000000")]
    public void Something_else_is_said_to_be_something_else(string hex, string problem)
    {
        var (frames, fault) = Read(Hex(hex));
        Assert.Empty(frames);
        Assert.Contains(problem, fault!.Problem, StringComparison.Ordinal);
    }

    private static (List<(string Text, long TimeNs)> Frames, CaptureFault? Fault) Read(byte[] file)
    {
        using var capture = CaptureFile.Open(new MemoryStream(file), "shop.pcap");
        var frames = new List<(string, long)>();
        while (capture.TryRead(out var frame))
        {
            frames.Add(($"{frame.Number} {frame.Link} {Convert.ToHexStringLower(frame.Bytes)}", frame.TimeNs));
        }

        Assert.False(capture.TryRead(out _));
        return (frames, capture.Fault);
    }

    private static byte[] PcapNg(bool big)
    {
        // Two interfaces: radiotap in microseconds, Bluetooth in 2^-10 s and 1 s late; a block nobody knows; three packets.
        byte[] link(ushort type, params byte[] options)
        {
            var body = new List<byte>();
            U16(body, type, big);
            U16(body, 0, big);
            U32(body, 0, big);
            body.AddRange(options);
            return [.. body];
        }

        byte[] option(ushort code, params byte[] value)
        {
            var bytes = new List<byte>();
            U16(bytes, code, big);
            U16(bytes, (ushort)value.Length, big);
            bytes.AddRange(value);
            while (bytes.Count % 4 != 0) bytes.Add(0);
            return [.. bytes];
        }

        byte[] one = big ? [0, 0, 0, 0, 0, 0, 0, 1] : [1, 0, 0, 0, 0, 0, 0, 0];
        return
        [
            .. Block(0x0A0D0D0A, big, [.. Words(big, 0x1A2B3C4D), .. big ? new byte[] { 0, 1, 0, 0 } : [1, 0, 0, 0], .. Words(big, uint.MaxValue, uint.MaxValue)]),
            .. Block(1, big, link(127)),
            .. Block(1, big, link(251, [.. option(9, 0x8A), .. option(14, one), .. option(0)])),
            .. Block(0x0BAD, big, [1, 2, 3]),
            .. Block(6, big, [.. Words(big, 1, 0, 512, 3, 3), 0xAA, 0xBB, 0xCC]),
            .. Block(6, big, [.. Words(big, 0, 0, 7_250_000, 1, 1), 1]),
            .. Block(3, big, [.. Words(big, 2), 2, 3]),
        ];
    }

    private static byte[] Btsnoop(uint datalink, params byte[][] packets)
    {
        var file = new List<byte>("btsnoop\0"u8.ToArray());
        file.AddRange(Words(true, 1, datalink));
        foreach (var packet in packets)
        {
            file.AddRange(Words(true, (uint)packet.Length, (uint)packet.Length, 3, 0));
            
            var time = 0x00DCDDB30F2F8000L + 1_674_874_116_395_644;
            file.AddRange(Words(true, (uint)(time >> 32), (uint)time));
            file.AddRange(packet);
        }

        return [.. file];
    }
}
