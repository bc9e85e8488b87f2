using System.Collections.Immutable;

namespace Presence.Visits;

/// <content>The reciprocal case: a phone that says which of the venue's beacons it hears.</content>
public sealed partial class VenueVisits
{
    private readonly ImmutableArray<Beacon> _beacons;
    private readonly int _firstBeacon;

    /// <summary>By which number a beacon stands among the receivers in what <see cref="Observe"/> takes.</summary>
    /// <param name="id">As the phone heard it. Where several say the same, the one that is heard best from where the phone is believed to be.</param>
    /// <param name="phone">Whose report it is.</param>
    /// <returns>-1 when there is no such beacon, or several and nothing is known of where the phone is.</returns>
    public int SourceOf(string id, DeviceToken phone)
    {
        var (best, level, alike) = (-1, float.MinValue, 0);
        int anchor = TryFind(phone, out var slot) && _devices[slot].Is(DeviceFlags.LiveOpen) ? _devices[slot].Live.Anchor : -1;
        for (var i = 0; i < _beacons.Length; i++)
        {
            if (string.Equals(_beacons[i].Id, id, StringComparison.OrdinalIgnoreCase))
            {
                alike++;
                var expected = anchor < 0 ? 0 : _model.Expected(anchor, _firstBeacon + i);
                (best, level) = best < 0 || expected > level ? (_firstBeacon + i, expected) : (best, level);
            }
        }

        return alike > 1 && anchor < 0 ? -1 : best;
    }

    /// <summary>What a receiver in the beacon's place would have heard.</summary>
    public sbyte Heard(int source, int dbm) =>
        (sbyte)Math.Clamp(Math.Round(dbm - ((_beacons[source - _firstBeacon].NearDbm ?? _policy.NearBluetoothDbm) - _policy.NearBluetoothDbm)), -127, 20);
}
