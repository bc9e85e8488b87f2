using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public sealed class BeaconTests
{
    private static readonly DeviceToken Phone = new(0xF00D);

    // A mall without receivers; every room has a beacon, and two at the ends say the same.
    private static readonly VenueMap Map = Mall.Rooms(6) with
    {
        Receivers = [],
        Beacons = [.. Enumerable.Range(0, 6).Select(i => new Beacon(i is 0 or 5 ? "same" : $"b{i}", "F1", new Spot((10 * i) + 5, 5), $"room-{i}"))],
    };

    private readonly VenueVisits _visits = new(Map, Mall.Policy);
    private readonly VisitEventList _happened = new();

    [Fact]
    public void A_phone_that_hears_beacons_is_where_a_receiver_in_their_place_would_have_put_it()
    {
        Hears(0, ("b1", -60), ("b2", -80));
        for (var s = 20; s < 60; s += 2)
        {
            Hears(s, ("b1", -82), ("b2", -60), ("b3", -79));
        }

        Assert.Equal(["room-1", "room-2"], Entered());
        _visits.Advance(Mall.Ten + 3_600_000, _happened);
        var visit = _happened.Events.ToArray().Single(e => e.Kind == VisitEventKind.VisitSettled);
        Assert.Equal(EvidenceSources.Phone, visit.Sources);
    }

    [Fact]
    public void Of_two_beacons_that_say_the_same_the_nearer_one_was_heard()
    {
        Assert.Equal(-1, _visits.SourceOf("same", Phone));
        Hears(0, ("same", -60));
        Assert.Empty(Entered());
        Hears(10, ("b4", -62));
        Hears(12, ("b4", -75), ("same", -62));
        for (var s = 14; s < 60; s += 2)
        {
            Hears(s, ("b4", -80), ("same", -58));
        }

        Assert.Equal(["room-4", "room-5"], Entered());
    }

    [Fact]
    public void A_quieter_beacon_is_not_taken_for_a_farther_one()
    {
        var map = Map with { Beacons = [Map.Beacons[1], Map.Beacons[2] with { NearDbm = -75 }] };
        var visits = new VenueVisits(map, Mall.Policy);
        Assert.Equal((-80, -65), (visits.Heard(0, -80), visits.Heard(1, -80)));
    }

    private void Hears(int second, params (string Beacon, int Dbm)[] heard)
    {
        foreach (var (beacon, dbm) in heard)
        {
            if (_visits.SourceOf(beacon, Phone) is >= 0 and var source)
            {
                _visits.Observe(
                    new SightingColumns
                    {
                        Tokens = [Phone.Hash], Traits = [TokenTraits.Bound | TokenTraits.Phone], Device = [0], Receiver = [(ushort)source],
                        Dbm = [_visits.Heard(source, dbm)], At = [Mall.Ten + (second * 1_000L)],
                    },
                    late: false,
                    _happened);
            }
        }
    }

    private string[] Entered() => [.. _happened.Events.ToArray().Where(e => e.Kind == VisitEventKind.ZoneEntered).Select(e => Map.Zones[e.Zone].Id)];
}
