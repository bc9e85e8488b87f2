using System.Collections.Concurrent;
using System.Collections.Immutable;
using Presence.Wire;

namespace Presence.EdgeAgent.Listening;

/// <summary>What each receiver brought and lost since the program started. Any thread.</summary>
internal sealed class RadioCounts
{
    private const int Most = 64; // as many as a status can carry

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly ConcurrentDictionary<ushort, Counts> _radios = [];

    private sealed class Counts
    {
        public long Frames, Last, Lost;
    }

    /// <summary>A frame came.</summary>
    public void Count(ushort receiver)
    {
        var counts = Of(receiver);
        Interlocked.Increment(ref counts.Frames);
        Volatile.Write(ref counts.Last, TimeProvider.System.GetTimestamp());
    }

    /// <summary>The source says how many it lost so far.</summary>
    public void Lost(ushort receiver, long soFar) => Volatile.Write(ref Of(receiver).Lost, soFar);

    /// <summary>By number; the first 64.</summary>
    /// <remarks>The dictionary's own ToArray is of one moment; put in order as it is, it would be counted first and copied then, and a radio may come between.</remarks>
    public ImmutableArray<RadioHealth> Look() =>
    [
        .. _radios.ToArray().OrderBy(r => r.Key).Take(Most).Select(r => new RadioHealth(
            r.Key, (ulong)r.Value.Frames, (ulong)r.Value.Lost, (long)TimeProvider.System.GetElapsedTime(Math.Max(r.Value.Last, _started)).TotalMilliseconds)),
    ];

    private Counts Of(ushort receiver) => _radios.TryGetValue(receiver, out var counts) ? counts : _radios.GetOrAdd(receiver, static _ => new());
}
