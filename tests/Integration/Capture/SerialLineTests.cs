using System.Runtime.InteropServices;
using Presence.Capture.Radios;

namespace Presence.Integration.Capture;

/// <summary>What a gateway reads off a line through the kernel.</summary>
public sealed partial class SerialLineTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-line-").FullName;
    private readonly byte[] _room = new byte[4_096];

    private string Device => Path.Combine(_folder, "ttyUSB0");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void Every_byte_comes_as_it_was_sent_on_a_line_that_nobody_set_before()
    {
        using var firmware = Plug();
        using var line = SerialLine.Open(Device, 1_500_000);
        Assert.Equal(1_500_000, firmware.Speed);
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        firmware.Say(all);
        Assert.Equal(Convert.ToHexString(all), Convert.ToHexString(Read(line, all.Length)));
    }

    [SkippableFact]
    public void What_came_before_the_line_was_set_is_left_out()
    {
        using var firmware = Plug();
        firmware.Say("garbled\n"u8);
        using var line = SerialLine.Open(Device, SerialLine.UsualSpeed);
        firmware.Say("frame"u8);
        Assert.Equal("frame"u8, Read(line, 5));
    }

    [SkippableFact]
    public void A_silent_line_is_waited_for_as_long_as_asked_and_one_that_is_unplugged_is_named()
    {
        using var firmware = Plug();
        using var line = SerialLine.Open(Device, SerialLine.UsualSpeed);
        Assert.Equal(0, line.Read(_room, TimeSpan.FromMilliseconds(20)));
        firmware.Dispose();
        Assert.Equal("the line was unplugged", Assert.Throws<IOException>(() => line.Read(_room, Soon)).Message);
    }

    [SkippableFact]
    public async Task A_named_pipe_is_read_as_it_is()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && MakePipe(Device, 0x180) == 0, "needs named pipes");
        using var line = SerialLine.Open(Device, SerialLine.UsualSpeed);
        Assert.Equal(0, line.Read(_room, TimeSpan.FromMilliseconds(20))); // nobody writes yet
        await using (var writer = new FileStream(Device, FileMode.Open, FileAccess.Write))
        {
            writer.Write([1, 0x0D, 0xC0]);
        }

        Assert.Equal([1, 0x0D, 0xC0], Read(line, 3));
        Assert.Throws<IOException>(() => line.Read(_room, Soon));
    }

    [SkippableFact]
    public void Of_two_readers_of_a_line_the_second_is_told_so_until_the_first_is_done()
    {
        using var firmware = Plug();
        using (SerialLine.Open(Device, SerialLine.UsualSpeed))
        {
            // By another name for the same line too.
            var other = Path.Combine(_folder, "by-id");
            File.CreateSymbolicLink(other, Device);
            foreach (var name in new[] { Device, other })
            {
                Assert.Equal("is read by another program already", Assert.Throws<IOException>(() => SerialLine.Open(name, 9_600)).Message);
            }

            Assert.Equal(SerialLine.UsualSpeed, firmware.Speed);
        }

        using var next = SerialLine.Open(Device, SerialLine.UsualSpeed);
    }

    [SkippableFact]
    public void A_line_that_is_missing_is_said_to_be()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs Linux");
        Assert.Equal("cannot be opened: No such file or directory", Assert.Throws<IOException>(() => SerialLine.Open(Device, SerialLine.UsualSpeed)).Message);
    }

    private PaperLine Plug()
    {
        var line = PaperLine.TryPlug(Device);
        Skip.If(line is null, "needs pseudo-terminals");
        return line!;
    }

    private byte[] Read(SerialLine line, int length)
    {
        var read = new List<byte>();
        for (var came = -1; read.Count < length && came != 0; read.AddRange(_room.AsSpan(0, came)))
        {
            came = line.Read(_room, Soon);
        }

        return [.. read];
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint rights);
}
