using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public sealed class DeviceCountTests
{
    private const long Morning = 1_795_219_200_000;
    // A family in the upper half, as a gateway writes it; what says nothing of the hardware has none there.
    private const ulong Family = 1UL << 32;
    private const ulong Model = (0xC0A2 * Family) + 0x5E;
    private const ulong Lean = 0x1EA;

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
        Assert.Equal(2, Count([.. Phone(seed: 1, every: 20, _ => -50), .. Phone(seed: 2, every: 20, _ => -50, Model + Family)])[0].Devices);

    [Theory]
    [InlineData(Lean)]
    [InlineData(Model + 1)]
    public void A_phone_that_says_less_of_itself_while_it_sleeps_is_one_device(ulong asleep) =>
        Assert.Equal(1, Count(Asleep(Phone(seed: 1, every: 20, _ => -50), asleep))[0].Devices);

    [Theory]
    [InlineData(-65, Lean)]
    [InlineData(-65, Model + 1)]
    [InlineData(-50, Model + Family)]
    public void A_phone_that_stands_elsewhere_or_can_do_something_else_is_another_one(int dbm, ulong print) =>
        Assert.Equal(2, Count([.. Phone(seed: 1, every: 20, _ => -50), .. Phone(seed: 2, every: 30, _ => dbm, print)])[0].Devices);

    [Theory]
    [InlineData(Lean)]
    [InlineData(Model + 1)]
    public void Phones_on_opposite_sides_are_two_though_a_receiver_between_hears_both_as_loud(ulong print)
    {
        // Also where two receivers stand between them.
        foreach (var other in (ushort[][])[[2, 3, 4], [1, 2, 3]])
        {
            Assert.Equal(2, Count([.. Phone(1, 20, _ => -50, Model, [0, 1, 2]), .. Phone(2, 30, _ => -50, print, other)])[0].Devices);
        }
    }

    [Fact]
    public void Receivers_that_hardly_hear_a_phone_need_not_hear_it_in_each_of_its_modes()
    {
        var phone = Asleep(Phone(seed: 1, every: 20, _ => -50), Lean);
        var barely = phone.Select(r => r with { Receiver = (ushort)(r.Print == Lean ? 3 : 4), Dbm = -88 });
        Assert.Equal(1, Count([.. phone, .. barely])[0].Devices);
    }

    [Fact]
    public void A_mode_that_few_receivers_heard_and_one_more_hardly_is_of_the_phone_that_many_heard()
    {
        var phone = Asleep(Phone(seed: 1, every: 20, _ => -60), Lean);
        var more = phone.Select(r => r.Print == Lean ? r with { Receiver = 4, Dbm = -84 } : r with { Receiver = 3 });
        Assert.Equal(1, Count([.. phone, .. more])[0].Devices);
    }

    [Fact]
    public void Among_many_that_one_receiver_hears_as_loud_nobody_can_say_whose_a_bare_request_is()
    {
        var many = Enumerable.Range(0, 12).SelectMany(i => Phone(i, 40, _ => -50, Model + ((ulong)i * Family), [0]));
        Assert.Equal(13, Count([.. many, .. Phone(seed: 99, every: 40, _ => -50, Lean, [0])])[0].Devices);
    }

    [Fact]
    public void What_was_joined_stays_one_device_when_part_of_it_is_long_gone()
    {
        var (count, phone) = (new DeviceCount(remember: true), Phone(seed: 1, every: 20, _ => -50));
        var awake = Enumerable.Range(1, 4).SelectMany(i => phone.Select(r => r with { At = r.At + (i * 900) }));
        foreach (var (i, h) in Asleep(phone, Lean).Concat(awake).Index())
        {
            count.Hear(Morning + (long)(h.At * 1_000), h.Token, random: true, h.Print, h.Receiver, h.Dbm, tag: i);
        }

        count.Advance(Morning + 7_200_000);
        Assert.Single(count.Devices().Values.Distinct());
    }

    [Fact]
    public void A_phone_keeps_its_name_when_the_part_that_gave_it_is_forgotten_and_a_third_is_joined()
    {
        // Two modes under names of which the first is the lower; then the second and a third, of a lower name than both in one case.
        foreach (ulong[] modes in (ulong[][])[[Model + 1, Model + 2, Model], [Model + 2, Model + 1, Model], [Model, Model + 1, Model + 2]])
        {
            var (count, phone) = (new DeviceCount(remember: true), Phone(seed: 1, every: 20, _ => -50));
            var later = Enumerable.Range(1, 4).SelectMany(i => phone.Select(r => r with { At = r.At + (i * 900), Print = modes[1] }));
            var last = Asleep(phone.ConvertAll(r => r with { Print = modes[1] }), modes[2]).Select(r => r with { At = r.At + (5 * 900) });
            foreach (var (i, h) in Asleep(phone.ConvertAll(r => r with { Print = modes[0] }), modes[1]).Concat(later).Concat(last).Index())
            {
                count.Hear(Morning + (long)(h.At * 1_000), h.Token, random: true, h.Print, h.Receiver, h.Dbm, tag: i);
            }

            count.Advance(Morning + 9_000_000);
            Assert.Single(count.Devices().Values.Distinct());
        }
    }

    [Fact]
    public void Made_up_fingerprints_by_the_thousand_are_left_out_and_widen_the_range()
    {
        // Of one family, of one each, and of none; all as loud.
        var made = Enumerable.Range(1, 12_000).Select(i => new Request(i / 50.0, (ulong)i, (ulong)(i % 3) switch { 0 => (ulong)i, 1 => Family + (ulong)i, _ => ((ulong)i * Family) + 1 }, 0, -60));
        var window = Count(made)[0];
        Assert.Equal(10_000, window.Devices);
        Assert.InRange(12_000, window.Low, window.High);
    }

    [Fact]
    public void Fingerprints_that_met_one_after_the_other_are_one_device()
    {
        // Each address is heard with two, the newer of which is known from the address before.
        var chain = Enumerable.Range(0, 200).SelectMany(i => (Request[])[new(i, (ulong)i + 1, Model + 1_000 - (ulong)i, 0, -60), new(i + 0.1, (ulong)i + 1, Model + 1_001 - (ulong)i, 0, -60)]);
        Assert.Equal(1, Count(chain)[0].Devices);
    }

    [Fact]
    public void Whatever_is_heard_the_range_holds_the_guess_and_no_more_devices_than_requests() => Prop.ForAll(Gen.Choose(1, 1_000).ToArbitrary(), seed =>
    {
        var dice = new System.Random(seed);
        ulong[] prints = [0, 1, Lean, Family, Model, Model + 1, ulong.MaxValue];
        var heard = Enumerable.Range(0, dice.Next(200)).Select(_ =>
            new Request(dice.Next(600), (ulong)dice.Next(20), prints[dice.Next(prints.Length)], (ushort)dice.Next(3), (sbyte)dice.Next(-128, 128))).ToList();
        return Count(heard).TrueForAll(w => w.Low <= w.Devices && w.Devices <= w.High && w.Devices <= heard.Count);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

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
        var others = Enumerable.Range(0, 12).SelectMany(i => Phone(100 + i, 30, _ => -50, Model + ((1 + (ulong)i) * Family)));
        var windows = Count([.. crowd, .. others]);
        Assert.InRange(windows[1].Devices, 12 + 25, 12 + 80);
        Assert.True(windows[1].High > windows[1].Devices + 12, $"{windows[1]} knows more than it can");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(300)]
    public void A_crowd_of_one_model_at_one_receiver_is_told_as_a_crowd(int phones)
    {
        // Each asks once a minute: of sixty the gateway often hears two at once, and of three hundred it hears one all the time.
        foreach (var window in Count(Crowd(phones, 60)).Take(3))
        {
            Assert.InRange(window.Devices, phones * 0.4, phones * 4);
            Assert.InRange(phones, window.Low * 0.7, window.High);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_crowd_that_several_gateways_hear_is_told_as_a_crowd(int gateways)
    {
        // Each misses some of what the others hear, and hears another level.
        var dice = new System.Random(1);
        var heard = Crowd(100, 60).SelectMany(h => Enumerable.Range(0, gateways).Where(_ => dice.Next(10) < 7).Select(g =>
            h with { Receiver = (ushort)(3 * g), Dbm = (sbyte)(h.Dbm - (h.Dbm * (g + 3) % 20)) }));
        foreach (var window in Count(heard).Take(3))
        {
            Assert.InRange(window.Devices, 25, 400);
            Assert.InRange(100, window.Low, window.High);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(12)]
    public void Phones_of_a_model_each_at_a_gateway_of_its_own_are_no_crowd(int phones)
    {
        var heard = Enumerable.Range(0, phones).SelectMany(i => Phone(i, 30, _ => -50, Model, [(ushort)(3 * i)], steady: 0));
        Assert.All(Count(heard).Take(3), w => Assert.True(w.Devices > phones * 0.6 && w.Devices <= phones && w.Low <= phones && phones <= w.High, $"{w}"));
    }

    [Fact]
    public void Who_walks_from_gateway_to_gateway_is_no_crowd()
    {
        var walk = Phone(1, 40, s => -50 - (s % 7), Model, [0]).Select(r => r with { Receiver = (ushort)(3 * ((int)r.At / 60)) });
        Assert.All(Count(walk).Take(3), w => Assert.Equal(1, w.Devices));
    }

    [Fact]
    public void However_often_one_address_is_heard_it_is_one_device()
    {
        foreach (var every in (double[])[0.5, 1, 1.6, 2, 5])
        {
            var dice = new System.Random(1);
            var chatter = Enumerable.Range(0, (int)(900 / every)).Select(i => new Request(i * every, 7, Model, 0, (sbyte)(-50 - (4 * dice.NextDouble()))));
            Assert.All(Count(chatter).Take(3), w => Assert.Equal((1, 1, true), (w.Devices, w.Addresses, w.High <= 2)));
        }
    }

    [Fact]
    public void A_phone_that_sends_under_its_lasting_address_and_under_random_ones_is_one_device()
    {
        var count = new DeviceCount();
        for (var s = 0; s < 900; s += 20)
        {
            count.Hear(Morning + (s * 1_000L), s % 40 == 0 ? 1 : 1_000 + (ulong)s, random: s % 40 != 0, Model, 0, -50);
        }

        count.Advance(Morning + 2_400_000);
        Assert.Equal(1, count.Windows.First().Devices);
    }

    [Fact]
    public void Of_a_model_too_common_to_be_told_apart_each_lasting_address_is_one_device()
    {
        var count = new DeviceCount();
        for (var i = 0; i < 40 * 30; i++)
        {
            count.Hear(Morning + (i * 700L), 1 + (ulong)(i % 40), random: false, Model, 0, (sbyte)(-40 - (i % 40)));
        }

        count.Advance(Morning + 2_400_000);
        Assert.All(count.Windows.Take(2), w => Assert.True(w.Devices == 40 && w.High < 45, $"{w}"));
    }

    [Fact]
    public void Three_phones_of_a_model_that_lie_as_loud_as_each_other_are_within_the_range_though_told_as_one() =>
        Assert.All(Count(Enumerable.Range(0, 3).SelectMany(i => Phone(i, 40, _ => -60, Model, [0]))).Take(3), w => Assert.Equal((1, true), (w.Devices, w.High >= 3)));

    [Fact]
    public void A_phone_that_is_carried_to_and_fro_before_one_receiver_is_no_crowd() =>
        Assert.All(Count(Phone(1, 30, s => -60 + (12 * Math.Sin(s / 40)), Model, [0])).Take(3), w => Assert.Equal(1, w.Devices));

    [Fact]
    public void Two_phones_of_a_model_were_two_also_when_a_crowd_of_it_comes_later()
    {
        // Before the one receiver, and at forty places of their own.
        var spread = Enumerable.Range(0, 40).SelectMany(i => Phone(i, 30, _ => -50, receivers: [(ushort)(3 * i), (ushort)((3 * i) + 1)]));
        foreach (var crowd in (IEnumerable<Request>[])[Crowd(40, 60), spread])
        {
            var windows = Count([.. Phone(98, 20, _ => -40, receivers: [0]), .. Phone(99, 20, _ => -75, receivers: [0]), .. crowd.Where(h => h.At > 300)]);
            Assert.Equal(2, windows[0].Devices);
            Assert.InRange(windows[1].Devices, 20, 120);
        }
    }

    [Fact]
    public void A_crowd_that_has_left_is_counted_no_more() =>
        Assert.InRange(Count([.. Crowd(40, 60).Where(h => h.At < 300), .. Phone(99, 60, _ => -60, receivers: [0])])[2].Devices, 1, 2);

    [Fact]
    public void The_order_of_arrival_leaves_no_trace() => Prop.ForAll(Gen.Choose(1, 1_000).ToArbitrary(), seed =>
    {
        List<Request> heard = [.. Phone(seed, 20, _ => -45), .. Phone(seed + 1, 31, s => -60 - (s / 20)), .. Phone(seed + 2, 40, _ => -60, Model + 1)];
        var shuffled = heard.ToArray();
        new System.Random(seed).Shuffle(shuffled);
        return Bytes(After(heard)).SequenceEqual(Bytes(After(shuffled)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    [Fact]
    public void However_often_somebody_looks_at_the_clock_the_same_is_counted() => Prop.ForAll(Gen.Choose(1, 1_000).ToArbitrary(), seed =>
    {
        // Few enough that for minutes nothing is heard; some say that they are another model now and then.
        var dice = new System.Random(seed);
        List<Request> heard = [.. Enumerable.Range(0, 40).Select(_ => new Request(
            Math.Round(dice.NextDouble() * 1_800, 1), (ulong)dice.Next(1, 6), Model + (ulong)dice.Next(3), 0, (sbyte)dice.Next(-90, -40)))];
        var often = new DeviceCount();
        foreach (var h in heard.OrderBy(h => h.At))
        {
            Hear(often, [h]);
            often.Advance(Morning + (long)((h.At - 30) * 1_000));
        }

        for (var s = 1_700; s <= 2_400; s += 7)
        {
            often.Advance(Morning + (s * 1_000L));
        }

        often.Advance(Morning + 2_400_000);
        return After(heard).Windows.SequenceEqual(often.Windows).Label($"{string.Join('\n', After(heard).Windows)}\nor\n{string.Join('\n', often.Windows)}");
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_count_read_from_a_snapshot_goes_on_as_if_nothing_had_been() => Prop.ForAll(Gen.Choose(0, 900).ToArbitrary(), stop =>
    {
        List<Request> heard =
            [.. Phone(3, 20, _ => -45), .. Phone(4, 31, _ => -66), .. Phone(5, 40, _ => -60, Model + Family), .. Phone(6, 25, _ => -60, Lean), .. Crowd(40, 20, Model + (9 * Family))];
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
    private static List<Request> Phone(int seed, double every, Func<double, double> dbm, ulong print = Model, ushort[]? receivers = null, double steady = 0.8)
    {
        var (dice, heard) = (new System.Random(seed), new List<Request>());
        receivers ??= [0, 1, 2];
        for (var at = dice.NextDouble() * every; at < 900; at += every * (steady + (2 * (1 - steady) * dice.NextDouble())))
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

    // At random distances from one receiver, each asking when somebody looks at it.
    private static IEnumerable<Request> Crowd(int phones, double every, ulong print = Model) =>
        Enumerable.Range(0, phones).SelectMany(i => Phone(1_000 + i, every, _ => -40 - (i * 7 % 45), print, [0], steady: 0));

    // Every minute's last third is asleep.
    private static List<Request> Asleep(List<Request> phone, ulong print) => phone.ConvertAll(r => r.At % 60 < 40 ? r : r with { Print = print });

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
