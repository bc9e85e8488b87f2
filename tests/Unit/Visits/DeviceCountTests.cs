using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public sealed class DeviceCountTests
{
    private const long Morning = 1_795_219_200_000;
    private const ulong Model = 0xC0A25E;

    [Fact]
    public void A_phone_with_a_new_address_for_every_scan_is_one_device()
    {
        var window = Count(Phone(seed: 1, every: 20, _ => -50))[0];
        Assert.Equal(1, window.Devices);
        Assert.True(window.Addresses > 30 && window.RandomShare == 1, $"{window}");
        Assert.InRange(1, window.Low, window.High);
    }

    [Fact]
    public void Two_phones_of_one_model_that_stand_apart_are_two() =>
        Assert.Equal(2, Count([.. Phone(seed: 1, every: 20, _ => -45), .. Phone(seed: 2, every: 27, _ => -66)])[0].Devices);

    [Fact]
    public void A_phone_that_is_carried_out_of_the_door_stays_one() =>
        Assert.Equal(1, Count(Phone(seed: 1, every: 20, s => -45 - (s / 10)))[0].Devices);

    [Fact]
    public void Phones_of_two_models_are_two_wherever_they_stand() =>
        Assert.Equal(2, Count([.. Phone(seed: 1, every: 20, _ => -50), .. Phone(seed: 2, every: 20, _ => -50, Model + 1)])[0].Devices);

    [Fact]
    public void One_address_with_two_fingerprints_makes_them_one_device()
    {
        var phone = Phone(seed: 1, every: 20, _ => -50);

        // A scan in which the phone leaves an element out at first.
        phone[0] = phone[0] with { Print = Model + 7 };
        Assert.Equal(1, Count(phone)[0].Devices);
    }

    [Fact]
    public void An_address_that_lasts_is_one_device_and_another_one_another()
    {
        // One is thrown about all the time, and two lie side by side.
        var count = new DeviceCount();
        for (var s = 0; s < 900; s += 10)
        {
            count.Hear(Morning + (s * 1_000L), 1, random: false, Model, 0, (sbyte)(s % 20 == 0 ? -30 : -80));
            count.Hear(Morning + (s * 1_000L) + 3_000, 2, random: false, Model + 1, 0, -50);
            count.Hear(Morning + (s * 1_000L) + 6_000, 3, random: false, Model + 1, 0, -50);
        }

        count.Advance(Morning + 2_400_000);
        Assert.Equal((3, 0.0), (count.Windows.First().Devices, count.Windows.First().RandomShare));
    }

    [Fact]
    public void A_model_too_common_to_be_told_apart_is_counted_by_its_scans()
    {
        // Forty phones at forty places; each of another model and one more of the same: those are heard as often.
        var crowd = Enumerable.Range(0, 40).SelectMany(i => Phone(i, 30, _ => -50, receivers: [(ushort)(3 * i), (ushort)((3 * i) + 1)]));
        var others = Enumerable.Range(0, 12).SelectMany(i => Phone(100 + i, 30, _ => -50, Model + 1 + (ulong)i));
        var windows = Count([.. crowd, .. others]);
        Assert.InRange(windows[1].Devices, 12 + 25, 12 + 60);
        Assert.True(windows[1].High > windows[1].Devices + 12, $"{windows[1]} knows more than it can");
    }

    [Fact]
    public void The_order_of_arrival_leaves_no_trace() => Prop.ForAll(Gen.Choose(1, 1_000).ToArbitrary(), seed =>
    {
        List<Request> heard = [.. Phone(seed, 20, _ => -45), .. Phone(seed + 1, 31, s => -60 - (s / 20)), .. Phone(seed + 2, 40, _ => -60, Model + 1)];
        var shuffled = heard.ToArray();
        new System.Random(seed).Shuffle(shuffled);
        return Bytes(After(heard)).SequenceEqual(Bytes(After(shuffled)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    [Fact]
    public void A_count_read_from_a_snapshot_goes_on_as_if_nothing_had_been() => Prop.ForAll(Gen.Choose(0, 900).ToArbitrary(), stop =>
    {
        List<Request> heard = [.. Phone(3, 20, _ => -45), .. Phone(4, 31, _ => -66), .. Phone(5, 40, _ => -60, Model + 1)];
        var before = new DeviceCount();
        Hear(before, heard.Where(h => h.At < stop));
        before.Advance(Morning + (Math.Max(0, stop - 30) * 1_000));
        var bytes = Bytes(before);
        var reader = new StateReader(bytes);
        var after = DeviceCount.Load(ref reader);
        Assert.True(Bytes(after).SequenceEqual(bytes), "what was read is written otherwise");
        foreach (var count in new[] { before, after })
        {
            Hear(count, heard.Where(h => h.At >= stop));
            count.Advance(Morning + 2_400_000);
        }

        return Bytes(before).SequenceEqual(Bytes(after));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    [Fact]
    public void What_comes_after_its_window_was_counted_is_left_out_and_widens_the_range()
    {
        var phone = Phone(seed: 1, every: 20, _ => -50);
        var count = After(phone);
        var before = count.Windows.ToList();
        Hear(count, phone);
        Assert.Equal(before, count.Windows);
    }

    private sealed record Request(double At, ulong Token, ulong Print, ushort Receiver, sbyte Dbm);

    // A scan is some three addresses of two frames each, heard by one receiver per channel, as phones do it.
    private static List<Request> Phone(int seed, double every, Func<double, double> dbm, ulong print = Model, ushort[]? receivers = null)
    {
        var (dice, heard) = (new System.Random(seed), new List<Request>());
        receivers ??= [0, 1, 2];
        for (var at = dice.NextDouble() * every; at < 900; at += every * (0.8 + (0.4 * dice.NextDouble())))
        {
            for (var address = 0; address < 3; address++)
            {
                var token = (ulong)dice.NextInt64();
                for (var frame = 0; frame < 2; frame++)
                {
                    var level = Math.Clamp(dbm(at) - (3 * dice.NextDouble()), -100, 0);
                    heard.Add(new(at + (address * 0.1) + (frame * 0.02), token, print, receivers[dice.Next(receivers.Length)], (sbyte)level));
                }
            }
        }

        return heard;
    }

    private static List<DeviceWindow> Count(IEnumerable<Request> heard) => [.. After(heard).Windows];

    private static DeviceCount After(IEnumerable<Request> heard)
    {
        var count = new DeviceCount();
        Hear(count, heard);
        count.Advance(Morning + 2_400_000);
        return count;
    }

    private static void Hear(DeviceCount count, IEnumerable<Request> heard)
    {
        foreach (var h in heard)
        {
            count.Hear(Morning + (long)(h.At * 1_000), h.Token, random: true, h.Print, h.Receiver, h.Dbm, place: h.Receiver / 3);
        }
    }

    private static byte[] Bytes(DeviceCount count)
    {
        var to = new ArrayBufferWriter<byte>();
        count.Save(new StateWriter(to));
        return to.WrittenSpan.ToArray();
    }
}
