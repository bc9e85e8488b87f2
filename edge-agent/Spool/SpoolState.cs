using System.Collections.Immutable;

namespace Presence.Spool;

/// <summary>Numbers of the backlog, first and last included.</summary>
internal readonly record struct Span(long From, long To);

/// <summary>All that a spool knows besides its batches. Immutable: a transaction that fails leaves the old one in force.</summary>
/// <remarks>
/// Every batch has one number, whatever its stream. The backlog is a list of spans of these numbers, the live stream is the rest:
/// <code>
///  numbers   1 2 3 4 5 6 7 8 9 …
///  backlog         [———]            heard while the link was away, became too old
///  live      ─────       ────────→
/// </code>
/// So a batch changes stream without being touched, and both streams ascend.
/// </remarks>
internal sealed record SpoolState
{
    public required ulong Boot { get; init; }

    /// <summary>Highest number ever given.</summary>
    public long Last { get; init; }

    /// <summary>Whether batches may be sent as soon as they are appended. As long as it is so, every one counts as offered.</summary>
    public bool Open { get; init; }

    /// <summary>Highest number that may have been sent in the live stream; it and those below it stay there.</summary>
    public long Offered { get; init; }

    /// <summary>Ascending, apart from each other.</summary>
    public ImmutableArray<Span> Backlog { get; init; } = [];

    public long LiveWaiting { get; init; }

    public long BacklogWaiting { get; init; }

    /// <summary>Highest number ever given in the backlog.</summary>
    public long LastBacklog { get; init; }

    public ImmutableSortedDictionary<string, long> Drops { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Highest number ever given in the live stream.</summary>
    public long LastLive
    {
        get
        {
            var last = Last;
            for (var i = Backlog.Length - 1; i >= 0 && Backlog[i].To == last; i--)
            {
                last = Backlog[i].From - 1;
            }

            return last;
        }
    }

    public bool IsBacklog(long number)
    {
        foreach (var span in Backlog)
        {
            if (number >= span.From && number <= span.To)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The backlog and the next number; a cloud that refuses for days must not leave a span for each try.</summary>
    /// <param name="number">The number.</param>
    /// <param name="isYounger">Whether it was heard after what the number before stands for: within a span the first is the oldest.</param>
    public ImmutableArray<Span> BacklogWith(long number, bool isYounger) =>
        isYounger && Backlog is [.., var last] && last.To == number - 1 ? Backlog.SetItem(Backlog.Length - 1, last with { To = number }) : Backlog.Add(new(number, number));

    /// <summary>The backlog without a number at the beginning of a span. Behind the last live number all stay: they tell that it was the last.</summary>
    public ImmutableArray<Span> BacklogWithout(long number)
    {
        for (var i = 0; i < Backlog.Length; i++)
        {
            if (Backlog[i].From == number && Backlog[i].To < LastLive)
            {
                return Backlog[i].To == number ? Backlog.RemoveAt(i) : Backlog.SetItem(i, new(number + 1, Backlog[i].To));
            }
        }

        return Backlog;
    }

    public SpoolState Lose(string reason, long sightings) =>
        this with { Drops = Drops.SetItem(reason, Drops.GetValueOrDefault(reason) + sightings) };

    /// <summary>The stretches of numbers, ascending, that belong to a stream and lie above one number and not above another.</summary>
    public IEnumerable<Span> Stretches(SpoolStream stream, long after, long upTo)
    {
        var next = after + 1;
        foreach (var span in Backlog)
        {
            var stretch = stream is SpoolStream.Backlog
                ? new Span(Math.Max(next, span.From), Math.Min(upTo, span.To))
                : new Span(next, Math.Min(upTo, span.From - 1));
            if (stretch.From <= stretch.To)
            {
                yield return stretch;
            }

            next = Math.Max(next, span.To + 1);
        }

        if (stream is SpoolStream.Live && next <= upTo)
        {
            yield return new(next, upTo);
        }
    }
}
