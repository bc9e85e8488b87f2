namespace Presence.EdgeAgent.Pins;

/// <summary>Lets a level through once it has held: contacts and relays chatter for some milliseconds.</summary>
internal sealed class Debounce(long holdNs)
{
    /// <summary>How long beams and buttons chatter at most: 8 ms; a person breaks a beam for 80 ms or more.</summary>
    public const long DefaultNs = 8_000_000;

    private bool _level;
    private bool _pending;
    private long _sinceNs;

    /// <summary>Whether a level waits to be believed.</summary>
    public bool IsWaiting => _pending != _level;

    /// <summary>Since when it has been what it is.</summary>
    public long SinceNs => _sinceNs;

    /// <summary>Takes in an edge. What held long enough before it is let through first.</summary>
    /// <returns>A level that is believed from now on, and since when; null for none.</returns>
    public (bool Level, long SinceNs)? Take(bool level, long atNs)
    {
        var settled = Settle(atNs);
        if (level != _pending)
        {
            (_pending, _sinceNs) = (level, atNs);
        }

        return settled;
    }

    /// <summary>Lets through what has held until now.</summary>
    public (bool Level, long SinceNs)? Settle(long nowNs)
    {
        if (_pending == _level || nowNs - _sinceNs < holdNs)
        {
            return null;
        }

        _level = _pending;
        return (_level, _sinceNs);
    }
}
