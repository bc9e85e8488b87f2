using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Presence.Capture.Radios;
using Presence.Wire;

namespace Presence.EdgeAgent.Listening;

/// <summary>What came to the gateway's doors and was turned away since the program started, by door and reason. Any thread.</summary>
internal sealed class DoorCounts
{
    private const int Most = 32; // as many as a status can carry

    private readonly ConcurrentDictionary<(string Door, string Reason), long> _counts = [];

    /// <summary>Something that was to be a frame of firmware was none.</summary>
    /// <param name="door">Such as <c>udp 40</c>.</param>
    public void Refuse(string door, DoorRefusal why)
    {
        Refuse(door, why.ToString(), 1);
        Instruments.DoorRefused.Add(1, new KeyValuePair<string, object?>("door", door), new KeyValuePair<string, object?>("reason", why.ToString()));
    }

    /// <param name="door">A foreign system's name, or a door's.</param>
    /// <param name="why">A word of ours, in any spelling; never a stranger's.</param>
    public void Refuse(string door, string why, long times) =>
        _counts.AddOrUpdate((door, JsonNamingPolicy.KebabCaseLower.ConvertName(why)), times, (_, before) => before + times);

    /// <summary>By door and reason; the first 32.</summary>
    public ImmutableArray<TurnedAway> Look() =>
        [.. _counts.ToArray().Where(c => c.Value > 0).OrderBy(c => c.Key).Take(Most).Select(c => new TurnedAway(c.Key.Door, c.Key.Reason, (ulong)c.Value))];
}
