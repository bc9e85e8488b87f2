namespace Presence.Mqtt;

/// <summary>Compares topics with filters (MQTT 5, 4.7).</summary>
public static class MqttTopicFilter
{
    /// <summary>Whether a filter, wildcards included, takes a topic. Both are taken to be valid.</summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        if (topic.StartsWith('$') && (filter.StartsWith('+') || filter.StartsWith('#'))) return false;
        while (true)
        {
            var wanted = Level(ref filter, out var lastWanted);
            if (wanted is "#") return true;
            var actual = Level(ref topic, out var lastActual);
            if (wanted is not "+" && !wanted.SequenceEqual(actual)) return false;
            if (lastActual) return lastWanted || filter is "#";
            if (lastWanted) return false;
        }
    }

    private static ReadOnlySpan<char> Level(ref ReadOnlySpan<char> rest, out bool last)
    {
        var end = rest.IndexOf('/');
        last = end < 0;
        var level = last ? rest : rest[..end];
        rest = last ? default : rest[(end + 1)..];
        return level;
    }
}
