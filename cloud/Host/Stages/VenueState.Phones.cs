using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Presence.Cloud.Stages;

/// <content>Members whose own phone says which of the venue's beacons it hears; no address is needed for that.</content>
public sealed partial class VenueState
{
    private void Hear(PhoneHeard heard, long receivedAt, VenueOutput output)
    {
        var member = new MemberId(heard.Member);
        if (_members.Find(member) is not { } known || !known.Purposes.HasFlag(Purposes.Presence))
        {
            return;
        }

        _visits.Expect(receivedAt);

        // What gateways hear of the same phone belongs to the same visit.
        var phone = _members.DevicesOf(member) is [var bound, ..] ? bound : PhoneOf(member);

        // Beacons that are the only ones of their name first: they say where the phone is, and so which of the others it heard.
        foreach (var named in heard.Beacons.GroupBy(b => b.Id, StringComparer.OrdinalIgnoreCase).OrderBy(g => _visits.SourceOf(g.Key, default) < 0 ? 1 : 0))
        {
            if (_visits.SourceOf(named.Key, phone) is >= 0 and var source)
            {
                Hear(phone, source, [.. named.OrderBy(b => b.At)], output);
            }
        }
    }

    private void Hear(DeviceToken phone, int source, HeardBeacon[] heard, VenueOutput output)
    {
        _happened.Clear();
        _visits.Observe(
            new SightingColumns
            {
                Tokens = [phone.Hash],
                Traits = [TokenTraits.Bound | TokenTraits.Bluetooth | TokenTraits.Phone],
                Device = new ushort[heard.Length],
                Receiver = Array.ConvertAll(heard, _ => (ushort)source),
                Dbm = Array.ConvertAll(heard, h => _visits.Heard(source, h.Dbm)),
                At = Array.ConvertAll(heard, h => h.At),
            },
            late: false,
            _happened);
        Sightings += heard.Length;
        Happened(output);
    }

    // A binding that no address answers to, so that what follows from a visit finds its member.
    private DeviceToken PhoneOf(MemberId member)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(member.Value.ToByteArray(), digest);
        var token = new DeviceToken(Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(digest)));
        _members.Bind(member, token);
        return token;
    }
}
