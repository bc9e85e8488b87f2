using System.Buffers.Binary;
using Presence.Capture;
using Presence.Capture.Ble;
using Presence.Capture.Feeds;
using Presence.Capture.Files;
using Presence.Capture.Privacy;
using Presence.Capture.Wifi;
using Presence.EdgeAgent.Settings;

namespace Presence.EdgeAgent.Listening;

/// <summary>What a frame was read for: told when it becomes a sighting, before the address is gone.</summary>
internal delegate void TagHeard(in BleReading reading, in BeaconReading beacon, sbyte dbm);

/// <summary>Makes sightings of frames. Addresses go in and end here; tokens come out. Any thread.</summary>
internal sealed class FrameListener : IDisposable
{
    private readonly Lock _gate = new(); // guards _privacy, _bound, _denied, _dropUnassociated, _tags, _identities, _wanted
    private AddressPseudonymiser? _privacy;
    private BoundDevices _bound = BoundDevices.None;
    private readonly SightingBatcher _batcher;
    private readonly TimeProvider _time;
    private readonly HashSet<ulong> _ownNetworks;
    private readonly Action<ulong, long>? _traceUrgent;
    private BoundDevices _denied = BoundDevices.None;
    private bool _dropUnassociated;
    private TagHeard? _tags;
    private readonly string _place;
    private IdentityKeys _identities = IdentityKeys.None;
    private Action<ulong>? _wanted;

    public FrameListener(GatewaySettings settings, SightingBatcher batcher, TimeProvider time, Action<ulong, long>? traceUrgent)
    {
        (_batcher, _time, _traceUrgent, _dropUnassociated) = (batcher, time, traceUrgent, settings.DropUnassociated);
        _place = $"{settings.Tenant} {settings.Venue}";
        _ownNetworks = [.. settings.OwnNetwork.Select(n => Mac.TryParse(n, out var id) ? id : 0)];
    }

    /// <summary>Told each bound device that is still known by its token under the former member key; called under a lock, must be quick.</summary>
    public Action<DeviceToken, DeviceToken> OnRenewed { get; set; } = static (_, _) => { };

    /// <summary>How each receiver does.</summary>
    public RadioCounts Radios { get; } = new();

    /// <summary>What was turned away at the doors through which foreign receivers bring what they hear.</summary>
    public DoorCounts Doors { get; } = new();

    /// <summary>The keys that tokens are made with from the next frame on. Before the first, nothing heard can be kept.</summary>
    /// <param name="day">The venue's key of the day.</param>
    /// <param name="member">The venue's member key.</param>
    /// <param name="formerMembers">Those before, newest first, under which members' devices are known until their bindings are renewed.</param>
    public void SetKeys(ReadOnlySpan<byte> day, ReadOnlySpan<byte> member, params byte[][] formerMembers)
    {
        lock (_gate)
        {
            _privacy?.Dispose();
            _privacy = new(day, member) { Bound = _bound, Identities = _identities, OnRenewed = (was, isNow) => OnRenewed(was, isNow) };
            _privacy.Remember(formerMembers);
        }
    }

    /// <summary>Whose devices are known, whose must not be heard, and whether strangers' are.</summary>
    public void Configure(ReadOnlySpan<ulong> members, ReadOnlySpan<ulong> denied, bool dropUnassociated)
    {
        // A denied device is found the same way as a member's: by its keyed hash.
        var both = new ulong[members.Length + denied.Length];
        members.CopyTo(both);
        denied.CopyTo(both.AsSpan(members.Length));
        var (bound, deniedOnes) = (new BoundDevices(both), new BoundDevices(denied));
        lock (_gate)
        {
            (_bound, _denied, _dropUnassociated) = (bound, deniedOnes, dropUnassociated);
            if (_privacy is { } privacy)
            {
                privacy.Bound = bound;
            }
        }
    }

