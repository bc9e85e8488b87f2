using System.Buffers.Binary;
using System.Security.Cryptography;
using Presence.Capture.Ble;
using Presence.Capture.Wifi;

namespace Presence.Capture.Privacy;

/// <summary>
/// Turns radio addresses into tokens, the only form in which they leave a gateway. A stranger's is HMAC-SHA-256 under the key of the
/// day; a device of a member who agreed keeps the token of its binding, HMAC-SHA-256 under the venue's member key.
/// </summary>
/// <remarks>
/// What is hashed is the kind of the address (one byte) and the address (six, as it is written) or the beacon's id; a token is the
/// first 64 bits, big-endian. One owner at a time. See <c>WHY.md</c> for the cache and for what it costs to resolve addresses.
/// </remarks>
public sealed class AddressPseudonymiser : IDisposable
{
    /// <summary>
    /// Addresses remembered, 16 bytes each. The phone that changes most often makes 300 an hour (<c>firmware-notes/what-radios-do.md</c>), so this is
    /// an hour of 200 of them, or of thousands of ordinary ones.
    /// </summary>
    public const int DefaultCacheEntries = 65_536;

    private const ulong BoundMark = 1UL << 63;
    private readonly TokenCache _tokens;
    private readonly TokenCache _bindings;
    private readonly TokenCache _prints;
    private readonly ElementPrint _print = new();
    private readonly QuickHash _quick = new();
    private readonly IncrementalHash _member;
    private IncrementalHash[] _formerMembers = [];
    private IncrementalHash _day;
    private BoundDevices _bound = BoundDevices.None;
    private IdentityKeys _identities = IdentityKeys.None;

