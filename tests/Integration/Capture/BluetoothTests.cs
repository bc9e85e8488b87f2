using System.Diagnostics;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Presence.Capture.Radios;
using Presence.Capture.Radios.Bluetooth;
using Presence.Kit;

namespace Presence.Integration.Capture;

/// <summary>Bluetooth radios as near to them as one can get without one: a controller on paper that answers as the standard says, and BlueZ's stand-in on a real bus.</summary>
public sealed class BluetoothTests
{
    // LE Advertising Report: ADV_IND of 11:22:33:44:55:66, random, an iBeacon, -61 dBm. Fields: Core 5.4, Vol 4 Part E, 7.7.65.2.
    private const string LegacyReport = "043e2a02010001665544332211" + "1e0201061aff4c000215000102030405060708090a0b0c0d0e0f00010002c5" + "c3";

    [Theory]
    [InlineData(PaperController.Kind.Extended)]
    [InlineData(PaperController.Kind.ExtendedWithoutCoded)]
    [InlineData(PaperController.Kind.Legacy)]
    public void A_controller_is_made_to_scan_in_the_best_way_it_knows(PaperController.Kind kind)
    {
        using var controller = new PaperController(kind);
        var scanner = new HciScanner(controller, active: false, new ShopClock(DateTimeOffset.UnixEpoch));
        scanner.Start();
        Assert.Equal(kind != PaperController.Kind.Legacy, scanner.IsExtended);
        Assert.True(controller.Scans);
        Assert.False(controller.FiltersDuplicates);
        Assert.False(controller.Transmits);
        controller.Say(Convert.FromHexString(LegacyReport));
        Assert.True(scanner.TryRead(TimeSpan.Zero, out var frame));
        var walk = new BleWalk(frame);
        Assert.True(walk.MoveNext());
        Assert.Equal((0x112233445566UL, (sbyte)-61), (walk.Current.Address, walk.Current.SignalDbm));
        Assert.True(BeaconReading.TryRead(walk.Current.Data, out var beacon));
        Assert.Equal(BeaconKind.IBeacon, beacon.Kind);
    }

    [Fact]
    public void Active_scanning_asks_for_scan_responses()
    {
        using var controller = new PaperController(PaperController.Kind.Extended);
        new HciScanner(controller, active: true, new ShopClock(DateTimeOffset.UnixEpoch)).Start();
        Assert.True(controller.Transmits);
    }

    [Fact]
    public void A_controller_that_fails_or_falls_silent_is_reset_and_scans_again()
    {
        var time = new ShopClock(DateTimeOffset.UnixEpoch);
        using var controller = new PaperController(PaperController.Kind.Legacy);
        var scanner = new HciScanner(controller, active: false, time, TimeSpan.FromSeconds(60));
        scanner.Start();
        controller.Say([4, 0x10, 1, 0x42]); // Hardware Error
        Assert.False(scanner.TryRead(TimeSpan.Zero, out _));
        Assert.Equal((2, true), (scanner.Resets, controller.Scans));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.False(scanner.TryRead(TimeSpan.Zero, out _));
        Assert.Equal((3, true), (scanner.Resets, controller.Scans));
        controller.Say(Convert.FromHexString(LegacyReport));
        Assert.True(scanner.TryRead(TimeSpan.Zero, out _));
    }

    [Fact]
    public void A_controller_that_does_not_answer_is_named_with_the_command()
    {
        using var controller = new PaperController(PaperController.Kind.Mute);
        Assert.Contains("0c03", Assert.Throws<IOException>(() => new HciScanner(controller, false, TimeProvider.System).Start()).Message, StringComparison.Ordinal);
        controller.Unplug();
        Assert.Throws<IOException>(() => new HciScanner(controller, false, TimeProvider.System).Start());
    }

