namespace Presence.Visits;

/// <summary>What a receiver in a room heard in ten minutes, as signs of how many people are there; none of them is a count of people.</summary>
/// <remarks>
/// Devices outside are heard too, only fainter: so every sign is taken at several levels, and which level is the room's own is learned. Signs are
/// logarithms, since twice as many is as large a step at ten as at a hundred.
/// </remarks>
public sealed class RoomSigns
{
    /// <summary>Length of a window, ms.</summary>
    public const long WindowMs = 600_000;

    /// <summary>Values in <see cref="Write"/>.</summary>
    public static int Count => Levels.Length * PerLevel;

    private const int PerLevel = 6;

    /// <summary>Requests of one address this close to each other are one burst.</summary>
    private const long BurstMs = 2_000;

    private readonly Level[] _levels = [.. Enumerable.Range(0, Levels.Length).Select(_ => new Level())];

    /// <summary>Levels in dBm: from an arm's length to all that is heard.</summary>
    private static ReadOnlySpan<int> Levels => [-60, -66, -72, -78, -84, -127];

    /// <summary>Takes in a probe request; in the order of time.</summary>
    /// <param name="atMs">Unix ms.</param>
    /// <param name="dbm">How loud.</param>
    /// <param name="device">Token of its address.</param>
    /// <param name="exact">Fingerprint of its elements.</param>
    /// <param name="coarse">Fingerprint of those that rarely change.</param>
    public void Hear(long atMs, int dbm, ulong device, ulong exact, ulong coarse)
    {
        for (var i = 0; i < _levels.Length; i++)
        {
            if (dbm >= Levels[i])
            {
                _levels[i].Hear(atMs, device, exact, coarse);
            }
        }
    }

    /// <summary>Writes the signs and begins the next window.</summary>
    public void Write(Span<double> to)
    {
        for (var i = 0; i < _levels.Length; i++)
        {
            _levels[i].Write(to.Slice(i * PerLevel, PerLevel));
            _levels[i] = new Level();
        }
    }

    private sealed class Level
    {
        private readonly HashSet<ulong> _coarse = [];
        private readonly HashSet<ulong> _exact = [];
        private readonly Dictionary<ulong, long> _last = [];
        private readonly HashSet<(ulong Coarse, long Minute)> _byMinute = [];
        private int _requests;
        private int _bursts;

        public void Hear(long atMs, ulong device, ulong exact, ulong coarse)
        {
            _requests++;
            _coarse.Add(coarse);
            _exact.Add(exact);
            _byMinute.Add((coarse, atMs / 60_000));
            if (!_last.TryGetValue(device, out var last) || atMs - last > BurstMs)
            {
                _bursts++;
            }

            _last[device] = atMs;
        }

        public void Write(Span<double> to)
        {
            ReadOnlySpan<double> counts = [_coarse.Count, _exact.Count, _last.Count, _requests, _byMinute.Count / 10.0, _bursts];
            for (var i = 0; i < counts.Length; i++)
            {
                to[i] = Math.Log(1 + counts[i]);
            }
        }
    }
}
