using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Pins;
using Presence.EdgeAgent.Settings;
using Presence.Integration.Mqtt;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>What hangs on the box's pins. The chip itself was not at hand: its bytes are held against the kernel's own header.</summary>
public sealed class PinsTests
{
    private const int Outer = 4, Inner = 5, Motion = 6, Led = 7, Button = 8;
    private const long Ms = 1_000_000;

    [Theory]
    [InlineData("in", "+o +i -o -i", "In")]
    [InlineData("out", "+i +o -i -o", "Out")]
    [InlineData("turns round at the outer beam", "+o -o", "")]
    [InlineData("turns round in the middle", "+o +i -i -o", "")]
    [InlineData("steps back and forth, then goes in", "+o +i -i +i -o -i", "In")]
    [InlineData("two one behind the other", "+o +i -o -i +o +i -o -i", "In In")]
    [InlineData("one in, one out", "+o +i -o -i +i +o -i -o", "In Out")]
    [InlineData("beams broken one after the other and never together", "+o -o +i -i", "")]
    public void A_door_counts_who_passes_and_not_who_turns_round(string who, string edges, string counted)
    {
        var door = new DoorCounter();
        var at = 0L;
        var passed = edges.Split(' ').Select(e => door.Take(e[1] == 'o', e[0] == '+', at += 100 * Ms)).Where(p => p is not DoorPass.None).ToList();
        Assert.True(counted == string.Join(' ', passed), who);
    }

    [Fact]
    public void A_trolley_left_in_the_door_is_nobody()
    {
        var door = new DoorCounter();
        door.Take(true, true, 0);
        door.Take(false, true, 100 * Ms);
        door.Take(true, false, 200 * Ms);
        Assert.Equal(DoorPass.None, door.Take(false, false, 60_000 * Ms));
    }

    [Fact]
    public void Every_walk_through_a_chattering_door_is_counted_once()
    {
        var dice = new Random(7);
        var batcher = new SightingBatcher((_, _) => { });
        var pins = new PaperPins();
        var desk = Desk(batcher, pins, () => { });
        var (at, ins, outs) = (0L, 0, 0);
        for (var i = 0; i < 1_000; i++)
        {
            var goesIn = dice.Next(2) == 0;
            (ins, outs) = goesIn ? (ins + 1, outs) : (ins, outs + 1);
            var (first, second) = goesIn ? (Outer, Inner) : (Inner, Outer);
            foreach (var (line, broken) in new[] { (first, true), (second, true), (first, false), (second, false) })
            {
                at += dice.Next(50, 300) * Ms;
                Chatter(pins, line, broken, at, dice);
            }

            at += dice.Next(100, 2_000) * Ms;
        }

        using var stopping = new CancellationTokenSource();
        pins.OnEmpty = stopping.Cancel;
        desk.Listen(pins, stopping.Token);
        Assert.Equal((ins, outs), desk.Counted);

        // And all of them travel, none left out as saying what another said.
        var told = new List<sbyte>();
        var buffers = new SightingBuffers();
        for (var batch = batcher.Take(); batch is not null; batch = batcher.Take())
        {
            var payload = new byte[SightingBatch.HeaderBytes + batch.Body.Length];
            var header = SightingBatch.WriteHeader(1, 1, payload);
            batch.Body.CopyTo(payload.AsMemory(header));
            Assert.True(SightingBatch.TryDecode(payload.AsSpan(0, header + batch.Body.Length), buffers, out _, out var why), why.ToString());
            Assert.All(buffers.Columns.Traits.ToArray(), t => Assert.Equal(TokenTraits.Door, t));
            Assert.All(buffers.Columns.Receiver.ToArray(), r => Assert.Equal(3, r));
            told.AddRange(buffers.Columns.Dbm.ToArray());
        }

        Assert.Equal((ins, outs), (told.Count(t => t == DoorWords.In), told.Count(t => t == DoorWords.Out)));
    }

    [Fact]
    public async Task The_button_forgets_the_enrolment_when_held_for_ten_seconds_and_not_before()
    {
        var forgotten = 0;
        var pins = new PaperPins();
        var time = new Kit.ShopClock(DateTimeOffset.UnixEpoch);
        var desk = Desk(new SightingBatcher((_, _) => { }), pins, () => forgotten++, time);
        using var stopping = new CancellationTokenSource();
        pins.Add(Button, false, 0);
        pins.Add(Button, true, 4_000 * Ms);
        pins.Add(Button, false, 20_000 * Ms);
        var listening = Task.Run(() => desk.Listen(pins, stopping.Token));
        await Until.TrueAsync(() => pins.Left == 0, "all edges were read");
        time.Advance(TimeSpan.FromSeconds(9));
        await Task.Delay(100);
        Assert.Equal(0, forgotten);
        time.Advance(TimeSpan.FromSeconds(2));
        await Until.TrueAsync(() => forgotten == 1, "it was forgotten");
        await stopping.CancelAsync();
        await listening;
        Assert.Equal(1, forgotten);
    }

