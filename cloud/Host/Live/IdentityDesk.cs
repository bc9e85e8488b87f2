using System.Text.Json;
using Presence.Cloud.Access;
using Presence.Ingest;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Cloud.Live;

/// <summary>
/// Carries identity keys of members' phones from one gateway to the others, sealed, and keeps the boxes, so that gateways which hold them in
/// memory only get them back after a power cut. It cannot open them. A member who withdraws takes the boxes along.
/// </summary>
public sealed partial class IdentityDesk(IServiceProvider services, GatewayBook book, string file, ILogger<IdentityDesk> log)
{
    // 500 boxes of 105 bytes stay below the longest key message.
    private const int MostInOne = 500;
    private readonly Lock _gate = new(); // guards _venues, _changed
    private readonly Dictionary<(string Tenant, string Venue), VenueBoxes> _venues = [];
    private bool _changed;

    /// <summary>A venue's boxes, by device and by the gateway that can open them.</summary>
    private sealed class VenueBoxes
    {
        public HashSet<ulong> Members { get; set; } = [];

        public Dictionary<ulong, Dictionary<string, Box>> Devices { get; } = [];
    }

    /// <param name="For">The public key it was sealed to: a gateway that is enrolled again has another and needs another box.</param>
    private sealed record Box(byte[] For, byte[] Sealed);

    private sealed record Entry(string Tenant, string Venue, ulong Device, string Gateway, byte[] For, byte[] Sealed);

