namespace Presence.Visits;

/// <summary>One number for a plan and a policy, so that a snapshot is not read with another plan's indexes.</summary>
internal static class Fingerprint
{
    public static ulong Of(VenuePlan plan)
    {
        var (map, policy) = plan;
        var hash = 14695981039346656037UL;
        foreach (var zone in map.Zones)
        {
            Mix(ref hash, zone.Id);
            Mix(ref hash, zone.Floor);
            foreach (var corner in zone.Outline)
            {
                Mix(ref hash, BitConverter.DoubleToUInt64Bits(corner.X));
                Mix(ref hash, BitConverter.DoubleToUInt64Bits(corner.Y));
            }
        }

        foreach (var receiver in map.Receivers)
        {
            Mix(ref hash, receiver.Gateway);
            Mix(ref hash, receiver.Zone);
            Mix(ref hash, (ulong)receiver.Number);
            Mix(ref hash, BitConverter.DoubleToUInt64Bits(receiver.At.X));
            Mix(ref hash, BitConverter.DoubleToUInt64Bits(receiver.At.Y));
        }

        foreach (var way in map.Passages)
        {
            Mix(ref hash, way.From);
            Mix(ref hash, way.To ?? string.Empty);
        }

        foreach (var stop in plan.Survey)
        {
            Mix(ref hash, BitConverter.DoubleToUInt64Bits(stop.At.X));
            Mix(ref hash, BitConverter.DoubleToUInt64Bits(stop.At.Y));
        }

        Mix(ref hash, (ulong)policy.Bucket.Ticks);
        return hash;
    }

    // FNV-1a, 64 bits; source: draft-eastlake-fnv.
    private static void Mix(ref ulong hash, ulong value)
    {
        for (var i = 0; i < 64; i += 8)
        {
            hash = (hash ^ (byte)(value >> i)) * 1099511628211;
        }
    }

    private static void Mix(ref ulong hash, string text)
    {
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        Mix(ref hash, (ulong)text.Length);
    }
}
