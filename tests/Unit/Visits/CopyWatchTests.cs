using Presence.Kit.Simulator;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>One device in two places at once is named; people who walk, run and stand between receivers are not.</summary>
public sealed class CopyWatchTests
{
    // The same mall, each of its receivers listening to tags.
    private static readonly VenueMap Bluetooth = DemoMall.Map with { Receivers = [.. DemoMall.Map.Receivers.Select(r => r with { Kind = RadioKind.Bluetooth })] };
    private static readonly DayPlan Quiet = new() { Strangers = 40, Opens = new(12, 0), Closes = new(14, 0) };

    [Fact]
    public void A_copied_tag_is_named_while_the_true_one_walks_about()
    {
        var day = new MallDay(Bluetooth, Quiet);
        var watch = new CopyWatch(Bluetooth);
        var tags = day.Devices.Where(d => d.Kind is Carries.Tag).Select(d => d.Index).ToHashSet();
        var copied = tags.Min();

        // Somebody stands at the east end with a copy of one member's tag, from ten past noon on.
        var east = Bluetooth.Receivers.Index().MaxBy(r => r.Item.At.X).Index;
        var (noon, said) = (Quiet.At(new(12, 10)) / 1000, 0L);
        foreach (var heard in day.Frames().Where(h => tags.Contains(h.Device)))
        {
            var at = heard.At / 1000;
            Hear(watch, heard);
            for (said = Math.Max(said, noon); said < at; said += 2_000)
            {
                Hear(watch, Token(copied), east, -48, said, TokenTraits.Bluetooth);
            }

            watch.Forget(at, _ => true);
            Assert.True(at > noon || !watch.Copies.Any(), "nobody is named before");
            Assert.All(watch.Copies, c => Assert.Equal(Token(copied), c.Device.Hash));
            if (watch.Copies.Any())
            {
                break;
            }
        }

        var copy = Assert.Single(watch.Copies);
        Assert.True(copy is { Times: 3, Metres: > 30 } && (copy.Receiver == east || copy.Other == east), $"{copy}");
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void On_an_ordinary_day_nobody_is_named_though_every_device_is_watched(ulong seed, bool tags)
    {
        var map = tags ? Bluetooth : DemoMall.Map;
        var watch = new CopyWatch(map);
        foreach (var heard in new MallDay(map, Quiet with { Seed = seed }).Frames())
        {
            Hear(watch, heard);
            Assert.Empty(watch.Copies);
        }
    }

    [Theory]
    [InlineData(200, 1, 20, true)] // Loud at both ends within a second, again and again.
    [InlineData(200, 1, 2, false)] // Twice is chance.
    [InlineData(200, 90, 20, false)] // In a minute and a half one can run there.
    [InlineData(60, 1, 20, false)] // Between the two it is loud at both.
    public void Far_apart_soon_and_again_is_what_counts(double metres, int seconds, int times, bool isNamed)
    {
        var map = Row(metres);
        var watch = new CopyWatch(map);
        var at = Mall.Ten;
        for (var i = 0; i < times; i++)
        {
            Hear(watch, 7, i % 2, -55, at, TokenTraits.Bluetooth);
            Hear(watch, 7, 1 - (i % 2), -55, at += seconds * 1000, TokenTraits.Bluetooth);
            at += 90_000 - (seconds * 1000);
        }

        Assert.Equal(isNamed, watch.Copies.Any());
        watch.Forget(at + (31 * 60_000), _ => true);
        Assert.Empty(watch.Copies);
    }

    [Fact]
    public void Strangers_are_not_watched_and_who_goes_is_forgotten()
    {
        var watch = new CopyWatch(Row(200));
        for (var i = 0; i < 20; i++)
        {
            Hear(watch, 7, i % 2, -50, Mall.Ten + (i * 11_000), TokenTraits.Bluetooth, bound: false);
            Hear(watch, 8, i % 2, -50, Mall.Ten + (i * 11_000), TokenTraits.Bluetooth);
        }

        Assert.Equal(8UL, Assert.Single(watch.Copies).Device.Hash);
        watch.Forget(Mall.Ten + 300_000, _ => false);
        Assert.Empty(watch.Copies);
    }

    private static VenueMap Row(double metres) => Mall.Map with
    {
        Receivers = [Mall.Map.Receivers[0] with { At = new(0, 0), Kind = RadioKind.Bluetooth }, Mall.Map.Receivers[0] with { Number = 99, At = new(metres, 0), Kind = RadioKind.Bluetooth }],
    };

    private static ulong Token(int device) => (ulong)device + 1;

    private static void Hear(CopyWatch watch, in Kit.Simulator.Heard heard)
    {
        // A radiotap header is 24 bytes long and has the level in the 23rd; a Bluetooth one has it in the second.
        var isWifi = heard.Bytes[0] == 0 && heard.Bytes[2] == 24;
        Hear(watch, Token(heard.Device), heard.Receiver, (sbyte)heard.Bytes[isWifi ? 22 : 1], heard.At / 1000, isWifi ? TokenTraits.None : TokenTraits.Bluetooth);
    }

    private static void Hear(CopyWatch watch, ulong token, int receiver, sbyte dbm, long at, TokenTraits traits, bool bound = true) => watch.Hear(new SightingColumns
    {
        Tokens = [token], Traits = [traits | (bound ? TokenTraits.Bound : TokenTraits.None)], Device = [0], Receiver = [(ushort)receiver], Dbm = [dbm], At = [at],
    });
}
