using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Presence.Visits;

namespace Presence.Cloud;

/// <summary>
/// What a plan must say before it is tried, adopted or read from a file. What is let through here is computed with on the venues' own
/// thread, again after each restart, so nothing may be missing that is taken for granted there.
/// </summary>
internal static class PlanCheck
{
    // A floor is spread over squares of a few metres: no store is as long as this, and a slip of the pen must not take all the memory.
    private const double Longest = 10_000;

    // The venue's thread measures the ways between all pieces of zones (150 MB for so many), and how loud each receiver hears each (about half a minute
    // where doors are drawn). The largest malls have two thousand shops.
    private const int MostParts = 4_000;
    private const int MostLevels = 2_000_000;

    /// <summary>
    /// As for a plan that is brought, but for zones that were closed since: those keep their place in the list, on a floor that may be gone. What is
    /// forbidden here from some version on keeps venues from starting whose plan was adopted before.
    /// </summary>
    /// <exception cref="SettingsException">As below.</exception>
    public static void CheckInForce(VenuePlan plan, string path)
    {
        if (plan.Map is { Zones.IsDefault: false, Floors.IsDefault: false } map)
        {
            var floors = map.Floors.Select(f => f?.Id).ToHashSet(StringComparer.Ordinal);
            plan = plan with { Map = map with { Zones = map.Zones.RemoveAll(z => z is { Outline: { IsDefault: false, IsEmpty: true } } && !floors.Contains(z.Floor)) } };
        }

        CheckAll(plan, path);
    }

    /// <summary>Stops at the first thing that makes no sense, by its name.</summary>
    /// <exception cref="SettingsException">Something is wrong; the message begins with <paramref name="path"/>.</exception>
    public static void Check(VenuePlan plan, string path)
    {
        // One in force may have none: it has nothing open, either.
        if (plan.Map is { Floors: { IsDefault: false, IsEmpty: true } })
        {
            throw new SettingsException($"{path}: map.floors is empty; it needs at least one floor");
        }

        CheckAll(plan, path);

        // One in force is known to be borne.
        var (parts, receivers) = (ZonePart.Of(plan.Map).Length, plan.Map.Receivers.Length + plan.Map.Beacons.Length);
        if (parts > MostParts)
        {
            throw new SettingsException($"{path}: map.zones are {parts} pieces of about 12 metres; {MostParts} are possible");
        }

        if ((long)parts * receivers > MostLevels)
        {
            throw new SettingsException($"{path}: map.zones are {parts} pieces of about 12 metres, and map.receivers and map.beacons are {receivers}; {MostLevels / parts} are possible with those");
        }
    }

    private static void CheckAll(VenuePlan plan, string path)
    {
        var map = plan.Map;
        void Must([DoesNotReturnIf(false)] bool holds, string message)
        {
            if (!holds)
            {
                throw new SettingsException($"{path}: {message}");
            }
        }

        void Named(LocalText? name, string what) => Must(!string.IsNullOrWhiteSpace(name?.En), $"{what} has no name; it needs {{\"en\": …}}");
        void Inside(Spot at, string what) => Must(
            Math.Abs(at.X) <= Longest && Math.Abs(at.Y) <= Longest, $"{what} is at {at.X}, {at.Y}; at most {Longest} metres from the floor's origin is possible");

        Must(map is not null, "there is no map");
        Must(plan.Policy is not null, "there is no policy");
        try
        {
            plan.Policy.Check();
            foreach (var zone in map.Zones.IsDefault ? [] : map.Zones.Where(z => z?.Silence is not null))
            {
                plan.Policy.CheckSilence(zone.Silence!.Value, $"Silence of zone '{zone.Id}'");
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new SettingsException($"{path}: policy: {e.Message}", e);
        }

        Must(map.Tenant is not null && Wire.Topics.IsName(map.Tenant), $"map.tenant is '{map.Tenant}'; it must be lower-case letters, digits and hyphens, 1 to 32");
        Must(map.Venue is not null && Wire.Topics.IsName(map.Venue), $"map.venue is '{map.Venue}'; it must be lower-case letters, digits and hyphens, 1 to 32");
        Named(map.Name, "map");
        foreach (var (date, name) in map.Holidays ?? ImmutableDictionary<DateOnly, string>.Empty)
        {
            Must(!string.IsNullOrWhiteSpace(name) && name.Length <= 60, $"map.holidays['{date:yyyy-MM-dd}'] has no name of 1 to 60 letters");
        }

        Must(map.TimeZone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(map.TimeZone, out _), $"map.timeZone is '{map.TimeZone}', which is no IANA time zone such as Asia/Shanghai");
        Must(!map.Floors.IsDefault, "map.floors is missing; it needs at least one floor");
        Must(!map.Zones.IsDefault, "map.zones is missing; it may be empty");
        Must(!map.Receivers.IsDefault, "map.receivers is missing; it may be empty");
        Must(!map.Passages.IsDefault, "map.passages is null; leave it away when ways follow from outlines");

        var floors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, floor) in map.Floors.Index())
        {
            Must(!string.IsNullOrWhiteSpace(floor?.Id), $"map.floors[{i}] has no id");
            Must(floors.Add(floor.Id), $"map.floors has '{floor.Id}' twice");
            Named(floor.Name, $"map.floors '{floor.Id}'");
            Must(floor.Width is >= 0 and <= Longest && floor.Height is >= 0 and <= Longest, $"map.floors '{floor.Id}' is {floor.Width} by {floor.Height}; 0 to {Longest} metres is possible");
        }