    /// <summary>Takes in what was kept. Nothing of it is sent before it is said whose devices are members'.</summary>
    /// <exception cref="SettingsException">The file is there and cannot be read.</exception>
    public void Open()
    {
        try
        {
            foreach (var e in File.Exists(file) ? JsonSerializer.Deserialize<Entry[]>(File.ReadAllBytes(file))! : [])
            {
                DeviceOf(VenueOf(e.Tenant, e.Venue), e.Device)[e.Gateway] = new(e.For, e.Sealed);
            }
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new SettingsException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whose devices are a venue's members' from now on; boxes of others are gone from memory when this returns, and from disk at the next look.</summary>
    public void MembersAre(string tenant, string venue, IEnumerable<ulong> tokens)
    {
        lock (_gate)
        {
            var boxes = VenueOf(tenant, venue);
            boxes.Members = [.. tokens];
            foreach (var device in boxes.Devices.Keys.Where(d => !boxes.Members.Contains(d)).ToList())
            {
                boxes.Devices.Remove(device);
                _changed = true;
            }
        }
    }

    /// <summary>Sends a gateway that came in what is sealed to it.</summary>
    public void CameIn(GatewayAccount who)
    {
        ArgumentNullException.ThrowIfNull(who);
        lock (_gate)
        {
            var boxes = VenueOf(who.Tenant.Value, who.Venue.Value);
            var own = boxes.Devices.Where(d => boxes.Members.Contains(d.Key)).Select(d => d.Value.GetValueOrDefault(who.Gateway.Value)?.Sealed).OfType<byte[]>();
            foreach (var some in own.Chunk(MostInOne))
            {
                Send(who, who.Gateway.Value, new(KeyWord.Identity, 0) { Sealed = some.SelectMany(b => b).ToArray() });
            }
        }
    }

    /// <summary>Takes a gateway's word on identity keys.</summary>
    public void Take(GatewayAccount from, KeyMessage message)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(message);
        lock (_gate)
        {
            var boxes = VenueOf(from.Tenant.Value, from.Venue.Value);
            if (!boxes.Members.Contains(message.Device.Hash))
            {
                // A member who has just withdrawn; or a gateway that is not what it should be.
                LogNoMember(from.Name, message.Device);
            }
            else if (message.Word is KeyWord.Bring)
            {
                AskUnderLock(from, message.Device.Hash, DeviceOf(boxes, message.Device.Hash), from.Gateway.Value);
            }
            else if (message.Word is KeyWord.Identity && message.Sealed.Length == KeyMessage.IdentityBox
                && boxes.Devices.TryGetValue(message.Device.Hash, out var device) && Peer(from, message.Peer) is { } peer && !IsSealed(device, peer))
            {
                // Only what was lacking: a gateway gone bad must not put rubbish in place of what the others need after a power cut.
                device[message.Peer] = new(peer.SealKey, message.Sealed.ToArray());
                _changed = true;
                Send(from, message.Peer, new(KeyWord.Identity, 0) { Sealed = message.Sealed });
            }
        }
    }

    /// <summary>Asks those who are in to seal what others lack, and keeps what changed.</summary>
    public void LookAround()
    {
        lock (_gate)
        {
            foreach (var ((tenant, venue), boxes) in _venues.Where(v => v.Value.Devices.Count > 0))
            {
                var isIn = Endpoint.Sessions.Select(s => s.User as GatewayAccount)
                    .Where(a => a is { Serial: not null } && a.Tenant.Value == tenant && a.Venue.Value == venue).Select(a => a!).ToArray();
                foreach (var (device, sealedTo) in boxes.Devices)
                {
                    if (isIn.Where(a => sealedTo.ContainsKey(a.Gateway.Value)).ToArray() is { Length: > 0 } able)
                    {
                        AskUnderLock(able[0], device, sealedTo, able[Random.Shared.Next(able.Length)].Gateway.Value);
                    }
                }
            }

            if (_changed)
            {
                SaveUnderLock();
            }
        }
    }

    private MqttEndpoint Endpoint => services.GetRequiredService<MqttEndpoint>();

    // One who is asked and has restarted just now does not know the key yet: somebody is asked again at the next look.
    private void AskUnderLock(GatewayAccount like, ulong device, Dictionary<string, Box> sealedTo, string holder)
    {
        foreach (var gateway in book.Gateways(like.Tenant.Value, like.Venue.Value))
        {
            if (gateway.RevokedAt is null && !IsSealed(sealedTo, gateway))
            {
                Send(like, holder, new(KeyWord.SealIdentity, 0, gateway.Gateway) { Device = new(device), PublicKey = gateway.SealKey });
            }
            else if (gateway.RevokedAt is not null && sealedTo.Remove(gateway.Gateway))
            {
                _changed = true;
            }
        }
    }

    private static bool IsSealed(Dictionary<string, Box> sealedTo, EnrolledGateway gateway) =>
        sealedTo.TryGetValue(gateway.Gateway, out var box) && box.For.AsSpan().SequenceEqual(gateway.SealKey);

    private EnrolledGateway? Peer(GatewayAccount like, string gateway) =>
        book.Find($"{like.Tenant}.{like.Venue}.{gateway}") is { RevokedAt: null } found ? found : null;

    private void SaveUnderLock()
    {
        try
        {
            PrivateFile.Write(file, JsonSerializer.Serialize(_venues.SelectMany(v => v.Value.Devices.SelectMany(d =>
                d.Value.Select(b => new Entry(v.Key.Tenant, v.Key.Venue, d.Key, b.Key, b.Value.For, b.Value.Sealed))))));
            _changed = false;
        }
        catch (IOException e)
        {
            // What gateways hold they seal again; what is to be forgotten is tried again at the next look.
            LogNotWritten(file, e);
        }
    }

    private VenueBoxes VenueOf(string tenant, string venue) =>
        _venues.TryGetValue((tenant, venue), out var found) ? found : _venues[(tenant, venue)] = new();

    private static Dictionary<string, Box> DeviceOf(VenueBoxes boxes, ulong device) =>
        boxes.Devices.TryGetValue(device, out var found) ? found : boxes.Devices[device] = new(StringComparer.Ordinal);

    private void Send(GatewayAccount like, string to, KeyMessage message) =>
        Endpoint.Publish(Topics.Of(like.Tenant, like.Venue, new(to), TopicKind.Keys), message.Encode(), MqttQos.AtLeastOnce);

    [LoggerMessage(EventId = 8221, Level = LogLevel.Information, Message = "{Gateway} speaks of the identity key of {Device}, which is no member's here")]
    private partial void LogNoMember(string gateway, DeviceToken device);

    [LoggerMessage(EventId = 8222, Level = LogLevel.Warning, Message = "{File} cannot be written")]
    private partial void LogNotWritten(string file, Exception e);
}