    /// <param name="dayKey">32 bytes; the caller's copy can be zeroed afterwards.</param>
    /// <param name="memberKey">32 bytes; likewise.</param>
    /// <param name="cacheEntries">Addresses to remember.</param>
    public AddressPseudonymiser(ReadOnlySpan<byte> dayKey, ReadOnlySpan<byte> memberKey, int cacheEntries = DefaultCacheEntries)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(dayKey.Length, DayKey.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(memberKey.Length, DayKey.Length);
        _day = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, dayKey);
        _member = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, memberKey);
        _tokens = new TokenCache(cacheEntries);
        _bindings = new TokenCache(1_024);
        _prints = new TokenCache(cacheEntries / 8);
    }

    /// <summary>Devices that are bound. Setting them forgets what was remembered, so that a withdrawal counts from the next frame on.</summary>
    public BoundDevices Bound
    {
        get => _bound;
        set
        {
            _bound = value;
            ForgetTokens();
        }
    }

    /// <summary>
    /// Told the token so far and the new one of each bound device that is known only under the former member key; called while a token is
    /// made, so it must be quick.
    /// </summary>
    public Action<DeviceToken, DeviceToken> OnRenewed { get; set; } = static (_, _) => { };

    /// <summary>Member keys of before, newest first: a device that is bound under one keeps its token until its binding is renewed.</summary>
    public void Remember(params IReadOnlyList<byte[]> formerMemberKeys)
    {
        foreach (var before in _formerMembers)
        {
            before.Dispose();
        }

        _formerMembers = [.. formerMemberKeys.Select(key => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key))];
        ForgetTokens();
    }

    /// <summary>Identity keys of bound devices, by which their resolvable addresses are known. Held in memory only.</summary>
    public IdentityKeys Identities
    {
        get => _identities;
        set
        {
            _identities = value;
            ForgetTokens();
        }
    }

    /// <summary>The token of a Wi-Fi station and what is known of it.</summary>
    public (DeviceToken Token, TokenTraits Traits) Wifi(in WifiReading reading)
    {
        var traits = (reading.IsRandomAddress ? TokenTraits.Random : TokenTraits.None) | (reading.IsAssociated ? TokenTraits.Associated : TokenTraits.None);
        return Of(AddressSpace.Wifi, reading.Address, traits);
    }

    /// <summary>The token of a Bluetooth device, or of the beacon that it is, and what is known of it.</summary>
    /// <param name="reading">A report with an address.</param>
    /// <param name="beacon">What was found in its data; <c>default</c> where nothing was.</param>
    public (DeviceToken Token, TokenTraits Traits) Bluetooth(in BleReading reading, in BeaconReading beacon = default)
    {
        if (SpaceOf(beacon.Kind) is { } space)
        {
            return OfBeacon(space, beacon.Id, TokenTraits.Bluetooth | TokenTraits.Beacon);
        }

        var traits = TokenTraits.Bluetooth | (reading.IsRandomAddress ? TokenTraits.Random : TokenTraits.None);
        return reading.AddressKind == BleAddressKind.Public
            ? Of(AddressSpace.BluetoothPublic, reading.Address, traits)
            : Of(AddressSpace.BluetoothRandom, reading.Address, traits);
    }

    /// <summary>The token of an address.</summary>
    /// <param name="space">What kind of address it is.</param>
    /// <param name="address">48 bits, the most significant octet highest.</param>
    /// <param name="heard">What is known of it besides; <see cref="TokenTraits.Bound"/> is added here.</param>
    public (DeviceToken Token, TokenTraits Traits) Of(AddressSpace space, ulong address, TokenTraits heard = TokenTraits.None)
    {
        var key = ((ulong)space << 48) | (address & 0xFFFF_FFFF_FFFF);
        if (_tokens.TryGet(key, out var token)) return (new DeviceToken(token), heard);
        if (_bindings.TryGet(key, out token)) return (new DeviceToken(token), heard | TokenTraits.Bound);
        return Meet(space, address, key, heard);
    }

    /// <summary>The binding's token of an address, whether bound or not: what a binding is made from.</summary>
    public DeviceToken BindingOf(AddressSpace space, ulong address)
    {
        Span<byte> name = stackalloc byte[7];
        return new DeviceToken(Hash(_member, WriteName(name, space, address)));
    }

    /// <summary>The binding's token of a beacon or tag.</summary>
    /// <param name="beacon">A beacon that has an identity (see <see cref="HasIdentity"/>).</param>
    public DeviceToken BindingOf(in BeaconReading beacon)
    {
        var space = SpaceOf(beacon.Kind) ?? throw new ArgumentException("A beacon without an identity cannot be bound.", nameof(beacon));
        Span<byte> name = stackalloc byte[1 + 64];
        return new DeviceToken(Hash(_member, WriteName(name, space, beacon.Id)));
    }

    /// <summary>Whether a beacon says who it is, so that its token is the beacon's and not its address's.</summary>
    public static bool HasIdentity(BeaconKind kind) => SpaceOf(kind) is not null;

    /// <summary>Keyed hashes of a frame's information elements, for telling devices apart when counting; 0 where there are none.</summary>
    /// <remarks>The upper half of the coarse one is the hash of the family, which a phone keeps when its mode changes; 0 where the elements say nothing of the hardware.</remarks>
    /// <param name="elements">As sent.</param>
    public (ulong Exact, ulong Coarse) Fingerprints(ReadOnlySpan<byte> elements)
    {
        if (elements.Length < 2) return (0, 0);
        _print.Take(elements);
        return (Print(AddressSpace.ExactElements, _print.Exact), Print(AddressSpace.CoarseElements, _print.Coarse));
    }

    /// <summary>Goes over to the key of a new day: nothing of the old one stays.</summary>
    public void Rotate(ReadOnlySpan<byte> dayKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(dayKey.Length, DayKey.Length);
        _day.Dispose();
        _day = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, dayKey);
        Forget();
    }

    public void Dispose()
    {
        _day.Dispose();
        _member.Dispose();
        foreach (var former in _formerMembers)
        {
            former.Dispose();
        }

        Forget();
    }

    private static AddressSpace? SpaceOf(BeaconKind kind) => kind switch
    {
        BeaconKind.IBeacon => AddressSpace.IBeacon,
        BeaconKind.AltBeacon => AddressSpace.AltBeacon,
        BeaconKind.EddystoneUid => AddressSpace.EddystoneUid,
        BeaconKind.EddystoneEid => AddressSpace.EddystoneEid,
        BeaconKind.EddystoneUrl => AddressSpace.EddystoneUrl,
        _ => null,
    };

    private static ReadOnlySpan<byte> WriteName(Span<byte> name, AddressSpace space, ulong address)
    {
        name[0] = (byte)space;
        BinaryPrimitives.WriteUInt16BigEndian(name[1..], (ushort)(address >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(name[3..], (uint)address);
        return name[..7];
    }

    private static ReadOnlySpan<byte> WriteName(Span<byte> name, AddressSpace space, ReadOnlySpan<byte> id)
    {
        id = id[..Math.Min(id.Length, name.Length - 1)];
        name[0] = (byte)space;
        id.CopyTo(name[1..]);
        return name[..(1 + id.Length)];
    }

    private static ulong Hash(IncrementalHash hmac, ReadOnlySpan<byte> name)
    {
        Span<byte> digest = stackalloc byte[32];
        hmac.AppendData(name);
        hmac.GetHashAndReset(digest);
        var token = BinaryPrimitives.ReadUInt64BigEndian(digest);
        CryptographicOperations.ZeroMemory(digest);

        // 0 means no device on the wire; one hash in 2^64 becomes its neighbour.
        return token == 0 ? 1 : token;
    }

    private (DeviceToken Token, TokenTraits Traits) Meet(AddressSpace space, ulong address, ulong key, TokenTraits heard)
    {
        if (space == AddressSpace.BluetoothRandom && _identities.TryResolve(address, out var owner))
        {
            _bindings.Add(key, owner.Hash);
            return (owner, heard | TokenTraits.Bound);
        }

        Span<byte> room = stackalloc byte[7];
        var name = WriteName(room, space, address);
        return Meet(name, key, heard);
    }

    private (DeviceToken Token, TokenTraits Traits) Meet(ReadOnlySpan<byte> name, ulong key, TokenTraits heard)
    {
        ulong token;
        if (_bound.Count > 0 && _bound.Contains(token = Hash(_member, name)))
        {
            _bindings.Add(key, token);
            return (new DeviceToken(token), heard | TokenTraits.Bound);
        }

        foreach (var former in _bound.Count > 0 ? _formerMembers : [])
        {
            if (_bound.Contains(token = Hash(former, name)))
            {
                _bindings.Add(key, token);
                OnRenewed(new DeviceToken(token), new DeviceToken(Hash(_member, name)));
                return (new DeviceToken(token), heard | TokenTraits.Bound);
            }
        }

        token = Hash(_day, name);
        _tokens.Add(key, token);
        return (new DeviceToken(token), heard);
    }

    /// <summary>The token of a beacon by its identity.</summary>
    /// <param name="space">One of the beacons' kinds.</param>
    public (DeviceToken Token, TokenTraits Traits) OfBeacon(AddressSpace space, ReadOnlySpan<byte> id, TokenTraits heard)
    {
        Span<byte> room = stackalloc byte[1 + 64];
        var name = WriteName(room, space, id);
        var key = _quick.Of(name);
        if (_tokens.TryGet(key, out var token)) return (new DeviceToken(token), heard);
        if (_bindings.TryGet(key, out token)) return (new DeviceToken(token), heard | TokenTraits.Bound);
        return Meet(name, key, heard);
    }

    private ulong Print(AddressSpace space, ReadOnlySpan<byte> form)
    {
        // The kind of form too: two may be the same bytes.
        var key = _quick.Of(form) ^ (ulong)space;
        if (_prints.TryGet(key, out var print)) return print;
        print = Keyed(space, form);
        if (space == AddressSpace.CoarseElements)
        {
            var family = _print.Family();
            print = Math.Max(1, (uint)print) | (family.IsEmpty ? 0 : Keyed(AddressSpace.ElementFamily, family) & ~(ulong)uint.MaxValue);
        }

        _prints.Add(key, print);
        return print;
    }

    private ulong Keyed(AddressSpace space, ReadOnlySpan<byte> form)
    {
        Span<byte> kind = [(byte)space];
        _day.AppendData(kind);
        return Hash(_day, form);
    }

    private void ForgetTokens()
    {
        _tokens.Wipe();
        _bindings.Wipe();
    }

    private void Forget()
    {
        ForgetTokens();
        _prints.Wipe();
        _print.Wipe();
        _quick.Renew();
    }
}
