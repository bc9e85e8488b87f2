using System.Collections.Immutable;

namespace Presence.Visits;

/// <summary>All that visits are decided by: the plan, the thresholds, and what was measured on site. Immutable; a change is an input of the venue's log.</summary>
/// <param name="Map">Zones, receivers, ways.</param>
/// <param name="Policy">What counts as a visit.</param>
public sealed record VenuePlan(VenueMap Map, VisitPolicy Policy)
{
    /// <summary>Stops of a survey walk; may be empty, miss areas, and be old.</summary>
    public ImmutableArray<SurveyedSpot> Survey { get; init; } = [];

    /// <summary>
    /// The same plan with its beacons behind its receivers: how loud a phone hears a beacon is what a receiver in its place would hear of the phone, but for
    /// what each sends with, so both go through one model.
    /// </summary>
    internal VenuePlan WithBeacons() => this with
    {
        Map = Map with
        {
            Receivers = [.. Map.Receivers, .. Map.Beacons.Select((b, i) => new Receiver(string.Empty, i, b.Floor, b.At, b.Zone, RadioKind.Bluetooth))],
            Beacons = [],
        },
    };

    /// <summary>
    /// The same plan with every zone that an earlier plan knew at its place in the list, since rows of visits speak of zones by that place. A
    /// zone that is gone stays as one without an outline, in which nothing is.
    /// </summary>
    public VenuePlan KeepingZonesOf(VenueMap earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var zones = ImmutableArray.CreateBuilder<Zone>();
        foreach (var known in earlier.Zones)
        {
            var index = Map.ZoneIndex(known.Id);
            zones.Add(index >= 0 ? Map.Zones[index] : known with { Outline = [] });
        }

        zones.AddRange(Map.Zones.Where(z => earlier.ZoneIndex(z.Id) < 0));
        return this with { Map = Map with { Zones = zones.ToImmutable() } };
    }
}

/// <summary>One stop of a survey walk: what the venue's receivers heard of a device whose place was known.</summary>
/// <param name="Floor">Id of the floor.</param>
/// <param name="At">Metres.</param>
/// <param name="Heard">Receivers that heard it.</param>
public sealed record SurveyedSpot(string Floor, Spot At, ImmutableArray<SurveyedLevel> Heard);

/// <summary>How loud one receiver heard the surveyor's device.</summary>
/// <param name="Gateway">As in <see cref="Receiver.Gateway"/>.</param>
/// <param name="Number">As in <see cref="Receiver.Number"/>.</param>
/// <param name="Dbm">Mean strength.</param>
public sealed record SurveyedLevel(string Gateway, int Number, double Dbm);
