using System.Collections.Immutable;
using Presence.Engine.Reading;

namespace Presence.Engine;

/// <summary>Something wrong in a document: where, what was found, what would be valid.</summary>
/// <param name="Document">Name it was given under, for example a file name.</param>
/// <param name="Path">JSON path, for example <c>$.if[1].time.from</c>.</param>
/// <param name="Value">What is there, shortened.</param>
/// <param name="Expected">What would be valid.</param>
public sealed record Problem(string Document, string Path, string Value, string Expected)
{
    public override string ToString() => $"{Document} {Path}: found {Value}, expected {Expected}";
}

/// <summary>All documents a venue decides by. Immutable; a change is a new book, and an input of the venue's log.</summary>
public sealed record RuleBook
{
    public static readonly RuleBook Empty = new();

    public ImmutableArray<RuleDocument> Rules { get; init; } = [];

    public ImmutableArray<JourneyDocument> Journeys { get; init; } = [];

    public ImmutableArray<SegmentDocument> Segments { get; init; } = [];

    public ImmutableArray<EventDocument> Events { get; init; } = [];

    /// <summary>Reads documents: rules, journeys, segments and events, one each, or an array of them.</summary>
    /// <param name="documents">Name and JSON text. Sorted by name, so that the order of files on a disk decides nothing.</param>
    /// <param name="venue">The venue they are for; null leaves zones, tags and offers unchecked.</param>
    /// <param name="book">All valid documents, in order of id.</param>
    /// <param name="problems">What is wrong; a document with a problem is not in the book.</param>
    /// <returns>Whether there is no problem.</returns>
    public static bool TryRead(
        IEnumerable<(string Name, string Json)> documents, RuleVenue? venue, out RuleBook book, out ImmutableArray<Problem> problems)
    {
        var reader = new BookReader(venue);
        foreach (var (name, json) in documents.OrderBy(d => d.Name, StringComparer.Ordinal))
        {
            reader.Read(name, json);
        }

        book = reader.Finish(out problems);
        return problems.IsEmpty;
    }

    /// <summary>As <see cref="TryRead"/>, for documents that are known to be right.</summary>
    /// <exception cref="FormatException">They are not; the message lists each problem.</exception>
    public static RuleBook Read(IEnumerable<(string Name, string Json)> documents, RuleVenue? venue = null) =>
        TryRead(documents, venue, out var book, out var problems) ? book : throw new FormatException(string.Join('\n', problems));
}

/// <summary>What rules know of the place they decide for.</summary>
/// <param name="Map">Zones and their tags.</param>
/// <param name="Calendar">Local time and holidays.</param>
/// <param name="Offers">What may be had.</param>
/// <param name="Key">The venue's secret, at least 16 bytes: splits are drawn with it, so that nobody can choose their side.</param>
public sealed record RuleVenue(VenueMap Map, VenueCalendar Calendar, ImmutableArray<OfferDefinition> Offers, ReadOnlyMemory<byte> Key);
