using System.Collections.Immutable;

namespace Presence.Spool;

/// <summary>The two orders in which batches leave: what is heard now, and what was heard while the link was away.</summary>
public enum SpoolStream
{
    Live,
    Backlog,
}

/// <summary>A batch ready to be kept.</summary>
/// <param name="Body">Its bytes; the spool never looks inside.</param>
/// <param name="Sightings">How many it holds, for counting what is lost.</param>
/// <param name="FirstAt">Unix ms of its oldest sighting.</param>
/// <param name="Precious">Holds sightings of members: dropped only when nothing else is left to drop.</param>
public sealed record SealedBatch(ReadOnlyMemory<byte> Body, int Sightings, long FirstAt, bool Precious = false);

/// <summary>A batch as it was kept.</summary>
/// <param name="Sequence">Its number in its stream, from 1, ascending; gaps are batches of the other stream, or dropped ones.</param>
/// <param name="Sightings">How many it holds.</param>
/// <param name="FirstAt">Unix ms of its oldest sighting.</param>
/// <param name="Body">The bytes given.</param>
public readonly record struct SpooledBatch(long Sequence, int Sightings, long FirstAt, byte[] Body);

/// <summary>What waits in a spool.</summary>
/// <param name="Live">Batches of the live stream.</param>
/// <param name="Backlog">Batches of the backlog stream.</param>
/// <param name="LastLive">Highest number given in the live stream, 0 for none.</param>
/// <param name="LastBacklog">Highest number given in the backlog stream, 0 for none.</param>
/// <param name="LastOffered">Highest number that may have been sent, in either stream, 0 for none.</param>
/// <param name="Bytes">What all of them take on disk.</param>
public readonly record struct SpoolDepth(long Live, long Backlog, long LastLive, long LastBacklog, long LastOffered, long Bytes);

/// <summary>
/// Keeps batches through kill and power cut, in order, within a size, until the cloud has them. What is promised here is proved
/// for every implementation by <c>SpoolContract</c>.
/// </summary>
public interface ISpool : IAsyncDisposable
{
    /// <summary>Names this incarnation of the spool: random, never 0; the same over restarts.</summary>
    ulong Boot { get; }

    /// <summary>Whether this incarnation began in this run of the program: then nothing was ever sent under it that the spool does not know of.</summary>
    bool BegunHere { get; }

    SpoolDepth Depth { get; }

    /// <summary>Sightings lost since the spool was begun, by reason.</summary>
    ImmutableSortedDictionary<string, long> Drops { get; }

    /// <summary>What keeps it from writing, in words for a log; null when all is well.</summary>
    string? Trouble { get; }

    /// <summary>Returns when more became readable since the last time it returned. For one reader.</summary>
    ValueTask WaitAsync(CancellationToken stopping);

    /// <summary>Keeps a batch in the live stream. When the task is done, neither kill nor power cut loses it.</summary>
    /// <returns>Its number.</returns>
    Task<long> AppendAsync(SealedBatch batch, CancellationToken stopping);

    /// <summary>Reads on, oldest first, from a number on; empty when there is no more.</summary>
    /// <param name="stream">Which order. The live stream shows only what may be sent as such: all, while the link is open.</param>
    /// <param name="after">The last number already read, 0 for the beginning.</param>
    /// <param name="most">Most batches.</param>
    /// <param name="mostBytes">Stops after the batch with which this many bytes are passed.</param>
    IReadOnlyList<SpooledBatch> Read(SpoolStream stream, long after, int most, int mostBytes);

    /// <summary>Unix ms of the oldest sighting that waits, offered or not; null when nothing waits. As it last was while the file cannot be read.</summary>
    long? OldestAt();

    /// <summary>
    /// The link is there: from now on live batches may be sent. Those that waited without having been offered and are older than
    /// <paramref name="liveFrom"/> become backlog, for ever.
    /// </summary>
    /// <param name="liveFrom">Unix ms: what is older is no longer live.</param>
    /// <param name="stopping">Gives up waiting.</param>
    Task OpenLinkAsync(long liveFrom, CancellationToken stopping);

    /// <summary>The link is gone: batches appended from now on are not offered and may become backlog later.</summary>
    Task CloseLinkAsync(CancellationToken stopping);

    /// <summary>The cloud has these on disk: they may be forgotten, at the spool's leisure.</summary>
    void Forget(SpoolStream stream, long upTo);

    /// <summary>
    /// The cloud will not take a batch now: it gets a new number behind all others, so that no watermark can pass over it, and
    /// is backlog from then on.
    /// </summary>
    Task PostponeAsync(long number, CancellationToken stopping);

    /// <summary>The cloud can never take a batch: it is forgotten, and its sightings are counted as lost for a reason.</summary>
    Task RejectAsync(long number, string reason, CancellationToken stopping);

    /// <summary>Counts sightings lost elsewhere in the gateway, durably with the next batch.</summary>
    void CountDrop(string reason, long sightings);

    /// <summary>The spool went back in time: takes a new <see cref="Boot"/>, under which what is left is numbered on.</summary>
    Task BeginAnewAsync(CancellationToken stopping);
}