    /// <summary>Identity keys of members' phones from the next frame on, in place of those before, which are gone then.</summary>
    public void SetIdentities(IdentityKeys identities)
    {
        lock (_gate)
        {
            var before = _identities;
            _identities = identities;
            if (_privacy is { } privacy)
            {
                privacy.Identities = identities;
            }

            before.Dispose();
        }
    }

    /// <summary>The binding's token of a phone by its identity key.</summary>
    public DeviceToken BindingOf(ReadOnlySpan<byte> identityKey) => IdentityKeys.TokenOf(identityKey, _place);

    /// <summary>Waits until a random Bluetooth address is heard that fits.</summary>
    /// <param name="fits">Called under a lock, must be quick.</param>
    /// <returns>False when none was within the time.</returns>
    public async Task<bool> HeardAsync(Func<ulong, bool> fits, TimeSpan wait, CancellationToken stopping)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(ulong address)
        {
            if (!heard.Task.IsCompleted && fits(address))
            {
                heard.TrySetResult();
            }
        }

        lock (_gate)
        {
            _wanted += Look;
        }

        try
        {
            await heard.Task.WaitAsync(wait, TimeProvider.System, stopping);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _wanted -= Look;
            }
        }
    }

    /// <summary>The binding's token of an address on the venue's network; null while there are no keys.</summary>
    public DeviceToken? BindingOf(AddressSpace space, ulong address)
    {
        lock (_gate)
        {
            return _privacy?.BindingOf(space, address);
        }
    }

    /// <summary>The strongest tag or beacon heard at least as loud as asked, as its binding's token; null when none was.</summary>
    public async Task<DeviceToken?> NearestTagAsync(int dbm, TimeSpan wait, CancellationToken stopping)
    {
        DeviceToken? nearest = null;
        var loudest = dbm - 1;
        lock (_gate)
        {
            _tags = (in BleReading reading, in BeaconReading beacon, sbyte heard) =>
            {
                if (heard > loudest && _privacy is not null)
                {
                    loudest = heard;
                    nearest = AddressPseudonymiser.HasIdentity(beacon.Kind) ? _privacy.BindingOf(beacon) : _privacy.BindingOf(SpaceOf(reading), reading.Address);
                }
            };
        }

        try
        {
            await Task.Delay(wait, TimeProvider.System, stopping);
        }
        finally
        {
            lock (_gate)
            {
                _tags = null;
            }
        }

        return nearest;
    }

    /// <summary>Takes in a frame.</summary>
    /// <param name="receiver">The number of the radio that heard it.</param>
    /// <param name="frame">As captured.</param>
    /// <param name="shiftMs">Added to its time.</param>
    /// <returns>Whether what is waiting should be sent now.</returns>
    public bool Hear(ushort receiver, in CapturedFrame frame, long shiftMs)
    {
        Instruments.Frames.Add(1);
        Radios.Count(receiver);
        var at = (frame.TimeNs == 0 ? _time.GetUtcNow().ToUnixTimeMilliseconds() : frame.TimeMs) + shiftMs;
        if (at is <= 0 or > Wire.SightingBatch.LatestTime)
        {
            return Refuse("time-absurd");
        }

        return frame.Link is LinkType.Ieee80211 or LinkType.Prism or LinkType.Radiotap or LinkType.Avs or LinkType.Ppi
            ? HearWifi(receiver, frame, at)
            : HearBluetooth(receiver, frame, at);
    }

    /// <summary>Takes in what a foreign receiver heard.</summary>
    /// <param name="receiver">Its number on the wire.</param>
    /// <param name="at">Unix ms.</param>
    /// <returns>Whether what is waiting should be sent now.</returns>
    public bool Hear(ushort receiver, in FeedSighting heard, long at)
    {
        Instruments.Frames.Add(1);
        Radios.Count(receiver);
        lock (_gate)
        {
            if (_privacy is null)
            {
                return Refuse("no-keys");
            }

            if (heard.Space is AddressSpace.BluetoothRandom)
            {
                _wanted?.Invoke(heard.Address);
            }

            var (token, traits) = heard.Beacon.IsEmpty
                ? _privacy.Of(heard.Space, heard.Address, heard.Traits) : _privacy.OfBeacon(heard.Space, heard.Beacon.Span, heard.Traits);
            return SendUnderLock(new(token, traits, 0, 0, receiver, heard.Dbm, at));
        }
    }

    public void Dispose() => _privacy?.Dispose();

    private bool HearWifi(ushort receiver, in CapturedFrame frame, long at)
    {
        var refusal = WifiReading.Read(frame, out var reading);
        if (refusal != FrameRefusal.None)
        {
            return Refuse(Name(refusal));
        }

        if (!reading.IsFromStation)
        {
            return Refuse("not-a-station");
        }

        var dbm = reading.Radio.SignalDbm;
        if (dbm is < Rssi.Faintest or > Rssi.Loudest)
        {
            return Refuse("no-strength");
        }

        lock (_gate)
        {
            if (_privacy is null)
            {
                return Refuse("no-keys");
            }

            var (token, traits) = _privacy.Wifi(reading);
            if (_ownNetworks.Count > 0 && !_ownNetworks.Contains(reading.Frame.Bssid))
            {
                traits &= ~TokenTraits.Associated;
            }

            var (exact, coarse) = _privacy.Fingerprints(reading.Elements);
            return SendUnderLock(new(token, traits, exact, coarse, receiver, dbm, at));
        }
    }

    private bool HearBluetooth(ushort receiver, in CapturedFrame frame, long at)
    {
        var urgent = false;
        var walk = new BleWalk(frame);
        while (walk.MoveNext())
        {
            var reading = walk.Current;
            if (!reading.IsSighting)
            {
                urgent |= Refuse("not-a-sighting");
                continue;
            }

            if (reading.SignalDbm is < Rssi.Faintest or > Rssi.Loudest)
            {
                urgent |= Refuse("no-strength");
                continue;
            }

            BeaconReading.TryRead(reading.Data, out var beacon);
            lock (_gate)
            {
                if (_privacy is null)
                {
                    return Refuse("no-keys");
                }

                _tags?.Invoke(reading, beacon, reading.SignalDbm);
                if (reading.IsRandomAddress)
                {
                    _wanted?.Invoke(reading.Address);
                }

                var (token, traits) = _privacy.Bluetooth(reading, beacon);
                urgent |= SendUnderLock(new(token, traits, 0, 0, receiver, reading.SignalDbm, at));
            }
        }

        return walk.Refusal == FrameRefusal.None ? urgent : Refuse(Name(walk.Refusal)) | urgent;
    }

    private bool SendUnderLock(in Heard heard)
    {
        if ((heard.Traits & TokenTraits.Bound) != TokenTraits.None && _denied.Contains(heard.Device.Hash))
        {
            return Refuse("denied");
        }

        if (_dropUnassociated && (heard.Traits & (TokenTraits.Associated | TokenTraits.Bound | TokenTraits.Beacon)) == TokenTraits.None)
        {
            return Refuse("unassociated");
        }

        Instruments.Sightings.Add(1);
        var urgent = _batcher.Add(heard);
        if (urgent)
        {
            _traceUrgent?.Invoke(heard.Device.Hash, heard.At);
        }

        return urgent;
    }

    private static AddressSpace SpaceOf(in BleReading reading) =>
        reading.AddressKind == BleAddressKind.Public ? AddressSpace.BluetoothPublic : AddressSpace.BluetoothRandom;

    private static readonly string[] RefusalNames = [.. Enum.GetValues<FrameRefusal>().Select(r => r.ToString())];

    private static string Name(FrameRefusal refusal) => (int)refusal is >= 0 and var i && i < RefusalNames.Length ? RefusalNames[i] : "frame";

    private static bool Refuse(string reason)
    {
        Instruments.Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        return false;
    }
}
