using System.Collections.Concurrent;

namespace Presence.Mqtt;

/// <summary>How often each client connects: so many a second, ten at once.</summary>
internal sealed class ConnectRate(int perSecond)
{
    private const int Burst = 10;
    private const int MaxKnown = 100_000;

    private readonly ConcurrentDictionary<string, (double Left, long At)> _known = new(StringComparer.Ordinal);

    public bool Take(string who, long now)
    {
        if (perSecond == 0) return true;

        // Whoever fills the table with names made up is one address among them; nothing is refused for its sake.
        if (_known.Count >= MaxKnown) _known.Clear();
        var after = _known.AddOrUpdate(
            who,
            static (_, a) => (a.Burst - 1, a.now),
            static (_, was, a) => (Math.Min(was.Left + ((a.now - was.At) * a.perSecond / 1_000.0), a.Burst) - 1, a.now),
            (Burst: (double)Math.Max(Burst, perSecond), perSecond, now));
        if (after.Left >= 0) return true;
        _known[who] = (0, now);
        return false;
    }

    /// <summary>Forgets whoever has a full burst again.</summary>
    public void Forget(long now)
    {
        foreach (var (who, was) in _known)
            if (was.Left + ((now - was.At) * perSecond / 1_000.0) >= Burst) _known.TryRemove(who, out _);
    }
}
