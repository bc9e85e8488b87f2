namespace Presence.Kit.Simulator;

/// <summary>One time in one zone, Unix µs.</summary>
public readonly record struct TrueStay(int Zone, long Since, long Until);

/// <summary>One time in the mall of one device that kept one address.</summary>
/// <param name="Device">Index of the device.</param>
/// <param name="Address">6 bytes in a long.</param>
/// <param name="FirstHeard">Unix µs.</param>
/// <param name="LastHeard">Unix µs.</param>
/// <param name="Stays">Where its carrier was, without gaps.</param>
public sealed record TrueVisit(int Device, ulong Address, long FirstHeard, long LastHeard, IReadOnlyList<TrueStay> Stays);

/// <summary>What really happened, to judge by.</summary>
public static class Truth
{
    /// <summary>Where a person was: neighbouring legs in one zone are one stay.</summary>
    /// <param name="person">Who.</param>
    /// <param name="shortest">Stays shorter than this belong to the one before, as passing a door is not a stay.</param>
    public static IReadOnlyList<TrueStay> StaysOf(Person person, TimeSpan shortest = default)
    {
        ArgumentNullException.ThrowIfNull(person);
        var stays = new List<TrueStay>();
        foreach (var leg in person.Way)
        {
            if (stays.Count > 0 && stays[^1].Zone == leg.Zone)
            {
                stays[^1] = stays[^1] with { Until = leg.Until };
            }
            else
            {
                stays.Add(new(leg.Zone, leg.Since, leg.Until));
            }
        }

        for (var i = stays.Count - 1; i > 0; i--)
        {
            if (stays[i].Until - stays[i].Since < shortest.TotalMicroseconds)
            {
                stays[i - 1] = stays[i - 1] with { Until = stays[i].Until };
                stays.RemoveAt(i);
            }
        }

        // Who turned round in the door never left.
        for (var i = stays.Count - 1; i > 0; i--)
        {
            if (stays[i - 1].Zone == stays[i].Zone)
            {
                stays[i - 1] = stays[i - 1] with { Until = stays[i].Until };
                stays.RemoveAt(i);
            }
        }

        return stays;
    }

    /// <summary>Visits of devices that keep their address (a phone on the Wi-Fi, a plain phone, a tag) and were heard.</summary>
    public static IEnumerable<TrueVisit> Visits(MallDay day)
    {
        ArgumentNullException.ThrowIfNull(day);
        return
            from address in day.Addresses
            let device = day.Devices[address.Value.Device]
            where device.Kind != Carries.ProbingPhone
            orderby address.Value.First
            select new TrueVisit(device.Index, address.Key, address.Value.First, address.Value.Last, StaysOf(device.Carrier));
    }
}