        var zones = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, zone) in map.Zones.Index())
        {
            Must(!string.IsNullOrWhiteSpace(zone?.Id), $"map.zones[{i}] has no id");
            Must(zones.Add(zone.Id), $"map.zones has '{zone.Id}' twice");
            Named(zone.Name, $"map.zones '{zone.Id}'");
            Must(zone.Floor is not null && floors.Contains(zone.Floor), $"map.zones '{zone.Id}' is on floor '{zone.Floor}', which is not in map.floors");
            Must(!zone.Outline.IsDefault && zone.Outline.Length is 0 or >= 3, $"map.zones '{zone.Id}' needs an outline of at least three corners, or none at all ([]) when it is closed");
            Must(!zone.Tags.IsDefault && zone.Tags.All(t => t is not null), $"map.zones '{zone.Id}' needs tags, a list of words; it may be empty");
            foreach (var corner in zone.Outline)
            {
                Inside(corner, $"a corner of map.zones '{zone.Id}'");
            }
        }

        foreach (var (i, way) in map.Passages.Index())
        {
            Must(way?.From is not null && zones.Contains(way.From), $"map.passages[{i}] is from '{way?.From}', which is not in map.zones");
            Must(way!.To is null || zones.Contains(way.To), $"map.passages[{i}] leads to '{way.To}', which is not in map.zones");
        }

        var numbers = new HashSet<(string, int)>();
        foreach (var (i, receiver) in map.Receivers.Index())
        {
            Must(receiver?.Gateway is not null && Wire.Topics.IsName(receiver.Gateway), $"map.receivers[{i}] has a gateway named '{receiver?.Gateway}'; it must be lower-case letters, digits and hyphens, 1 to 32");
            var name = $"map.receivers {receiver!.Gateway}/{receiver.Number}";
            Must(receiver.Number is >= 0 and < ushort.MaxValue, $"map.receivers of '{receiver.Gateway}' has number {receiver.Number}; 0 to 65534 is possible");
            Must(numbers.Add((receiver.Gateway, receiver.Number)), $"{name} is there twice");
            Must(receiver.Floor is not null && floors.Contains(receiver.Floor), $"{name} is on floor '{receiver.Floor}', which is not in map.floors");
            Must(receiver.Zone is not null && zones.Contains(receiver.Zone), $"{name} is in zone '{receiver.Zone}', which is not in map.zones");
            Inside(receiver.At, name);
        }

        Must(!map.Beacons.IsDefault, "map.beacons is null; leave it away when there are none");
        Must(map.Receivers.Length + map.Beacons.Length < ushort.MaxValue, $"map.receivers and map.beacons are more than {ushort.MaxValue - 1} together");
        foreach (var (i, beacon) in map.Beacons.Index())
        {
            var name = $"map.beacons[{i}]";
            Must(beacon?.Id is { Length: >= 1 and <= 100 }, $"{name} is called '{beacon?.Id}'; 1 to 100 letters are possible");
            Must(beacon!.Floor is not null && floors.Contains(beacon.Floor), $"{name} is on floor '{beacon.Floor}', which is not in map.floors");
            Must(beacon.Zone is not null && zones.Contains(beacon.Zone), $"{name} is in zone '{beacon.Zone}', which is not in map.zones");
            Must(beacon.NearDbm is null or (>= -120 and <= 20), $"{name} is heard at {beacon.NearDbm} dBm at one metre; -120 to 20 is possible");
            Inside(beacon.At, name);
        }

        Must(!plan.Survey.IsDefault, "survey is null; leave it away when there was none");
        foreach (var (i, stop) in plan.Survey.Index())
        {
            Must(stop?.Floor is not null && floors.Contains(stop.Floor), $"survey has a stop on floor '{stop?.Floor}', which is not in map.floors");
            Must(
                !stop!.Heard.IsDefault && stop.Heard.All(h => h is { Gateway: not null, Dbm: >= -127 and <= 20 }),
                $"survey at {stop.At.X}, {stop.At.Y} needs what was heard: gateway, number and -127 to 20 dBm of each");
            Inside(stop.At, $"survey[{i}]");
        }
    }
}
