using System.Buffers.Binary;
using System.Security.Cryptography;
using Presence.Capture.Ble;
using Presence.Capture.Privacy;
using Xunit;
using static Presence.Unit.Capture.FrameBytes;

namespace Presence.Unit.Capture;

public sealed class PrivacyTests
{
    private static readonly byte[] Today = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] Members = [.. Enumerable.Range(0, 32).Select(i => (byte)(200 - i))];

    [Fact]
    public void A_strangers_token_is_the_first_64_bits_of_the_keyed_hash_of_kind_and_address()
    {
        using var names = new AddressPseudonymiser(Today, Members);
        var digest = HMACSHA256.HashData(Today, (byte[])[1, .. Address(Phone)]);
        Assert.Equal(BinaryPrimitives.ReadUInt64BigEndian(digest), names.Of(AddressSpace.Wifi, Phone).Token.Hash);
        Assert.Equal(TokenTraits.None, names.Of(AddressSpace.Wifi, Phone).Traits);
    }

    [Fact]
    public void A_bound_device_keeps_its_token_over_the_days_and_a_stranger_does_not()
    {
        using var names = new AddressPseudonymiser(Today, Members);
        names.Bound = new BoundDevices([names.BindingOf(AddressSpace.Wifi, Phone).Hash]);
        var (member, stranger) = (names.Of(AddressSpace.Wifi, Phone), names.Of(AddressSpace.Wifi, Phone + 1));
        names.Rotate(Members);
        Assert.Equal(member, names.Of(AddressSpace.Wifi, Phone));
        Assert.Equal(TokenTraits.Bound, member.Traits);
        Assert.NotEqual(stranger.Token, names.Of(AddressSpace.Wifi, Phone + 1).Token);
    }

    [Fact]
    public void A_withdrawal_counts_from_the_next_frame_on()
    {
        using var names = new AddressPseudonymiser(Today, Members);
        names.Bound = new BoundDevices([names.BindingOf(AddressSpace.Wifi, Phone).Hash]);
        names.Of(AddressSpace.Wifi, Phone);
        names.Bound = BoundDevices.None;
        Assert.Equal(TokenTraits.None, names.Of(AddressSpace.Wifi, Phone).Traits);
    }

    [Fact]
    public void Remembering_changes_no_token_however_many_devices_pass()
    {
        using var small = new AddressPseudonymiser(Today, Members, cacheEntries: 8);
        using var large = new AddressPseudonymiser(Today, Members);
        var tokens = new HashSet<DeviceToken>();
        for (var round = 0; round < 2; round++)
        {
            for (ulong address = 1; address <= 3_000; address++)
            {
                var token = small.Of(AddressSpace.Wifi, address).Token;
                Assert.Equal(large.Of(AddressSpace.Wifi, address).Token, token);
                tokens.Add(token);
            }
        }

        Assert.Equal(3_000, tokens.Count);
    }

    [Fact]
    public void The_same_bits_in_another_kind_of_address_are_another_device()
    {
        using var names = new AddressPseudonymiser(Today, Members);
        Assert.Equal(3, new[] { AddressSpace.Wifi, AddressSpace.BluetoothPublic, AddressSpace.BluetoothRandom }
            .Select(space => names.Of(space, Phone).Token).Distinct().Count());
    }

    [Fact]
    public void Tomorrows_key_follows_from_todays_alone()
    {
        Span<byte> tomorrow = stackalloc byte[32];
        DayKey.Next(Today, tomorrow);
        Assert.True(tomorrow.SequenceEqual(HMACSHA256.HashData(Today, "presence/day-ratchet/v1"u8)));
        Assert.Equal("45760cdd0bf73a2b", Convert.ToHexStringLower(tomorrow[..8]));
    }

    [Fact]
    public void A_carried_tag_is_known_by_its_id_whatever_its_address()
    {
        using var names = new AddressPseudonymiser(Today, Members);
        Assert.True(BeaconReading.TryRead(Hex("0201061aff4c0002154142434445464748494041424344454600010002f8"), out var tag));
        names.Bound = new BoundDevices([names.BindingOf(tag).Hash]);
        var heard = new BleReading { Address = 0x4001_02b2_12da, AddressKind = BleAddressKind.Resolvable };
        var first = names.Bluetooth(heard, tag);
        heard.Address++;
        Assert.Equal(first, names.Bluetooth(heard, tag));
        Assert.Equal(TokenTraits.Bound | TokenTraits.Beacon | TokenTraits.Bluetooth, first.Traits);
    }

    [Fact]
    public void Fingerprints_ignore_the_network_sought_and_depend_on_the_days_key()
    {
        using var names = new AddressPseudonymiser(Today, Members);
        var some = names.Fingerprints(Hex("0003616263 010402040b16 030106 2d022d40"));
        Assert.Equal(some, names.Fingerprints(Hex("0000 010402040b16 03010b 2d022d40")));
        Assert.NotEqual(some.Exact, names.Fingerprints(Hex("0000 010402040b17 03010b 2d022d40")).Exact);
        names.Rotate(Members);
        Assert.NotEqual(some, names.Fingerprints(Hex("0003616263 010402040b16 030106 2d022d40")));
    }

    [Fact]
    public void A_phone_keeps_its_family_when_its_mode_changes_and_has_none_when_it_says_nothing_of_its_hardware()
    {
        using var names = new AddressPseudonymiser(Today, Members);

        // 40 MHz put up with or not (45), another extended capability (127).
        var (one, other) = (Coarse("010402040b16 2d022d00 7f0100"), Coarse("010402040b16 2d022d40 7f0104"));
        Assert.NotEqual(one, other);
        Assert.Equal(one >> 32, other >> 32);
        Assert.NotEqual(one >> 32, Coarse("010402040b16 2d022d00 7f0100 dd040050f208") >> 32);
        Assert.InRange(Coarse("010402040b16 dd040050f208"), 1UL, uint.MaxValue);

        ulong Coarse(string elements) => names.Fingerprints(Hex(elements)).Coarse;
    }

    [Theory]
    [InlineData("ec0234a357c8ad05341010a60a397d9b", "7081940dfbaa", true)]
    [InlineData("ec0234a357c8ad05341010a60a397d9b", "400102b212da", true)]
    [InlineData("00000000000000000000000000000000", "4001020ac4a6", true)]
    [InlineData("00000000000000000000000000000000", "400000d274ce", false)]
    [InlineData("ec0234a357c8ad05341010a60a397d9b", "000102b212da", false)]
    [InlineData("ec0234a357c8ad05341010a60a397d9b", "c00102b212da", false)]
    public void An_identity_key_resolves_the_addresses_made_with_it(string key, string address, bool resolves) =>
        Assert.Equal(resolves, IdentityKeys.Resolves(Hex(key), Convert.ToUInt64(address, 16)));

    [Fact]
    public void Each_of_many_keys_is_found_by_its_own_address()
    {
        var keys = new byte[16 * 37];
        new Random(5).NextBytes(keys);
        var owners = Enumerable.Range(1, 37).Select(i => new DeviceToken((ulong)i)).ToArray();
        using var known = new IdentityKeys(keys, owners);
        for (var i = 0; i < owners.Length; i++)
        {
            var random = 0x40_0000u | (uint)(i * 7_919);
            var hash = IdentityKeys.HashByFramework(keys.AsSpan(i * 16, 16), random);
            Assert.True(known.TryResolve(((ulong)random << 24) | hash, out var owner));
            Assert.Equal(owners[i], owner);
            Assert.False(known.TryResolve(((ulong)random << 24) | (hash ^ 1), out _));
        }
    }
}
