using System.Net;
using System.Security.Cryptography;
using Presence.Capture.Privacy;
using Presence.EdgeAgent.Keys;
using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Settings;
using Presence.Uplink;
using Presence.Wire;

namespace Presence.EdgeAgent.Binding;

/// <summary>What came of a binding.</summary>
internal enum BindOutcome
{
    /// <summary>The cloud was told; an unknown or used code binds nothing there.</summary>
    Bound,
    NoCode,
    TooMany,
    NotOnOurNetwork,
    NothingNear,
    NoLink,
}

/// <summary>
/// Where a device becomes a member's: the only place outside capture that sees an address, and it turns it into its keyed hash at
/// once. Nothing is written down.
/// </summary>
internal sealed class BindingDesk(
    INeighbourTable neighbours, FrameListener listener, IdentityKeeper identities, GatewayUplink uplink, GatewaySettings settings, TimeProvider time)
{
    // A phone that is looked at says something at least every two seconds; one in a pocket may take longer and is asked for again.
    private static readonly TimeSpan NearWait = TimeSpan.FromSeconds(5);

    // Tags and identity keys are bound at the gateway itself.
    private static readonly IPAddress Desk = IPAddress.Loopback;
    private readonly BindingTries _tries = new(TimeProvider.System);

    /// <summary>Binds the phone that asks, by its address on the venue's network.</summary>
    public async Task<BindOutcome> BindPhoneAsync(string code, IPAddress from, CancellationToken stopping) =>
        Refused(code, from) is { } refused ? refused
        : neighbours.Find(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from) is not { } address ? BindOutcome.NotOnOurNetwork
        : listener.BindingOf(AddressSpace.Wifi, address) is not { } device ? BindOutcome.NoLink
        : await ReportAsync(code, device, BindHow.Link, stopping);

    /// <summary>Binds the tag that is held to the gateway in the next seconds.</summary>
    public async Task<BindOutcome> BindNearestTagAsync(string code, CancellationToken stopping) =>
        Refused(code, Desk) is { } refused ? refused
        : await listener.NearestTagAsync(settings.TagDbm, TimeSpan.FromSeconds(3), stopping) is not { } tag ? BindOutcome.NothingNear
        : await ReportAsync(code, tag, BindHow.Tag, stopping);

    /// <summary>Binds a tag by the address printed on it.</summary>
    public async Task<BindOutcome> BindTagAsync(string code, ulong address, CancellationToken stopping) =>
        Refused(code, Desk) ?? (listener.BindingOf(SpaceOf(address), address) is { } tag ? await ReportAsync(code, tag, BindHow.Tag, stopping) : BindOutcome.NoLink);

    /// <summary>
    /// Binds a phone by its identity key, if one of its addresses is heard in the next seconds: so a key mistyped, or written the other way
    /// round as some programs do, is found out, and a key alone binds nobody who is not there.
    /// </summary>
    /// <param name="key">16 bytes in either order; zeroed when this returns.</param>
    public async Task<BindOutcome> BindIdentityAsync(string code, byte[] key, CancellationToken stopping)
    {
        var turned = key.Reverse().ToArray();
        try
        {
            if (Refused(code, Desk) is { } refused)
            {
                return refused;
            }

            byte[]? right = null;
            if (!await listener.HeardAsync(a => (right = IdentityKeys.Resolves(key, a) ? key : IdentityKeys.Resolves(turned, a) ? turned : null) is not null, NearWait, stopping))
            {
                return BindOutcome.NothingNear;
            }

            var device = listener.BindingOf(right);
            identities.Learn(device, right);
            return await ReportAsync(code, device, BindHow.Identity, stopping);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(turned);
        }
    }

    // The two highest bits of a random static address are set (Bluetooth Core, Vol 6 Part B, 1.3.2.1); makers' numbers with them are not given out to tags.
    private static AddressSpace SpaceOf(ulong address) => address >> 46 == 3 ? AddressSpace.BluetoothRandom : AddressSpace.BluetoothPublic;

    private async Task<BindOutcome> ReportAsync(string code, DeviceToken device, BindHow how, CancellationToken stopping)
    {
        var report = new BindReport(code, device, time.GetUtcNow().ToUnixTimeMilliseconds(), how);
        return await uplink.ReportBindingAsync(report, stopping) ? BindOutcome.Bound : BindOutcome.NoLink;
    }

    private BindOutcome? Refused(string code, IPAddress from) =>
        !BindReport.IsCode(code) ? BindOutcome.NoCode : _tries.TryCount(from) ? null : BindOutcome.TooMany;
}
