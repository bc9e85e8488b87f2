namespace Presence;

/// <summary>Where a venue's events are put: grows to the busiest moment once, then is used again. Not for several threads.</summary>
public sealed class VisitEventList
{
    private VisitEvent[] _events = new VisitEvent[64];

    /// <summary>Number of events since the last <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>What happened, oldest call first; valid until the next change of the list.</summary>
    public ReadOnlySpan<VisitEvent> Events => _events.AsSpan(0, Count);

    public void Add(in VisitEvent happened)
    {
        if (Count == _events.Length)
        {
            Array.Resize(ref _events, Count * 2);
        }

        _events[Count++] = happened;
    }

    /// <summary>Brings the events from <paramref name="start"/> on into the given order.</summary>
    public void Sort(int start, IComparer<VisitEvent> order) => Array.Sort(_events, start, Count - start, order);

    public void Clear() => Count = 0;
}
