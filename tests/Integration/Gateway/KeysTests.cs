using System.Security.Cryptography;
using Presence.Capture.Privacy;
using Presence.EdgeAgent.Keys;
using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Settings;
using Presence.Integration.Mqtt;
using Presence.Kit;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>The venue's keys from day to day and from gateway to gateway.</summary>
public sealed class KeysTests : IDisposable
{
    private const ulong Phone = 0x0A0B_0C0D_0E0F;
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 4, 0, 0, TimeSpan.Zero); // 12:00 in Shanghai

    private readonly string _folder = Directory.CreateTempSubdirectory("presence-keys-").FullName;
    private readonly ShopClock _time = new(Noon);
    private readonly List<KeyedGateway> _gateways = [];

    public void Dispose()
    {
        _gateways.ForEach(g => g.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Gateways_that_shared_keys_once_turn_them_over_alike_without_a_word()
    {
        var (first, second) = (Maker("gw-1"), Open("gw-2"));
        await first.SealToAsync(second);
        Assert.Equal(first.OnDisk[..76], second.OnDisk[..76]);
        for (var day = 0; day < 3; day++)
        {
            var before = first.OnDisk[12..44];
            _time.Advance(TimeSpan.FromDays(1));
            TellTheTime(first, second);
            Assert.Equal(first.OnDisk[..76], second.OnDisk[..76]);

            // Yesterday's key is gone from the disk, and cannot be come by from today's.
            Assert.True(first.OnDisk.AsSpan().IndexOf(before) < 0);
            Assert.All(Directory.GetFiles(first.Folder), f => Assert.True(File.ReadAllBytes(f).AsSpan().IndexOf(before) < 0));
        }
    }

    [Fact]
    public void The_day_changes_at_four_in_the_morning_and_not_at_midnight()
    {
        var shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        int DayAt(string local) => VenueClock.DayOf(DateTimeOffset.Parse(local + " +08:00", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), shanghai, 240);
        Assert.Equal(DayAt("2026-11-20 23:59"), DayAt("2026-11-21 03:59"));
        Assert.Equal(DayAt("2026-11-21 03:59") + 1, DayAt("2026-11-21 04:00"));

        // Where clocks are put forward at two, the day of the change has 23 hours and still begins once.
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var days = Enumerable.Range(0, 72).Select(h => VenueClock.DayOf(new DateTimeOffset(2026, 3, 28, 0, 0, 0, TimeSpan.Zero).AddHours(h).ToUnixTimeMilliseconds(), berlin, 240)).ToList();
        Assert.Equal(days.Order(), days);
        Assert.Equal(4, days.Distinct().Count());
    }

    [Fact]
    public async Task A_gateway_that_was_off_for_days_has_the_days_key_when_it_is_told_the_time()
    {
        var (first, away) = (Maker("gw-1"), Open("gw-2"));
        await first.SealToAsync(away);
        _time.Advance(TimeSpan.FromDays(5));
        TellTheTime(first);
        away.Restart();
        TellTheTime(away);
        Assert.Equal(first.OnDisk[..76], away.OnDisk[..76]);
    }

    [Theory]
    [InlineData(-20_000)] // 1972
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(20_000)] // 2081
    public async Task A_clock_that_is_wrong_at_the_change_costs_no_key(int daysWrong)
    {
        var skewed = new SkewedClock(_time);
        var (first, wrong) = (Maker("gw-1"), new KeyedGateway(_folder, "gw-2", skewed));
        _gateways.Add(wrong);
        await first.SealToAsync(wrong);
        var kept = wrong.OnDisk;

        // It wakes up in another time, over the day change, and has not heard from the cloud.
        skewed.Error = TimeSpan.FromDays(daysWrong);
        _time.Advance(TimeSpan.FromDays(1));
        wrong.Restart();
        wrong.Keeper.Turn();
        Assert.Equal(kept, wrong.OnDisk);

        // Then the cloud speaks, and from now on jumps of the clock mean nothing.
        TellTheTime(first, wrong);
        Assert.Equal(first.OnDisk[..76], wrong.OnDisk[..76]);
        Assert.Equal(first.Keeper.Day, wrong.Keeper.Day);
        skewed.Error = TimeSpan.FromDays(-daysWrong);
        wrong.Keeper.Turn();
        Assert.Equal(first.Keeper.Day, wrong.Keeper.Day);
    }

    [Fact]
    public void A_disk_that_cannot_be_written_at_the_day_change_stops_nothing_and_is_tried_again()
    {
        var gateway = Maker("gw-1");
        var (before, blocked) = (gateway.OnDisk, Directory.CreateDirectory(Path.Combine(gateway.Folder, VenueKeys.FileName + ".new")));
        _time.Advance(TimeSpan.FromDays(1));
        TellTheTime(gateway);
        Assert.Equal(before, gateway.OnDisk);
        Assert.Equal(gateway.Clock.Day, gateway.Keeper.Day);

        // The next look finds room.
        blocked.Delete();
        gateway.Keeper.Turn();
        Assert.NotEqual(before, gateway.OnDisk);
        Assert.Equal(gateway.Keeper.Day, VenueKeys.Load(gateway.Folder)!.DayNumber);
    }

    [Fact]
    public async Task Keys_that_are_not_on_disk_yet_are_not_said_to_be_held()
    {
        var gateway = Open("gw-1");
        var blocked = Directory.CreateDirectory(Path.Combine(gateway.Folder, VenueKeys.FileName + ".new"));
        gateway.Keeper.Take(new(KeyWord.Make, 1));
        gateway.Keeper.Say();
        await Until.TrueAsync(() => !gateway.Said.IsEmpty, "it spoke");
        Assert.All(gateway.Said, s => Assert.Equal(new KeyMessage(KeyWord.Held, 0), s));
        blocked.Delete();
        await Until.TrueAsync(() => gateway.Said.Contains(new(KeyWord.Held, 1)), "it holds them");
    }

    [Fact]
    public async Task A_word_of_no_generation_is_answered_and_harms_nothing()
    {
        var gateway = Open("gw-1");
        gateway.Keeper.Take(new(KeyWord.Make, 0));
        await Until.TrueAsync(() => gateway.Said.Contains(new(KeyWord.Held, 0)), "it says that it has none");
    }

    [Theory]
    [InlineData(0, 3_300, false)] // Nine years ahead, and the gateway's own clock knows better.
    [InlineData(0, 3, false)]
    [InlineData(0, 2, true)]
    [InlineData(9, 9, true)] // Off for days: both clocks say so.
    public void A_wrong_word_of_the_cloud_takes_no_key_to_another_year(int days, int said, bool isKept)
    {
        var gateway = Maker("gw-1");
        var before = VenueKeys.Load(gateway.Folder)!.DayNumber;
        _time.Advance(TimeSpan.FromDays(days));
        gateway.Clock.Heard(Noon.AddDays(said).ToUnixTimeMilliseconds());
        gateway.Keeper.Turn();
        Assert.Equal(isKept ? before + said : before, VenueKeys.Load(gateway.Folder)!.DayNumber);

        // The right word comes, and the key is again the day's.
        TellTheTime(gateway);
        Assert.Equal(isKept ? before + said : before + days, gateway.Keeper.Day);
    }

    [Fact]
    public async Task After_a_theft_members_devices_are_known_again_as_they_are_heard()
    {
        var (first, second) = (Maker("gw-1"), Open("gw-2"));
        await first.SealToAsync(second);
        var was = first.BindingOf(Phone)!.Value;
        first.Keeper.Take(new(KeyWord.Make, 2));
        await first.SealToAsync(second);
        foreach (var gateway in new[] { first, second })
        {
            var isNow = gateway.BindingOf(Phone)!.Value;
            Assert.NotEqual(was, isNow);
            gateway.Bind(was.Hash);
            gateway.Hear(Phone);
            gateway.Hear(Phone);
            Assert.Equal([(was, isNow)], gateway.Renewed);

            // The cloud answers with both: from now on the new one counts, and nothing more is said.
            gateway.Bind(was.Hash, isNow.Hash);
            gateway.Hear(Phone);
            Assert.Single(gateway.Renewed);
        }

        // Also after a restart, and no longer after a month.
        second.Bind();
        second.Restart();
        second.Bind(was.Hash);
        second.Hear(Phone);
        Assert.Equal(2, second.Renewed.Count);
        _time.Advance(TimeSpan.FromDays(31));
        TellTheTime(second);
        second.Bind(was.Hash);
        second.Hear(Phone);
        Assert.Equal(2, second.Renewed.Count);
    }

    [Fact]
    public async Task Thefts_in_succession_lose_no_device_that_is_heard_within_a_month()
    {
        var (first, second) = (Maker("gw-1"), Open("gw-2"));
        await first.SealToAsync(second);
        var tokens = new List<DeviceToken>();
        foreach (var generation in new uint[] { 2, 3, 4 })
        {
            // Each theft a few days after the other; the second gateway is off and comes back after the last.
            tokens.Add(first.BindingOf(Phone)!.Value);
            first.Keeper.Take(new(KeyWord.Make, generation));
            _time.Advance(TimeSpan.FromDays(5));
            TellTheTime(first);
        }

        TellTheTime(second);
        await first.SealToAsync(second);
        first.Restart();
        TellTheTime(first);
        var isNow = first.BindingOf(Phone)!.Value;
        foreach (var was in tokens)
        {
            first.Bind(was.Hash);
            first.Hear(Phone);
            Assert.Equal((was, isNow), first.Renewed.Last());
        }

        Assert.Equal(3, first.Renewed.Count);
        second.Bind(tokens[0].Hash);
        second.Hear(Phone);
        Assert.Equal([(tokens[0], isNow)], second.Renewed);

        // Each has its own month: the first is over, the last is not.
        _time.Advance(TimeSpan.FromDays(17));
        TellTheTime(first);
        first.Bind(tokens[0].Hash);
        first.Hear(Phone);
        Assert.Equal(3, first.Renewed.Count);
        first.Bind(tokens[2].Hash);
        first.Hear(Phone);
        Assert.Equal(4, first.Renewed.Count);
    }

    [Fact]
    public void A_name_that_comes_with_another_key_is_noticed_also_after_a_restart()
    {
        var (key, other) = (RandomNumberGenerator.GetBytes(64), RandomNumberGenerator.GetBytes(64));
        var peers = new PeerBook(_folder);
        Assert.Null(peers.Note("gw-2", key));
        Assert.Null(peers.Note("gw-3", other));
        Assert.Null(peers.Note("gw-2", key));
        peers = new PeerBook(_folder);
        Assert.Null(peers.Note("gw-2", key));
        Assert.Equal(PeerBook.FingerprintOf(key), peers.Note("gw-2", other));
        Assert.Null(new PeerBook(_folder).Note("gw-2", other));
        File.WriteAllText(Path.Combine(_folder, PeerBook.FileName), "{");
        Assert.Null(new PeerBook(_folder).Note("gw-2", key));
    }

    [Fact]
    public async Task A_gateway_that_seals_to_a_known_name_under_another_key_counts_it()
    {
        var counted = 0;
        using var meters = new System.Diagnostics.Metrics.MeterListener();
        meters.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "presence.gateway.peers.other_key")
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((_, _, _, _) => counted++);
        meters.Start();
        var (first, second) = (Maker("gw-1"), Open("gw-2"));
        await first.SealToAsync(second);
        first.Restart();
        await first.SealToAsync(second);
        Assert.Equal(0, counted);
        using var stranger = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        first.Said.Clear();
        first.Keeper.Take(new(KeyWord.Seal, first.Keeper.Generation, "gw-2") { PublicKey = SealedBox.PublicKey(stranger) });
        Assert.Equal(1, counted);
    }

    [Fact]
    public void No_more_than_four_former_keys_are_kept_and_a_file_with_one_is_read_as_it_was()
    {
        var keys = VenueKeys.Make(1, 739_000);
        var members = new List<byte[]>();
        for (uint generation = 2; generation <= 9; generation++)
        {
            members.Insert(0, keys.Member);
            keys = VenueKeys.Make(generation, 739_000).After(keys, now: generation * 1_000);
            keys.Save(_folder);
            var read = VenueKeys.Load(_folder)!;
            Assert.Equal(members.Take(4), read.Formers.Select(f => f.Key));
            Assert.Equal(keys.Formers.Select(f => f.Until), read.Formers.Select(f => f.Until));
        }

        // As versions before wrote it: one place for a former key, empty or not.
        var one = new byte[76 + 40];
        keys.ForOthers().CopyTo(one, 0);
        File.WriteAllBytes(Path.Combine(_folder, VenueKeys.FileName), one);
        Assert.Empty(VenueKeys.Load(_folder)!.Formers);
        one[80] = 1;
        File.WriteAllBytes(Path.Combine(_folder, VenueKeys.FileName), one);
        Assert.Single(VenueKeys.Load(_folder)!.Formers);
    }

    [Fact]
    public async Task Keys_of_an_older_generation_and_boxes_for_others_change_nothing()
    {
        var (first, second, third) = (Maker("gw-1"), Open("gw-2"), Open("gw-3"));
        await first.SealToAsync(second);
        var old = first.Said.First(s => s.Word == KeyWord.Sealed) with { Peer = "gw-1" };
        third.Keeper.Take(old);
        Assert.Equal(0u, third.Keeper.Generation);
        first.Keeper.Take(new(KeyWord.Make, 2));
        await first.SealToAsync(second);
        var kept = second.OnDisk;
        second.Keeper.Take(old);
        second.Keeper.Take(new(KeyWord.Make, 2));
        Assert.Equal(kept, second.OnDisk);
    }

    [Fact]
    public void Keys_survive_a_power_cut_at_any_byte_of_their_writing()
    {
        var keys = VenueKeys.Make(3, 739_000);
        keys.Save(_folder);
        var file = Path.Combine(_folder, VenueKeys.FileName);
        var whole = File.ReadAllBytes(file);
        for (var length = 0; length < whole.Length; length++)
        {
            // Cut while the new file was written: the old one is whole. Cut while the old one was overwritten: the new one is.
            File.WriteAllBytes(file + ".new", whole[..length]);
            Assert.Equal(keys.ForOthers(), VenueKeys.Load(_folder)!.ForOthers());
            File.WriteAllBytes(file + ".new", whole);
            File.WriteAllBytes(file, [.. new byte[length], .. whole[length..]]);
            Assert.Equal(keys.ForOthers(), VenueKeys.Load(_folder)!.ForOthers());
            File.WriteAllBytes(file, whole);
        }
    }

    [Fact]
    public void A_box_is_opened_by_the_one_it_is_for_whole_and_for_its_purpose()
    {
        using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var plain = RandomNumberGenerator.GetBytes(76);
        var box = SealedBox.Seal(ephemeral, SealedBox.PublicKey(own), plain, "a")!;
        Assert.Equal(plain, SealedBox.Open(own, box, "a"));
        Assert.Null(SealedBox.Open(other, box, "a"));
        Assert.Null(SealedBox.Open(own, box, "b"));
        for (var i = 0; i < box.Length; i++)
        {
            box[i] ^= 1;
            Assert.Null(SealedBox.Open(own, box, "a"));
            Assert.Null(SealedBox.Open(own, box.AsSpan(0, i), "a"));
            box[i] ^= 1;
        }

        Assert.Null(SealedBox.Seal(ephemeral, new byte[64], plain, "a"));
    }

    [Fact]
    public void The_key_of_a_day_follows_from_that_of_the_day_before_and_not_the_other_way()
    {
        var (today, tomorrow) = (new byte[32], new byte[32]);
        today[5] = 9;
        DayKey.Next(today, tomorrow);
        Assert.Equal(HMACSHA256.HashData(today, "presence/day-ratchet/v1"u8), tomorrow);
    }

    [Fact]
    public void A_key_that_was_given_calls_a_stranger_otherwise_each_day_and_alike_at_every_gateway()
    {
        var (day, member) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        var heard = new List<ulong>[] { [], [] };
        var bindings = new HashSet<DeviceToken?>();
        foreach (var said in heard)
        {
            var time = new ShopClock(Noon);
            using var listener = new FrameListener(new GatewaySettings(), new SightingBatcher((_, _) => { }), time, (token, _) => said.Add(token));
            var clock = new VenueClock(time);
            clock.SetPlace("Asia/Shanghai", 240);
            using var keys = new GivenKeys((byte[])day.Clone(), (byte[])member.Clone(), clock, listener);
            for (var hour = 0; hour < 48; hour += 12)
            {
                // At noon, at midnight, which is still the venue's same day, and so on.
                keys.Turn();
                var probe = Kit.Gateway.ProbeCapture.Frame(new(1, Phone, -50), 1);
                listener.Hear(0, new Presence.Capture.Files.CapturedFrame { Link = Presence.Capture.Files.LinkType.Radiotap, Bytes = probe, OriginalLength = probe.Length, FcsLength = -1 }, hour * 3_600_000L);
                bindings.Add(listener.BindingOf(AddressSpace.Wifi, Phone));
                time.Advance(TimeSpan.FromHours(12));
            }
        }

        Assert.Equal(heard[0], heard[1]);
        Assert.Equal(4, heard[0].Count);
        Assert.Equal(2, heard[0].Distinct().Count());
        Assert.Equal(heard[0][0], heard[0][1]);
        Assert.Single(bindings);
    }

    private KeyedGateway Open(string name)
    {
        var gateway = new KeyedGateway(_folder, name, _time);
        _gateways.Add(gateway);
        return gateway;
    }

    private KeyedGateway Maker(string name)
    {
        var gateway = Open(name);
        gateway.Keeper.Take(new(KeyWord.Make, 1));
        Assert.Equal(1u, gateway.Keeper.Generation);
        return gateway;
    }

    private void TellTheTime(params KeyedGateway[] gateways)
    {
        foreach (var gateway in gateways)
        {
            gateway.Clock.Heard(_time.GetUtcNow().ToUnixTimeMilliseconds());
            gateway.Keeper.Turn();
        }
    }
}
