using System.Net;
using Presence.Capture.Privacy;
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
internal sealed class BindingDesk(INeighbourTable neighbours, FrameListener listener, GatewayUplink uplink, GatewaySettings settings, TimeProvider time)
{
    // A code is one-time and random; this only keeps a loop from filling the link. Thirty tries a minute are a queue at the desk.
    private const int MostPerMinute = 30;
    private readonly Lock _gate = new(); // guards _tries
    private readonly Queue<long> _tries = new();

    /// <summary>Binds the phone that asks, by its address on the venue's network.</summary>
    public async Task<BindOutcome> BindPhoneAsync(string code, IPAddress from, CancellationToken stopping) =>
        Refused(code) is { } refused ? refused
        : neighbours.Find(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from) is not { } address ? BindOutcome.NotOnOurNetwork
        : listener.BindingOf(AddressSpace.Wifi, address) is not { } device ? BindOutcome.NoLink
        : await ReportAsync(code, device, BindHow.Link, stopping);

    /// <summary>Binds the tag that is held to the gateway in the next seconds.</summary>
    public async Task<BindOutcome> BindNearestTagAsync(string code, CancellationToken stopping) =>
        Refused(code) is { } refused ? refused
        : await listener.NearestTagAsync(settings.TagDbm, TimeSpan.FromSeconds(3), stopping) is not { } tag ? BindOutcome.NothingNear
        : await ReportAsync(code, tag, BindHow.Tag, stopping);

    /// <summary>Binds a tag by the address printed on it.</summary>
    public async Task<BindOutcome> BindTagAsync(string code, ulong address, CancellationToken stopping) =>
        Refused(code) ?? (listener.BindingOf(SpaceOf(address), address) is { } tag ? await ReportAsync(code, tag, BindHow.Tag, stopping) : BindOutcome.NoLink);

    // The two highest bits of a random static address are set (Bluetooth Core, Vol 6 Part B, 1.3.2.1); makers' numbers with them are not given out to tags.
    private static AddressSpace SpaceOf(ulong address) => address >> 46 == 3 ? AddressSpace.BluetoothRandom : AddressSpace.BluetoothPublic;

    private async Task<BindOutcome> ReportAsync(string code, DeviceToken device, BindHow how, CancellationToken stopping)
    {
        var report = new BindReport(code, device, time.GetUtcNow().ToUnixTimeMilliseconds(), how);
        return await uplink.ReportBindingAsync(report, stopping) ? BindOutcome.Bound : BindOutcome.NoLink;
    }

    private BindOutcome? Refused(string code)
    {
        if (!BindReport.IsCode(code))
        {
            return BindOutcome.NoCode;
        }

        lock (_gate)
        {
            var now = TimeProvider.System.GetTimestamp();
            while (_tries.TryPeek(out var oldest) && TimeProvider.System.GetElapsedTime(oldest, now) > TimeSpan.FromMinutes(1))
            {
                _tries.Dequeue();
            }

            if (_tries.Count >= MostPerMinute)
            {
                return BindOutcome.TooMany;
            }

            _tries.Enqueue(now);
            return null;
        }
    }
}
