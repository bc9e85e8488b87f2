using Presence.Capture.Files;
using Presence.Capture.Radios;
using Xunit;
using static Presence.Unit.Capture.FrameBytes;

namespace Presence.Unit.Capture;

public sealed class FirmwareDoorTests
{
    private const long Arrived = 1_700_000_000_000_000_000;

    [Fact]
    public void Frames_come_whole_out_of_a_line_however_it_is_cut()
    {
        byte[] frame = [0xC0, 0xDB, 1, 0xC0, 0xDC, 0xDD];
        byte[] line = [.. OnLine(1, frame), .. OnLine(2, ProbeRequest())];
        for (var cut = 0; cut <= line.Length; cut++)
        {
            var door = new SerialDoor();
            Assert.Equal(
                [$"1 {Convert.ToHexString(frame)}", $"2 {Convert.ToHexString(ProbeRequest())}"],
                [.. Read(door, line.AsSpan(0, cut)), .. Read(door, line.AsSpan(cut))]);
        }
    }

    [Fact]
    public void After_noise_the_next_frame_is_found_again()
    {
        var noise = new byte[20_000];
        new Random(3).NextBytes(noise);
        var door = new SerialDoor();
        byte[] line = [.. noise, 0xC0, .. OnLine(1, ProbeRequest())];
        Assert.Equal([$"1 {Convert.ToHexString(ProbeRequest())}"], Read(door, line));
        Assert.True(door.Refused(DoorRefusal.Length) + door.Refused(DoorRefusal.Check) > 0);
    }

    [Fact]
    public void Of_a_line_that_is_cut_anywhere_half_a_frame_is_dropped_and_counted()
    {
        var line = OnLine(1, [0xC0, 0xDB, 1]);
        for (var cut = 0; cut <= line.Length; cut++)
        {
            var door = new SerialDoor();
            var before = Read(door, line.AsSpan(0, cut)).Count;
            door.Cut();
            Assert.Equal(cut > 1 && cut < line.Length ? 1 : 0, door.Spoilt);
            Assert.Single(Read(door, line));
            Assert.Equal(cut == line.Length ? 1 : 0, before);
            Assert.Equal(door.Refused(DoorRefusal.Length), door.Spoilt);
        }
    }

    [Fact]
    public void A_bit_lost_on_the_way_is_noticed_wherever_it_is()
    {
        var content = Content(1, ProbeRequest());
        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            var broken = content.ToArray();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(DoorRefusal.Check, FirmwareFrame.Read(broken, 1, Arrived, out _, out _));
        }
    }

    [Fact]
    public void A_radio_without_a_clock_gets_the_time_of_arrival()
    {
        Assert.Equal(DoorRefusal.None, FirmwareFrame.Read(Content(4, [1]), 1, Arrived, out var frame, out var receiver));
        Assert.Equal((Arrived, LinkType.Radiotap, (byte)4), (frame.TimeNs, frame.Link, receiver));
    }

    [Theory]
    [InlineData(Arrived - 2_000_000_000, Arrived - 2_000_000_000)]
    [InlineData(Arrived + 59_000_000_000, Arrived + 59_000_000_000)]
    [InlineData(Arrived + 61_000_000_000, Arrived)]
    [InlineData(12_000_000_000, Arrived)]
    [InlineData(long.MinValue, Arrived)]
    [InlineData(long.MaxValue, Arrived)]
    public void A_clock_that_was_never_set_is_not_believed(long said, long believed)
    {
        var content = new byte[FirmwareFrame.Overhead + 1];
        FirmwareFrame.Write(content, 1, LinkType.Radiotap, said, [1]);
        Assert.Equal(DoorRefusal.None, FirmwareFrame.Read(content, 1, Arrived, out var frame, out _));
        Assert.Equal(believed, frame.TimeNs);
    }

    private static byte[] Content(byte receiver, byte[] frame)
    {
        var content = new byte[FirmwareFrame.Overhead + frame.Length];
        Assert.Equal(content.Length, FirmwareFrame.Write(content, receiver, LinkType.Radiotap, 0, frame));
        return content;
    }

    private static byte[] OnLine(byte receiver, byte[] frame) =>
        [0xC0, .. Content(receiver, frame).SelectMany(octet => octet switch { 0xC0 => [0xDB, 0xDC], 0xDB => new byte[] { 0xDB, 0xDD }, _ => [octet] }), 0xC0];

    private static List<string> Read(SerialDoor door, ReadOnlySpan<byte> bytes)
    {
        var frames = new List<string>();
        while (door.TryRead(ref bytes, Arrived, out var frame, out var receiver)) frames.Add($"{receiver} {Convert.ToHexString(frame.Bytes)}");
        return frames;
    }
}
