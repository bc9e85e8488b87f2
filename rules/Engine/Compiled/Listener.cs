using System.Collections.Immutable;

namespace Presence.Engine.Compiled;

/// <summary>What a listener does when its trigger happens and its conditions hold.</summary>
internal enum Purpose : byte
{
    Rule,

    Exit,

    Branch,

    Start,
}

/// <summary>Someone who waits for a trigger: a rule, or a journey's start, exit or wait.</summary>
internal sealed class Listener
{
    public required int Order { get; init; }

    public required Trigger Trigger { get; init; }

    public required Check[] If { get; init; }

    /// <summary>The same, those first that cost least and fail most: conditions change nothing, so their order is free.</summary>
    public required Check[] Quick { get; init; }

    /// <summary>A rule whose trigger the index knows wholly: only its conditions are left to ask.</summary>
    public bool IsPlain { get; init; }

    public required Purpose Purpose { get; init; }

    public required RuleHead Head { get; init; }

    /// <summary>Of a rule.</summary>
    public ImmutableArray<RuleAction> Then { get; init; } = [];

    /// <summary>Index of the journey; -1 for a rule.</summary>
    public int Journey { get; init; } = -1;

    /// <summary>Index of the wait step, for a branch.</summary>
    public int Step { get; init; } = -1;

    /// <summary>Index of the step that follows; -1 ends the journey.</summary>
    public int Go { get; init; } = -1;

    /// <summary>Hours of the week in which the conditions can hold at all; null is all.</summary>
    public bool[]? Hours { get; init; }

    /// <summary>Minimum of a purchase in cents.</summary>
    public long AtLeast { get; init; }

    /// <summary>Words of the coupon it listens for; 0 is any.</summary>
    public int Offer { get; init; }

    public int Rule { get; init; }

    /// <summary>Of an external event: fields that must have these values.</summary>
    public ImmutableSortedDictionary<string, string>? Where { get; init; }

    /// <summary>Days since the last visit, for who comes back.</summary>
    public int Days { get; init; }
}

/// <summary>The listeners of one trigger, by hour of the week: those whose window is elsewhere cost nothing.</summary>
internal sealed class Bucket
{
    private static readonly Listener[] None = [];
    public static readonly Bucket Empty = new([]);
    private readonly Listener[][] _byHour;

    public Bucket(IEnumerable<Listener> listeners)
    {
        var all = listeners.OrderBy(l => l.Order).ToArray();
        _byHour = new Listener[168][];
        for (var hour = 0; hour < 168; hour++)
        {
            var open = Array.TrueForAll(all, l => l.Hours is null) ? all : [.. all.Where(l => l.Hours is null || l.Hours[hour])];
            // Neighbouring hours mostly have the same rules; they share one array.
            _byHour[hour] = open.Length == 0 ? None : hour > 0 && open.SequenceEqual(_byHour[hour - 1]) ? _byHour[hour - 1] : open;
        }

        All = all;
    }

    public Listener[] All { get; }

    public Listener[] At(int hourOfWeek) => _byHour[hourOfWeek];
}

/// <summary>Buckets by a key - a zone, or the number of a word - with those that listen for any.</summary>
internal sealed class Buckets
{
    private readonly Dictionary<int, Bucket> _byKey = [];
    private readonly Bucket _any;

    public Buckets(IEnumerable<(int Key, Listener Listener)> listeners, int any = 0)
    {
        var all = listeners.ToList();
        var open = all.Where(l => l.Key == any).Select(l => l.Listener).ToList();
        _any = new Bucket(open);
        foreach (var group in all.Where(l => l.Key != any).GroupBy(l => l.Key))
        {
            _byKey[group.Key] = new Bucket(group.Select(g => g.Listener).Concat(open));
        }
    }

    public Bucket this[int key] => _byKey.Count == 0 ? _any : _byKey.GetValueOrDefault(key, _any);
}

/// <summary>Thresholds of one kind of waiting, shortest first; one timer at a time climbs them.</summary>
internal sealed class Ladder
{
    public Ladder(IEnumerable<(long After, Listener Listener)> listeners)
    {
        var rungs = listeners.GroupBy(l => l.After).OrderBy(g => g.Key).ToList();
        After = [.. rungs.Select(r => r.Key)];
        Rungs = [.. rungs.Select(r => new Bucket(r.Select(l => l.Listener)))];
    }

    /// <summary>Milliseconds.</summary>
    public long[] After { get; }

    public Bucket[] Rungs { get; }

    /// <summary>First rung strictly later than so many ms; -1 when above all.</summary>
    public int Above(long after)
    {
        for (var i = 0; i < After.Length; i++)
        {
            if (After[i] > after)
            {
                return i;
            }
        }

        return -1;
    }
}