    [SkippableFact]
    public void A_kernel_without_Bluetooth_or_wireless_says_so()
    {
        Skip.If(Directory.Exists("/sys/class/bluetooth"), "this machine has Bluetooth");
        Assert.Contains("hci0", Assert.Throws<IOException>(() => HciUserChannel.Open(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_take_turns_for_their_dwell_and_neighbours_are_not_next_to_each_other()
    {
        var plan = new ChannelPlan([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], TimeSpan.FromMilliseconds(250));
        var visited = Enumerable.Range(0, 26).Select(i => plan.At(TimeSpan.FromMilliseconds((i * 250) + 10)).Channel).ToList();
        Assert.Equal(Enumerable.Range(1, 13), visited.Take(13).Order());
        Assert.Equal(visited.Take(13), visited.Skip(13));
        Assert.All(visited.Zip(visited.Skip(1)).Take(12), pair => Assert.True(Math.Abs(pair.First - pair.Second) >= 5, $"{pair}"));
        Assert.Equal(TimeSpan.FromMilliseconds(240), plan.At(TimeSpan.FromMilliseconds(10)).Left);
        Assert.Equal((2_412, 2_472, 2_484, 5_180, 5_825), (ChannelPlan.FrequencyOf(1), ChannelPlan.FrequencyOf(13), ChannelPlan.FrequencyOf(14), ChannelPlan.FrequencyOf(36), ChannelPlan.FrequencyOf(165)));
        Assert.Null(ChannelPlan.FrequencyOf(15));

        // Netlink header, generic header, and the name: CTRL_CMD_GETFAMILY of "nl80211".
        Assert.Equal(
            "2000000010000500010000000000000003010000" + "0c0002006e6c383032313100",
            Convert.ToHexStringLower(Nl80211.Message(0x10, 3, 1, (2, [.. "nl80211\0"u8]))));
    }

    [SkippableFact]
    public async Task Bluez_tells_every_change_and_its_end()
    {
        Skip.IfNot(File.Exists("/usr/bin/dbus-daemon") && File.Exists("/usr/lib/python3/dist-packages/dbusmock/templates/bluez5.py"),
            "the bus or BlueZ's stand-in is not installed (Debian packages dbus, python3-dbusmock)");
        await using var bus = await PaperBluez.StartAsync();
        bus.Do("AddAdapter('hci0', 'shop')");
        bus.Do("AddDevice('hci0', '11:22:33:44:55:66', 'Lamp')");
        using (var scanner = BluezScanner.Open("hci0", TimeProvider.System, bus.Socket))
        {
            bus.Change("dev_11_22_33_44_55_66", "'RSSI': dbus.Int16(-61, variant_level=1)");
            Assert.Equal((0x112233445566UL, -61), Hear(scanner).Heard);
            var beacon = "0215" + "000102030405060708090a0b0c0d0e0f" + "00010002c5";
            bus.Tell("dev_11_22_33_44_55_66",
                $"'RSSI': dbus.Int16(-40), 'ManufacturerData': dbus.Dictionary({{dbus.UInt16(0x4c): dbus.Array([dbus.Byte(x) for x in bytes.fromhex('{beacon}')], signature='y', variant_level=1)}}, signature='qv')");
            Assert.Equal((0x112233445566UL, -40, BeaconKind.IBeacon), (Hear(scanner) is var (heard, kind) ? (heard.Address, heard.Dbm, kind) : default));

            // One that comes while we listen.
            bus.Do("AddDevice('hci0', '22:22:33:44:55:66', 'Phone')");
            bus.Change("dev_22_22_33_44_55_66", "'RSSI': dbus.Int16(-70, variant_level=1)");
            Assert.Equal(0x222233445566UL, Hear(scanner).Heard.Address);

            // The daemon goes: said at once, so that it can be tried again.
            await bus.StopDaemonAsync();
            var said = Assert.Throws<IOException>(() =>
            {
                for (var i = 0; i < 50; i++) scanner.TryRead(TimeSpan.FromMilliseconds(100), out _);
            });
            Assert.Contains("bluetoothd is gone", said.Message, StringComparison.Ordinal);
        }

        Assert.Throws<IOException>(() => BluezScanner.Open("hci0", TimeProvider.System, bus.Socket));

        // And comes back.
        await bus.StartDaemonAsync();
        bus.Do("AddAdapter('hci0', 'shop')");
        bus.Do("AddDevice('hci0', '11:22:33:44:55:66', 'Lamp')");
        using var again = BluezScanner.Open("hci0", TimeProvider.System, bus.Socket);
        bus.Change("dev_11_22_33_44_55_66", "'RSSI': dbus.Int16(-50, variant_level=1)");
        Assert.Equal(-50, Hear(again).Heard.Dbm);
        bus.Change("", "'Powered': dbus.Boolean(False, variant_level=1)", "org.bluez.Adapter1");
        Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < 50; i++) again.TryRead(TimeSpan.FromMilliseconds(100), out _);
        });
    }

    private static ((ulong Address, int Dbm) Heard, BeaconKind Kind) Hear(BluezScanner scanner)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10);)
        {
            if (scanner.TryRead(TimeSpan.FromMilliseconds(200), out var frame))
            {
                var walk = new BleWalk(frame);
                Assert.True(walk.MoveNext(), walk.Refusal.ToString());
                BeaconReading.TryRead(walk.Current.Data, out var beacon);
                return ((walk.Current.Address, walk.Current.SignalDbm), beacon.Kind);
            }
        }

        throw new TimeoutException("BlueZ told nothing");
    }
}
