using System.Security.Cryptography;
using Presence.Integration.Mqtt;
using Presence.Kit;
using Presence.Kit.Gateway;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>Phones that change their address are known again by an identity key that only gateways' memories hold.</summary>
public sealed class IdentityKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-identities-").FullName;
    private readonly ShopClock _time = new(new(2026, 11, 20, 4, 0, 0, TimeSpan.Zero));
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(16);
    private readonly ResolvablePhone _phone;
    private readonly List<KeyedGateway> _gateways = [];

    public IdentityKeysTests() => _phone = new(_key, 1);

    public void Dispose()
    {
        _gateways.ForEach(g => g.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_members_phone_is_one_device_at_every_gateway_whatever_address_it_takes()
    {
        var (first, second) = await TwoAsync();
        var member = first.BindingOf(_key);
        first.Bind(member.Hash);
        second.Bind(member.Hash);
        Assert.NotEqual(first.Hear(_phone), first.Hear(_phone));
        first.Identities.Learn(member, _key);
        await CarryAsync(first, second, member);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(member.Hash, first.Hear(_phone));
            Assert.Equal(member.Hash, second.Hear(_phone));
        }

        // Another phone stays a stranger, who is somebody else with each address.
        var stranger = new ResolvablePhone(RandomNumberGenerator.GetBytes(16), 2);
        Assert.Equal(20, Enumerable.Range(0, 20).Select(_ => second.Hear(stranger)).Distinct().Count());
    }

    [Fact]
    public async Task Without_consent_a_key_resolves_nothing_and_withdrawal_takes_it_away()
    {
        var (first, second) = await TwoAsync();
        var member = first.BindingOf(_key);
        first.Identities.Learn(member, _key);
        Assert.NotEqual(member.Hash, first.Hear(_phone));
        Assert.Empty(first.SaidOfIdentities);

        first.Bind(member.Hash);
        second.Bind(member.Hash);
        await CarryAsync(first, second, member);
        Assert.Equal(1, second.Identities.Count);
        second.Bind();
        Assert.NotEqual(member.Hash, second.Hear(_phone));

        // It is not only out of force but gone: consent alone, given anew, brings nothing back.
        second.Bind(member.Hash);
        Assert.Equal(0, second.Identities.Count);
        Assert.NotEqual(member.Hash, second.Hear(_phone));
        second.SaidOfIdentities.Clear();
        second.Identities.Take(new(KeyWord.SealIdentity, 0, "gw-1") { Device = member, PublicKey = first.PublicKey });
        await Task.Delay(50);
        Assert.Empty(second.SaidOfIdentities);
    }

    [Fact]
    public void A_key_whose_code_was_wrong_is_forgotten_after_ten_minutes()
    {
        var gateway = Open("gw-1");
        gateway.Keeper.Take(new(KeyWord.Make, 1));
        var member = gateway.BindingOf(_key);
        gateway.Identities.Learn(member, _key);
        _time.Advance(TimeSpan.FromMinutes(9));
        gateway.Bind(member.Hash);
        Assert.Equal(1, gateway.Identities.Count);
        gateway.Bind();
        gateway.Identities.Learn(member, _key);
        _time.Advance(TimeSpan.FromMinutes(12));
        gateway.Bind();
        gateway.Bind(member.Hash);
        Assert.Equal(0, gateway.Identities.Count);
    }

    [Fact]
    public async Task A_restart_forgets_the_keys_and_the_cloud_brings_them_back_without_knowing_them()
    {
        var (first, second) = await TwoAsync();
        var member = first.BindingOf(_key);
        first.Bind(member.Hash);
        second.Bind(member.Hash);
        first.Identities.Learn(member, _key);
        var box = await CarryAsync(first, second, member);
        second.Restart();
        second.Bind(member.Hash);
        Assert.Equal(0, second.Identities.Count);
        second.Identities.Take(new(KeyWord.Identity, 0) { Sealed = box });
        Assert.Equal(member.Hash, second.Hear(_phone));

        // Nothing of it lies on a disk, and nothing that was said holds it: not to the cloud, nor through it.
        var said = first.SaidOfIdentities.Concat(second.SaidOfIdentities).Concat(first.Said).Concat(second.Said).Select(m => m.Encode());
        var written = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes);
        var turned = _key.Reverse().ToArray();
        Assert.All(said.Concat(written), bytes => Assert.True(bytes.AsSpan().IndexOf(_key) < 0 && bytes.AsSpan().IndexOf(turned) < 0));

        // Whoever has the box and not the gateway has nothing; and a box for one gateway is none for another.
        first.Bind();
        first.Bind(member.Hash);
        first.Identities.Take(new(KeyWord.Identity, 0) { Sealed = box });
        Assert.Equal(0, first.Identities.Count);
    }

    [Fact]
    public async Task Nobody_can_have_a_phone_of_theirs_taken_for_a_members()
    {
        var (first, second) = await TwoAsync();
        var member = first.BindingOf(_key);
        first.Bind(member.Hash);
        second.Bind(member.Hash);

        // A gateway gone bad says that the member's device has another key.
        var own = RandomNumberGenerator.GetBytes(16);
        first.Identities.Learn(member, own);
        await CarryAsync(first, second, member);
        Assert.Equal(0, second.Identities.Count);
        Assert.NotEqual(member.Hash, second.Hear(new ResolvablePhone(own, 3)));
    }

    [Fact]
    public async Task After_a_theft_a_phone_known_by_its_key_keeps_its_name_also_over_a_restart()
    {
        var (first, second) = await TwoAsync();
        var member = first.BindingOf(_key);
        first.Bind(member.Hash);
        second.Bind(member.Hash);
        first.Identities.Learn(member, _key);
        var box = await CarryAsync(first, second, member);
        first.Keeper.Take(new(KeyWord.Make, 2));
        await first.SealToAsync(second);
        Assert.Equal(member, first.BindingOf(_key));
        second.Restart();
        second.Bind(member.Hash);
        second.Identities.Take(new(KeyWord.Identity, 0) { Sealed = box });
        Assert.Equal(member.Hash, second.Hear(_phone));
    }

    // The cloud's part: the first says that it knows the phone, is asked to seal for the second, and the box is handed over.
    private static async Task<ReadOnlyMemory<byte>> CarryAsync(KeyedGateway from, KeyedGateway to, DeviceToken member)
    {
        await Until.TrueAsync(() => from.SaidOfIdentities.Any(s => s.Word is KeyWord.Bring && s.Device == member), "it says that it knows the phone");
        from.Identities.Take(new(KeyWord.SealIdentity, 0, "gw-2") { Device = member, PublicKey = to.PublicKey });
        await Until.TrueAsync(() => from.SaidOfIdentities.Any(s => s.Word is KeyWord.Identity), "it sealed");
        var box = from.SaidOfIdentities.First(s => s.Word is KeyWord.Identity).Sealed;
        Assert.Equal(KeyMessage.IdentityBox, box.Length);
        to.Identities.Take(new(KeyWord.Identity, 0) { Sealed = box });
        return box;
    }

    private async Task<(KeyedGateway First, KeyedGateway Second)> TwoAsync()
    {
        var (first, second) = (Open("gw-1"), Open("gw-2"));
        first.Keeper.Take(new(KeyWord.Make, 1));
        await first.SealToAsync(second);
        return (first, second);
    }

    private KeyedGateway Open(string name)
    {
        var gateway = new KeyedGateway(_folder, name, _time);
        _gateways.Add(gateway);
        return gateway;
    }
}