    [Fact]
    public void The_light_says_the_worst_thing_and_each_word_can_be_told_from_the_others()
    {
        Assert.Equal(BlinkWord.Well, BlinkCode.Of(false, true, true, ClockState.Trusted));
        Assert.Equal(BlinkWord.Clock, BlinkCode.Of(false, true, true, ClockState.Doubtful));
        Assert.Equal(BlinkWord.NoLink, BlinkCode.Of(false, true, false, ClockState.Doubtful));
        Assert.Equal(BlinkWord.NoKeys, BlinkCode.Of(false, false, false, ClockState.Doubtful));
        Assert.Equal(BlinkWord.Disk, BlinkCode.Of(true, false, false, ClockState.Doubtful));
        foreach (var word in new[] { BlinkWord.Clock, BlinkWord.NoLink, BlinkWord.NoKeys, BlinkWord.Disk })
        {
            var pattern = BlinkCode.Pattern(word);
            Assert.Equal((int)word, pattern.Length / 2);
            Assert.True(pattern[^1] > pattern[0] * 3, "the pause can be told from a blink");
        }
    }

    [SkippableFact]
    public async Task Our_bytes_are_laid_out_as_the_kernels_header_says()
    {
        Skip.IfNot(File.Exists("/usr/bin/gcc") && File.Exists("/usr/include/linux/gpio.h"), "gcc or the kernel's headers are not installed (Debian packages gcc, linux-libc-dev)");
        var folder = Directory.CreateTempSubdirectory("presence-gpio-").FullName;
        File.WriteAllText(Path.Combine(folder, "a.c"), """
            #include <linux/gpio.h>
            #include <sys/ioctl.h>
            #include <stdio.h>
            #include <string.h>
            int main(void) {
              struct gpio_v2_line_request r; memset(&r, 0, sizeof r);
              r.offsets[0] = 4; r.offsets[1] = 5; strcpy(r.consumer, "presence"); r.num_lines = 2;
              r.config.flags = GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING | GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
              r.fd = 0x11223344;
              struct gpio_v2_line_event e; memset(&e, 0, sizeof e);
              e.timestamp_ns = 0x0102030405060708; e.id = GPIO_V2_LINE_EVENT_RISING_EDGE; e.offset = 9;
              for (unsigned i = 0; i < sizeof r; i++) printf("%02x", ((unsigned char*)&r)[i]);
              printf("\n");
              for (unsigned i = 0; i < sizeof e; i++) printf("%02x", ((unsigned char*)&e)[i]);
              printf("\n%08lx %08lx %u\n", (unsigned long)GPIO_V2_GET_LINE_IOCTL, (unsigned long)GPIO_V2_LINE_SET_VALUES_IOCTL, (unsigned)sizeof(struct gpio_v2_line_values));
            }
            """);
        using (var compiler = Process.Start("gcc", ["-o", Path.Combine(folder, "a"), Path.Combine(folder, "a.c")]))
        {
            await compiler.WaitForExitAsync();
        }

        using var program = Process.Start(new ProcessStartInfo(Path.Combine(folder, "a")) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var lines = (await program.StandardOutput.ReadToEndAsync()).Split('\n');
        var ours = LinuxPins.RequestOf([4, 5], 0x134);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(ours.AsSpan(588), 0x11223344);
        Assert.Equal(lines[0], Convert.ToHexStringLower(ours));
        Assert.Equal(LinuxPins.EventBytes * 2, lines[1].Length);
        Assert.Equal(new PinEdge(9, true, 0x0102030405060708), LinuxPins.EdgeOf(Convert.FromHexString(lines[1])));
        Assert.Equal("c250b407 c010b40f 16", lines[2]);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_chip_that_is_not_there_says_so() =>
        Assert.Contains("gpiochip99", Assert.ThrowsAny<IOException>(() => LinuxPins.Open("/dev/gpiochip99", [1], [])).Message, StringComparison.Ordinal);

    private static PinDesk Desk(SightingBatcher batcher, IPins pins, Action forget, TimeProvider? time = null) => new(
        new GatewaySettings { Gpio = "paper", Door = [$"3={Outer},{Inner}"], Motion = [$"9={Motion}"], Led = Led, ResetButton = Button },
        (_, _) => pins, batcher, time ?? TimeProvider.System, () => BlinkWord.Well, forget, () => { }, NullLogger<PinDesk>.Instance);

    // A beam that is broken pulls its line down, and chatters for some milliseconds.
    private static void Chatter(PaperPins pins, int line, bool broken, long at, Random dice)
    {
        for (var i = dice.Next(4); i > 0; i--)
        {
            pins.Add(line, !broken, at);
            pins.Add(line, broken, at += dice.Next(1, 900) * 1_000);
            at += dice.Next(1, 900) * 1_000;
        }

        pins.Add(line, !broken, at);
    }

    private sealed class PaperPins : IPins
    {
        private readonly Queue<PinEdge> _edges = new();

        public Action OnEmpty { get; set; } = () => { };

        public int Left => _edges.Count;

        public void Add(int line, bool high, long at) => _edges.Enqueue(new(line, high, at));

        public bool TryRead(TimeSpan patience, out PinEdge edge)
        {
            if (_edges.TryDequeue(out edge))
            {
                return true;
            }

            Thread.Sleep(patience);
            OnEmpty();
            return false;
        }

        public void Set(int line, bool high) => Assert.Equal(Led, line);

        public void Dispose()
        {
            // Nothing was opened.
        }
    }
}
